//! Findings about a catalogue, as text and as JSON.

use anyhow::Result;
use mustcheck_authoring::Finding;
use mustcheck_authoring::lint::Severity;
use serde_json::{Value, json};

use crate::cli::{Style, text};

/// Exit code for a catalogue with errors: input that cannot be used.
pub const INVALID: u8 = 3;

/// Returns the numbers of errors and of warnings.
pub fn count(findings: &[Finding]) -> (usize, usize) {
    let errors = findings.iter().filter(|f| f.severity == Severity::Error).count();
    (errors, findings.len() - errors)
}

/// Returns findings in JSON, for a program.
pub fn as_json(findings: &[Finding]) -> Value {
    let (errors, warnings) = count(findings);
    json!({ "errors": errors, "warnings": warnings, "findings": findings })
}

/// Prints findings for a person, one after the other.
pub fn tell(findings: &[Finding], style: Style) -> Result<()> {
    for finding in findings {
        // Files may hold anything; their words are shown on lines of their own, made safe.
        for line in finding.in_language(style.lang).to_string().lines() {
            text::line(&mustcheck::safe(line))?;
        }
    }
    Ok(())
}

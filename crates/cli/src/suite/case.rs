//! A test case, as read from its folder.

use std::path::Path;

use mustcheck::{APPLICATION_LIMIT, Application, ApplicationExt as _, InputError, read_file};
use serde_json::Value;

use crate::suite::expected::Expected;
use crate::suite::find::{APPLICATION, CaseFolder, DECISION, EXPECTED, REGISTRIES};
use crate::suite::finding::{Finding, Place};

/// Largest `expected.toml` or `decision.json` that is read, in bytes.
const LIMIT: u64 = 64 << 20;

/// A test case, with the faults that were found while it was read.
#[derive(Debug)]
pub struct Case {
    /// Folder and registry of the case.
    pub folder: CaseFolder,
    /// Contents of `expected.toml`; the default if there is none.
    pub expected: Expected,
    /// Contents of `decision.json`, the whole expected decision; none if there is no such file, or
    /// it cannot be read.
    pub decision: Option<Value>,
    /// Application of the case; none if it cannot be read.
    pub application: Option<Application>,
    /// Faults that keep the case from being evaluated.
    pub findings: Vec<Finding>,
}

impl Case {
    /// Reads a case. All its faults are collected in `findings`, and no other case suffers.
    pub fn read(folder: CaseFolder) -> Self {
        let mut case = Self {
            folder,
            expected: Expected::default(),
            decision: None,
            application: None,
            findings: Vec::new(),
        };
        let file = |name: &str| case.folder.path.join(name);
        let (application, expected, decision) = (file(APPLICATION), file(EXPECTED), file(DECISION));
        match application_of(&application) {
            Ok(application) => case.application = Some(application),
            Err(finding) => case.findings.push(finding),
        }
        let has_expected = expected.is_file();
        if has_expected {
            match text_of(&expected) {
                Ok(text) => match Expected::read(&expected, &text) {
                    Ok(read) => case.expected = read,
                    Err(findings) => case.findings.extend(findings),
                },
                Err(finding) => case.findings.push(finding),
            }
        }
        if decision.is_file() {
            match text_of(&decision).and_then(|text| json_of(&decision, &text)) {
                Ok(value) => case.decision = Some(value),
                Err(finding) => case.findings.push(finding),
            }
        } else if case.expected.outcome.is_none() && case.findings.is_empty() {
            let detail = if has_expected {
                format!("it names no `disposition`, and there is no `{DECISION}` beside it")
            } else {
                format!("nothing is expected: there is neither `{EXPECTED}` nor `{DECISION}`")
            };
            let file = if has_expected { &expected } else { &case.folder.path };
            case.findings.push(Finding::of(file, detail));
        }
        if case.folder.registry.is_none() {
            let [one, other] = REGISTRIES;
            let detail = format!("there is no `{one}` or `{other}`, here or in a folder above");
            case.findings.push(Finding::of(&case.folder.path, detail));
        }
        case
    }
}

fn application_of(path: &Path) -> Result<Application, Finding> {
    let json = read_file(path, APPLICATION_LIMIT).map_err(|e| unreadable(path, &e))?;
    Application::from_json(&json).map_err(|e| match e {
        InputError::Shape { path: at, detail, line, column } => Finding::at(
            &path.display().to_string(),
            Some(Place { line, column }),
            format!("{at}: {detail}"),
        ),
        other => Finding::of(path, other),
    })
}

fn text_of(path: &Path) -> Result<String, Finding> {
    let bytes = read_file(path, LIMIT).map_err(|e| unreadable(path, &e))?;
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        Finding::of(path, format!("it is not UTF-8: byte {at} is invalid"))
    })
}

fn json_of(path: &Path, text: &str) -> Result<Value, Finding> {
    serde_json::from_str(text).map_err(|e| {
        let message = e.to_string();
        let detail = message.split(" at line ").next().unwrap_or(&message).to_owned();
        let place = Place { line: e.line(), column: e.column() };
        Finding::at(&path.display().to_string(), Some(place), detail)
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Finding {
    Finding::of(path, format!("it cannot be read: {error}"))
}

//! `mustcheck catalogue prove`: runs the rules on the day before, of and after each change of law.

use std::path::PathBuf;

use anyhow::{Result, anyhow};
use clap::Args;
use mustcheck_authoring::combinations::combinations;
use mustcheck_authoring::compile;
use mustcheck_authoring::temporal::proof;

use super::findings::{INVALID, as_json, tell};
use crate::cli::{Lang, Style, text};

/// Exit codes: 0 the proof holds, 3 it does not, or the catalogue does not lint.
#[derive(Args)]
pub struct Arguments {
    /// The catalogue's folder.
    folder: PathBuf,
}

pub fn run(arguments: &Arguments, style: Style) -> Result<u8> {
    let folder = &arguments.folder;
    let mut all = Vec::new();
    for (edition, overlay) in combinations(folder).map_err(|unread| anyhow!("{unread}"))? {
        match compile(folder, &edition, &overlay) {
            Ok(compiled) => all.push(compiled.data),
            Err(findings) => {
                if style.json {
                    text::print_json(&as_json(&findings))?;
                } else {
                    tell(&findings, style)?;
                }
                return Ok(INVALID);
            }
        }
    }
    let proof = proof(&all);
    let code = if proof.violations.is_empty() { 0 } else { INVALID };
    if style.json {
        text::print_json(&proof)?;
        return Ok(code);
    }
    for violation in &proof.violations {
        text::line(&mustcheck::safe(&violation.to_string()))?;
    }
    let (days, matters, measures) = (proof.days, proof.matters, proof.measures);
    let (checks, ends) = (proof.checks, proof.ends);
    let (fired, silent) = (proof.fired, proof.silent);
    let violations = proof.violations.len();
    text::line(&match style.lang {
        Lang::Zh => format!(
            "{days}日，事项{matters}次，措施{measures}项，核查{checks}次\
             （其中期限届满、移出、恢复列入{ends}次）：适用{fired}次，不适用{silent}次，不符{violations}处"
        ),
        Lang::En => format!(
            "{days} days, {matters} times a matter, {measures} measures, {checks} checks, {ends} of \
             them on ends and removals: fired {fired}, silent {silent}, {violations} violations"
        ),
    })?;
    Ok(code)
}

//! That what a component wrote identifies nobody.

use aho_corasick::AhoCorasick;
use memchr::memmem;
use mustcheck_guest::masking::Identifiers;
use mustcheck_guest::model::{Application, Decision, Text};

use super::broken;
use crate::error::{Fault, Rail};

/// Up to so many identifiers, looking for one after the other costs less than preparing to look
/// for all at once.
const FEW: usize = 16;

/// No identifier of the application or of a record stands in what the component wrote. What it
/// only repeats, of records, sources and the catalogue, was held against those before.
// RAIL R13
pub(super) fn masked(
    application: &Application,
    identifiers: &Identifiers<'_>,
    decision: &Decision,
) -> Result<(), Fault> {
    // What the office itself wrote is not the component's doing; what it chose is.
    let office: Vec<&str> = [&application.id, &application.office.name]
        .into_iter()
        .chain(application.subjects.iter().map(|s| &s.name))
        .map(String::as_str)
        .collect();
    let mut sought: Vec<&str> = identifiers.iter().collect();
    if office.iter().any(|text| identifiers.masked_in(text) != *text) {
        sought.retain(|i| !office.iter().any(|text| text.contains(i)));
    }
    let sought = Sought::new(sought)?;
    let due = || decision.obligations.iter().flat_map(|o| [&o.to, &o.note]);
    for (what, texts) in [
        ("the notice", written(decision.notice.iter())),
        ("an obligation", written(due())),
        ("what is set aside", written(decision.set_aside.iter().map(|s| &s.text))),
    ] {
        if sought.stand_in(&texts) {
            let detail = format!("{what} holds an identifier that is not masked");
            return broken(Rail::R13, detail);
        }
    }
    Ok(())
}

/// Texts as one, in which they do not run together: there are many short ones.
fn written<'a>(texts: impl Iterator<Item = &'a Text>) -> Vec<u8> {
    let mut all = Vec::new();
    for text in texts.flat_map(|text| [&text.zh, &text.en]) {
        all.extend_from_slice(text.as_bytes());
        all.push(b'\n');
    }
    all
}

/// Identifiers that are looked for.
enum Sought<'a> {
    Few(Vec<&'a str>),
    Many(AhoCorasick),
}

impl<'a> Sought<'a> {
    fn new(identifiers: Vec<&'a str>) -> Result<Self, Fault> {
        if identifiers.len() <= FEW {
            return Ok(Self::Few(identifiers));
        }
        let all = AhoCorasick::new(identifiers);
        all.map(Self::Many).map_err(|e| Fault::Rail { rail: Rail::R13, detail: e.to_string() })
    }

    fn stand_in(&self, text: &[u8]) -> bool {
        match self {
            Self::Few(few) => few.iter().any(|i| memmem::find(text, i.as_bytes()).is_some()),
            Self::Many(all) => all.is_match(text),
        }
    }
}

//! That what a component wrote identifies nobody.

use aho_corasick::AhoCorasick;
use memchr::memmem;
use mustcheck_guest::identifier::stands_in;
use mustcheck_guest::model::{Answer, Application, Decision, Text};

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
    answers: &[Answer],
    decision: &Decision,
) -> Result<(), Fault> {
    let own = application.subjects.iter().map(|s| s.identifier.as_str());
    let records = answers.iter().flat_map(|a| &a.records);
    let theirs = records.flat_map(|r| {
        let persons = r.responsible_persons.iter().map(|p| p.identifier.as_str());
        persons.chain(std::iter::once(r.subject.identifier.as_str()))
    });
    // What the office itself wrote is not the component's doing; what it chose is.
    let office: Vec<&str> = [&application.id, &application.office.name]
        .into_iter()
        .chain(application.subjects.iter().map(|s| &s.name))
        .map(String::as_str)
        .collect();
    let mut identifiers: Vec<&str> = own.chain(theirs).collect();
    identifiers.sort_unstable();
    identifiers.dedup();
    identifiers.retain(|i| !office.iter().any(|text| stands_in(text, i)));
    let identifiers = Identifiers::new(identifiers)?;
    let due = || decision.obligations.iter().flat_map(|o| [&o.to, &o.note]);
    for (what, texts) in [
        ("the notice", written(decision.notice.iter())),
        ("an obligation", written(due())),
        ("what is set aside", written(decision.set_aside.iter().map(|s| &s.text))),
    ] {
        if identifiers.stand_in(&texts) {
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
enum Identifiers<'a> {
    Few(Vec<&'a str>),
    Many(AhoCorasick),
}

impl<'a> Identifiers<'a> {
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

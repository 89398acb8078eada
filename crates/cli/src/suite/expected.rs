//! `expected.toml`: the expected outcome of a case, in the words of a lawyer.
//!
//! An outcome is always complete: a file that names a disposition and no measure expects that none
//! applies. So no case can be written that looks at the disposition alone.

use std::path::Path;

use mustcheck::model::{Disposition, Role, SetAsideReason, Text};
use serde::Deserialize;
use toml::Spanned;

use crate::suite::finding::{Finding, Place, near};

/// A value with its place in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Place of the value.
    pub place: Place,
}

/// Contents of `expected.toml`.
#[derive(Clone, Debug, Default)]
pub struct Expected {
    /// Title: what the case shows.
    pub title: Option<Text>,
    /// Edition that decides the case; without it, the one in force on the as-of date.
    pub edition: Option<Placed<String>>,
    /// Overlay of the edition; without it, the default one.
    pub overlay: Option<Placed<String>>,
    /// Expected outcome; none if the file names no disposition.
    pub outcome: Option<Outcome>,
}

/// Expected outcome of a case.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Expected disposition.
    pub disposition: Disposition,
    /// Measures that apply, each with the role that it reaches; no others.
    pub measures: Vec<Placed<ExpectedMeasure>>,
    /// Records and measures that are set aside, each with its reason; no others.
    pub set_aside: Vec<Placed<ExpectedAside>>,
}

/// A measure and the role that it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedMeasure {
    /// The measure's id.
    pub measure: String,
    /// The role.
    pub role: Role,
}

/// A record or measure that is set aside, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedAside {
    /// Id of the record, of the measure, or of the record and the measure with a space between.
    pub what: String,
    /// Reason for setting it aside.
    pub reason: SetAsideReason,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: Option<Text>,
    edition: Option<Spanned<String>>,
    overlay: Option<Spanned<String>>,
    disposition: Option<Spanned<String>>,
    measures: Option<Vec<Spanned<String>>>,
    set_aside: Option<Vec<Spanned<String>>>,
}

/// The keys of the file.
const KEYS: [&str; 6] = ["title", "edition", "overlay", "disposition", "measures", "set_aside"];

impl Expected {
    /// Reads the file's text.
    ///
    /// # Errors
    ///
    /// All faults of the file, each with its place.
    pub fn read(path: &Path, text: &str) -> Result<Self, Vec<Finding>> {
        let mut reader = Reader { file: path.display().to_string(), text, findings: Vec::new() };
        let file: File = toml::from_str(text).map_err(|e| {
            let place = e.span().map(|span| Place::of(text, span.start));
            vec![Finding::at(&reader.file, place, told(e.message()))]
        })?;
        let expected = reader.expected(file);
        if reader.findings.is_empty() { Ok(expected) } else { Err(reader.findings) }
    }
}

/// Returns the parser's message; for an unknown key, with the key that was most likely meant.
fn told(message: &str) -> String {
    let unknown = message.strip_prefix("unknown field `").and_then(|rest| rest.split_once('`'));
    match unknown {
        Some((key, _)) => format!("unknown key `{key}`{}", near(key, KEYS)),
        None => message.trim_end().replace('\n', "; "),
    }
}

struct Reader<'a> {
    file: String,
    text: &'a str,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn expected(&mut self, file: File) -> Expected {
        let says_more = file.measures.is_some() || file.set_aside.is_some();
        let disposition = file.disposition.and_then(|code| {
            let known = Disposition::ALL.iter().map(|d| (d.code(), *d));
            self.code(&code, code.get_ref(), "disposition", known)
        });
        let measures = file.measures.unwrap_or_default();
        let measures: Vec<_> = measures.iter().filter_map(|m| self.measure(m)).collect();
        let set_aside = file.set_aside.unwrap_or_default();
        let set_aside: Vec<_> = set_aside.iter().filter_map(|s| self.set_aside(s)).collect();
        if disposition.is_none() && says_more && self.findings.is_empty() {
            let detail = "`disposition` is missing";
            self.findings.push(Finding::at(&self.file, Some(Place { line: 1, column: 1 }), detail));
        }
        let outcome = disposition.map(|disposition| Outcome { disposition, measures, set_aside });
        let (edition, overlay) = (self.name(file.edition), self.name(file.overlay));
        Expected { title: file.title, edition, overlay, outcome }
    }

    fn name(&self, name: Option<Spanned<String>>) -> Option<Placed<String>> {
        name.map(|name| {
            let place = self.place(&name);
            Placed { value: name.into_inner(), place }
        })
    }

    /// Reads an entry of `measures`: `measure-id role`.
    fn measure(&mut self, written: &Spanned<String>) -> Option<Placed<ExpectedMeasure>> {
        let (measure, role) = self.halves(written, "a measure and the role that it reaches")?;
        let known = Role::ALL.iter().map(|role| (role.code(), *role));
        let role = self.code(written, role, "role", known)?;
        let value = ExpectedMeasure { measure: measure.to_owned(), role };
        Some(Placed { value, place: self.place(written) })
    }

    /// Reads an entry of `set_aside`: `record-id reason`, `measure-id reason` or
    /// `record-id measure-id reason`.
    fn set_aside(&mut self, written: &Spanned<String>) -> Option<Placed<ExpectedAside>> {
        let (what, reason) = self.halves(written, "a record or measure and the reason")?;
        let known = SetAsideReason::ALL.iter().map(|reason| (reason.code(), *reason));
        let reason = self.code(written, reason, "reason", known)?;
        let value = ExpectedAside { what: what.to_owned(), reason };
        Some(Placed { value, place: self.place(written) })
    }

    /// Splits an entry at its last space into id and code, since an id may hold spaces. Without a
    /// space, adds a finding and returns none.
    fn halves<'s>(
        &mut self,
        written: &'s Spanned<String>,
        form: &str,
    ) -> Option<(&'s str, &'s str)> {
        let text = written.get_ref().trim();
        let halves = text.rsplit_once(' ').map(|(id, code)| (id.trim_end(), code));
        if halves.is_none() {
            self.find(written, format!("`{text}` is not {form}, with a space between"));
        }
        halves
    }

    fn code<'k, T>(
        &mut self,
        written: &Spanned<String>,
        code: &str,
        what: &str,
        known: impl Iterator<Item = (&'k str, T)> + Clone,
    ) -> Option<T> {
        let found = known.clone().find(|(known, _)| *known == code);
        if found.is_none() {
            let near = near(code, known.map(|(known, _)| known));
            self.find(written, format!("`{code}` is an unknown {what}{near}"));
        }
        found.map(|(_, value)| value)
    }

    fn find(&mut self, written: &Spanned<String>, detail: String) {
        let place = self.place(written);
        self.findings.push(Finding::at(&self.file, Some(place), detail));
    }

    fn place(&self, written: &Spanned<String>) -> Place {
        Place::of(self.text, written.span().start)
    }
}

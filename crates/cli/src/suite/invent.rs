//! Turns a check into a case: everybody in it is replaced, and what decided it stays.
//!
//! Identifiers, names, offices, documents, materials and numbers are replaced, the same one always
//! by the same one. Dates, amounts, codes, regions, countries and the ids of sources stay, because
//! a rule may turn on them. Only the records that the check saw are kept.

mod identifiers;
mod registry;

use std::collections::{BTreeMap, BTreeSet};

use mustcheck::model::{
    Answer, AnswerStatus, Application, CreditRecord, Decision, Scheme, SetAside, SubjectKind,
};
use mustcheck::registry::json::RegistryFile;

/// A check that was made.
#[derive(Clone, Debug)]
pub struct Original {
    /// Application of the check.
    pub application: Application,
    /// Answers of the registry.
    pub answers: Vec<Answer>,
    /// Decision of the check.
    pub decision: Decision,
}

/// A case that was made of a check, with invented parties.
#[derive(Debug)]
pub struct Invented {
    /// Application of the case.
    pub application: Application,
    /// Registry of the case: what its sources hold.
    pub registry: RegistryFile,
    names: Names,
}

/// Error: the check cannot be turned into a case.
#[derive(Debug, thiserror::Error)]
pub enum InventError {
    /// More subjects of one scheme than there are invented identifiers.
    #[error("there are not enough invented identifiers of scheme `{0}`")]
    NoMore(Scheme),
    /// The invented case is decided otherwise, so it would not show what the check showed. Holds
    /// the differences, one a line.
    #[error("the invented case is decided otherwise:\n{0}")]
    Differs(String),
    /// A text of the original is still in the case. Holds the kind of the text, in words.
    #[error("the invented case still holds {0} of the original")]
    Left(&'static str),
}

/// Kind of a text in the original, which gives the form of its replacement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Organization,
    Person,
    Authority,
    Document,
    Material,
    Number,
    Reason,
    Record,
}

impl Kind {
    fn numbered(self, n: u32) -> String {
        match self {
            Self::Organization => format!("企业{n}"),
            Self::Person => format!("人员{n}"),
            Self::Authority => format!("机关{n}"),
            Self::Document => format!("文书{n}号"),
            Self::Material => format!("材料{n}"),
            Self::Number | Self::Reason => format!("CASE-{n}"),
            // Records are judged in the order of their ids.
            Self::Record => format!("R-{n:04}"),
        }
    }

    const fn what(self) -> &'static str {
        match self {
            Self::Organization | Self::Person => "a name",
            Self::Authority => "the name of an authority",
            Self::Document => "a document",
            Self::Material => "a material",
            Self::Number => "the number",
            Self::Reason => "a reason",
            Self::Record => "the id of a record",
        }
    }
}

/// Length in bytes below which a text of the original is not looked for: a single letter is in
/// every case.
const SHORTEST: usize = 6;
/// Numbers that are tried to find a name without any original text in it. After that, the name is
/// used all the same, and [`Invented::nothing_left`] finds it.
const TRIED: u32 = 1_000;

/// Replacement of each identifier and text of the original.
#[derive(Debug, Default)]
struct Names {
    identifiers: BTreeMap<(Scheme, String), String>,
    texts: BTreeMap<(Kind, String), String>,
    numbers: BTreeMap<Kind, u32>,
    /// Every text of the original that must not be left in the case, with its kind.
    originals: BTreeMap<String, Kind>,
}

impl Invented {
    /// Makes the case of a check. `instruments` are those that a record may cite; other citations
    /// are left out.
    ///
    /// # Errors
    ///
    /// [`InventError::NoMore`] if a scheme has too few invented identifiers.
    pub fn of(original: &Original, instruments: &BTreeSet<String>) -> Result<Self, InventError> {
        let mut names = Names { originals: originals(original), ..Names::default() };
        let mut application = original.application.clone();
        names.collect(original)?;
        application.id = names.of(Kind::Number, &application.id);
        application.office.name = names.of(Kind::Authority, &application.office.name);
        for subject in &mut application.subjects {
            subject.name = names.named(subject.kind, &subject.identifier);
            subject.identifier = names.identifier(subject.scheme, &subject.identifier);
            let document = subject.as_issued.take();
            subject.as_issued = document.map(|document| names.of(Kind::Document, &document));
            for also in &mut subject.also {
                also.identifier = names.identifier(also.scheme, &also.identifier);
            }
        }
        for material in &mut application.materials {
            material.name = names.of(Kind::Material, &material.name);
        }
        let mut registry = registry::of(&original.answers, application.as_of);
        for record in &mut registry.records {
            names.replace(record, instruments);
        }
        Ok(Self { application, registry, names })
    }

    /// Compares the decision on the case with the original one.
    ///
    /// # Errors
    ///
    /// [`InventError::Differs`] with everything that is not the same.
    pub fn hold(&self, original: &Decision, invented: &Decision) -> Result<(), InventError> {
        let mut lines = Vec::new();
        if original.disposition != invented.disposition {
            let (was, is) = (original.disposition, invented.disposition);
            lines.push(format!("disposition: was `{was}`, is `{is}`"));
        }
        let record = |id: &String| self.names.known(Kind::Record, id);
        let same = |id: &String| id.clone();
        let (was, is) = (measures(original, record), measures(invented, same));
        told(&mut lines, "measures", &was, &is);
        let (was, is) = (set_aside(original, record), set_aside(invented, same));
        told(&mut lines, "set aside", &was, &is);
        if lines.is_empty() { Ok(()) } else { Err(InventError::Differs(lines.join("\n"))) }
    }

    /// Checks that a text of the case's files holds nothing of the original.
    ///
    /// # Errors
    ///
    /// [`InventError::Left`] with the kind of what was found.
    // RAIL R13
    pub fn nothing_left(&self, text: &str) -> Result<(), InventError> {
        if self.names.identifiers.keys().any(|(_, identifier)| text.contains(identifier.as_str())) {
            return Err(InventError::Left("an identifier"));
        }
        let mut left = (self.names.originals.iter()).filter(|(old, _)| text.contains(*old));
        left.next().map_or(Ok(()), |(_, kind)| Err(InventError::Left(kind.what())))
    }
}

/// Returns every text of a check that may identify somebody, with its kind.
fn originals(original: &Original) -> BTreeMap<String, Kind> {
    let mut all: Vec<(&str, Kind)> = Vec::new();
    let application = &original.application;
    all.push((&application.id, Kind::Number));
    all.push((&application.office.name, Kind::Authority));
    all.extend(application.subjects.iter().map(|s| (s.name.as_str(), Kind::Person)));
    let shown = application.subjects.iter().filter_map(|s| s.as_issued.as_deref());
    all.extend(shown.map(|document| (document, Kind::Document)));
    all.extend(application.materials.iter().map(|m| (m.name.as_str(), Kind::Material)));
    for answer in &original.answers {
        all.extend(answer.reason.as_deref().map(|reason| (reason, Kind::Reason)));
        for record in &answer.records {
            all.push((&record.id, Kind::Record));
            all.push((&record.subject.name, Kind::Person));
            let persons = record.responsible_persons.iter();
            all.extend(persons.map(|p| (p.name.as_str(), Kind::Person)));
            all.extend(record.decided_by.as_deref().map(|by| (by, Kind::Authority)));
            let events = record.events.iter().filter_map(|event| event.document.as_deref());
            let own = [&record.document, &record.subject.as_issued].into_iter().flatten();
            let documents = own.map(String::as_str).chain(events);
            all.extend(documents.map(|document| (document, Kind::Document)));
        }
    }
    // A status code in place of a reason was not written by anybody.
    let codes = AnswerStatus::ALL.iter().map(|status| status.code());
    let codes: Vec<&str> = codes.collect();
    let tells = |text: &str| text.len() >= SHORTEST && !codes.contains(&text);
    all.into_iter().filter(|(text, _)| tells(text)).map(|(t, kind)| (t.to_owned(), kind)).collect()
}

/// Returns the measures that apply, sorted: each as a line with role, subject, records and last
/// day.
fn measures(decision: &Decision, record: impl Fn(&String) -> String) -> Vec<String> {
    let mut all: Vec<String> = (decision.measures.iter())
        .map(|m| {
            let because: Vec<String> = m.because.iter().map(&record).collect();
            let until = m.until.map(|day| format!(" until {day}")).unwrap_or_default();
            let (id, role, index) = (&m.measure, m.target.role, m.target.subject_index);
            format!("{id} {role} [{index}] because of {}{until}", because.join(", "))
        })
        .collect();
    all.sort();
    all
}

fn set_aside(decision: &Decision, record: impl Fn(&String) -> String) -> Vec<String> {
    let one = |entry: &SetAside| {
        let entry = SetAside { record: entry.record.as_ref().map(&record), ..entry.clone() };
        let what = super::compare::what(&entry);
        format!("{what} {} [{}]", entry.reason, entry.target.subject_index)
    };
    let mut all: Vec<String> = decision.set_aside.iter().map(one).collect();
    all.sort();
    all
}

fn told(lines: &mut Vec<String>, what: &str, was: &[String], is: &[String]) {
    let gone = was.iter().filter(|one| !is.contains(one));
    lines.extend(gone.map(|one| format!("{what}: `{one}` is missing")));
    let new = is.iter().filter(|one| !was.contains(one));
    lines.extend(new.map(|one| format!("{what}: `{one}` was not there")));
    if lines.is_empty() && was.len() != is.len() {
        lines.push(format!("{what}: were {}, are {}", was.len(), is.len()));
    }
}

impl Names {
    /// Chooses a replacement for everybody and for every record of a check. New record ids sort as
    /// the old ones do, so that the decision stays the same.
    fn collect(&mut self, original: &Original) -> Result<(), InventError> {
        let records = || original.answers.iter().flat_map(|answer| &answer.records);
        let mut everybody: Vec<(Scheme, Option<&str>, &str)> = Vec::new();
        // Codes that do not follow their standard: their replacements must not follow it either.
        let mut issued: BTreeSet<&str> = BTreeSet::new();
        for s in &original.application.subjects {
            everybody.push((s.scheme, s.country.as_deref(), &s.identifier));
            issued.extend(s.as_issued.as_ref().map(|_| s.identifier.as_str()));
            let also = s.also.iter();
            everybody.extend(also.map(|a| (a.scheme, a.country.as_deref(), a.identifier.as_str())));
        }
        for r in records() {
            let s = &r.subject;
            everybody.extend(s.identities());
            issued.extend(s.as_issued.as_ref().map(|_| s.identifier.as_str()));
            for p in &r.responsible_persons {
                everybody.push((p.scheme, p.country.as_deref(), &p.identifier));
            }
        }
        let taken: BTreeSet<&str> = everybody.iter().map(|(_, _, id)| *id).collect();
        let mut next: BTreeMap<Scheme, u32> = BTreeMap::new();
        for (scheme, country, identifier) in &everybody {
            let place = (*scheme, (*identifier).to_owned());
            if self.identifiers.contains_key(&place) {
                continue;
            }
            let n = next.entry(*scheme).or_insert(1);
            let fresh = loop {
                let fresh = identifiers::invented(*scheme, *country, *n);
                let fresh = fresh.ok_or(InventError::NoMore(*scheme))?;
                *n += 1;
                let is_issued = issued.contains(identifier);
                let fresh = if is_issued { identifiers::off_standard(&fresh) } else { fresh };
                if !taken.contains(fresh.as_str()) {
                    break fresh;
                }
            };
            self.identifiers.insert(place, fresh);
        }
        for (scheme, _, identifier) in &everybody {
            let kind = match scheme {
                Scheme::Uscc | Scheme::Lei => Kind::Organization,
                Scheme::ResidentId | Scheme::Passport => Kind::Person,
            };
            // By identifier: two records may spell a name in two ways.
            self.add(kind, identifier);
        }
        let ids: BTreeSet<&str> = records().map(|r| r.id.as_str()).collect();
        ids.into_iter().for_each(|id| self.add(Kind::Record, id));
        Ok(())
    }

    fn add(&mut self, kind: Kind, old: &str) {
        let place = (kind, old.to_owned());
        if self.texts.contains_key(&place) {
            return;
        }
        let n = self.numbers.entry(kind).or_insert(0);
        let last = *n + TRIED;
        let new = loop {
            *n += 1;
            let new = kind.numbered(*n);
            let clashes = self.originals.keys().any(|old| new.contains(old.as_str()));
            if !clashes || *n > last {
                break new;
            }
        };
        self.texts.insert(place, new);
    }

    fn of(&mut self, kind: Kind, old: &str) -> String {
        self.add(kind, old);
        self.known(kind, old)
    }

    fn known(&self, kind: Kind, old: &str) -> String {
        self.texts.get(&(kind, old.to_owned())).cloned().unwrap_or_default()
    }

    fn named(&self, kind: SubjectKind, identifier: &str) -> String {
        self.known(
            match kind {
                SubjectKind::Organization => Kind::Organization,
                SubjectKind::Person => Kind::Person,
            },
            identifier,
        )
    }

    fn identifier(&self, scheme: Scheme, old: &str) -> String {
        self.identifiers.get(&(scheme, old.to_owned())).cloned().unwrap_or_default()
    }

    fn replace(&mut self, record: &mut CreditRecord, instruments: &BTreeSet<String>) {
        record.id = self.known(Kind::Record, &record.id);
        let about = &mut record.subject;
        about.name = self.named(about.kind, &about.identifier);
        about.identifier = self.identifier(about.scheme, &about.identifier);
        let shown = about.as_issued.take();
        about.as_issued = shown.map(|document| self.of(Kind::Document, &document));
        for also in &mut about.also {
            also.identifier = self.identifier(also.scheme, &also.identifier);
        }
        for person in &mut record.responsible_persons {
            person.name = self.named(SubjectKind::Person, &person.identifier);
            person.identifier = self.identifier(person.scheme, &person.identifier);
        }
        let by = record.decided_by.take();
        record.decided_by = by.map(|name| self.of(Kind::Authority, &name));
        let document = record.document.take();
        record.document = document.map(|document| self.of(Kind::Document, &document));
        for event in &mut record.events {
            let document = event.document.take();
            event.document = document.map(|document| self.of(Kind::Document, &document));
        }
        // Instrument and article are free texts: only citations of a known instrument are kept.
        let numbered = |article: &str| {
            (1..=6).contains(&article.len()) && article.bytes().all(|b| b.is_ascii_digit())
        };
        record
            .legal_basis
            .retain(|cited| instruments.contains(&cited.instrument) && numbered(&cited.article));
    }
}

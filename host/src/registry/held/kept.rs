//! Identifiers by which a source keeps its subjects, and so the subjects of which it proves
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use mustcheck_model::{CreditRecord, Scheme, Subject, SubjectKind};
use serde::{Deserialize, Serialize};

use crate::registry::held::Mark;
use crate::registry::sources::Source;
use crate::registry::written::Pattern;

/// Countries and regions whose passport a person may have beside a resident number.
const OF_CHINA: [&str; 4] = ["CN", "HK", "MO", "TW"];

/// Identifiers by which a source keeps its subjects, as a store holds them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Schemes by which it keeps subjects; a lookup by another is not covered.
    pub schemes: BTreeSet<Scheme>,
    /// Parties that its records name, counted.
    parties: Vec<Parties>,
    /// Parties that may be named by entries which could not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    refused: Vec<RefusedParties>,
}

/// Parties of records on one list that are named by the same schemes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Parties {
    list: String,
    /// All schemes by which one party is named.
    schemes: BTreeSet<Scheme>,
    entries: u64,
}

/// Parties of entries on one list that could not be read, and may be named by one scheme alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RefusedParties {
    list: String,
    scheme: Scheme,
    /// Marks of the entries.
    marks: BTreeSet<Mark>,
}

/// Identification of a subject: scheme, issuing country, identifier.
type Identified<'a> = (Scheme, Option<&'a str>, &'a str);

impl Kept {
    /// The identifiers of a source that declares by which schemes it keeps its subjects.
    pub fn declared(schemes: impl IntoIterator<Item = Scheme>) -> Self {
        let schemes = schemes.into_iter().collect();
        Self { schemes, parties: Vec::new(), refused: Vec::new() }
    }

    /// Returns the same without the unreadable entries that somebody answers for: they may name
    /// nobody any more. The rest of them are counted with the parties.
    pub fn but_for(mut self, acknowledged: &BTreeSet<Mark>) -> Self {
        for RefusedParties { list, scheme, marks } in std::mem::take(&mut self.refused) {
            let open = marks.difference(acknowledged).count();
            let entries = u64::try_from(open).unwrap_or(u64::MAX);
            self.parties.push(Parties { list, schemes: BTreeSet::from([scheme]), entries });
        }
        self
    }

    /// The identifiers of a subject by which the source keeps it, if it does: scheme, issuing
    /// country, identifier.
    pub fn identities<'a>(
        &self,
        subject: &'a Subject,
    ) -> impl Iterator<Item = (Scheme, Option<&'a str>, &'a str)> {
        subject.identities().filter(|(scheme, _, _)| self.schemes.contains(scheme))
    }

    /// Returns the reason why the source can prove nothing of a subject, if there is one: it keeps
    /// subjects by no identifier that this one has.
    ///
    /// INTERPRETATION: a source keeps each of its subjects by every identifier of its schemes that
    /// the subject has. So one that is found under none of these is not listed, also where it is
    /// asked about by a further identifier of another scheme.
    // RAIL R2
    pub fn unkept(&self, subject: &Subject) -> Option<String> {
        let none = self.identities(subject).next().is_none();
        none.then(|| format!("does not keep subjects by `{}`", subject.scheme))
    }

    /// Counts the entries on a list that name somebody only by identifiers of other schemes than
    /// the subject is asked by, and so may be about it.
    // RAIL R2: who is listed by an LEI alone is not found by a credit code.
    pub fn named_otherwise(&self, list: &str, subject: &Subject) -> u64 {
        let own: BTreeSet<Scheme> = subject.identities().map(|(scheme, _, _)| scheme).collect();
        if !may_have_others(subject.identities()) {
            return 0;
        }
        let of_kind = |one: &&Parties| {
            one.schemes.first().is_some_and(|scheme| kind_of(*scheme) == subject.kind)
        };
        let on_list = self.parties.iter().filter(|one| one.list == list).filter(of_kind);
        on_list.filter(|one| one.schemes.is_disjoint(&own)).map(|one| one.entries).sum()
    }
}

/// Counts the parties that the records of a source name, by their schemes.
#[derive(Clone, Debug, Default)]
pub struct Naming {
    occurring: BTreeSet<Scheme>,
    parties: BTreeMap<String, BTreeMap<BTreeSet<Scheme>, u64>>,
    refused: BTreeMap<(String, Scheme), BTreeSet<Mark>>,
}

impl Naming {
    /// Counts a record.
    pub fn count(&mut self, record: &CreditRecord) {
        self.party(&record.list, record.subject.identities());
        for person in &record.responsible_persons {
            let country = person.country.as_deref();
            self.party(&record.list, [(person.scheme, country, person.identifier.as_str())]);
        }
    }

    /// Counts an entry that could not be read, under the schemes of the identifiers that its
    /// patterns may be: 18 characters are a credit code or a resident number, 20 an LEI, any other
    /// a passport. So an entry that may have only an LEI or a passport also counts as named
    /// otherwise.
    pub fn refuse(&mut self, list: &str, mark: &Mark, open: &BTreeSet<Pattern>) {
        const OF_CHINA_LONG: usize = 18;
        const LEI_LONG: usize = 20;
        let any = |length| open.iter().any(|pattern| pattern.may_be_of(length));
        let schemes: &[Scheme] = if open.is_empty() || any(OF_CHINA_LONG) {
            &[Scheme::Uscc, Scheme::ResidentId]
        } else if any(LEI_LONG) {
            &[Scheme::Lei]
        } else {
            &[Scheme::Passport]
        };
        self.occurring.extend(schemes);
        for scheme in schemes {
            self.refused.entry((list.to_owned(), *scheme)).or_default().insert(mark.clone());
        }
    }

    fn party<'a>(&mut self, list: &str, identities: impl IntoIterator<Item = Identified<'a>>) {
        let mut schemes = BTreeSet::new();
        let seen = identities.into_iter().inspect(|(scheme, _, _)| {
            schemes.insert(*scheme);
        });
        // Every one is to be seen.
        let others = seen.filter(|one| may_have_others([*one])).count();
        self.occurring.extend(&schemes);
        if others == 0 {
            return;
        }
        if !self.parties.contains_key(list) {
            self.parties.insert(list.to_owned(), BTreeMap::new());
        }
        if let Some(of_list) = self.parties.get_mut(list) {
            *of_list.entry(schemes).or_default() += 1;
        }
    }

    /// Returns the identifiers by which the source keeps its subjects, by what was counted.
    pub fn kept(&self, source: &Source) -> Kept {
        let of_list = |(list, counts): (&String, &BTreeMap<BTreeSet<Scheme>, u64>)| {
            let parties = counts.iter().map(|(schemes, entries)| Parties {
                list: list.clone(),
                schemes: schemes.clone(),
                entries: *entries,
            });
            parties.collect::<Vec<_>>()
        };
        let parties = self.parties.iter().flat_map(of_list).collect();
        let refused = self.refused.iter().map(|((list, scheme), marks)| RefusedParties {
            list: list.clone(),
            scheme: *scheme,
            marks: marks.clone(),
        });
        let (schemes, refused) = (source.kept_schemes(&self.occurring), refused.collect());
        Kept { schemes, parties, refused }
    }
}

/// Whether somebody may have an identifier of another scheme than these.
///
/// INTERPRETATION: the holder of a passport of another country alone has no resident number, and
/// who has one is not found by such a passport either: they are two persons.
fn may_have_others<'a>(identities: impl IntoIterator<Item = Identified<'a>>) -> bool {
    identities.into_iter().any(|(scheme, country, _)| {
        scheme != Scheme::Passport || country.is_some_and(|country| OF_CHINA.contains(&country))
    })
}

const fn kind_of(scheme: Scheme) -> SubjectKind {
    match scheme {
        Scheme::Uscc | Scheme::Lei => SubjectKind::Organization,
        Scheme::ResidentId | Scheme::Passport => SubjectKind::Person,
    }
}

//! Damaged identifiers: the listed subjects, the damage to their identifiers, and the property that
//! every reader of lists must have (RAIL R2).
//!
//! `MUSTCHECK_PROPERTY_CASES` sets the number of damaged identifiers.

use mustcheck::Ask;
use mustcheck::model::{Answer, AnswerStatus, Role, Scheme, Subject, SubjectKind};
use mustcheck_model::identifier::validate;
use proptest::prelude::*;
use proptest::test_runner::{TestCaseError, TestRunner};
use serde_json::{Value, json};

/// Number of identifiers that are damaged at once, each of a source of its own.
pub const BATCH: usize = 100;
/// List that all of them are on.
pub const LIST: &str = "wage-arrears";
/// Time of each source's snapshot.
pub const AS_OF: &str = "2025-11-17T20:00:00+08:00";

/// A listed subject.
#[derive(Clone, Debug)]
pub struct Victim {
    pub is_person: bool,
    pub number: u32,
    pub damage: Damage,
}

/// Damage to an identifier; the numbers choose its place and form.
#[derive(Clone, Debug)]
pub enum Damage {
    /// Only so many characters are left at the beginning and at the end.
    Mask(usize, usize),
    /// Like `Mask`, but one sign replaces all hidden characters.
    ShortMask(usize, usize),
    /// The organisation code of a firm; the 15 digits of a person.
    Short,
    /// So many digits are left of a number, as it was written or rounded.
    Rounded(bool),
    Scientific(usize),
    /// A character is replaced, lost, added, or exchanged with its neighbour.
    Edit(usize, char, u8),
    /// Something is between two characters.
    Between(usize, &'static str),
    Label(&'static str, &'static str),
    Gone(&'static str),
}

pub fn damages() -> impl Strategy<Value = Damage> {
    let fillers = prop::sample::select(vec![" ", "-", "\u{3000}", "\u{200b}", "—"]);
    let labels = prop::sample::select(vec![
        ("统一社会信用代码：", ""),
        ("身份证号码:", ""),
        ("", "（已注销）"),
        ("代码 ", "。"),
    ]);
    let nothing = prop::sample::select(vec!["", "无", "--", "不详", "n/a", "0"]);
    let character = prop::sample::select("0123456789ABCDEFGHJKX".chars().collect::<Vec<_>>());
    prop_oneof![
        (2_usize..9, 2_usize..7).prop_map(|(a, b)| Damage::Mask(a, b)),
        (4_usize..9, 2_usize..7).prop_map(|(a, b)| Damage::ShortMask(a, b)),
        Just(Damage::Short),
        any::<bool>().prop_map(Damage::Rounded),
        (3_usize..7).prop_map(Damage::Scientific),
        (0_usize..18, character, 0_u8..4).prop_map(|(at, c, kind)| Damage::Edit(at, c, kind)),
        (1_usize..18, fillers).prop_map(|(at, filler)| Damage::Between(at, filler)),
        labels.prop_map(|(before, after)| Damage::Label(before, after)),
        nothing.prop_map(Damage::Gone),
    ]
}

pub fn victims() -> impl Strategy<Value = Vec<Victim>> {
    let one = (any::<bool>(), 0_u32..900_000, damages());
    let one = one.prop_map(|(is_person, number, damage)| Victim { is_person, number, damage });
    prop::collection::vec(one, BATCH)
}

impl Victim {
    pub fn identifier(&self) -> String {
        let n = self.number;
        if self.is_person {
            let birth = format!("{}{:02}{:02}", 1950 + n % 50, 1 + n % 12, 1 + n % 28);
            crate::standards::resident_id(310_104, &birth, n % 1000)
        } else {
            crate::standards::uscc("91", 310_104, &format!("MA{n:06}"))
        }
    }

    pub fn scheme(&self) -> Scheme {
        if self.is_person { Scheme::ResidentId } else { Scheme::Uscc }
    }

    pub fn subject(&self) -> Subject {
        let kind = if self.is_person { SubjectKind::Person } else { SubjectKind::Organization };
        subject(kind, self.scheme(), self.identifier())
    }

    /// Whether it is a person whom a record names behind a firm.
    pub fn is_behind(&self) -> bool {
        self.is_person && self.number.is_multiple_of(2)
    }

    /// Code of the victim's firm.
    pub fn firm(&self) -> String {
        crate::standards::uscc("91", 110_000, &format!("MB{:06}", self.number))
    }

    /// Makes a subject of the same kind, from another place, with another name.
    pub fn bystander(&self) -> Subject {
        if self.is_person {
            let id = crate::standards::resident_id(440_999, "19020909", 7);
            subject(SubjectKind::Person, Scheme::ResidentId, id)
        } else {
            let code = crate::standards::uscc("12", 440_999, "LQW9PKYX");
            subject(SubjectKind::Organization, Scheme::Uscc, code)
        }
    }

    /// Returns the identifier as the file has it.
    pub fn written(&self) -> Value {
        self.damaged().unwrap_or_else(|| json!(self.identifier()))
    }

    /// Returns the identifier after its damage; none if the damage changes nothing here.
    fn damaged(&self) -> Option<Value> {
        let code = self.identifier();
        let digits = code.bytes().all(|b| b.is_ascii_digit());
        let masked = |a: usize, b: usize, sign: &str| {
            format!("{}{}{}", &code[..a], sign, &code[code.len() - b..])
        };
        Some(match &self.damage {
            Damage::Mask(a, b) => json!(masked(*a, *b, &"*".repeat(code.len() - a - b))),
            Damage::ShortMask(a, b) => json!(masked(*a, *b, "*")),
            Damage::Short if self.is_person => json!(format!("{}{}", &code[..6], &code[8..17])),
            Damage::Short => json!(&code[8..17]),
            Damage::Rounded(_) if !digits => return None,
            Damage::Rounded(kept) => {
                let rounded = format!("{}000", &code[..15]);
                let number: u64 = rounded.parse().unwrap();
                if *kept { json!(rounded) } else { json!(number) }
            }
            Damage::Scientific(_) if !digits => return None,
            Damage::Scientific(left) => {
                let number: f64 = code.parse().unwrap();
                let short = format!("{number:.*e}", left - 1);
                json!(short.to_uppercase().replace('E', "E+"))
            }
            Damage::Edit(at, c, kind) => {
                let mut characters: Vec<char> = code.chars().collect();
                match kind {
                    0 => characters[*at] = *c,
                    1 => drop(characters.remove(*at)),
                    2 => characters.insert(*at, *c),
                    _ => characters.swap(*at, at.saturating_sub(1)),
                }
                json!(characters.into_iter().collect::<String>())
            }
            Damage::Between(at, filler) => {
                json!(format!("{}{filler}{}", &code[..*at], &code[*at..]))
            }
            Damage::Label(before, after) => json!(format!("{before}{code}{after}")),
            Damage::Gone(word) => json!(word),
        })
    }

    /// Whether the damaged identifier is exactly somebody else's, so that the damage cannot be
    /// recognised.
    pub fn names_another(&self) -> bool {
        let written = self.written();
        if matches!(self.damage, Damage::Rounded(_)) {
            return false;
        }
        let Some(text) = written.as_str() else { return false };
        let kind = self.subject().kind;
        text != self.identifier() && validate(kind, self.scheme(), text, None).is_ok()
    }
}

pub fn subject(kind: SubjectKind, scheme: Scheme, identifier: String) -> Subject {
    Subject {
        role: Role::Applicant,
        kind,
        scheme,
        identifier,
        country: None,
        name: "甲".into(),
        as_issued: None,
        also: Vec::new(),
        of: None,
    }
}

/// Makes one file: each victim is listed by a source of its own; a person in one of two places.
pub fn document(victims: &[Victim]) -> Value {
    let sources: Vec<Value> = (0..victims.len())
        .map(|n| json!({ "id": format!("source-{n}"), "as_of": AS_OF, "covers": [LIST] }))
        .collect();
    let record = |(n, victim): (usize, &Victim)| {
        let written = victim.written();
        let scheme = victim.scheme().code();
        let kind = if victim.is_person { "person" } else { "organization" };
        let mut record = json!({
            "id": format!("r{n}"), "list": LIST, "source": format!("source-{n}"),
            "subject": { "kind": kind, "scheme": scheme, "identifier": written, "name": "乙" },
            "valid_from": "2025-01-01",
        });
        if victim.is_behind() {
            record["responsible_persons"] = json!([{ "role": "legal-representative", "scheme": scheme,
                         "identifier": written, "name": "乙" }]);
            record["subject"] = json!({ "kind": "organization", "scheme": "uscc",
                                        "identifier": victim.firm(), "name": "丙" });
        }
        record
    };
    let records: Vec<Value> = victims.iter().enumerate().map(record).collect();
    json!({ "sources": sources, "records": records })
}

/// Returns the answer of each victim's source about a subject: the status, and the number of
/// records.
pub fn asked(
    victims: &[Victim],
    who: impl Fn(&Victim) -> Subject,
    lookup: impl FnOnce(&[Ask<'_>]) -> Vec<Answer>,
) -> Vec<(AnswerStatus, usize)> {
    let lists = [LIST.to_owned()];
    let subjects: Vec<Subject> = victims.iter().map(who).collect();
    let as_of = "2026-11-20".parse().unwrap();
    let ask = |(query, subject)| Ask { query, subject, lists: &lists, as_of };
    let asks: Vec<Ask<'_>> = (0..).zip(&subjects).map(ask).collect();
    let mut own = vec![None; victims.len()];
    for answer in lookup(&asks) {
        let query = usize::try_from(answer.query).unwrap();
        if answer.source.is_some_and(|source| source.id == format!("source-{query}")) {
            own[query] = Some((answer.status, answer.records.len()));
        }
    }
    own.into_iter().map(|one| one.expect("the source answers")).collect()
}

/// Tests a reader of lists with `due` damaged identifiers, in batches. `held` returns for each
/// victim the answers of its source about it and about the bystander; `is_vague` tells whether the
/// reader may fail to limit whom the damage means, and so may leave everybody open.
pub fn hold(
    due: usize,
    is_vague: impl Fn(&Victim) -> bool,
    mut held: impl FnMut(&[Victim]) -> [Vec<(AnswerStatus, usize)>; 2],
) {
    let cases = std::env::var("MUSTCHECK_PROPERTY_CASES").ok().and_then(|n| n.parse().ok());
    let batches = u32::try_from(cases.unwrap_or(due).div_ceil(BATCH)).unwrap();
    let config = ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 64,
        ..ProptestConfig::with_cases(batches)
    };
    let held = std::cell::RefCell::new(&mut held);
    let outcome = TestRunner::new(config).run(&victims(), |victims| {
        let [listed, others] = (held.borrow_mut())(&victims);
        for ((victim, listed), other) in victims.iter().zip(listed).zip(others) {
            judge(victim, listed, other, is_vague(victim))?;
        }
        Ok(())
    });
    outcome.unwrap();
}

/// Checks that a listed subject is never shown absent, and that a subject that the damage cannot
/// mean is not affected.
fn judge(
    victim: &Victim,
    listed: (AnswerStatus, usize),
    other: (AnswerStatus, usize),
    is_vague: bool,
) -> Result<(), TestCaseError> {
    let written = victim.written();
    if !victim.names_another() {
        let found = listed.0 != AnswerStatus::Answered || listed.1 > 0;
        prop_assert!(found, "{victim:?} written {written}: {listed:?}");
    }
    if !matches!(victim.damage, Damage::Gone(_)) && !is_vague {
        let untouched = (AnswerStatus::Answered, 0);
        prop_assert_eq!(other, untouched, "{:?} written {}", victim, written);
    }
    Ok(())
}

//! Damaged identifiers in registry files: whoever is listed never comes out of the import with a
//! proof that they are not, and whom the damage cannot mean is not touched (RAIL R2).
//!
//! `MUSTCHECK_PROPERTY_CASES` says how many identifiers are damaged.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "../../guest/tests/support/standards.rs"]
#[allow(dead_code, reason = "a part of it is used")]
mod standards;

use mustcheck::model::{AnswerStatus, Description, Role, Scheme, Subject, SubjectKind};
use mustcheck::registry::Vocabulary;
use mustcheck::registry::import::import;
use mustcheck::{Ask, Policy, Registry as _, SqliteRegistry};
use mustcheck_guest::Catalogue;
use mustcheck_guest::identifier::validate;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// Identifiers that are damaged in one file, each of a source of its own.
const BATCH: usize = 100;
const LIST: &str = "wage-arrears";

/// Who is listed.
#[derive(Clone, Debug)]
struct Victim {
    is_person: bool,
    number: u32,
    damage: Damage,
}

/// What has happened to an identifier, with numbers that choose.
#[derive(Clone, Debug)]
enum Damage {
    /// So many characters are left at the beginning and at the end.
    Mask(usize, usize),
    /// One sign stands for all that are hidden.
    ShortMask(usize, usize),
    /// The organisation code of a firm; the 15 digits of a person.
    Short,
    /// So many digits are left of a number, as it was written or rounded.
    Rounded(bool),
    Scientific(usize),
    /// A character is another, lost, added, or exchanged with its neighbour.
    Edit(usize, char, u8),
    /// Something stands between two characters.
    Between(usize, &'static str),
    Label(&'static str, &'static str),
    Gone(&'static str),
}

fn damages() -> impl Strategy<Value = Damage> {
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

fn victims() -> impl Strategy<Value = Vec<Victim>> {
    let one = (any::<bool>(), 0_u32..900_000, damages());
    let one = one.prop_map(|(is_person, number, damage)| Victim { is_person, number, damage });
    prop::collection::vec(one, BATCH)
}

impl Victim {
    fn identifier(&self) -> String {
        let n = self.number;
        if self.is_person {
            let birth = format!("{}{:02}{:02}", 1950 + n % 50, 1 + n % 12, 1 + n % 28);
            standards::resident_id(310_104, &birth, n % 1000)
        } else {
            standards::uscc("91", 310_104, &format!("MA{n:06}"))
        }
    }

    fn scheme(&self) -> Scheme {
        if self.is_person { Scheme::ResidentId } else { Scheme::Uscc }
    }

    fn subject(&self) -> Subject {
        let kind = if self.is_person { SubjectKind::Person } else { SubjectKind::Organization };
        subject(kind, self.scheme(), self.identifier())
    }

    /// Somebody of the same kind, from another place, with another name.
    fn bystander(&self) -> Subject {
        if self.is_person {
            let id = standards::resident_id(440_999, "19020909", 7);
            subject(SubjectKind::Person, Scheme::ResidentId, id)
        } else {
            let code = standards::uscc("12", 440_999, "LQW9PKYX");
            subject(SubjectKind::Organization, Scheme::Uscc, code)
        }
    }

    /// The identifier as the file has it; none if the damage is no damage here.
    fn written(&self) -> Option<Value> {
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

    /// Whether the damage names somebody else exactly, and nothing can tell that it is damage.
    fn names_another(&self, written: &Value) -> bool {
        if matches!(self.damage, Damage::Rounded(_)) {
            return false;
        }
        let Some(text) = written.as_str() else { return false };
        let kind = self.subject().kind;
        text != self.identifier() && validate(kind, self.scheme(), text, None).is_ok()
    }
}

fn subject(kind: SubjectKind, scheme: Scheme, identifier: String) -> Subject {
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

fn vocabulary() -> Vocabulary {
    let editions = Policy::embedded_editions().into_iter();
    let all: Vec<Description> = editions
        .map(|e| Catalogue::from_json(Policy::embedded_catalogue(e).unwrap()).unwrap().describe())
        .collect();
    Vocabulary::of(&all)
}

/// One file: each victim is listed by a source of its own; a person in one of two places.
fn document(victims: &[Victim]) -> Value {
    let sources: Vec<Value> = (0..victims.len())
        .map(|n| {
            json!({ "id": format!("source-{n}"), "as_of": "2025-11-17T20:00:00+08:00",
                    "covers": [LIST] })
        })
        .collect();
    let record = |(n, victim): (usize, &Victim)| {
        let written = victim.written().unwrap_or_else(|| json!(victim.identifier()));
        let scheme = victim.scheme().code();
        let kind = if victim.is_person { "person" } else { "organization" };
        let mut record = json!({
            "id": format!("r{n}"), "list": LIST, "source": format!("source-{n}"),
            "subject": { "kind": kind, "scheme": scheme, "identifier": written, "name": "乙" },
            "valid_from": "2025-01-01",
        });
        if victim.is_person && victim.number % 2 == 0 {
            let firm = standards::uscc("91", 110_000, &format!("MB{:06}", victim.number));
            record["responsible_persons"] = json!([{ "role": "legal-representative", "scheme": scheme,
                         "identifier": written, "name": "乙" }]);
            record["subject"] = json!({ "kind": "organization", "scheme": "uscc",
                                        "identifier": firm, "name": "丙" });
        }
        record
    };
    let records: Vec<Value> = victims.iter().enumerate().map(record).collect();
    json!({ "sources": sources, "records": records })
}

/// How the source of each victim answers about somebody: the status, and how many records.
fn asked(
    registry: &SqliteRegistry,
    victims: &[Victim],
    who: impl Fn(&Victim) -> Subject,
) -> Vec<(AnswerStatus, usize)> {
    let lists = [LIST.to_owned()];
    let of = |(n, victim): (usize, &Victim)| {
        let subject = who(victim);
        let answers = registry.lookup(&[Ask {
            query: 0,
            subject: &subject,
            lists: &lists,
            as_of: "2026-11-20".parse().unwrap(),
        }]);
        let source = format!("source-{n}");
        let own = answers.unwrap().into_iter();
        let mut own = own.filter(|a| a.source.as_ref().is_some_and(|s| s.id == source));
        let one = own.next().expect("the source answers");
        (one.status, one.records.len())
    };
    victims.iter().enumerate().map(of).collect()
}

#[test]
fn no_damage_makes_a_listed_subject_clear_and_others_are_not_touched() {
    let cases = std::env::var("MUSTCHECK_PROPERTY_CASES").ok().and_then(|n| n.parse().ok());
    let cases: usize = cases.unwrap_or(10_000);
    let files = u32::try_from(cases.div_ceil(BATCH)).unwrap();
    let config = ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 64,
        ..ProptestConfig::with_cases(files)
    };
    let vocabulary = vocabulary();
    let outcome = TestRunner::new(config).run(&victims(), |victims| {
        let folder = tempfile::tempdir().unwrap();
        let (file, database) = (folder.path().join("r.json"), folder.path().join("r.db"));
        std::fs::write(&file, document(&victims).to_string()).unwrap();
        import(&file, &database, &vocabulary, &mut || {}).unwrap();
        let registry = SqliteRegistry::open(&database).unwrap();
        let listed = asked(&registry, &victims, Victim::subject);
        let others = asked(&registry, &victims, Victim::bystander);
        for ((victim, listed), other) in victims.iter().zip(listed).zip(others) {
            let written = victim.written().unwrap_or_else(|| json!(victim.identifier()));
            if !victim.names_another(&written) {
                let found = listed.0 != AnswerStatus::Answered || listed.1 > 0;
                prop_assert!(found, "{victim:?} written {written}: {listed:?}");
            }
            if !matches!(victim.damage, Damage::Gone(_)) {
                let untouched = (AnswerStatus::Answered, 0);
                prop_assert_eq!(other, untouched, "{:?} written {}", victim, written);
            }
        }
        Ok(())
    });
    outcome.unwrap();
}

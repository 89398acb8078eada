#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use mustcheck_model::{Event, FurtherIdentifier, Role, Subject, SubjectKind};
use mustcheck_rules::Catalogue;

use super::*;
use crate::input::parse_strictly;
use crate::policy::Policy;
use crate::registry::Vocabulary;
use crate::registry::written::Pattern;

const FIRM: &str = "91310115MA1K3H5Q4N";
const LIST: &str = "wage-arrears";

fn source(more: &str) -> Source {
    let text = format!(
        r#"{{ "id": "platform", "as_of": "2026-11-17T20:00:00+08:00", "covers": ["{LIST}"] {more} }}"#
    );
    parse_strictly(text.as_bytes()).unwrap()
}

fn held(more: &str) -> Held {
    Held::readable(source(more), Naming::default())
}

fn subject(scheme: Scheme, kind: SubjectKind) -> Subject {
    Subject {
        role: Role::Applicant,
        kind,
        scheme,
        identifier: FIRM.into(),
        country: None,
        name: "甲".into(),
        as_issued: None,
        also: Vec::new(),
        of: None,
    }
}

fn record(id: &str) -> CreditRecord {
    let text = format!(
        r#"{{ "id": "{id}", "list": "{LIST}", "source": "platform", "subject": {{
            "kind": "organization", "scheme": "uscc", "identifier": "{FIRM}", "name": "甲" }},
            "valid_from": "2025-03-01", "valid_until": "2028-02-29" }}"#
    );
    parse_strictly(text.as_bytes()).unwrap()
}

fn opening(key: i64, list: Option<&str>) -> Opening {
    Opening {
        key,
        source: "platform".into(),
        list: list.map(str::to_owned),
        place: format!("row {key}"),
        reason: "a mask".into(),
        entries: 1,
        acknowledged: None,
    }
}

/// Each answer about a firm: status, reason, number of records.
fn told(
    sources: &[Held],
    scheme: Scheme,
    kind: SubjectKind,
    openings: &[Opening],
) -> Vec<(String, String, usize)> {
    let subject = subject(scheme, kind);
    let lists = [LIST.to_owned()];
    let ask =
        Ask { query: 0, subject: &subject, lists: &lists, as_of: "2026-11-20".parse().unwrap() };
    let mut answers = Vec::new();
    answer(&ask, sources, &[&record("r1")], openings, &mut answers);
    let each = answers.into_iter();
    each.map(|a| (a.status.to_string(), a.reason.unwrap_or_default(), a.records.len())).collect()
}

fn firm(sources: &[Held], openings: &[Opening]) -> Vec<(String, String, usize)> {
    told(sources, Scheme::Uscc, SubjectKind::Organization, openings)
}

fn row(status: &str, reason: &str, records: usize) -> Vec<(String, String, usize)> {
    vec![(status.into(), reason.into(), records)]
}

#[test]
fn an_entry_that_may_mean_the_subject_leaves_it_open_and_hides_no_record() {
    let reason = "a record was refused at import: row 1: a mask";
    assert_eq!(firm(&[held("")], &[opening(1, Some(LIST))]), row("unavailable", reason, 1));
    assert_eq!(firm(&[held("")], &[opening(1, None)]), row("unavailable", reason, 1));
    assert_eq!(firm(&[held("")], &[opening(1, Some("tax-serious"))]), row("answered", "", 1));
    let other = Opening { source: "other".into(), ..opening(1, None) };
    assert_eq!(firm(&[held("")], &[other]), row("answered", "", 1));
    // One that fits by two patterns counts once.
    let twice = [opening(1, None), opening(1, None)];
    assert_eq!(firm(&[held("")], &twice), row("unavailable", reason, 1));
    let two = [opening(1, None), opening(2, None)];
    assert_eq!(firm(&[held("")], &two), row("unavailable", &format!("{reason}; and 1 more"), 1));
}

#[test]
fn who_answers_for_an_entry_stands_beside_the_answer() {
    let on = Date { year: 2026, month: 11, day: 20 };
    let by = Acknowledgement { by: "李四".into(), why: "the paper names another".into(), on };
    let seen = Opening { acknowledged: Some(by), ..opening(1, Some(LIST)) };
    let reason = "row 1 is answered for by 李四 since 2026-11-20: the paper names another";
    assert_eq!(firm(&[held("")], std::slice::from_ref(&seen)), row("answered", reason, 1));
    let open = "a record was refused at import: row 2: a mask";
    assert_eq!(firm(&[held("")], &[seen, opening(2, None)]), row("unavailable", open, 1));
}

#[test]
fn an_entry_of_everybody_leaves_everybody_open() {
    let mut one = held("");
    one.everybody.push(Opening { entries: 3, ..opening(7, Some(LIST)) });
    let reason = "a record was refused at import: row 7: a mask; and 2 more";
    assert_eq!(firm(&[one], &[]), row("unavailable", reason, 1));
}

#[test]
fn an_entry_of_nobody_by_name_is_no_proof_of_absence() {
    let unnamed = |more: &str| {
        let mut one = held(more);
        one.unnamed.extend([(Some(LIST.to_owned()), 2), (None, 1), (Some("other".into()), 9)]);
        one
    };
    let reason = "entries that the source names by no identifier: 3";
    assert_eq!(firm(&[unnamed("")], &[]), row("not-covered", reason, 1));
    let all = r#", "identified_by": ["uscc"]"#;
    assert_eq!(firm(&[unnamed(all)], &[]), row("answered", "", 1));
    let other = r#", "identified_by": ["lei"]"#;
    assert_eq!(firm(&[unnamed(other)], &[]), row("not-covered", reason, 1));
}

#[test]
fn an_identifier_that_the_source_does_not_keep_is_not_covered() {
    let reason = "the source does not keep subjects by `lei`";
    let of = |one| told(&[one], Scheme::Lei, SubjectKind::Organization, &[]);
    assert_eq!(of(held("")), row("not-covered", reason, 1));
    assert_eq!(of(held(r#", "schemes": ["lei"]"#)), row("answered", "", 1));
    let reason = "the source does not keep subjects by `uscc`";
    assert_eq!(firm(&[held(r#", "schemes": ["lei"]"#)], &[]), row("not-covered", reason, 1));
}

#[test]
fn a_kind_that_the_source_does_not_hold_is_not_covered_unless_another_holds_it() {
    let mut persons = held("");
    let kinds = r#"{ "list": "wage-arrears", "kinds": ["person"] }"#;
    persons.source.covers = vec![serde_json::from_str(kinds).unwrap()];
    let reason = "the source does not hold this list of kind `organization`";
    assert_eq!(firm(std::slice::from_ref(&persons), &[]), row("not-covered", reason, 1));
    let mut other = held("");
    other.source.id = "other".into();
    let both = firm(&[persons.clone(), other.clone()], &[]);
    assert_eq!(both, [row("not-covered", reason, 1), row("answered", "", 0)].concat());
    // Without a record, a source that holds the list of other kinds says nothing.
    persons.source.id = "third".into();
    assert_eq!(firm(&[persons, other], &[]), row("answered", "", 0));
}

#[test]
fn a_source_that_is_down_says_nothing() {
    let down = held(r#", "unavailable": "the line is down""#);
    assert_eq!(firm(&[down], &[]), row("unavailable", "the line is down", 0));
}

#[test]
fn only_a_snapshot_held_of_the_future_gives_way_to_an_older_one() {
    let at = |day: &str| {
        let as_of = format!("2026-11-{day}T20:00:00+08:00").parse().unwrap();
        Source { as_of, ..source("") }
    };
    let now = at("18").as_of;
    let admitted = |new: &str, held: &str, replace_as_of: bool| {
        let options = ImportOptions { replace_as_of, ..ImportOptions::default() };
        admit(&at(new), Some(&at(held)), now, &options)
    };
    assert_eq!(admit(&at("01"), None, now, &ImportOptions::default()), Admission::Admitted);
    assert_eq!(admitted("17", "17", false), Admission::Admitted);
    assert_eq!(admitted("18", "17", true), Admission::Admitted);
    let older = "the snapshot of `2026-11-16T20:00:00+08:00` is older than the one held, of";
    for replace in [false, true] {
        let told = format!("{older} `2026-11-17T20:00:00+08:00`");
        assert_eq!(admitted("16", "17", replace), Admission::Refused(told));
    }
    let told = format!(
        "{older} `2026-11-25T20:00:00+08:00`, which lies in the future: `--replace-as-of` \
         replaces it"
    );
    assert_eq!(admitted("16", "25", false), Admission::Refused(told));
    assert_eq!(admitted("16", "25", true), Admission::Repairs(at("25").as_of));
}

#[test]
fn removals_are_allowed_by_their_exact_number() {
    let of = |each: &[(&str, u64, u64)], allow_removal: Option<u64>| {
        let mut removals = Removals::default();
        for (list, held, removed) in each {
            removals.held("platform", list, *held);
            removals.removed("platform", list, *removed);
        }
        let options = ImportOptions { allow_removal, ..ImportOptions::default() };
        removals.check(&options).map_err(|e| e.to_string())
    };
    assert_eq!(of(&[("a", 100, 5), ("b", 0, 0), ("c", 10, 0)], None), Ok(()));
    let told = "nothing was imported: it would remove 6 of 100 from list `a` of source `platform` \
                in force; if that is right, allow it with `--allow-removal 6`";
    assert_eq!(of(&[("a", 100, 6)], None), Err(told.into()));
    assert_eq!(of(&[("a", 100, 6)], Some(5)), Err(told.into()));
    assert_eq!(of(&[("a", 100, 6)], Some(7)), Err(told.into()));
    assert_eq!(of(&[("a", 100, 6), ("b", 100, 5)], Some(6)), Ok(()));
    assert!(of(&[("a", 1, 1)], None).is_err(), "all of a list");
    assert_eq!(of(&[("a", 100, 6), ("b", 1, 1)], Some(7)), Ok(()));
    let told = "nothing was imported: it removes no more records than usual, and 3 were allowed";
    assert_eq!(of(&[("a", 100, 3)], Some(3)), Err(told.into()));
}

/// Vocabulary of the embedded editions.
fn vocabulary() -> Vocabulary {
    let editions = Policy::embedded_editions().into_iter();
    let catalogue = |edition| Policy::embedded_catalogue(edition).unwrap();
    let all: Vec<_> =
        editions.map(|e| Catalogue::from_json(catalogue(e)).unwrap().describe()).collect();
    Vocabulary::of(&all)
}

fn event(kind: &str, on: &str) -> Event {
    serde_json::from_str(&format!(r#"{{ "kind": "{kind}", "on": "{on}" }}"#)).unwrap()
}

#[test]
fn a_record_has_effect_until_its_last_day_or_until_it_is_repaired() {
    let day = Date { year: 2026, month: 11, day: 17 };
    let known = Vocabulary::default();
    let mut one = record("r1");
    assert_eq!(last_day(&one, &known, day), "2028-02-29");
    one.valid_until = None;
    assert_eq!(last_day(&one, &known, day), "9999-12-31");
    one.events = vec![event("repaired", "2026-11-17")];
    assert_eq!(last_day(&one, &known, day), "");
    assert_eq!(last_day(&one, &known, Date { day: 16, ..day }), "9999-12-31");
}

#[test]
fn a_record_has_effect_as_long_as_the_rules_of_its_list_keep_it() {
    let day = Date { year: 2026, month: 11, day: 17 };
    let known = vocabulary();
    let mut one = record("r1");
    one.events = vec![event("repaired", "2026-11-01")];
    assert_eq!(last_day(&one, &known, day), "", "a list that lets it be repaired");
    // Not before the regulation allows it.
    one.valid_from = "2026-10-01".parse().unwrap();
    assert_eq!(last_day(&one, &known, day), "2028-02-29");
    "bidding-disqualified".clone_into(&mut one.list);
    one.valid_from = "2025-03-01".parse().unwrap();
    assert_eq!(last_day(&one, &known, day), "2028-02-29", "a list that never does");
    one.events = vec![event("annulled", "2026-11-01")];
    assert_eq!(last_day(&one, &known, day), "");
    // The term begins anew where the removal is revoked, and never ends before its own last day.
    LIST.clone_into(&mut one.list);
    one.valid_until = Some("2026-03-01".parse().unwrap());
    one.events = vec![event("repaired", "2025-12-01"), event("removal-revoked", "2026-02-01")];
    assert_eq!(last_day(&one, &known, day), "2029-02-01");
    one.events.clear();
    assert_eq!(last_day(&one, &known, day), "2026-03-01");
}

#[test]
fn a_total_that_the_snapshot_says_is_held_against_it() {
    assert_eq!(unexpected(&source(""), 7), None);
    let of = |entries| unexpected(&source(r#", "expected": 7"#), entries);
    assert_eq!(of(7), None);
    let told = "source `platform` has 6 entries and says that it has 7";
    assert_eq!(of(6).as_deref(), Some(told));
}

#[test]
fn a_refusal_becomes_an_entry_of_its_reach() {
    let refusal = |open: &[&str], unnamed| Refusal {
        id: None,
        list: None,
        place: "row 1".into(),
        reason: "x".into(),
        mark: String::new(),
        open: open.iter().map(|text| Pattern::read(text).unwrap()).collect(),
        unnamed,
        beside: false,
    };
    let reaches = |open: &[&str], unnamed| -> Vec<(Reach, usize)> {
        let entries = refusal(open, unnamed).entries(None).into_iter();
        entries.map(|entry| (entry.reach, entry.patterns.len())).collect()
    };
    assert_eq!(reaches(&[], false), [(Reach::Everybody, 0)]);
    assert_eq!(reaches(&["9131*5Q4N", "*"], true), [(Reach::Everybody, 0)]);
    assert_eq!(reaches(&["9131*5Q4N"], false), [(Reach::Subjects, 1)]);
    assert_eq!(reaches(&[], true), [(Reach::Unnamed, 0)]);
    assert_eq!(reaches(&["9131*5Q4N"], true), [(Reach::Subjects, 1), (Reach::Unnamed, 0)]);
    // Whom the record named before, it may still mean.
    let held = refusal(&["9131*5Q4N"], false).entries(Some(&record("r1")));
    let exact = Pattern::exact(FIRM).unwrap();
    assert!(held.iter().any(|entry| entry.patterns.contains(&exact)));
}

#[test]
fn the_same_text_twice_has_two_marks() {
    let marks = || {
        let mut marks = Marks::default();
        [marks.of("null"), marks.of("{}"), marks.of("null"), marks.of("null")]
    };
    let all = marks();
    assert_eq!(all, marks(), "the same file has the same marks");
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 4);
    assert!(all.iter().all(|mark| mark.len() == 16), "{all:?}");
}

const LEI: &str = "5493001KJTIIGC8Y1R12";
const RESIDENT: &str = "310101198001010018";

/// A passport of a country, another scheme's identifier.
fn identity(scheme: Scheme, country: Option<&str>) -> FurtherIdentifier {
    let identifier = match scheme {
        Scheme::Uscc => FIRM,
        Scheme::Lei => LEI,
        Scheme::ResidentId => RESIDENT,
        Scheme::Passport => "E12345678",
    };
    FurtherIdentifier { scheme, identifier: identifier.into(), country: country.map(str::to_owned) }
}

/// Identifiers of a subject, the main one first.
type Known<'a> = &'a [(Scheme, Option<&'a str>)];

/// A source with one record about somebody with these identifiers.
fn naming(known: Known<'_>, more: &str) -> Held {
    let all: Vec<_> = known.iter().map(|(scheme, country)| identity(*scheme, *country)).collect();
    let kind = |scheme: Scheme| match scheme {
        Scheme::Uscc | Scheme::Lei => SubjectKind::Organization,
        Scheme::ResidentId | Scheme::Passport => SubjectKind::Person,
    };
    let mut one = record("r1");
    one.subject.kind = kind(all[0].scheme);
    one.subject.scheme = all[0].scheme;
    one.subject.country.clone_from(&all[0].country);
    one.subject.identifier.clone_from(&all[0].identifier);
    one.subject.also = all[1..].to_vec();
    let mut naming = Naming::default();
    naming.count(&one);
    Held::readable(source(more), naming)
}

/// Status and reason of a source's answer about another subject with these identifiers.
fn another(source: &Held, known: Known<'_>) -> (String, String) {
    let all: Vec<_> = known.iter().map(|(scheme, country)| identity(*scheme, *country)).collect();
    let kind = if matches!(all[0].scheme, Scheme::Uscc | Scheme::Lei) {
        SubjectKind::Organization
    } else {
        SubjectKind::Person
    };
    let mut subject = subject(all[0].scheme, kind);
    subject.country.clone_from(&all[0].country);
    subject.also = all[1..].to_vec();
    let lists = [LIST.to_owned()];
    let as_of = "2026-11-20".parse().unwrap();
    let ask = Ask { query: 0, subject: &subject, lists: &lists, as_of };
    let mut answers = Vec::new();
    answer(&ask, std::slice::from_ref(source), &[], &[], &mut answers);
    let one = answers.remove(0);
    (one.status.to_string(), one.reason.unwrap_or_default())
}

#[test]
fn who_is_listed_by_one_identifier_alone_is_not_shown_absent_by_another() {
    const USCC: (Scheme, Option<&str>) = (Scheme::Uscc, None);
    const BY_LEI: (Scheme, Option<&str>) = (Scheme::Lei, None);
    const NUMBER: (Scheme, Option<&str>) = (Scheme::ResidentId, None);
    const OWN: (Scheme, Option<&str>) = (Scheme::Passport, Some("CN"));
    const FOREIGN: (Scheme, Option<&str>) = (Scheme::Passport, Some("FR"));
    // As if others on the list had each of them.
    let all = |one: &mut Held| one.kept.schemes = Scheme::ALL.iter().copied().collect();
    let open = |scheme: &str| {
        ("not-covered".to_owned(), format!("entries that the source names by no `{scheme}`: 1"))
    };
    let answered = ("answered".to_owned(), String::new());
    let cases: [(Known<'_>, Known<'_>, Option<&str>); 16] = [
        (&[BY_LEI], &[USCC], Some("uscc")),
        (&[USCC], &[BY_LEI], Some("lei")),
        (&[BY_LEI], &[BY_LEI], None),
        (&[USCC], &[USCC], None),
        // A subject that has both is found by either.
        (&[USCC, BY_LEI], &[USCC], None),
        (&[USCC, BY_LEI], &[BY_LEI], None),
        (&[BY_LEI], &[USCC, BY_LEI], None),
        (&[USCC], &[BY_LEI, USCC], None),
        // A firm is no person.
        (&[BY_LEI], &[NUMBER], None),
        (&[NUMBER], &[USCC], None),
        // A passport of China is held beside a resident number, and no other is.
        (&[OWN], &[NUMBER], Some("resident-id")),
        (&[NUMBER], &[OWN], Some("passport")),
        (&[FOREIGN], &[NUMBER], None),
        (&[NUMBER], &[FOREIGN], None),
        (&[NUMBER, OWN], &[OWN], None),
        (&[OWN], &[NUMBER, OWN], None),
    ];
    for (listed, asked, without) in cases {
        let expected = without.map_or_else(|| answered.clone(), open);
        let mut source = naming(listed, "");
        all(&mut source);
        assert_eq!(another(&source, asked), expected, "{listed:?} {asked:?}");
        // A source that says by which identifiers it keeps everybody is believed.
        let told = r#", "schemes": ["uscc", "lei", "resident-id", "passport"]"#;
        assert_eq!(another(&naming(listed, told), asked), answered, "{listed:?} {asked:?}");
    }
    // Who is identified by it, the source says, is listed under it.
    let mut identified = naming(&[BY_LEI], r#", "identified_by": ["uscc"]"#);
    all(&mut identified);
    assert_eq!(another(&identified, &[USCC]), answered);
    // Another list of the source has its own entries.
    let other = Held { source: source(""), ..naming(&[BY_LEI], "") };
    assert_eq!(
        other
            .kept
            .named_otherwise("tax-serious", &subject(Scheme::Uscc, SubjectKind::Organization)),
        0
    );
    // A subject is not covered if the source keeps none of its identifiers.
    let reason = "the source does not keep subjects by `lei`".to_owned();
    let kept = naming(&[USCC], r#", "schemes": ["uscc"]"#);
    assert_eq!(another(&kept, &[BY_LEI]), ("not-covered".to_owned(), reason));
    assert_eq!(another(&kept, &[BY_LEI, USCC]), answered);
}

#[test]
fn what_is_kept_reads_as_it_was_written() {
    let kept = naming(&[(Scheme::Lei, None), (Scheme::Uscc, None)], "").kept;
    assert_eq!(decode::<Kept>(&encode(&kept).unwrap()).unwrap(), kept);
    assert!(decode::<Kept>("[\"uscc\"]").is_err());
}

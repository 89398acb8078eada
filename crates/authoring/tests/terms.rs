//! Tests of how long a measure lasts: every kind of term with every end on record, every event and
//! every rule of a list, compared with a statement of its own that shares no code with the rules.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

#[path = "support/firm.rs"]
mod firm;

use std::path::Path;

use firm::{FIRM, answered, application};
use jiff::ToSpan as _;
use jiff::civil::Date as Civil;
use mustcheck_authoring as authoring;
use mustcheck_authoring::check::check;
use mustcheck_model::date::Date;
use mustcheck_model::{
    CreditRecord, Decision, DispositionRule, Effect, Event, EventKind, MeasureKind, Query, Role,
    Term,
};
use mustcheck_rules::Catalogue;
use mustcheck_rules::catalogue::data::{
    CatalogueData, FoundedRule, ListRegime, Measure, ObjectionRule, RemovalRule, StayRule,
};
use serde_json::json;

const LIST: &str = "wage-arrears";
const MATTER: &str = "tendering/government-procurement";

/// A kind of term, with its years.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    None,
    AtMost(i16),
    Fixed(i16),
    AtLeast(i16),
    Life,
}

/// The rules of a list.
#[derive(Clone, Copy, Debug)]
struct Rules {
    /// Months before which no repair ends an entry; `None` if no repair ever does.
    removable: Option<i16>,
    suspends: bool,
    /// Whether a revoked removal begins the term anew.
    restores: bool,
    /// Years, and whether an entry's own longer end holds.
    stay: Option<(i16, bool)>,
    lifts: bool,
}

/// Expected result of a record.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    /// The measure applies, until a day or without an end.
    Applies(Option<Civil>),
    /// The officer looks, for this reason.
    Look(DispositionRule),
    Nothing,
}

fn civil(text: &str) -> Civil {
    text.parse().unwrap()
}

fn own(day: Civil) -> Date {
    day.to_string().parse().unwrap()
}

fn back(day: Date) -> Civil {
    civil(&day.to_string())
}

/// Expected result in whole days, from the words of the rules.
fn stated(
    kind: Kind,
    rules: Rules,
    first: Civil,
    recorded: Option<Civil>,
    events: &[(EventKind, Civil)],
    day: Civil,
) -> Outcome {
    let last = |kind: EventKind| {
        events.iter().filter(|(k, on)| *k == kind && *on <= day).map(|(_, on)| *on).max()
    };
    if last(EventKind::Annulled).is_some() || last(EventKind::ObjectionUpheld).is_some() {
        return Outcome::Nothing;
    }
    let restored = last(EventKind::RemovalRevoked);
    let start = restored.filter(|_| rules.restores).unwrap_or(first);
    let years = |n: i16| start + n.years();
    // The end by the record and its list.
    let by_list = rules.stay.map(|(n, _)| years(n));
    let beyond = rules.stay.is_some_and(|(_, beyond)| beyond);
    let own_end = match (recorded, by_list) {
        (None, end) => end,
        (Some(own), None) => Some(own),
        // Its own end was that of the term before.
        (Some(_), Some(end)) if start > first => Some(end),
        (Some(own), Some(_)) if beyond => Some(own),
        (Some(own), Some(end)) => Some(own.min(end)),
    };
    let repaired = last(EventKind::Repaired).filter(|on| restored.is_none_or(|r| r < *on));
    let removed = repaired.is_some()
        && rules.removable.is_some_and(|months| day >= start + i32::from(months).months());
    let failed = last(EventKind::ReorganisationFailed);
    let saved = [EventKind::ReorganisationApproved, EventKind::SettlementApproved];
    let saved = saved.into_iter().filter_map(last).any(|on| failed.is_none_or(|f| f < on));
    let ended = own_end.is_some_and(|end| end < day);
    let outlasting = match kind {
        Kind::Fixed(n) => Some(Some(years(n))),
        Kind::AtLeast(n) => Some(own_end.map(|end| end.max(years(n)))),
        Kind::Life => Some(None),
        Kind::None | Kind::AtMost(_) => None,
    };
    let applies = |end: Option<Civil>| match end {
        Some(end) if end < day => Outcome::Nothing,
        end => Outcome::Applies(end),
    };
    if removed || (ended && !(rules.lifts && saved)) {
        return outlasting.map_or(Outcome::Nothing, applies);
    }
    if rules.lifts && saved {
        return Outcome::Look(DispositionRule::LiftedRecord);
    }
    if first > day {
        return Outcome::Nothing;
    }
    let disputed = last(EventKind::ObjectionFiled)
        .is_some_and(|on| last(EventKind::ObjectionDismissed).is_none_or(|d| d < on));
    let stayed = last(EventKind::CourtStay)
        .is_some_and(|on| last(EventKind::CourtStayLifted).is_none_or(|l| l < on));
    if stayed || (disputed && rules.suspends) {
        return Outcome::Look(DispositionRule::SuspendedRecord);
    }
    match (kind, outlasting) {
        (_, Some(end)) => applies(end),
        (Kind::AtMost(n), None) => applies(Some(own_end.map_or(years(n), |end| end.min(years(n))))),
        (_, None) => applies(own_end),
    }
}

fn term(years: i16) -> Term {
    Term { years: years.unsigned_abs(), months: 0 }
}

/// A catalogue of one measure on one list.
fn catalogue(shipped: &CatalogueData, kind: Kind, rules: Rules) -> Catalogue {
    let mut data = shipped.clone();
    let mut measure: Measure = { data.measures.iter() }
        .find(|m| m.kind == MeasureKind::Limit && m.lists.iter().any(|l| *l == *LIST))
        .unwrap()
        .clone();
    let basis = data.lists.iter().find(|l| *l.code == *LIST).unwrap().legal_basis.clone();
    measure.effect = Effect::Restriction;
    measure.kind = MeasureKind::Limit;
    measure.force = mustcheck_model::Force::Mandatory;
    measure.matters = vec![MATTER.into()];
    measure.roles = vec![Role::Applicant];
    measure.lists = vec![LIST.into()];
    (measure.scope, measure.penalty, measure.record_matter) = (None, None, None);
    (measure.acts, measure.exceptions) = (Vec::new(), Vec::new());
    (measure.unnamed_act, measure.unseats) = (false, false);
    (measure.longest_term, measure.fixed_term, measure.shortest_term) = (None, None, None);
    measure.lifelong = kind == Kind::Life;
    match kind {
        Kind::AtMost(n) => measure.longest_term = Some(term(n)),
        Kind::Fixed(n) => measure.fixed_term = Some(term(n)),
        Kind::AtLeast(n) => measure.shortest_term = Some(term(n)),
        Kind::None | Kind::Life => {}
    }
    (measure.valid_from, measure.valid_until) = (data.edition.valid_from, None);
    data.measures = vec![measure];
    data.overlay.adopts_recommended_incentives = false;
    let list = data.lists.iter_mut().find(|l| *l.code == *LIST).unwrap();
    list.rules = vec![ListRegime {
        valid_from: data.edition.valid_from,
        valid_until: None,
        stay: rules.stay.map(|(years, beyond)| StayRule {
            longest: term(years),
            beyond,
            legal_basis: basis.clone(),
        }),
        removal: RemovalRule {
            after: rules
                .removable
                .filter(|months| *months > 0)
                .map(|months| Term { years: 0, months: months.unsigned_abs() }),
            never: rules.removable.is_none(),
            legal_basis: basis.clone(),
        },
        restoration: rules.restores.then(|| FoundedRule { legal_basis: basis.clone() }),
        objection: ObjectionRule { suspends: rules.suspends, legal_basis: basis.clone() },
        reorganisation: rules.lifts.then(|| FoundedRule { legal_basis: basis.clone() }),
        notes: Vec::new(),
    }];
    Catalogue::adopt(data).unwrap()
}

fn decided(catalogue: &Catalogue, record: &CreditRecord, day: Date) -> Decision {
    let listed = |query: &Query, list: &str| {
        let own = query.subject == 0 && list == LIST;
        own.then(|| record.clone()).into_iter().collect()
    };
    let from = Some(own(civil("2001-01-01")));
    let mut registry = |queries: &[Query]| answered(queries, day, from, listed);
    check(catalogue, &application(MATTER, day), day, &mut registry).unwrap()
}

fn seen(decision: &Decision) -> Outcome {
    match (decision.measures.as_slice(), decision.disposition_rule) {
        ([one], _) => Outcome::Applies(one.until.map(back)),
        ([], DispositionRule::NothingApplies) => Outcome::Nothing,
        ([], rule) => Outcome::Look(rule),
        (several, _) => panic!("{} measures", several.len()),
    }
}

/// Histories of a record: its events, each with its day.
fn histories() -> Vec<Vec<(EventKind, Civil)>> {
    use EventKind::*;
    let early = civil("2021-07-01");
    let (repaired, later, late) = (civil("2022-06-01"), civil("2022-09-01"), civil("2023-09-01"));
    vec![
        vec![],
        vec![(Repaired, early)],
        vec![(Repaired, repaired)],
        vec![(Repaired, repaired), (RemovalRevoked, later)],
        vec![(Repaired, repaired), (RemovalRevoked, later), (Repaired, late)],
        vec![(Annulled, repaired)],
        vec![(Corrected, repaired)],
        vec![(ObjectionFiled, repaired)],
        vec![(ObjectionFiled, repaired), (ObjectionDismissed, later)],
        vec![(ObjectionFiled, repaired), (ObjectionUpheld, later)],
        vec![(CourtStay, repaired), (CourtStayLifted, later)],
        vec![(ReorganisationApproved, repaired), (ReorganisationFailed, later)],
        vec![(SettlementApproved, repaired)],
        vec![(SettlementApproved, repaired), (Repaired, later)],
    ]
}

#[test]
fn every_term_ends_as_the_statement_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    let compiled = authoring::compile(&folder, "statutes", "default").unwrap();
    let first = civil("2021-03-15");
    let ends = ["2022-03-15", "2023-12-31", "2024-03-15", "2027-06-30"];
    let ends: Vec<Option<Civil>> =
        std::iter::once(None).chain(ends.iter().map(|end| Some(civil(end)))).collect();
    let mut days: Vec<Civil> = Vec::new();
    for turn in ["2021-03-15", "2022-06-01", "2022-09-15", "2024-03-15", "2025-09-01", "2026-03-15"]
    {
        let turn = civil(turn);
        days.extend([turn - 1.day(), turn, turn + 1.day()]);
    }
    days.push(civil("2026-09-15"));
    let kinds = [Kind::None, Kind::AtMost(3), Kind::Fixed(3), Kind::AtLeast(3), Kind::Life];
    let mut seen_outcomes = std::collections::BTreeSet::new();
    let mut checks = 0;
    for kind in kinds {
        for removable in [Some(0), Some(18), None] {
            for suspends in [true, false] {
                for stay in [None, Some((3, false)), Some((3, true))] {
                    let (lifts, restores) = (suspends, suspends == stay.is_some());
                    let rules = Rules { removable, suspends, restores, stay, lifts };
                    let catalogue = catalogue(&compiled.data, kind, rules);
                    for recorded in &ends {
                        for events in histories() {
                            let record = record(first, *recorded, &events);
                            for day in &days {
                                let expected = stated(kind, rules, first, *recorded, &events, *day);
                                let found = seen(&decided(&catalogue, &record, own(*day)));
                                assert_eq!(
                                    found, expected,
                                    "{kind:?} {rules:?} until {recorded:?} {events:?} on {day}"
                                );
                                seen_outcomes.insert(
                                    format!("{found:?}").split('(').next().map(str::to_owned),
                                );
                                checks += 1;
                            }
                        }
                    }
                }
            }
        }
    }
    assert!(checks > 100_000, "only {checks} checks");
    assert_eq!(seen_outcomes.len(), 3, "{seen_outcomes:?}");
}

fn record(first: Civil, until: Option<Civil>, events: &[(EventKind, Civil)]) -> CreditRecord {
    let value = json!({ "id": "r1", "list": LIST, "source": "one",
        "subject": { "kind": "organization", "scheme": "uscc", "identifier": FIRM },
        "valid_from": own(first) });
    let mut record: CreditRecord = serde_json::from_value(value).unwrap();
    record.valid_until = until.map(own);
    let event =
        |(kind, on): &(EventKind, Civil)| Event { kind: *kind, on: own(*on), document: None };
    record.events = events.iter().map(event).collect();
    record
}

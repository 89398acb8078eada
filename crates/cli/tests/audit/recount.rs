//! Property: the statistics equal a count of one entry after the other.

use std::collections::{BTreeMap, HashMap};

use mustcheck::Date;
use mustcheck::model::{AnswerStatus, Disposition, ObligationKind, Standing};
use mustcheck_audit::report::{Figures, Question, Unanswered, report};
use mustcheck_audit::{By, Names, Period};
use mustcheck_evidence::{DocumentId, FailureKind, NotAppliedCode};
use mustcheck_log::{Durability, Log, Settings, SignerKey};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::office::{Office, failure, feedback_to, lookup, measure, publication, receipt};

const LISTS: [&str; 3] = ["wage-arrears", "tax-serious", "judgment-defaulters"];
const SOURCES: [Option<&str>; 3] = [Some("platform"), Some("court"), None];
const MEASURES: [&str; 3] = ["one", "two", "three"];
const MATTERS: [&str; 2] = ["tendering/government-procurement", "licensing/food-production"];
const OFFICES: [(&str, &str); 2] = [("310000", "上海市财政局"), ("330100", "杭州市财政局")];
const TO: &str = "发起部门";

#[derive(Clone, Debug)]
enum Op {
    Receipt(Made),
    /// About one of the receipts so far.
    Feedback {
        about: usize,
        outcomes: Vec<(usize, usize)>,
        done: Option<u8>,
        later: u32,
    },
    Failure {
        day: u8,
        matter: usize,
        kind: usize,
    },
}

#[derive(Clone, Debug)]
struct Made {
    day: u8,
    /// Number of days between the as-of date and the later day of the check.
    back: u8,
    matter: usize,
    office: usize,
    disposition: usize,
    lookups: Vec<(usize, usize, usize, u32, bool)>,
    /// Measure, whether it is an incentive, list, and whether it rests on a second list.
    measures: Vec<(usize, bool, usize, bool)>,
    publication: Option<u8>,
    standings: Vec<(usize, u32)>,
}

fn made() -> impl Strategy<Value = Made> {
    let lookups =
        prop::collection::vec((0..3_usize, 0..4_usize, 0..3_usize, 0..3_u32, any::<bool>()), 0..4);
    let measures =
        prop::collection::vec((0..3_usize, any::<bool>(), 0..3_usize, any::<bool>()), 0..3);
    let standings = prop::collection::vec((0..7_usize, 1..4_u32), 0..3);
    let head = (0..60_u8, 0..3_u8, 0..2_usize, 0..2_usize, 0..5_usize);
    (head, lookups, measures, prop::option::of(0..60_u8), standings).prop_map(
        |(
            (day, back, matter, office, disposition),
            lookups,
            mut measures,
            publication,
            mut standings,
        )| {
            measures.sort();
            measures.dedup_by_key(|measure| measure.0);
            standings.sort();
            standings.dedup_by_key(|standing| standing.0);
            let back = back.min(day);
            Made {
                day,
                back,
                matter,
                office,
                disposition,
                lookups,
                measures,
                publication,
                standings,
            }
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    let outcomes = prop::collection::vec((0..3_usize, 0..10_usize), 0..3);
    prop_oneof![
        4 => made().prop_map(Op::Receipt),
        4 => (any::<usize>(), outcomes, prop::option::of(0..60_u8), 0..200_000_u32).prop_map(
            |(about, outcomes, done, later)| Op::Feedback { about, outcomes, done, later }
        ),
        1 => (0..60_u8, 0..2_usize, 0..7_usize)
            .prop_map(|(day, matter, kind)| Op::Failure { day, matter, kind }),
    ]
}

/// A day of October or November 2026.
fn day(n: u8) -> String {
    if n < 31 { format!("2026-10-{:02}", n + 1) } else { format!("2026-11-{:02}", n - 30) }
}

fn at(n: u8) -> String {
    format!("{}T09:00:00.000+08:00", day(n))
}

fn receipt_of(made: &Made, case: usize) -> Value {
    let lookups: Vec<Value> = made
        .lookups
        .iter()
        .map(|(list, status, source, records, due)| {
            let status = AnswerStatus::ALL[*status].code();
            let mut row = lookup(LISTS[*list], status, SOURCES[*source], *records);
            row["due"] = json!(due);
            row
        })
        .collect();
    let measures: Vec<Value> = made
        .measures
        .iter()
        .map(|(which, incentive, list, second)| {
            let effect = if *incentive { "incentive" } else { "restriction" };
            let mut row = measure(MEASURES[*which], effect, 0);
            row["lists"] = json!([LISTS[*list]]);
            if *second && *list != 0 {
                row["lists"] = json!([LISTS[*list], LISTS[0]]);
            }
            row
        })
        .collect();
    let mut obligations = vec![feedback_to(TO, "the initiator")];
    obligations.extend(made.publication.map(|due| publication(&day(due))));
    let found: u32 = made.standings.iter().map(|(_, n)| n).sum();
    let standings: Vec<Value> = made
        .standings
        .iter()
        .map(|(standing, n)| json!({ "standing": Standing::ALL[*standing], "count": n }))
        .collect();
    let (region, name) = OFFICES[made.office];
    let rest = json!({
        "lookups": lookups, "measures": measures, "obligations": obligations,
        "disposition": Disposition::ALL[made.disposition],
        "records": { "found": found, "disputed": found / 2, "standings": standings },
        "case": { "id": format!("{case}"), "matter": MATTERS[made.matter],
                  "as_of": day(made.day - made.back), "office": { "name": name, "region": region } },
    });
    receipt(&at(made.day), "", rest)
}

/// A receipt, with every feedback about it.
struct Told<'a> {
    made: &'a Made,
    feedback: Vec<Fed>,
}

/// A feedback: its day, the minutes after the check, and what it reports.
struct Fed {
    on: Date,
    later: u32,
    outcomes: Vec<(usize, usize)>,
    done: Option<u8>,
}

impl Told<'_> {
    /// Returns the reports that were known by the end of a day.
    fn known(&self, as_of: Date) -> Known<'_> {
        let mut known =
            Known { made: self.made, measures: HashMap::new(), done: None, first: None };
        for fed in self.feedback.iter().filter(|fed| fed.on <= as_of) {
            for (which, outcome) in &fed.outcomes {
                let said = known.measures.entry(*which).or_insert((0, 0));
                *said = (*outcome, said.1 + 1);
            }
            known.done = fed.done.or(known.done);
            if !fed.outcomes.is_empty() || fed.done.is_some() {
                known.first.get_or_insert(fed.later);
            }
        }
        known
    }
}

/// A receipt, with what was last reported about it.
struct Known<'a> {
    made: &'a Made,
    /// By measure: the outcome that was reported last, and the number of reports.
    measures: HashMap<usize, (usize, u32)>,
    done: Option<u8>,
    first: Option<u32>,
}

/// Appends everything and keeps what a reader who goes from the first to the last entry knows.
fn write<'a>(office: &Office, ops: &'a [Op]) -> Vec<Told<'a>> {
    let mut told: Vec<Told<'a>> = Vec::new();
    let mut ids: Vec<DocumentId> = Vec::new();
    let mut entries = Vec::new();
    for op in ops {
        match op {
            Op::Receipt(made) => {
                let (id, entry) = office.signed_receipt(receipt_of(made, ids.len()));
                ids.push(id);
                entries.push(entry);
                told.push(Told { made, feedback: Vec::new() });
            }
            Op::Feedback { about, outcomes, done, later } => {
                if told.is_empty() {
                    continue;
                }
                let about = about % told.len();
                let one = &mut told[about];
                let mut rows = Vec::new();
                for (which, outcome) in outcomes {
                    let known = one.made.measures.iter().any(|m| m.0 == *which);
                    if !known || rows.iter().any(|(w, _)| w == which) {
                        continue;
                    }
                    rows.push((*which, *outcome));
                }
                let measures: Vec<Value> = rows.iter().map(|(which, n)| said(*which, *n)).collect();
                let mut obligations = Vec::new();
                let done = done.filter(|_| one.made.publication.is_some());
                if let Some(done) = done {
                    obligations.push(json!({
                        "kind": "publication", "to": "政府网站", "done_on": day(done) }));
                }
                let rest = json!({ "measures": measures, "obligations": obligations });
                let at = after(one.made.day, *later);
                entries.push(office.signed_feedback(&ids[about], &at, rest).1);
                let on = at[..10].parse().unwrap();
                one.feedback.push(Fed { on, later: *later, outcomes: rows, done });
            }
            Op::Failure { day, matter, kind } => {
                let failed = failure(&at(*day), MATTERS[*matter], FailureKind::ALL[*kind].code());
                entries.push(mustcheck_evidence::Entry::Failure(failed).to_json());
            }
        }
    }
    let key = SignerKey::from_seed("credit.example/many", &[5; 32]).unwrap();
    let settings = Settings::new("credit.example/many", key.clone());
    let settings = settings.durability(Durability::Buffered);
    let log = Log::create(&office.folder.path("many"), settings).unwrap();
    log.append_all(&entries).unwrap();
    log.close().unwrap();
    let keys = json!({
        "format": "mustcheck-keys/1", "name": "credit.example/many", "receipts": [],
        "checkpoints": [{ "key": key.verifier().to_string(),
                          "from": "2026-01-01T00:00:00.000+08:00" }],
    });
    std::fs::write(office.folder.path("many/mustcheck-keys.json"), keys.to_string()).unwrap();
    told
}

fn said(which: usize, outcome: usize) -> Value {
    let outcome = match NotAppliedCode::ALL.get(outcome) {
        Some(code) => json!({ "not-applied": { "code": code, "text": "" } }),
        None => json!("applied"),
    };
    json!({ "measure": MEASURES[which], "subject_index": 0, "outcome": outcome })
}

/// Returns the moment that is so many minutes after nine in the morning of a day.
fn after(day: u8, minutes: u32) -> String {
    let morning: mustcheck::Timestamp =
        format!("{}T09:00:00+08:00", self::day(day)).parse().unwrap();
    let seconds = morning.unix_seconds().unwrap() + i64::from(minutes) * 60;
    let then = mustcheck::Timestamp::from_unix_seconds(seconds).unwrap().to_string();
    format!("{}.000+08:00", &then[..19])
}

/// Figures that were counted entry by entry: in total, and for each group.
struct Recount {
    total: Figures,
    groups: BTreeMap<String, Figures>,
}

fn whole() -> Figures {
    Figures {
        checks: Some(Default::default()),
        lookups: Some(Default::default()),
        records: Some(Default::default()),
        measures: Some(Default::default()),
        obligations: Some(Default::default()),
        decision_time: Some(Default::default()),
    }
}

impl Recount {
    fn each(&mut self, keys: &[String], parts: impl Fn() -> Figures, add: impl Fn(&mut Figures)) {
        for key in keys {
            add(self.groups.entry(key.clone()).or_insert_with(&parts));
        }
    }
}

fn recount(ops: &[Op], told: &[Told<'_>], question: Question) -> Recount {
    let mut count = Recount { total: whole(), groups: BTreeMap::new() };
    let known = told.iter().map(|one| one.known(question.as_of));
    let by = question.by;
    let inside = |n: u8| question.period.holds(day(n).parse().unwrap());
    let key = |matter: usize, office: usize, n: u8| match by {
        By::Matter => vec![MATTERS[matter].to_owned()],
        By::Office => vec![format!("{} {}", OFFICES[office].0, OFFICES[office].1)],
        By::Month => vec![day(n)[..7].to_owned()],
        _ => Vec::new(),
    };
    for op in ops {
        let Op::Failure { day, matter, kind } = op else { continue };
        if inside(*day) {
            let add = |f: &mut Figures| {
                *f.checks.as_mut().unwrap().failed.entry(FailureKind::ALL[*kind]).or_default() += 1;
            };
            add(&mut count.total);
            count.each(&key(*matter, 0, *day), whole, add);
        }
    }
    for one in &known.filter(|one| inside(one.made.day)).collect::<Vec<_>>() {
        let keys = key(one.made.matter, one.made.office, one.made.day);
        let add = |figures: &mut Figures| count_check(figures, one, question.as_of);
        add(&mut count.total);
        count.each(&keys, whole, add);
        for row in one.made.lookups.iter().filter(|row| row.4) {
            let keys = match by {
                By::List => vec![LISTS[row.0].to_owned()],
                By::Source => vec![SOURCES[row.2].unwrap_or("-").to_owned()],
                _ => continue,
            };
            count.each(&keys, || part(by), |f| count_lookup(f, row));
        }
        for row in &one.made.measures {
            let keys = match by {
                By::Measure => vec![MEASURES[row.0].to_owned()],
                By::List if row.3 && row.2 != 0 => vec![LISTS[row.2].into(), LISTS[0].into()],
                By::List => vec![LISTS[row.2].to_owned()],
                _ => continue,
            };
            count.each(&keys, || part(by), |f| count_measure(f, row, one));
        }
    }
    count
}

fn part(by: By) -> Figures {
    let none = Figures::default();
    match by {
        By::List => Figures { lookups: whole().lookups, measures: whole().measures, ..none },
        By::Measure => Figures { measures: whole().measures, ..none },
        _ => Figures { lookups: whole().lookups, ..none },
    }
}

fn count_check(figures: &mut Figures, one: &Known<'_>, as_of: Date) {
    let made = one.made;
    let checks = figures.checks.as_mut().unwrap();
    checks.made += 1;
    checks.backdated += u64::from(made.back > 1);
    *checks.dispositions.entry(Disposition::ALL[made.disposition]).or_default() += 1;
    made.lookups.iter().filter(|row| row.4).for_each(|row| count_lookup(figures, row));
    made.measures.iter().for_each(|row| count_measure(figures, row, one));
    let records = figures.records.as_mut().unwrap();
    let found: u32 = made.standings.iter().map(|(_, n)| n).sum();
    records.found += u64::from(found);
    records.disputed += u64::from(found / 2);
    for (standing, n) in &made.standings {
        *records.standings.entry(Standing::ALL[*standing]).or_default() += u64::from(*n);
    }
    let obligations = figures.obligations.as_mut().unwrap();
    obligations.entry(ObligationKind::Feedback).or_default().open += 1;
    if let Some(due) = made.publication {
        let of_kind = obligations.entry(ObligationKind::Publication).or_default();
        match one.done {
            Some(done) if done > due => of_kind.late += 1,
            Some(_) => of_kind.in_time += 1,
            None if day(due).parse::<Date>().unwrap() < as_of => of_kind.overdue += 1,
            None => of_kind.open += 1,
        }
    }
    if let Some(first) = one.first {
        let time = figures.decision_time.as_mut().unwrap();
        *time.minutes.entry(first.into()).or_default() += 1;
    }
}

fn count_lookup(figures: &mut Figures, row: &(usize, usize, usize, u32, bool)) {
    let lookups = figures.lookups.as_mut().unwrap();
    lookups.records += u64::from(row.3);
    match AnswerStatus::ALL[row.1] {
        AnswerStatus::Answered => lookups.answered += 1,
        status => {
            let key = Unanswered { source: SOURCES[row.2].map(str::to_owned), status };
            *lookups.unanswered.entry(key).or_default() += 1;
        }
    }
}

fn count_measure(figures: &mut Figures, row: &(usize, bool, usize, bool), one: &Known<'_>) {
    let measures = figures.measures.as_mut().unwrap();
    let outcomes = if row.1 { &mut measures.incentives } else { &mut measures.restrictions };
    match one.measures.get(&row.0) {
        None => outcomes.unreported += 1,
        Some((outcome, times)) => {
            match NotAppliedCode::ALL.get(*outcome) {
                Some(code) => *outcomes.not_applied.entry(*code).or_default() += 1,
                None => outcomes.applied += 1,
            }
            outcomes.corrected += u64::from(*times > 1);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn the_report_is_what_a_naive_recount_gives(
        ops in prop::collection::vec(op(), 0..700),
        from in prop::option::of(0..60_u8),
        to in prop::option::of(0..60_u8),
        as_of in 0..60_u8,
    ) {
        let office = Office::new();
        let told = write(&office, &ops);
        let source = mustcheck_audit::Source::open(&office.folder.path("many"), None).unwrap();
        let date = |n: u8| day(n).parse::<Date>().unwrap();
        let period = Period { from: from.map(date), to: to.map(date) };
        let names = Names::embedded().unwrap();
        for by in [By::Matter, By::Office, By::List, By::Measure, By::Month, By::Source] {
            let question = Question { period, by, as_of: date(as_of) };
            let counted = report(&source, &names, question, &|_| {}).unwrap();
            let expected = recount(&ops, &told, question);
            prop_assert_eq!(&counted.total, &expected.total);
            let groups: BTreeMap<String, Figures> =
                counted.groups.into_iter().map(|group| (group.key, group.figures)).collect();
            prop_assert_eq!(groups, expected.groups);
            prop_assert_eq!(counted.log.strangers, 0);
        }
    }
}

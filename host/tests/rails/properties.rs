//! The properties.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex};

use mustcheck::model::{
    Answer, AnswerStatus, CreditRecord, Decision, Disposition, Effect, EventKind, ListStanding,
    Query, Role, SetAsideReason, SubjectKind,
};
use mustcheck::{
    Application, Ask, CheckError, Date, Gate, JsonRegistry, Policy, Registry, RegistryError, mask,
};
use mustcheck_rules::Catalogue;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;

use crate::case::{Case, STATUTES, case, decides};

/// The native decision of a case.
fn decide(case: &Case) -> Decision {
    decide_with(case.catalogue(), &case.application, &case.registry.open())
}

fn decide_with(
    catalogue: &Catalogue,
    application: &Application,
    registry: &JsonRegistry,
) -> Decision {
    let mut lookup = |queries: &[Query]| -> Vec<Answer> {
        let asks: Vec<Ask<'_>> = (0..)
            .zip(queries)
            .map(|(query, q)| Ask {
                query,
                subject: &application.subjects[q.subject as usize],
                lists: &q.lists,
                as_of: application.as_of,
            })
            .collect();
        registry.lookup(&asks).unwrap()
    };
    mustcheck_authoring::check::check(catalogue, application, application.as_of, &mut lookup)
        .unwrap()
}

/// The papers of a case in Chinese.
fn papers(case: &Case) -> mustcheck::Papers {
    let application = &case.application;
    let gate = gate(case.registry.open(), application.as_of);
    let checked = gate.check(application).unwrap();
    checked.papers(mustcheck::Language::Zh).unwrap()
}

fn records(case: &Case) -> BTreeMap<&str, &CreditRecord> {
    case.registry.records.iter().map(|r| (r.id.as_str(), r)).collect()
}

/// The restrictions of a decision with the records that trigger them.
fn restricting<'a>(
    decision: &'a Decision,
    records: &'a BTreeMap<&'a str, &'a CreditRecord>,
) -> impl Iterator<Item = (&'a mustcheck::model::AppliedMeasure, &'a CreditRecord)> {
    let restrictions = decision.measures.iter().filter(|m| m.effect == Effect::Restriction);
    restrictions.flat_map(move |m| m.because.iter().map(move |id| (m, records[id.as_str()])))
}

static POLICIES: LazyLock<Vec<Policy>> = LazyLock::new(|| {
    Policy::embedded_editions().into_iter().map(|e| Policy::embedded_edition(e).unwrap()).collect()
});

/// A registry that remembers what it was asked.
struct Spy {
    inner: JsonRegistry,
    asked: Arc<Mutex<Vec<(u32, String, String)>>>,
}

impl Registry for Spy {
    fn lookup(&self, asks: &[Ask<'_>]) -> Result<Vec<Answer>, RegistryError> {
        let mut asked = self.asked.lock().unwrap();
        for ask in asks {
            let each =
                ask.lists.iter().map(|l| (ask.query, ask.subject.identifier.clone(), l.clone()));
            asked.extend(each);
        }
        self.inner.lookup(asks)
    }
}

fn gate(registry: impl Registry + 'static, today: Date) -> Gate {
    let mut builder = Gate::builder();
    for policy in POLICIES.iter() {
        builder = builder.policy(policy.clone());
    }
    builder.registry(registry).today(today).build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// R1, through the gate: the registry is asked, once, about every list that the matter makes
    /// due for every subject, and about the parts of each; and the component decides as the native rules do.
    #[test]
    fn r1_every_due_lookup_is_made(case in case(80)) {
        let asked = Arc::new(Mutex::new(Vec::new()));
        let spy = Spy { inner: case.registry.open(), asked: Arc::clone(&asked) };
        let gate = gate(spy, case.application.as_of);
        let checked = gate.check(&case.application).unwrap();
        let mut asked = asked.lock().unwrap().clone();
        asked.sort();
        let mut due: Vec<(String, String)> = Vec::new();
        let matter = case.catalogue().matter(&case.application.matter).unwrap();
        for subject in &case.application.subjects {
            let rules = matter.due.iter().filter(|d| d.roles.contains(&subject.role));
            let whole: BTreeSet<&str> = rules.flat_map(|d| &d.lists).map(|l| l.as_str()).collect();
            let parts = whole.iter().flat_map(|code| &case.catalogue().list(code).unwrap().parts);
            let lists: BTreeSet<&str> =
                whole.iter().copied().chain(parts.map(|part| part.as_str())).collect();
            due.extend(lists.into_iter().map(|l| (subject.identifier.clone(), l.to_owned())));
        }
        due.sort();
        let mut seen: Vec<_> = asked.into_iter().map(|(_, who, list)| (who, list)).collect();
        seen.sort();
        prop_assert!(!due.is_empty());
        prop_assert_eq!(seen, due);
        prop_assert_eq!(checked.decision(), &decide(&case));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// R2: with a due lookup unanswered the result is `undetermined`, or `restricted` by what was
    /// answered; and an incentive never rests on silence.
    #[test]
    fn r2_unanswered_is_never_clear(case in case(85)) {
        let decision = decide(&case);
        let open = decision.lookups.iter().any(|l| l.due && l.status != AnswerStatus::Answered);
        if open {
            prop_assert!(matches!(
                decision.disposition,
                Disposition::Undetermined | Disposition::Restricted
            ));
            prop_assert!(decision.measures.iter().all(|m| m.effect == Effect::Restriction));
        } else {
            prop_assert_ne!(decision.disposition, Disposition::Undetermined);
        }
    }

    /// R3: every measure has a basis, each in force on the as-of date, one of sufficient rank.
    #[test]
    fn r3_every_measure_has_its_basis(case in case(100)) {
        let catalogue = case.catalogue();
        // The same edition, had every instrument but the Opinions come into force a year later.
        let late = &*crate::case::LATE;
        let since = Date::new(2022, 1, 1).unwrap();
        if case.application.as_of < since && decides(&STATUTES, case.application.as_of) {
            let decision = decide_with(late, &case.application, &case.registry.open());
            for basis in decision.measures.iter().flat_map(|m| &m.legal_basis) {
                prop_assert_eq!(&*basis.instrument, mustcheck_rules::clause::OPINIONS);
            }
        }
        for applied in decide(&case).measures {
            prop_assert!(!applied.legal_basis.is_empty());
            let mut kinds = Vec::new();
            for basis in &applied.legal_basis {
                let instrument = catalogue.instrument(&basis.instrument).unwrap();
                prop_assert!(instrument.in_force_from <= case.application.as_of);
                prop_assert!(!basis.clause.is_empty());
                kinds.push(instrument.kind);
            }
            let ranks = catalogue.data().edition.ranks.iter();
            for rank in ranks.filter(|r| r.kinds.contains(&applied.kind)) {
                prop_assert!(kinds.iter().any(|k| rank.founded_by.contains(k)));
            }
        }
    }

    /// R4: while an objection is open, its record triggers no restriction, on lists whose rules have
    /// it suspend; and what has ended or may be outlasted is another matter.
    #[test]
    fn r4_an_open_objection_suspends(case in case(100)) {
        let (decision, records) = (decide(&case), records(&case));
        let catalogue = case.catalogue();
        for (applied, record) in restricting(&decision, &records) {
            let list = catalogue.list(&record.list).unwrap();
            let regime = catalogue.regime(list, case.application.as_of);
            let measure = catalogue.data().measures.iter().find(|m| m.id == applied.measure).unwrap();
            if regime.is_some_and(|(_, r)| !r.objection.suspends) || measure.term().outlasts() {
                continue;
            }
            let days = |kind: EventKind| record.events.iter()
                .filter(move |e| e.kind == kind && e.on <= case.application.as_of)
                .map(|e| e.on);
            for filed in days(EventKind::ObjectionFiled) {
                let decided = days(EventKind::ObjectionDismissed).any(|day| day >= filed);
                prop_assert!(decided, "record {} restricts under objection", record.id);
            }
        }
    }

    /// R5: a repaired, annulled, expired or future record triggers no restriction; and what
    /// happens after the as-of date changes nothing.
    #[test]
    fn r5_only_a_record_in_force_restricts(case in case(100)) {
        let (decision, records) = (decide(&case), records(&case));
        let as_of = case.application.as_of;
        let catalogue = case.catalogue();
        for (applied, record) in restricting(&decision, &records) {
            prop_assert!(record.valid_from <= as_of);
            let happened =
                |kind: EventKind| record.events.iter().any(|e| e.kind == kind && e.on <= as_of);
            prop_assert!(!happened(EventKind::Annulled) && !happened(EventKind::ObjectionUpheld));
            let measure = catalogue.data().measures.iter().find(|m| m.id == applied.measure).unwrap();
            // A term that an article fixes outlasts its record; a revoked removal begins it anew.
            if measure.term().outlasts() || happened(EventKind::RemovalRevoked) {
                continue;
            }
            let list = catalogue.list(&record.list).unwrap();
            let removal = catalogue.regime(list, as_of).map(|(_, regime)| &regime.removal);
            let at_once = removal.is_none_or(|rule| !rule.never && rule.after.is_none());
            prop_assert!(record.valid_until.is_none_or(|last| last >= as_of));
            prop_assert!(!(at_once && happened(EventKind::Repaired)));
        }
        let mut later = case.clone();
        for record in &mut later.registry.records {
            record.events.retain(|e| e.on <= as_of);
        }
        prop_assert_eq!(decision, decide(&later));
    }

    /// R6: names decide nothing.
    #[test]
    fn r6_names_are_never_matched(case in case(90)) {
        let mut renamed = case.clone();
        for record in &mut renamed.registry.records {
            record.subject.name = case.application.subjects[0].name.clone();
            for person in &mut record.responsible_persons {
                person.name = case.application.subjects[1].name.clone();
            }
        }
        prop_assert_eq!(decide(&case), decide(&renamed));
        let mut others = case.clone();
        // Nobody of the application is named any more, except by name.
        for record in &mut renamed.registry.records {
            record.subject.kind = SubjectKind::Organization;
            record.subject.scheme = mustcheck::model::Scheme::Uscc;
            record.subject.identifier = "91310000MA1FL004XL".into();
            record.responsible_persons.clear();
        }
        others.registry = renamed.registry;
        prop_assert!(decide(&others).records.is_empty());
    }

    /// R7: only linked matters, never beyond the longest term of the article.
    #[test]
    fn r7_within_scope_and_term(case in case(100)) {
        let (decision, records) = (decide(&case), records(&case));
        let catalogue = case.catalogue();
        let as_of = case.application.as_of;
        for (applied, record) in restricting(&decision, &records) {
            let measure = catalogue.data().measures.iter().find(|m| m.id == applied.measure).unwrap();
            prop_assert!(measure.matters.iter().any(|m| *m == case.application.matter));
            let matter = catalogue.matter(&case.application.matter).unwrap();
            prop_assert!(measure.scope.is_none_or(|scope| matter.traits.contains(&scope)));
            if let Some(act) = &record.act {
                prop_assert!(measure.acts.is_empty() || measure.acts.iter().any(|a| a == act));
            }
            if measure.record_matter == Some(mustcheck_rules::catalogue::data::RecordMatter::Same) {
                prop_assert_eq!(record.matter.as_ref(), Some(&case.application.matter));
            }
            // The term begins anew with the last revocation of a removal.
            let first = |record: &CreditRecord| record.events.iter()
                .filter(|e| e.kind == EventKind::RemovalRevoked && e.on <= as_of)
                .map(|e| e.on)
                .fold(record.valid_from, Date::max);
            if let Some(term) = measure.longest_term.or(measure.fixed_term) {
                let last = first(record).last_day_of_term(term.years, term.months).unwrap();
                prop_assert!(as_of <= last);
                let ends: Vec<Date> = applied.because.iter()
                    .filter_map(|id| first(records[id.as_str()])
                        .last_day_of_term(term.years, term.months))
                    .collect();
                let (until, end) = (applied.until.unwrap(), *ends.iter().max().unwrap());
                prop_assert!(until <= end);
                prop_assert!(measure.fixed_term.is_none() || until == end);
            }
        }
    }

    /// R8: a natural person behind an applicant is reached only where the list has a rule on
    /// persons, and the record names that person in a role of the rule, or is the person's own.
    #[test]
    fn r8_persons_only_by_rule_and_by_name(case in case(100)) {
        let (decision, records) = (decide(&case), records(&case));
        let catalogue = case.catalogue();
        for (applied, record) in restricting(&decision, &records) {
            let subject = &case.application.subjects[applied.target.subject_index as usize];
            let itself = matches!(
                subject.role, Role::Applicant | Role::ConsortiumMember | Role::Guarantor
            );
            let own = record.subject.identifier == subject.identifier;
            let list = catalogue.list(&record.list).unwrap();
            let act = record.act.as_deref();
            let act = act.and_then(|act| catalogue.described().act_position(act));
            let rule = catalogue.persons_rule(list, act);
            if own {
                prop_assert!(itself || rule.is_some());
            } else {
                let person = record.responsible_persons.iter()
                    .find(|p| p.identifier == subject.identifier);
                prop_assert!(person.is_some());
                prop_assert!(rule.is_some_and(|r| r.roles.contains(&person.unwrap().role)));
            }
        }
    }

    /// R9: with or without the records of reference lists, the same measures apply.
    #[test]
    fn r9_reference_lists_change_nothing(case in case(100)) {
        let catalogue = case.catalogue();
        let reference = |r: &CreditRecord| {
            catalogue.list(&r.list).unwrap().standing == ListStanding::Reference
        };
        let mut without = case.clone();
        without.registry.records.retain(|r| !reference(r));
        let (with, without) = (decide(&case), decide(&without));
        prop_assert_eq!(with.disposition, without.disposition);
        prop_assert_eq!(&with.measures, &without.measures);
        // They are shown all the same.
        for finding in with.records.iter().filter(|f| reference(records(&case)[f.record.as_str()])) {
            let shown = with.set_aside.iter().any(|s| {
                s.record.as_ref() == Some(&finding.record) && s.reason == SetAsideReason::ReferenceOnly
            });
            prop_assert!(shown);
        }
    }

    /// R11: whatever applies is in the sheet, and in the notice of whom it reaches, with its words,
    /// its facts and its term; whatever was found is applied, set aside with a rule, or a watch hit.
    #[test]
    fn r11_findings_have_reasons(case in case(90)) {
        let decision = decide(&case);
        let papers = papers(&case);
        let sheet = papers.sheet.text();
        prop_assert!(sheet.contains(&case.application.office.name));
        prop_assert!(sheet.contains("下一步："));
        let told = !matches!(
            decision.disposition, Disposition::Clear | Disposition::Undetermined
        );
        prop_assert!(told || papers.notices.is_empty());
        for measure in &decision.measures {
            let at = measure.target.subject_index;
            let notice = papers.notices.iter().find(|notice| notice.subject == at);
            prop_assert_eq!(notice.is_some(), told);
            let notice = notice.map_or_else(|| sheet.clone(), |notice| notice.document.text());
            // A tenderer or a bank is no authority, and is not called one.
            let as_unit = measure.text.zh.replace("本机关", "本单位");
            prop_assert!(sheet.contains(&*measure.text.zh) || sheet.contains(&as_unit));
            for basis in &measure.legal_basis {
                prop_assert!(sheet.contains(&*basis.clause) && notice.contains(&*basis.clause));
            }
            for record in &measure.because {
                prop_assert!(sheet.contains(record.as_str()) && notice.contains(record.as_str()));
            }
            if let Some(until) = measure.until.filter(|_| !measure.because.is_empty()) {
                let until = mustcheck::Language::Zh.day(until);
                prop_assert!(sheet.contains(&until) && notice.contains(&until));
            }
            let refused = measure.effect == Effect::Restriction && !measure.kind.is_examination();
            let remedy = ["行政复议", "质疑", "投诉"].iter().any(|remedy| notice.contains(remedy));
            prop_assert!(remedy || !refused || !told, "{}", notice);
        }
        for finding in &decision.records {
            let id = &finding.record;
            let applied = decision.measures.iter().any(|m| m.because.contains(id));
            let aside = decision.set_aside.iter().find(|s| s.record.as_ref() == Some(id));
            let watch = STATUTES.list(&finding.list).unwrap().polarity
                == mustcheck::model::Polarity::Watch;
            prop_assert!(applied || aside.is_some() || watch, "record {} is passed over", id);
            prop_assert!(aside.is_none_or(|a| !a.legal_basis.is_empty() && !a.text.zh.is_empty()));
        }
    }

    /// R13: no number of a person in a decision, in full; a firm's code is there as it is, and no
    /// identifier in an error.
    #[test]
    fn r13_identifiers_are_masked(case in case(90), broken in 0_usize..18) {
        let decision = serde_json::to_string(&decide(&case)).unwrap();
        for subject in &case.application.subjects {
            let is_shown = decision.contains(&subject.identifier);
            prop_assert_eq!(is_shown, !subject.scheme.is_personal(), "{}", &subject.identifier);
        }
        for record in &case.registry.records {
            let persons = record.responsible_persons.iter().map(|p| (p.scheme, &p.identifier));
            for (scheme, identifier) in
                persons.chain([(record.subject.scheme, &record.subject.identifier)])
            {
                prop_assert!(!scheme.is_personal() || !decision.contains(identifier));
            }
        }
        let mut bad = case.application.clone();
        let mut characters: Vec<char> = bad.subjects[0].identifier.chars().collect();
        characters[broken] = if characters[broken] == 'A' { 'B' } else { 'A' };
        bad.subjects[0].identifier = characters.into_iter().collect();
        let whole = bad.subjects[0].identifier.clone();
        let mut nothing = |_: &[Query]| Vec::new();
        let error = mustcheck_authoring::check::check(case.catalogue(), &bad, bad.as_of, &mut nothing).unwrap_err();
        prop_assert!(!error.to_string().contains(&whole));
        prop_assert!(error.to_string().contains(&mask(&whole)));
    }
}

/// R6, at the gate: one wrong character stops the check before anybody is asked.
#[test]
fn r6_the_gate_refuses_a_wrong_check_character() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let inner = JsonRegistry::from_json(b"{}").unwrap();
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut application = case(100).new_tree(&mut runner).unwrap().current().application;
    let gate = gate(Spy { inner, asked: Arc::clone(&asked) }, application.as_of);
    application.subjects[0].identifier = "91310000MA1FL0007D".into();
    let Err(CheckError::Application(error)) = gate.check(&application) else { panic!() };
    assert_eq!(
        error.to_string(),
        "subjects[0].identifier: `9131…**` is no valid uscc: the check character at position 18 \
         is wrong (not `D`)"
    );
    assert!(asked.lock().unwrap().is_empty());
}

/// R10: a decision has no number that could rank anybody. The only numbers are counts, positions
/// and pinpoints; a new one has to be argued for here.
#[test]
fn r10_nothing_is_scored() {
    let allowed = ["records", "subject_index", "paragraph", "item"];
    let schema = serde_json::to_value(schemars::schema_for!(Decision)).unwrap();
    let mut numbers = BTreeSet::new();
    collect_numbers(&schema, "", &mut numbers);
    let unexpected: Vec<_> = numbers.iter().filter(|n| !allowed.contains(&n.as_str())).collect();
    assert!(unexpected.is_empty(), "numbers in a decision: {unexpected:?}");
    let text = schema.to_string().to_lowercase();
    for word in ["score", "level", "grade", "rating"] {
        assert!(!text.contains(&format!("\"{word}")), "a decision speaks of `{word}`");
    }
}

fn collect_numbers(schema: &serde_json::Value, name: &str, found: &mut BTreeSet<String>) {
    let numeric = |t: &serde_json::Value| t == "integer" || t == "number";
    match schema {
        serde_json::Value::Object(map) => {
            let of = map.get("type");
            let is_number = of
                .is_some_and(|t| numeric(t) || t.as_array().is_some_and(|a| a.iter().any(numeric)));
            if is_number {
                found.insert(name.to_owned());
            }
            for (key, value) in map {
                if key == "properties" {
                    for (property, inner) in value.as_object().unwrap() {
                        collect_numbers(inner, property, found);
                    }
                } else {
                    collect_numbers(value, name, found);
                }
            }
        }
        serde_json::Value::Array(all) => {
            all.iter().for_each(|v| collect_numbers(v, name, found));
        }
        _ => {}
    }
}

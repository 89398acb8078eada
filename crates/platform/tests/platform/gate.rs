//! Decisions of a gate while sources answer, and while they do not.

use std::sync::LazyLock;

use mustcheck::model::{AnswerStatus, Application, FurtherIdentifier, Scheme};
use mustcheck::registry::json::RegistryFile;
use mustcheck::{ApplicationExt as _, Disposition, Gate, Policy, PolicyError};
use mustcheck_platform::PlatformRegistry;
use mustcheck_platform::simulator::{Running, Shape};
use serde_json::{Value, json};

use crate::canary::with_canaries;
use crate::{TODAY, file, more, open, record, resident, simulate, uscc};

/// Firm `n` with person `n`, in a government procurement.
fn application(n: u32) -> Application {
    let json: Value = json!({
        "id": "GP-2024-0007", "matter": "tendering/government-procurement", "as_of": "2024-11-20",
        "office": { "name": "上海市财政局", "region": "310000" },
        "subjects": [
            { "role": "applicant", "kind": "organization", "scheme": "uscc",
              "identifier": uscc(n), "name": "甲公司" },
            { "role": "legal-representative", "kind": "person", "scheme": "resident-id",
              "identifier": resident(n), "name": "张三" },
        ],
    });
    Application::from_json(json.to_string().as_bytes()).unwrap()
}

/// The policy of the tests' day, which takes seconds to make.
fn policy() -> Policy {
    static POLICY: LazyLock<Policy> =
        LazyLock::new(|| Policy::embedded_edition(Policy::edition_as_of(TODAY).unwrap()).unwrap());
    POLICY.clone()
}

/// A registry of two sources with every list that is due for a government procurement.
fn two(records: &[Value]) -> RegistryFile {
    let policy = policy();
    let matters = &policy.description().matters;
    let matter = matters.iter().find(|m| m.code == "tendering/government-procurement").unwrap();
    let mut due: Vec<String> = matter.due.iter().flat_map(|d| d.lists.clone()).collect();
    due.sort();
    due.dedup();
    let court = "judgment-defaulters".to_owned();
    let others: Vec<&str> = due.iter().filter(|l| **l != court).map(String::as_str).collect();
    file(&[("credit", &others), ("court", &["judgment-defaulters"])], records)
}

fn gate(registry: PlatformRegistry) -> Gate {
    Gate::builder().policy(policy()).registry(registry).today(TODAY).build().unwrap()
}

fn decided(running: &Running, n: u32) -> (Disposition, Vec<String>) {
    let said = "retries = { times = 0 }\nbreaker = { failures = 0 }";
    let checked = gate(open(&more(&running.mapping(), said))).check(&application(n)).unwrap();
    let lookups = &checked.decision().lookups;
    let mut open: Vec<String> = lookups
        .iter()
        .filter(|l| l.status != AnswerStatus::Answered)
        .map(|l| format!("{} {}", l.status, l.reason.as_deref().unwrap_or_default()))
        .collect();
    open.sort();
    open.dedup();
    (checked.decision().disposition, open)
}

#[test]
fn with_both_sources_the_firm_is_clear_or_restricted() {
    let running = simulate(two(&[record("credit", "r1", 1)]), Shape::Paged, 10, &[]);
    assert_eq!(decided(&running, 1), (Disposition::Restricted, vec![]));
    let (disposition, open) = decided(&running, 2);
    assert!(matches!(disposition, Disposition::Clear | Disposition::Facilitated), "{disposition}");
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn while_one_source_is_down_nobody_is_clear_and_a_restriction_still_stands() {
    let file = || two(&[record("credit", "r1", 1)]);
    let down = vec!["unavailable source `court`: the answer breaks off".to_owned()];
    let running = simulate(file(), Shape::Paged, 10, &["court:down"]);
    assert_eq!(decided(&running, 1), (Disposition::Restricted, down.clone()));
    assert_eq!(decided(&running, 2), (Disposition::Undetermined, down));

    let down = vec!["unavailable source `credit`: it answers 503".to_owned()];
    let running = simulate(file(), Shape::Paged, 10, &["credit:status=503"]);
    assert_eq!(decided(&running, 1), (Disposition::Undetermined, down));
}

#[test]
fn a_source_that_is_old_has_not_answered() {
    let running = simulate(two(&[record("credit", "r1", 1)]), Shape::Paged, 10, &["stale=8"]);
    assert_eq!(decided(&running, 1), (Disposition::Undetermined, vec!["stale ".to_owned()]));
}

#[test]
fn no_fault_whatever_lets_a_restricted_firm_through() {
    let file = || two(&[record("credit", "r1", 1)]);
    for (fault, _) in mustcheck_platform::simulator::Kind::NAMES.iter().filter(|(_, v)| v.is_none())
    {
        for shape in [Shape::Paged, Shape::Cursor] {
            let running = with_canaries(file(), shape, 1, &[fault]);
            let (disposition, _) = decided(&running, 1);
            let held = matches!(disposition, Disposition::Restricted | Disposition::Undetermined);
            assert!(held, "{fault} {shape:?}: {disposition}");
        }
    }
}

#[test]
fn a_mapping_that_names_what_no_policy_knows_opens_no_gate() {
    let running = simulate(two(&[record("credit", "r1", 1)]), Shape::Paged, 10, &[]);
    let mapping = running.mapping().replace("= \"wage-arrears\"", "= \"wage-arears\"");
    let built = Gate::builder().policy(policy()).registry(open(&mapping)).build();
    let Err(PolicyError::Vocabulary(told)) = built else { panic!("{:?}", built.err()) };
    let awaited = Gate::builder().policy(policy()).async_registry(open(&mapping)).build_async();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let awaited = runtime.block_on(awaited).err().map(|error| error.to_string());
    assert_eq!(awaited, Some(PolicyError::Vocabulary(told.clone()).to_string()));
    let code = mapping.lines().find(|l| l.ends_with("= \"wage-arears\"")).unwrap();
    let code = code.split('"').nth(1).unwrap();
    let list = "`wage-arears` is an unknown list; did you mean `wage-arrears`?";
    assert_eq!(told, format!("source `credit`: lists.{code}: {list}"));
}

#[test]
fn an_act_that_the_list_does_not_hold_leaves_it_open() {
    let mut wrong = record("credit", "r1", 1);
    wrong["act"] = json!("market-order/bribery");
    let running = simulate(two(&[wrong]), Shape::Paged, 10, &[]);
    let told = "unavailable source `credit`: record `credit/r1`: act: act `market-order/bribery` \
                is not one that list `wage-arrears` holds";
    assert_eq!(decided(&running, 1), (Disposition::Undetermined, vec![told.to_owned()]));
}

#[test]
fn an_asynchronous_gate_decides_alike() {
    let running = simulate(two(&[record("credit", "r1", 1)]), Shape::Paged, 10, &[]);
    let gate = Gate::builder().policy(policy()).async_registry(open(&running.mapping()));
    let gate = gate.today(TODAY).build().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let checked = runtime.block_on(gate.check_async(&application(1))).unwrap();
    assert_eq!(checked.decision().disposition, Disposition::Restricted);
}

/// RAIL R2: by an identifier that the source does not keep, it has no answer, and is not asked.
#[test]
fn by_another_identifier_than_a_source_keeps_nobody_is_clear() {
    let running = simulate(two(&[record("credit", "r1", 1)]), Shape::Paged, 10, &[]);
    let mut by_lei = application(2);
    let applicant = &mut by_lei.subjects[0];
    applicant.scheme = Scheme::Lei;
    applicant.identifier = "5493001KJTIIGC8Y1R12".into();
    let checked = |said: &str| {
        let registry = open(&more(&running.mapping(), said));
        gate(registry).check(&by_lei).unwrap().into_decision()
    };
    let decision = checked("retries = { times = 0 }");
    assert_eq!(decision.disposition, Disposition::Undetermined);
    let told = "source `credit` does not keep subjects by `lei`";
    assert!(decision.lookups.iter().any(|l| l.reason.as_deref() == Some(told)), "{decision:?}");
    // Unless its mapping says that it does.
    let decision = checked("schemes = [\"uscc\", \"resident-id\", \"lei\"]");
    assert_ne!(decision.disposition, Disposition::Undetermined);
}

/// A source that keeps firms by their codes answers about every code of a firm, whatever other
/// identifiers the firm has.
#[test]
fn a_further_identifier_that_a_source_does_not_keep_leaves_nothing_open() {
    let running = simulate(two(&[record("credit", "r1", 1)]), Shape::Paged, 10, &[]);
    let further =
        |scheme, identifier: String| FurtherIdentifier { scheme, identifier, country: None };
    let lei = || further(Scheme::Lei, "5493001KJTIIGC8Y1R12".into());
    let checked = |n: u32, also: Vec<FurtherIdentifier>, swapped: bool| {
        let mut application = application(n);
        let applicant = &mut application.subjects[0];
        applicant.also = also;
        if swapped {
            let first = &mut applicant.also[0];
            std::mem::swap(&mut applicant.scheme, &mut first.scheme);
            std::mem::swap(&mut applicant.identifier, &mut first.identifier);
        }
        let registry = open(&more(&running.mapping(), "retries = { times = 0 }"));
        let decision = gate(registry).check(&application).unwrap().into_decision();
        let open = decision.lookups.iter().any(|l| l.status != AnswerStatus::Answered);
        (decision.disposition, open)
    };
    for swapped in [false, true] {
        assert_eq!(checked(2, vec![lei()], swapped), (Disposition::Clear, false));
        assert_eq!(checked(1, vec![lei()], swapped), (Disposition::Restricted, false));
        // Under a former code.
        let both = || vec![lei(), further(Scheme::Uscc, uscc(1))];
        assert_eq!(checked(2, both(), swapped), (Disposition::Restricted, false));
        let none = vec![lei(), further(Scheme::Uscc, uscc(3))];
        assert_eq!(checked(2, none, swapped), (Disposition::Clear, false));
    }
}

/// The same rule as that of a registry file, subject by subject.
#[test]
fn a_platform_and_a_file_cover_the_same_subjects() {
    let records = [record("platform", "r1", 1)];
    let mut file = file(&[("platform", &["wage-arrears"])], &records);
    file.sources[0].schemes = Some(vec![Scheme::Uscc, Scheme::ResidentId]);
    let running = simulate(file.clone(), Shape::Paged, 10, &[]);
    let document = serde_json::to_vec(&file).unwrap();
    let stored = mustcheck::JsonRegistry::from_json(&document).unwrap();
    let platform = open(&running.mapping());
    let lei = FurtherIdentifier {
        scheme: Scheme::Lei,
        identifier: "5493001KJTIIGC8Y1R12".into(),
        country: None,
    };
    let mut subjects = vec![crate::firm(1), crate::firm(2), crate::person(1)];
    for n in [1, 2] {
        let mut firm = crate::firm(n);
        firm.also = vec![lei.clone()];
        subjects.push(firm.clone());
        let code = FurtherIdentifier { scheme: Scheme::Uscc, identifier: uscc(n), country: None };
        firm.also = vec![code];
        firm.scheme = Scheme::Lei;
        firm.identifier.clone_from(&lei.identifier);
        subjects.push(firm.clone());
        firm.also = Vec::new();
        subjects.push(firm);
    }
    let answers = crate::ask(&platform, &subjects, &["wage-arrears"]);
    let expected = crate::ask(&stored, &subjects, &["wage-arrears"]);
    let statuses = |all: &[mustcheck::model::Answer]| -> Vec<_> {
        all.iter().map(|answer| (answer.query, answer.status)).collect()
    };
    assert_eq!(statuses(&answers), statuses(&expected));
    let not_covered = answers.iter().filter(|a| a.status == AnswerStatus::NotCovered).count();
    assert_eq!(not_covered, 2);
}

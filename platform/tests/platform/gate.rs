//! What a decision is while sources answer, and while they do not.

use std::sync::LazyLock;

use mustcheck::model::{AnswerStatus, Application, Scheme};
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

/// The policy of the day, which takes seconds to make.
fn policy() -> Policy {
    static POLICY: LazyLock<Policy> =
        LazyLock::new(|| Policy::embedded_edition(Policy::edition_as_of(TODAY).unwrap()).unwrap());
    POLICY.clone()
}

/// Every list that is due for a government procurement, by two sources.
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

//! The memory of a sandbox, looked into: nothing that names anybody is in it after a check, and
//! nothing of one check is in it at the next.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use aho_corasick::AhoCorasick;
use mustcheck_facts as facts;
use serde_json::Value;
use wasmtime::component::{Component, Linker};

use super::*;
use crate::gate::{Checked, Gate};
use crate::input::ApplicationExt as _;
use crate::policy::Policy;
use crate::registry::json::JsonRegistry;

/// Functions beside those of a policy, on the same memory: `dump` gives all of it out, `plant`
/// fills it with a canary. The first eight bytes, which no program uses, hold what `dump` returns.
const SPY: &str = r#"
  (core module $spy
    (import "policy" "memory" (memory 1))
    (func (export "dump") (result i32)
      (i32.store (i32.const 0) (i32.const 0))
      (i32.store (i32.const 4) (i32.shl (memory.size) (i32.const 16)))
      (i32.const 0))
    (func (export "plant")
      (memory.fill (i32.const 0) (i32.const 0xca) (i32.shl (memory.size) (i32.const 16)))))
  (alias core export 0 "memory" (core memory $spied))
  (core instance $inside
    (instantiate $spy (with "policy" (instance (export "memory" (memory $spied))))))
  (func $dump (result (list u8)) (canon lift (core func $inside "dump") (memory $spied)))
  (func $plant (canon lift (core func $inside "plant")))
  (export "dump" (func $dump))
  (export "plant" (func $plant))
)"#;

/// A policy whose sandboxes can be looked into.
struct Spied {
    policy: Policy,
    pre: InstancePre<Inside>,
    exports: Exports,
    dump: ComponentExportIndex,
    plant: ComponentExportIndex,
}

impl Spied {
    fn on(policy: &Policy) -> Self {
        let text = wasmprinter::print_bytes(policy.component()).unwrap();
        let text = format!("{}{SPY}", text.trim_end().strip_suffix(')').unwrap());
        let component = wat::parse_str(text).unwrap();
        let component = Component::new(crate::engine::engine().unwrap(), component).unwrap();
        let pre = Linker::new(component.engine()).instantiate_pre(&component).unwrap();
        let exports = Exports::of(&component).unwrap();
        let function = |name| component.get_export_index(None, name).unwrap();
        let (dump, plant) = (function("dump"), function("plant"));
        Self { policy: policy.clone(), pre, exports, dump, plant }
    }

    /// Makes a check in one sandbox, and gives its memory before and after. It leaves a canary in
    /// every byte.
    fn check(&self, checked: &Checked) -> (Vec<u8>, Vec<u8>) {
        let (policy, case) = (self.policy.described(), checked.case());
        let application = facts::application(policy, &case.application, case.made_on).unwrap();
        let days = application.days();
        let answered =
            facts::answers::answered(policy, &case.application, days, &case.due, &case.answers);
        let answers = facts::answers(policy, &answered.unwrap());
        let limits = Limits { output: 1 << 30, ..Limits::default() };
        let mut session = Session::start(&self.pre, &self.exports, limits, 0).unwrap();
        let before = self.dump(&mut session);
        let due = session.due_lookups(&application).unwrap();
        assert_eq!(facts::queries(policy, &due), *case.due);
        assert_eq!(session.decide(&application, &answers).unwrap(), *case.verdict);
        let after = self.dump(&mut session);
        session.sandbox.call::<(), ()>(&self.plant, ()).unwrap();
        // The first eight bytes are those of `dump`.
        assert!(self.dump(&mut session).iter().skip(8).all(|byte| *byte == 0xca));
        (before, after)
    }

    fn dump(&self, session: &mut Session<'_>) -> Vec<u8> {
        session.sandbox.call::<(), (Vec<u8>,)>(&self.dump, ()).unwrap().0
    }
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/cases");
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.is_dir()).collect()
}

/// Checks a case on its own day, by the policy that decided it; none if it is of another.
fn checked(case: &Path, policy: &Policy) -> Option<Checked> {
    let decision = fs::read(case.join("decision.json")).unwrap();
    let decision: mustcheck_model::Decision = serde_json::from_slice(&decision).unwrap();
    if decision.policy != policy.description().policy {
        return None;
    }
    let application = fs::read(case.join("application.json")).unwrap();
    let application = mustcheck_model::Application::from_json(&application).unwrap();
    let registry = JsonRegistry::open_of_any_day(case.join("registry.json")).unwrap();
    let gate = Gate::builder().policy(policy.clone()).registry(registry);
    let gate = gate.today(decision.made_on).backdating(u16::MAX).build().unwrap();
    Some(gate.check(&application).unwrap())
}

/// Every name, number and title of a document, and whatever else is somebody's own words.
fn texts(value: &Value, key: &str, all: &mut BTreeSet<String>) {
    const OWN: [&str; 10] = [
        "id",
        "identifier",
        "name",
        "document",
        "decided_by",
        "source",
        "reason",
        "detail",
        "title",
        "address",
    ];
    match value {
        // A text of one or two letters occurs by chance.
        Value::String(text) if OWN.contains(&key) && text.len() > 5 => {
            all.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, key, all)),
        Value::Object(members) => members.iter().for_each(|(key, value)| texts(value, key, all)),
        _ => {}
    }
}

/// The texts among these that a memory holds.
fn held<'t>(memory: &[u8], texts: &'t [String]) -> BTreeSet<&'t str> {
    let found = AhoCorasick::new(texts).unwrap();
    let found = found.find_overlapping_iter(memory).map(|found| found.pattern().as_usize());
    found.filter_map(|at| texts.get(at)).map(String::as_str).collect()
}

/// Bytes of the pages in which two memories differ.
fn written(before: &[u8], after: &[u8]) -> usize {
    const PAGE: usize = 4 << 10;
    let pages = before.chunks(PAGE).zip(after.chunks(PAGE));
    let grown = after.len() - before.len();
    pages.filter(|(before, after)| before != after).count() * PAGE + grown
}

/// RAIL R6, RAIL R13: on every golden case, the memory after a check holds no text of the application
/// or of a record that it did not hold before it; and before it, it is as it was for the first.
#[test]
fn a_memory_holds_nobody_and_nothing_of_the_check_before() {
    let (mut count, mut looked_for, mut most) = (0, 0, 0);
    for edition in Policy::embedded_editions() {
        let policy = Policy::embedded_edition(edition).unwrap();
        let spied = Spied::on(&policy);
        let mut fresh: Option<Vec<u8>> = None;
        for folder in cases() {
            let Some(checked) = checked(&folder, &policy) else { continue };
            let (before, after) = spied.check(&checked);
            let written = written(&before, &after);
            assert!(written > 0, "nothing was decided in it");
            most = most.max(written);
            let fresh = fresh.get_or_insert_with(|| before.clone());
            assert!(before == *fresh, "{}: the sandbox is not fresh", folder.display());
            let (case, mut own) = (checked.case(), BTreeSet::new());
            texts(&serde_json::to_value(&case.application).unwrap(), "", &mut own);
            texts(&serde_json::to_value(&case.answers).unwrap(), "", &mut own);
            let own: Vec<String> = own.into_iter().collect();
            // The catalogue may have a word that a record has too.
            assert_eq!(held(&after, &own), held(fresh, &own), "{}", folder.display());
            (count, looked_for) = (count + 1, looked_for + own.len());
        }
    }
    assert!(count > 400 && looked_for > 5_000, "{count} cases, {looked_for} texts");
    // What a check writes has to be taken back before the next.
    assert!(most <= 192 << 10, "{most} bytes written");
    println!("at most {most} bytes written");
}

/// A text that a memory holds is found.
#[test]
fn a_name_in_a_memory_is_seen() {
    let own = ["沪人社监列〔2025〕17号".to_owned(), "91310115MA1K3H5Q4N".to_owned()];
    let memory = "….91310115MA1K3H5Q4N.…".as_bytes();
    assert_eq!(held(memory, &own), BTreeSet::from(["91310115MA1K3H5Q4N"]));
}

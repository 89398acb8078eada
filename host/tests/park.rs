//! Somebody else's policy (`examples/policy`), built as its README says, and held by the rails.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use mustcheck::model::{Disposition, SetAsideReason};
use mustcheck::{
    Application, ApplicationExt as _, Checked, Decision, Gate, JsonRegistry, Language, Policy,
};
use serde_json::{Value, json};
use wit_component::ComponentEncoder;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/policy")
}

/// The policy, built once and encoded as a component.
static PARK: LazyLock<Policy> = LazyLock::new(|| {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("park");
    let built = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--target", "wasm32-unknown-unknown"])
        .arg("--target-dir")
        .arg(&target)
        .current_dir(folder())
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let module = target.join("wasm32-unknown-unknown/release/park_policy.wasm");
    let module = fs::read(module).unwrap();
    let encode = || ComponentEncoder::default().validate(true).module(&module)?.encode();
    Policy::from_component(encode().unwrap()).unwrap()
});

fn read(file: &str) -> Value {
    serde_json::from_slice(&fs::read(folder().join(file)).unwrap()).unwrap()
}

/// The decision on a registry that was changed.
fn decided(change: impl FnOnce(&mut Value)) -> Decision {
    checked(change).into_decision()
}

fn checked(change: impl FnOnce(&mut Value)) -> Checked {
    let mut registry = read("registry.json");
    change(&mut registry);
    let application = read("application.json").to_string();
    let application = Application::from_json(application.as_bytes()).unwrap();
    let gate = Gate::builder()
        .policy(PARK.clone())
        .registry(JsonRegistry::from_json(registry.to_string().as_bytes()).unwrap())
        .today(application.as_of)
        .build()
        .unwrap();
    gate.check(&application).unwrap()
}

#[test]
fn it_is_short_and_imports_nothing() {
    let source = fs::read_to_string(folder().join("src/lib.rs")).unwrap();
    assert!(source.lines().count() <= 150);
    assert_eq!(PARK.inspect().unwrap().imports, [""; 0]);
}

#[test]
fn it_decides_and_the_host_writes() {
    let checked = checked(|_| {});
    let decision = checked.decision();
    assert_eq!(decision.disposition, Disposition::Restricted);
    let [measure] = &decision.measures[..] else { panic!("{:?}", decision.measures) };
    assert_eq!(measure.because, ["RENT-1"]);
    assert_eq!(measure.until, Some("2027-05-31".parse().unwrap()));
    let papers = checked.papers(Language::Zh).unwrap();
    let notice = papers.notices[0].document.text();
    assert!(notice.contains("《园区管理规定（虚构）》第七条"), "{notice}");
    assert!(notice.contains("园管欠〔2026〕1号"), "{notice}");
    assert!(papers.sheet.text().contains("园区措施清单第1版"), "{}", papers.sheet.text());
}

#[test]
fn what_ended_or_is_not_answered_is_told_as_everywhere() {
    let clear = decided(|registry| registry["records"] = json!([]));
    assert_eq!(clear.disposition, Disposition::Clear);
    let stale = decided(|registry| {
        registry["records"] = json!([]);
        registry["sources"][0]["as_of"] = "2026-11-01T08:00:00+08:00".into();
    });
    assert_eq!(stale.disposition, Disposition::Undetermined);
    for (event, disposition, reason) in [
        ("repaired", Disposition::Clear, SetAsideReason::Repaired),
        ("annulled", Disposition::Clear, SetAsideReason::Annulled),
        ("objection-filed", Disposition::Review, SetAsideReason::ObjectionUnderVerification),
        ("court-stay", Disposition::Review, SetAsideReason::ObjectionUnderVerification),
        ("reorganisation-approved", Disposition::Review, SetAsideReason::Lifted),
    ] {
        let decision = decided(|registry| {
            let event = json!([{ "kind": event, "on": "2026-10-01" }]);
            registry["records"][0]["events"] = event;
        });
        assert_eq!(decision.disposition, disposition, "{event}");
        assert_eq!(decision.set_aside[0].reason, reason, "{event}");
    }
    let expired = decided(|registry| registry["records"][0]["valid_until"] = "2026-11-29".into());
    assert_eq!(expired.disposition, Disposition::Clear);
}

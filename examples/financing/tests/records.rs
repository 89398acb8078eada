//! Every check is on record and can be derived again, and what the office then did is in the same
//! log (执行反馈).

#![allow(clippy::unwrap_used, reason = "these are tests")]

use std::path::{Path, PathBuf};
use std::process::Command;

use mustcheck::Date;
use mustcheck_audit::feedback::{self, Recording};
use mustcheck_audit::report::{By, Period, Question, report};
use mustcheck_audit::{FeedbackFile, Names, Source};
use mustcheck_evidence::keys::PUBLIC;
use mustcheck_evidence::replay::{Components, Replayer, Verdict};
use mustcheck_evidence::{Bundle, Keys, Moment, PublicKeys, Suite};
use mustcheck_testing::CLOCK;
use serde_json::json;

/// Applications of the sample that can be evaluated.
const CHECKS: usize = 8;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data").join(name)
}

/// The bundles in a folder, month by month.
fn bundles(kept: &Path) -> Vec<Vec<u8>> {
    let inside = |folder: &Path| std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let months = inside(kept).filter(|path| !path.ends_with("components"));
    let files = months.filter(|month| month.is_dir()).flat_map(|month| inside(&month));
    files.map(|file| std::fs::read(file).unwrap()).collect()
}

#[test]
fn every_check_is_on_record_and_what_was_done_about_it() {
    let folder = tempfile::tempdir().unwrap();
    let records = folder.path().join("records");
    let (keys, log, kept) = (records.join("keys"), records.join("log"), records.join("kept"));
    let keys = Keys::create(&keys, "credit.example/310000", Suite::default()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mustcheck-example-financing"))
        .env(CLOCK, "2026-11-20")
        .arg("screen")
        .arg(data("applications.jsonl"))
        .arg("--registry")
        .arg(data("national.json"))
        .arg("--out")
        .arg(folder.path().join("screened"))
        .arg("--records")
        .arg(&records)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");

    let bundles = bundles(&kept);
    assert_eq!(bundles.len(), CHECKS);
    let public = PublicKeys::open(&records.join("keys").join(PUBLIC)).unwrap();
    let replayer = Replayer::new(Components::embedded(None).beside(&kept)).keys(&public).unwrap();
    for bundle in &bundles {
        assert_eq!(replayer.replay(bundle).verdict(), Verdict::Equal);
    }

    // What the office did about the first measure of one of them.
    let restricted = bundles.iter().map(|json| (Bundle::from_json(json).unwrap(), json));
    let (bundle, json) = restricted
        .filter(|(bundle, _)| !bundle.decision.measures.is_empty())
        .min_by_key(|(bundle, _)| bundle.application.id.clone())
        .unwrap();
    let measure = &bundle.decision.measures[0];
    let today = Moment::now().unwrap();
    let done = json!({
        "receipt": replayer.replay(json).id, "recorded_by": "窗口1号",
        "measures": [{
            "measure": measure.measure, "subject_index": measure.target.subject_index,
            "outcome": "applied", "document": "沪信办〔2026〕1号",
        }],
    });
    let done = FeedbackFile::from_json(done.to_string().as_bytes()).unwrap();
    let recording = Recording { at: today, mask: false };
    feedback::record(&log, &keys, &[done], recording, &|_| {}).unwrap();

    let source = Source::open(&log, Some(&records.join("keys").join(PUBLIC))).unwrap();
    assert_eq!(source.entries(), u64::try_from(CHECKS).unwrap() + 1);
    let question = Question {
        period: Period { from: None, to: None },
        by: By::Matter,
        as_of: Date { year: 2026, month: 12, day: 31 },
    };
    let counted = report(&source, &Names::embedded().unwrap(), question, &|_| {}).unwrap();
    assert_eq!(counted.total.checks.unwrap().made, u64::try_from(CHECKS).unwrap());
    let measures = counted.total.measures.unwrap();
    assert_eq!(measures.restrictions.applied + measures.incentives.applied, 1);
}

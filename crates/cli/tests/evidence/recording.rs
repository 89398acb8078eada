//! No record, no decision.

use mustcheck::{CheckError, Fault, Gate, Registry, RegistryError};
use mustcheck_evidence::journal::Journal;
use mustcheck_evidence::{
    AuditReader, Entry, FailureKind, Feedback, FeedbackFormat, JournalError, Keys, MeasureFeedback,
    Moment, NotAppliedCode, Outcome, Recorder, Suite,
};

use crate::office::{bundles, gate, office, on_the_day, parsed, public, recorder};
use crate::support::{application, with};

/// A journal that is full.
struct Full;

impl Journal for Full {
    fn append(&self, _: &[u8]) -> Result<u64, JournalError> {
        Err(JournalError::Other("the disk is full".into()))
    }
}

fn chain(error: &dyn std::error::Error) -> Vec<String> {
    let mut told = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(behind) = cause {
        told.push(behind.to_string());
        cause = behind.source();
    }
    told
}

#[test]
fn what_cannot_be_recorded_is_no_decision() {
    let folder = office(Suite::Ed25519Sha256);
    let keys = Keys::open(&folder.path("keys")).unwrap();
    let gate = gate().recorder(Recorder::new(keys, Full)).build().unwrap();
    let error = gate.check(&parsed(&application())).unwrap_err();
    assert!(matches!(error, CheckError::Fault(Fault::Record(_))));
    assert_eq!(
        chain(&error),
        [
            "the check is not on record, so there is no decision",
            "the receipt is not in the log",
            "the disk is full"
        ]
    );
}

/// A registry that fails as a whole.
struct Down;

impl Registry for Down {
    fn lookup(
        &self,
        _: &[mustcheck::Ask<'_>],
    ) -> Result<Vec<mustcheck::model::Answer>, RegistryError> {
        Err(RegistryError::Other("down".into()))
    }
}

#[test]
fn a_check_that_was_due_and_failed_is_on_record_without_saying_whose() {
    let folder = office(Suite::Ed25519Sha256);
    let gate =
        on_the_day(Gate::builder().registry(Down)).recorder(recorder(&folder)).build().unwrap();
    gate.check(&parsed(&application())).unwrap_err();
    // What cannot be evaluated was never due.
    gate.check(&parsed(&with(&application(), "/matter", "weather"))).unwrap_err();
    let reader = AuditReader::open(&folder.path("log"), &public(&folder)).unwrap();
    let entries: Vec<Entry> = reader.entries(0..9).map(|read| read.unwrap().1).collect();
    let [Entry::Failure(failed)] = &entries[..] else { panic!("{entries:?}") };
    assert_eq!(failed.kind, FailureKind::Registry);
    assert_eq!(
        (&*failed.matter, &*failed.office.region),
        ("tendering/government-procurement", "310000")
    );
}

#[test]
fn what_an_office_did_is_signed_and_names_nobody() {
    let folder = office(Suite::Sm2Sm3);
    let recorder = std::sync::Arc::new(recorder(&folder));
    let gate = gate().shared_recorder(std::sync::Arc::clone(&recorder)).build().unwrap();
    let checked = gate.check(&parsed(&application())).unwrap();
    let recorded = checked.receipt().unwrap();
    let measure = &recorded.receipt.payload.measures[0];
    let whose = crate::support::uscc(1);
    let feedback = Feedback {
        format: FeedbackFormat::V1,
        recorded_at: Moment::now().unwrap(),
        receipt: recorded.id.clone(),
        office: recorded.receipt.payload.case.office.clone(),
        recorded_by: "经办人".into(),
        measures: vec![MeasureFeedback {
            measure: measure.measure.clone(),
            subject_index: measure.subject_index,
            outcome: Outcome::NotApplied {
                code: NotAppliedCode::RecordRepaired,
                text: format!("{whose} 已修复"),
            },
            document: Some("沪财采〔2026〕1号".into()),
            decided_on: None,
            start: None,
            end: None,
            execution: None,
            amount_fen: None,
            replaces: None,
        }],
        obligations: Vec::new(),
        suite: Suite::Ed25519Sha256,
    };
    let (id, index) = recorder.feedback(feedback).unwrap();
    drop((gate, recorder));
    assert_eq!(index, 1);
    let reader = AuditReader::open(&folder.path("log"), &public(&folder)).unwrap();
    let (_, text) = reader.texts(1..2).next().unwrap().unwrap();
    assert!(!String::from_utf8(text.clone()).unwrap().contains(&whose));
    let Entry::Feedback(signed) = Entry::from_json(&text).unwrap() else { panic!() };
    assert_eq!((signed.id(), signed.payload.suite), (id.clone(), Suite::Sm2Sm3));
    let outcome = &signed.payload.measures[0].outcome;
    let text = "9131…** 已修复".to_owned();
    assert_eq!(*outcome, Outcome::NotApplied { code: NotAppliedCode::RecordRepaired, text });
    let verify = ["audit", "verify", "log", "--keys", "keys/mustcheck-keys.json"];
    let run = folder.run(&[&verify[..], &["--receipt", id.as_str(), "--lang", "en"]].concat());
    assert_eq!(run.code, 0);
    assert!(run.stdout.contains("it is in the log: entry 1\n"), "{}", run.stdout);
}

#[test]
fn a_check_knows_whose_it_is() {
    let folder = office(Suite::Ed25519Sha256);
    let gate = gate().recorder(recorder(&folder)).build().unwrap();
    let ours = parsed(&application());
    let checked = gate.check(&ours).unwrap();
    assert!(checked.is_of(&ours));
    // The same case number, somebody else.
    let theirs = with(&application(), "/subjects/0/identifier", crate::support::uscc(2));
    assert!(!checked.is_of(&parsed(&theirs)));
}

#[test]
fn nobody_can_tell_from_two_receipts_that_they_are_about_one_subject() {
    let folder = office(Suite::Ed25519Sha256);
    let gate = gate().recorder(recorder(&folder)).build().unwrap();
    let digests = |_| {
        let checked = gate.check(&parsed(&application())).unwrap();
        let receipt = checked.receipt().unwrap().receipt.payload.clone();
        let answers = receipt.lookups.into_iter().map(|lookup| lookup.answer);
        let mut all: Vec<_> = answers.chain([receipt.application, receipt.decision]).collect();
        all.sort_unstable();
        all.dedup();
        all
    };
    let (one, other) = (digests(()), digests(()));
    assert!(one.iter().all(|digest| !other.contains(digest)));
    assert_eq!(one.len(), other.len());
}

/// A case of so many subjects that its receipt is larger than the log's format takes.
#[test]
fn a_receipt_that_is_too_large_for_the_log_is_kept_whole_beside_it() {
    let folder = office(Suite::Ed25519Sha256);
    let mut large = with(&with(&application(), "/consortium", true), "/subjects/1/of", 0);
    for n in 2..60 {
        let member = serde_json::json!({
            "role": "consortium-member", "kind": "organization", "scheme": "uscc",
            "identifier": crate::support::uscc(n), "name": "乙公司",
        });
        let person = serde_json::json!({
            "role": "legal-representative", "kind": "person", "scheme": "resident-id",
            "identifier": crate::support::resident(n), "name": "李四", "of": 2 * n - 2,
        });
        large["subjects"].as_array_mut().unwrap().extend([member, person]);
    }
    let gate = gate().recorder(recorder(&folder)).build().unwrap();
    let checked = gate.check(&parsed(&large)).unwrap();
    drop(gate);
    let recorded = checked.receipt().unwrap();
    assert!(recorded.receipt.to_json().len() > 65_535);
    let reader = AuditReader::open(&folder.path("log"), &public(&folder)).unwrap();
    let (_, entry) = reader.entries(0..1).next().unwrap().unwrap();
    assert_eq!(entry, Entry::Receipt(Box::new(recorded.receipt.clone())));
    let verify = ["audit", "verify", "log", "--keys", "keys/mustcheck-keys.json", "--lang", "en"];
    assert_eq!(folder.run(&verify).code, 0);
    // One byte of it.
    let file = crate::office::files(&folder.path("log/large")).remove(0);
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    let run = folder.run(&verify);
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    assert_eq!(run.code, 20);
    let told = format!("wrong  `large/{name}`, entry 0: it was changed: its digest is `sha256:");
    assert!(run.stdout.starts_with(&told), "{}", run.stdout);
    assert_eq!(bundles(&folder.path("kept")).len(), 1);
}

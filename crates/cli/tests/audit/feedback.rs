//! Feedback that is recorded, and feedback that is refused, with the exact errors.

use std::path::Path;

use mustcheck_audit::feedback::{Recording, record};
use mustcheck_audit::{FeedbackError, FeedbackFile, RecordedFeedback};
use mustcheck_evidence::{DocumentId, Entry, Keys, Outcome};
use serde_json::{Value, json};

use crate::office::{
    MEASURE, Office, applied, feedback_to, measure, merge, moment, not_applied, publication,
    receipt, restricted,
};
use crate::support::uscc;

const CHECKED: &str = "2026-11-20T10:00:00.000+08:00";
const NOW: &str = "2026-11-25T09:30:00.000+08:00";
const LABOUR: &str = "人力资源社会保障行政部门";

fn hand_in(
    office: &Office,
    files: &[Value],
    mask: bool,
) -> Result<Vec<RecordedFeedback>, FeedbackError> {
    let files: Vec<FeedbackFile> =
        files.iter().map(|f| FeedbackFile::from_json(f.to_string().as_bytes()).unwrap()).collect();
    hand_in_to(&office.log(), &office.keys, &files, mask)
}

fn hand_in_to(
    log: &Path,
    keys: &Keys,
    files: &[FeedbackFile],
    mask: bool,
) -> Result<Vec<RecordedFeedback>, FeedbackError> {
    let recording = Recording { at: moment(NOW), mask };
    record(log, keys, files, recording, &|_| {})
}

fn file(receipt: &DocumentId, rest: Value) -> Value {
    let mut file = json!({ "receipt": receipt, "recorded_by": "窗口3号" });
    merge(&mut file, rest);
    file
}

/// Returns the error of a file that is refused, and checks that the log has not grown.
fn refused(office: &Office, file: Value) -> String {
    let before = office.source().entries();
    let error = hand_in(office, &[file], false).unwrap_err();
    assert_eq!(office.source().entries(), before);
    error.to_string()
}

/// Returns the error of a report about the one measure, with these keys put into it.
fn measure_refused(office: &Office, receipt: &DocumentId, rest: Value) -> String {
    let mut measure = applied(None);
    merge(&mut measure, rest);
    refused(office, file(receipt, json!({ "measures": [measure] })))
}

#[test]
fn what_was_done_is_signed_and_in_the_log() {
    let office = Office::new();
    let id = office.receipt(restricted(CHECKED, "GP-2026-0007"));
    let given = json!({
        "measures": [{
            "measure": MEASURE, "subject_index": 0, "outcome": "applied",
            "document": "沪财采〔2026〕12号", "decided_on": "2026-11-23", "start": "2026-11-23",
            "end": "2028-02-29", "execution": "取消投标资格", "amount_fen": 200_000_000,
        }],
        "obligations": [{ "kind": "feedback", "done_on": "2026-11-24" }],
    });
    let recorded = hand_in(&office, &[file(&id, given.clone())], false).unwrap();
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0].index, 1);
    let reader = mustcheck_evidence::AuditReader::open(&office.log(), office.keys.public());
    let reader = reader.unwrap();
    let (_, entry) = reader.entries(1..2).next().unwrap().unwrap();
    let Entry::Feedback(signed) = entry else { panic!("a feedback") };
    assert_eq!(signed.id(), recorded[0].id);
    assert_eq!(signed.signatures[0].key, office.keys.receipts_key());
    assert_eq!(signed.payload, recorded[0].feedback);
    let payload = serde_json::to_value(&signed.payload).unwrap();
    assert_eq!(payload["measures"], given["measures"]);
    assert_eq!(payload["obligations"][0]["to"], LABOUR);
    assert_eq!(payload["office"]["name"], "上海市财政局");
    assert_eq!(payload["recorded_at"], NOW);
}

#[test]
fn what_does_not_fit_the_receipt_is_refused() {
    let office = Office::new();
    let id = office.receipt(restricted(CHECKED, "GP-2026-0007"));
    let clear = office.receipt(receipt(CHECKED, "GP-2026-0008", json!({})));
    let unknown: DocumentId = "r00000000000000000000000000000000".parse().unwrap();
    let measures = json!({ "measures": [applied(None)] });
    assert_eq!(
        refused(&office, file(&unknown, measures.clone())),
        "receipt: the log has no receipt `r00000000000000000000000000000000`"
    );
    let feedback: DocumentId = "f00000000000000000000000000000000".parse().unwrap();
    assert_eq!(
        refused(&office, file(&feedback, measures.clone())),
        "receipt: `f00000000000000000000000000000000` is the id of a feedback; a receipt's begins \
         with `r`"
    );
    assert_eq!(
        refused(&office, file(&id, json!({}))),
        "measures: nothing is reported: neither a measure nor an obligation"
    );
    assert_eq!(
        refused(&office, file(&clear, measures)),
        format!("measures[0].measure: receipt `{clear}` has no measure `{MEASURE}`")
    );
    assert_eq!(
        measure_refused(&office, &id, json!({ "subject_index": 3 })),
        format!("measures[0].subject_index: measure `{MEASURE}` meets subject 0, not 3")
    );
    assert_eq!(
        refused(&office, file(&id, json!({ "measures": [applied(None), applied(None)] }))),
        format!("measures[1]: measure `{MEASURE}` of subject 0 is in measures[0] already")
    );
    assert_eq!(
        refused(&office, file(&id, json!({ "measures": [applied(None)], "recorded_by": " " }))),
        "recorded_by: it says nobody"
    );
}

#[test]
fn days_that_cannot_be_are_refused() {
    let office = Office::new();
    let id = office.receipt(restricted(CHECKED, "GP-2026-0007"));
    let refused = |rest| measure_refused(&office, &id, rest);
    assert_eq!(
        refused(json!({ "decided_on": "2026-11-19" })),
        "measures[0].decided_on: 2026-11-19 is before the check, which was made on 2026-11-20"
    );
    assert_eq!(
        refused(json!({ "decided_on": "2026-11-26" })),
        "measures[0].decided_on: 2026-11-26 is after today, 2026-11-25"
    );
    assert_eq!(
        refused(json!({ "start": "2026-11-19" })),
        "measures[0].start: 2026-11-19 is before the check, which was made on 2026-11-20"
    );
    assert_eq!(
        refused(json!({ "start": "2026-12-02", "end": "2026-12-01" })),
        "measures[0].end: 2026-12-01 is before its start, 2026-12-02"
    );
    assert_eq!(
        refused(json!({ "start": "2026-12-02", "end": "2028-03-01" })),
        "measures[0].end: 2028-03-01 is after the last day of the measure, 2028-02-29"
    );
}

#[test]
fn reasons_that_cannot_be_are_refused() {
    let office = Office::new();
    let id = office.receipt(restricted(CHECKED, "GP-2026-0007"));
    let not = |code: &str| json!({ "outcome": { "not-applied": { "code": code, "text": "" } } });
    assert_eq!(
        measure_refused(&office, &id, not("not-wanted")),
        format!(
            "measures[0].outcome.not-applied.code: measure `{MEASURE}` of subject 0 is a \
             restriction: nobody is asked for it"
        )
    );
    assert_eq!(
        measure_refused(&office, &id, not("other")),
        "measures[0].outcome.not-applied.text: `other` asks for the reason in words"
    );
    let mut started = not("stayed");
    started["start"] = json!("2026-11-24");
    assert_eq!(
        measure_refused(&office, &id, started),
        format!(
            "measures[0].start: measure `{MEASURE}` of subject 0 was not applied, so nothing was \
             carried out"
        )
    );
    let error = FeedbackFile::from_json(
        file(&id, json!({ "measures": [not_applied("bored", None)] })).to_string().as_bytes(),
    );
    let error = error.unwrap_err().to_string();
    assert!(error.starts_with("measures[0].outcome"), "{error}");
}

#[test]
fn obligations_are_those_of_the_receipt() {
    let office = Office::new();
    let mut two = restricted(CHECKED, "GP-2026-0007");
    two["obligations"] = json!([
        feedback_to(LABOUR, "labour departments"),
        feedback_to("人民法院", "courts"),
        publication("2026-12-01"),
    ]);
    let id = office.receipt(two);
    let refused = |done: Value| refused(&office, file(&id, json!({ "obligations": [done] })));
    assert_eq!(
        refused(json!({ "kind": "complete-materials", "done_on": "2026-11-24" })),
        format!("obligations[0].kind: receipt `{id}` has no obligation `complete-materials`")
    );
    assert_eq!(
        refused(json!({ "kind": "feedback", "done_on": "2026-11-24" })),
        format!(
            "obligations[0].to: receipt `{id}` has several obligations `feedback`, to \
             `{LABOUR}`, `人民法院`"
        )
    );
    assert_eq!(
        refused(json!({ "kind": "publication", "to": "报纸", "done_on": "2026-11-24" })),
        "obligations[0].to: obligation `publication` is to `政府网站`, not to `报纸`"
    );
    assert_eq!(
        refused(json!({ "kind": "publication", "done_on": "2026-11-26" })),
        "obligations[0].done_on: 2026-11-26 is after today, 2026-11-25"
    );
    let twice = json!({ "obligations": [
        { "kind": "publication", "done_on": "2026-11-24" },
        { "kind": "publication", "to": "政府网站", "done_on": "2026-11-25" },
    ] });
    assert_eq!(
        crate::feedback::refused(&office, file(&id, twice)),
        "obligations[1]: obligation `publication` to `政府网站` is in obligations[0] already"
    );
    let both = json!({ "obligations": [
        { "kind": "feedback", "to": LABOUR, "done_on": "2026-11-24" },
        { "kind": "feedback", "to": "人民法院", "done_on": "2026-11-25" },
    ] });
    assert_eq!(hand_in(&office, &[file(&id, both)], false).unwrap().len(), 1);
}

#[test]
fn a_second_report_is_a_correction_and_says_so() {
    let office = Office::new();
    let id = office.receipt(restricted(CHECKED, "GP-2026-0007"));
    let other: DocumentId = "f00000000000000000000000000000000".parse().unwrap();
    let what = format!("measure `{MEASURE}` of subject 0");
    assert_eq!(
        refused(&office, file(&id, json!({ "measures": [applied(Some(&other))] }))),
        format!("measures[0].replaces: nothing was reported about {what} before")
    );
    let first = hand_in(&office, &[file(&id, json!({ "measures": [applied(None)] }))], false);
    let first = first.unwrap().remove(0).id;
    assert_eq!(
        refused(&office, file(&id, json!({ "measures": [not_applied("stayed", None)] }))),
        format!(
            "measures[0]: {what} was reported in `{first}`; a correction says so in `replaces`"
        )
    );
    assert_eq!(
        refused(&office, file(&id, json!({ "measures": [not_applied("stayed", Some(&other))] }))),
        format!("measures[0].replaces: what holds about {what} is in `{first}`, not in `{other}`")
    );
    let second = json!({ "measures": [not_applied("stayed", Some(&first))] });
    let second = hand_in(&office, &[file(&id, second)], false).unwrap().remove(0);
    assert_eq!(second.feedback.measures[0].replaces, Some(first.clone()));
    // The second holds now.
    let third = json!({ "measures": [applied(Some(&first))] });
    assert!(refused(&office, file(&id, third)).contains(second.id.as_str()));
}

#[test]
fn of_several_files_all_are_recorded_or_none() {
    let office = Office::new();
    let one = office.receipt(restricted(CHECKED, "GP-2026-0007"));
    let two = office.receipt(restricted(CHECKED, "GP-2026-0008"));
    let measures = json!({ "measures": [applied(None)] });
    let good = [file(&one, measures.clone()), file(&two, measures.clone())];
    let mut bad = good.clone();
    bad[1]["measures"][0]["decided_on"] = json!("2020-01-01");
    let error = hand_in(&office, &bad, false).unwrap_err();
    assert!(matches!(error, FeedbackError::Invalid { file: 1, .. }), "{error:?}");
    assert_eq!(office.source().entries(), 2);
    // The same report in two files is one too many.
    let twice = [good[0].clone(), good[0].clone()];
    assert!(hand_in(&office, &twice, false).is_err());
    assert_eq!(hand_in(&office, &good, false).unwrap().len(), 2);
    assert_eq!(office.source().entries(), 4);
}

#[test]
fn identifiers_are_refused_or_masked() {
    let office = Office::new();
    let id = office.receipt(restricted(CHECKED, "GP-2026-0007"));
    let code = uscc(1);
    let masked = mustcheck::mask(&code);
    assert_eq!(
        measure_refused(&office, &id, json!({ "execution": format!("已告知{code}") })),
        format!(
            "measures[0].execution: it may hold an identifier, and the log identifies nobody: \
             `已告知{masked}`; leave it out, or let `--mask` mask it"
        )
    );
    assert_eq!(
        measure_refused(&office, &id, json!({ "document": "一\n二" })),
        "measures[0].document: it holds characters that do not show, or a line break"
    );
    assert_eq!(
        measure_refused(&office, &id, json!({ "document": "长".repeat(301) })),
        "measures[0].document: it is 301 characters long, more than 300"
    );
    let mut measure = not_applied("other", None);
    measure["outcome"]["not-applied"]["text"] = json!(format!("见{code}"));
    let given = file(&id, json!({ "measures": [measure], "recorded_by": code }));
    let recorded = hand_in(&office, &[given], true).unwrap().remove(0);
    assert_eq!(recorded.feedback.recorded_by, masked);
    let Outcome::NotApplied { text, .. } = &recorded.feedback.measures[0].outcome else {
        panic!("not applied")
    };
    assert_eq!(*text, format!("见{masked}"));
}

#[test]
fn of_two_who_report_at_once_one_is_told() {
    let office = Office::new();
    let id = office.receipt(restricted(CHECKED, "GP-2026-0007"));
    let given = file(&id, json!({ "measures": [applied(None)] }));
    let given = [FeedbackFile::from_json(given.to_string().as_bytes()).unwrap()];
    let (log, keys) = (office.log(), &office.keys);
    let results: Vec<bool> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..4).map(|_| scope.spawn(|| hand_in_to(&log, keys, &given, false).is_ok())).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|recorded| **recorded).count(), 1);
    assert_eq!(office.source().entries(), 2);
}

#[test]
fn the_command_records_and_corrects() {
    let office = Office::new();
    let mut two = restricted(CHECKED, "GP-2026-0007");
    two["measures"] = json!([measure(MEASURE, "restriction", 0)]);
    let id = office.receipt(two);
    office.folder.write("one.json", &file(&id, json!({ "measures": [applied(None)] })));
    let line = |file: &'static str| {
        ["audit", "feedback", "--audit", "log", "--keys", "keys", file].to_vec()
    };
    let run = office.folder.run(&line("one.json"));
    let first = run.stdout.split(' ').nth(1).unwrap().to_owned();
    assert_eq!(run.stdout, format!("feedback {first} (entry 1 of the log)\n"));
    let again = office.folder.run(&line("one.json"));
    let told = format!(
        "error: measures[0]: measure `{MEASURE}` of subject 0 was reported in `{first}`; a \
         correction says so in `replaces`\n"
    );
    assert_eq!(again.told(), (3, &*told));
    let first: DocumentId = first.parse().unwrap();
    let corrected = json!({ "measures": [not_applied("stayed", Some(&first))] });
    office.folder.write("two.json", &file(&id, corrected));
    let run = office.folder.run(&[&line("two.json")[..], &["--lang", "zh"]].concat());
    let second = run.stdout.split([' ', '（']).nth(1).unwrap();
    assert_eq!(run.stdout, format!("反馈 {second}（日志第 2 项），更正 {first}\n"));
    let none =
        office.folder.run(&["audit", "feedback", "--audit", "gone", "--keys", "keys", "one.json"]);
    assert_eq!(none.code, 3, "{none:?}");
    assert!(!office.folder.path("gone").exists());
}

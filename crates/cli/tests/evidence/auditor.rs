//! Reports for an auditor: nothing is missing, or what is missing is named; and nobody vouches for
//! himself.

use std::path::PathBuf;

use mustcheck::Limits;
use mustcheck_evidence::keys::ReceiptKey;
use mustcheck_evidence::replay::{Components, Problem, Replayer, Verdict};
use mustcheck_evidence::{
    AuditLog, Bundle, Feedback, FeedbackFormat, Keys, Moment, PublicKeys, Recorder, Signed, Signer,
    Suite, canonical,
};
use serde_json::{Value, json};

use crate::office::{Folder, bundles, cache, office, one_bundle, public};
use crate::support::{Run, application, record, registry, with};

const KEYS: &str = "keys/mustcheck-keys.json";

/// An office with one restricted check on record for each case number.
fn on_record(cases: &[&str]) -> (Folder, Vec<String>) {
    let folder = office(Suite::Ed25519Sha256);
    folder.write("registry.json", &registry(&[record("r1", 1)]));
    let ids = cases.iter().map(|case| check(&folder, case)).collect();
    (folder, ids)
}

/// The receipt of one more check.
fn check(folder: &Folder, case: &str) -> String {
    folder.write("application.json", &with(&application(), "/id", case));
    let run = folder.run(&[
        "check",
        "application.json",
        "--registry",
        "registry.json",
        "--keys",
        "keys",
        "--audit",
        "log",
        "--evidence",
        "kept",
    ]);
    assert_eq!(run.code, 11, "{run:?}");
    let told = run.stderr.split_once("receipt ").unwrap().1;
    told.split_once(' ').unwrap().0.to_owned()
}

fn bundle_of(folder: &Folder, id: &str) -> PathBuf {
    let files = bundles(&folder.path("kept"));
    files.into_iter().find(|file| file.to_string_lossy().contains(id)).unwrap()
}

fn replay(folder: &Folder, more: &[&str]) -> Run {
    folder.run(&[&["replay", "kept", "--keys", KEYS], more].concat())
}

fn verify(folder: &Folder, more: &[&str]) -> Run {
    folder.run(&[&["audit", "verify", "log", "--keys", KEYS], more].concat())
}

fn details(run: &Run) -> Vec<String> {
    let findings = run.json()["findings"].as_array().unwrap().clone();
    findings.iter().map(|finding| finding["detail"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_receipt_without_its_bundle_is_a_finding_of_replay_and_of_verify() {
    let (folder, ids) = on_record(&["GP-1", "GP-2", "GP-3"]);
    std::fs::remove_file(bundle_of(&folder, &ids[1])).unwrap();
    let run = replay(&folder, &["--audit", "log"]);
    assert_eq!(run.told(), (20, ""));
    assert_eq!(
        run.stdout,
        format!(
            "missing  receipt `{}` (entry 1 of the log) has no bundle\n2 bundles equal: signature, \
             digests, inclusion in the log and derivation hold\n",
            ids[1]
        )
    );
    let run = replay(&folder, &["--audit", "log", "--lang", "zh"]);
    assert_eq!(
        run.stdout,
        format!(
            "缺失  日志第 1 条（自 0 起）的回执 {} 没有证据文件\n2 份证据：签名、摘要、在册、重新\
             推导均一致\n",
            ids[1]
        )
    );
    let run = replay(&folder, &["--audit", "log", "--format", "json"]);
    assert_eq!(
        (run.code, &run.json()["missing"]),
        (20, &json!([{ "entry": 1, "receipt": ids[1] }]))
    );
    // Without the log nobody can know.
    assert_eq!(replay(&folder, &[]).code, 0);
    // Another policy cannot be tried on cases that are not there: they are reported as missing.
    let newest = mustcheck::Policy::newest_edition();
    let run = replay(&folder, &["--audit", "log", "--edition", newest]);
    let told = format!("receipt `{}` (entry 1 of the log) has no bundle\n", ids[1]);
    assert_eq!(run.told(), (20, &*told));
    let run = verify(&folder, &["--evidence", "kept", "--format", "json"]);
    let told = format!("receipt `{}` has no bundle: its decision cannot be derived again", ids[1]);
    assert_eq!((run.code, details(&run)), (20, vec![told]));
    // Another bundle under its name does not take its place.
    std::fs::copy(
        bundle_of(&folder, &ids[0]),
        bundle_of(&folder, &ids[0]).with_file_name(format!("{}.evidence.json", ids[1])),
    )
    .unwrap();
    let run = replay(&folder, &["--audit", "log", "--format", "json"]);
    assert_eq!((run.code, &run.json()["missing"][0]["receipt"]), (20, &json!(ids[1])));
    let run = verify(&folder, &["--evidence", "kept", "--format", "json"]);
    assert_eq!(
        (run.code, details(&run)),
        (20, vec!["its receipt is not the one of entry 1".into()])
    );
}

#[test]
fn a_folder_without_a_bundle_is_invalid_input() {
    let (folder, _) = on_record(&["GP-1"]);
    std::fs::create_dir(folder.path("empty")).unwrap();
    for path in ["empty", "log"] {
        for more in [&[][..], &["--audit", "log"], &["--edition", "guofa-2016-33"]] {
            let line = [&["replay", path, "--keys", KEYS], more].concat();
            let told = format!("error: no bundles in `{path}`: nothing was derived again\n");
            let run = folder.run(&line);
            assert_eq!((run.code, &*run.stdout, &*run.stderr), (3, "", &*told));
            let run = folder.run(&[&line[..], &["--lang", "zh"]].concat());
            let told = format!("错误：`{path}` 中没有证据文件，未重新推导任何决定\n");
            assert_eq!((run.code, &*run.stdout, &*run.stderr), (3, "", &*told));
            let run = folder.run(&[&line[..], &["--format", "json"]].concat());
            let told = format!("no bundles in `{path}`: nothing was derived again");
            assert_eq!(run.code, 3);
            assert_eq!(run.json(), json!({ "error": { "kind": "input", "detail": told } }));
        }
    }
    // Bundles that are all gone show in the log.
    let run = verify(&folder, &["--evidence", "empty", "--format", "json"]);
    assert_eq!((run.code, details(&run).len()), (20, 1));
}

#[test]
fn a_verification_without_a_kept_checkpoint_says_what_it_cannot_exclude() {
    let (folder, _) = on_record(&["GP-1", "GP-2"]);
    let last = |run: &Run, lines: usize| {
        assert_eq!(run.told(), (0, ""));
        let all: Vec<&str> = run.stdout.lines().collect();
        all[all.len() - lines..].join("\n")
    };
    assert_eq!(
        last(&verify(&folder, &["--lang", "zh"]), 3),
        "现存 2 条完好；未与以前的检查点核对，不能排除末尾被删\n保存检查点（另处保管），下次核验加 \
         --checkpoint mustcheck-checkpoint：\n  mustcheck audit verify log --keys \
         keys/mustcheck-keys.json --save mustcheck-checkpoint"
    );
    let run = verify(&folder, &["--format", "json"]);
    let said = run.json();
    assert_eq!(
        (&said["sound"], &said["torn"], &said["continues"]),
        (&json!(true), &json!(false), &Value::Null)
    );
    assert_eq!(
        said["says"],
        "the 2 entries that are here are sound; they were not held against an earlier checkpoint, \
         so it cannot be excluded that the end was cut off"
    );
    // The command that was printed works as it stands.
    let printed = verify(&folder, &[]);
    let printed = printed.stdout.lines().last().unwrap().trim();
    let line: Vec<&str> = printed.strip_prefix("mustcheck ").unwrap().split(' ').collect();
    assert_eq!(
        last(&folder.run(&line), 1),
        "the checkpoint is in mustcheck-checkpoint: keep it elsewhere, and verify with `--checkpoint \
         mustcheck-checkpoint` the next time"
    );
    check(&folder, "GP-3");
    let kept = ["--checkpoint", "mustcheck-checkpoint"];
    let run = verify(&folder, &kept);
    assert_eq!(
        last(&run, 1),
        "the log is sound and continues the kept checkpoint of 2 entries, which were not read \
         again; whether any after those were cut off, only a later one can show"
    );
    let run = verify(&folder, &[&kept[..], &["--lang", "zh"]].concat());
    assert_eq!(
        last(&run, 1),
        "日志完好，延续以前 2 条的检查点（该检查点以前的各条未再重读）；此后的记录有无删除，须与其后\
         保存的检查点核对"
    );
    let run = verify(&folder, &[&kept[..], &["--format", "json"]].concat());
    assert_eq!(run.json()["continues"], 2);
}

#[test]
fn a_torn_end_is_not_sound_and_says_what_is_there() {
    // As a service leaves it that was killed: nothing of the third check is published.
    let (folder, _) = on_record(&["GP-1", "GP-2"]);
    let log = files_of(&folder);
    check(&folder, "GP-3");
    let tail = folder.path("log/tail");
    let bytes = std::fs::read(&tail).unwrap();
    put_back(&folder, &log);
    let last = (0..bytes.len()).rev().find(|at| bytes[*at..].starts_with(b"mcb1")).unwrap();
    let there = bytes.len() - 50 - last;
    std::fs::write(&tail, &bytes[..bytes.len() - 50]).unwrap();
    let run = verify(&folder, &["--save", "never"]);
    assert_eq!(run.told(), (20, ""));
    let told = format!(
        "torn  `tail`: ends with {there} bytes of a batch that is not whole (1 whole entries in it): \
         its writer was stopped before it confirmed them, or they were cut off; the log cannot tell \
         which\n2 entries; verified 2 receipt\n"
    );
    assert!(run.stdout.starts_with(&told), "{}", run.stdout);
    let told = "\nthe 2 entries that are here are sound; the end of the log is torn, and the log \
                cannot be called sound\n";
    assert!(run.stdout.ends_with(told), "{}", run.stdout);
    assert!(!folder.path("never").exists(), "no checkpoint of what is not sound is kept");
    let run = verify(&folder, &["--lang", "zh"]);
    let told = format!(
        "残缺  `tail`：末尾有 {there} 字节属于不完整的一批（其中完整的 1 条）：或为写入时中断、尚未确认，\
         或为已写入的被截断，仅凭日志不能区分\n"
    );
    assert!(run.stdout.starts_with(&told), "{}", run.stdout);
    assert!(run.stdout.ends_with("\n现存 2 条完好；日志末尾残缺，不能认定日志完好\n"));
    let said = verify(&folder, &["--format", "json"]).json();
    assert_eq!((&said["sound"], &said["torn"]), (&json!(false), &json!(true)));
    assert_eq!(said["findings"][0]["torn"], true);
    // The bundle of the entry that is gone is still there, and replay finds it so too.
    let run = verify(&folder, &["--evidence", "kept", "--format", "json"]);
    assert_eq!((run.code, &run.json()["torn"]), (20, &json!(false)));
    assert_eq!(replay(&folder, &["--audit", "log"]).code, 20);
    // Something else than the beginning of the next batch.
    let mut other = bytes[..bytes.len() - 50].to_vec();
    let at = last + 40;
    other[at] ^= 1;
    std::fs::write(&tail, &other).unwrap();
    let run = verify(&folder, &[]);
    assert_eq!(run.code, 20);
    let told = format!(
        "wrong  `tail`: what begins at byte {last} is no batch, and nothing that a writer leaves that \
         was stopped\n"
    );
    assert!(run.stdout.starts_with(&told), "{}", run.stdout);
    assert!(run.stdout.ends_with("\nthe log is not sound\n"));
}

/// The files of the log, with what is in them.
fn files_of(folder: &Folder) -> Vec<(PathBuf, Vec<u8>)> {
    let files = crate::office::files(&folder.path("log"));
    files.into_iter().map(|file| (file.clone(), std::fs::read(&file).unwrap())).collect()
}

/// Puts an older log back.
fn put_back(folder: &Folder, log: &[(PathBuf, Vec<u8>)]) {
    let known = |file: &PathBuf| log.iter().any(|(known, _)| known == file);
    let newer = crate::office::files(&folder.path("log"));
    newer.iter().filter(|f| !known(f)).for_each(|f| std::fs::remove_file(f).unwrap());
    log.iter().for_each(|(file, bytes)| std::fs::write(file, bytes).unwrap());
}

#[test]
fn a_bundle_that_the_office_signed_and_the_log_has_not_is_wrong() {
    let (folder, _) = on_record(&["GP-1"]);
    let log = files_of(&folder);
    let id = check(&folder, "GP-2");
    put_back(&folder, &log);
    assert_eq!(verify(&folder, &[]).code, 0, "by itself it is sound");
    let run = verify(&folder, &["--evidence", "kept", "--format", "json"]);
    assert_eq!(run.code, 20);
    let signed = format!(
        "the office signed receipt `{id}`, and it is not in the log: entries were cut off, or the \
         writer was stopped before it was logged and the decision never given out"
    );
    assert_eq!(details(&run), std::slice::from_ref(&signed));
    assert_eq!(run.json()["findings"][0]["notice"], false);
    let run = verify(&folder, &["--evidence", "kept", "--lang", "zh"]);
    let file = bundle_of(&folder, &id);
    let name = file.strip_prefix(folder.path("kept")).unwrap().display().to_string();
    let told = format!(
        "不符  `{name}`：回执 {id} 由本机关签署而不在日志中：或为日志条目被截去，或为写入日志前中断、决定\
         未曾给出\n"
    );
    assert!(run.stdout.starts_with(&told), "{}", run.stdout);
    // One that somebody else signed says nothing about this log.
    let (theirs, forged) = on_record(&["GP-9"]);
    let forged_id = &forged[0];
    let other = file.with_file_name(format!("{forged_id}.evidence.json"));
    std::fs::copy(bundle_of(&theirs, forged_id), &other).unwrap();
    std::fs::rename(&file, folder.path("aside")).unwrap();
    let run = verify(&folder, &["--evidence", "kept", "--format", "json"]);
    let key = &public(&theirs).receipts[0].id;
    let told = format!(
        "receipt `{forged_id}` is not in the log, and is not the office's: key `{key}` is not among \
         the public keys"
    );
    assert_eq!((run.code, details(&run)), (0, vec![told]));
    assert_eq!(run.json()["findings"][0]["notice"], true);
    // A name says nothing about what is in the file.
    std::fs::copy(folder.path("aside"), &other).unwrap();
    let run = verify(&folder, &["--evidence", "kept", "--format", "json"]);
    assert_eq!((run.code, details(&run)), (20, vec![format!("it is the bundle of `{id}`")]));
    std::fs::write(&other, "{}").unwrap();
    let run = verify(&folder, &["--evidence", "kept", "--format", "json"]);
    assert_eq!((run.code, details(&run)[0].starts_with("it is no bundle: ")), (20, true));
    // An encrypted one cannot be judged either, unless its reader opens it.
    std::fs::remove_file(&other).unwrap();
    let reader = age::x25519::Identity::generate();
    let sealed = age::encrypt(&reader.to_public(), &std::fs::read(folder.path("aside")).unwrap());
    std::fs::write(file.with_file_name(format!("{id}.evidence.json.age")), sealed.unwrap())
        .unwrap();
    let run = verify(&folder, &["--evidence", "kept", "--format", "json"]);
    let told = format!(
        "receipt `{id}` is not in the log, and whether the office signed it cannot be told: it is \
         encrypted: name a secret key with `--identity`"
    );
    assert_eq!((run.code, details(&run)), (20, vec![told]));
    use age::secrecy::ExposeSecret as _;
    folder.write_text("reader", reader.to_string().expose_secret());
    let evidence = ["--evidence", "kept", "--identity", "reader", "--format", "json"];
    let run = verify(&folder, &evidence);
    assert_eq!((run.code, details(&run)), (20, vec![signed]));
}

/// A key that the tests can sign with, beside those of an office.
fn with_our_key(folder: &Folder, signer: &Signer) -> PublicKeys {
    let mut keys = public(folder);
    keys.receipts.push(ReceiptKey {
        id: signer.id().to_owned(),
        suite: signer.public().suite(),
        public: signer.public().hex().to_owned(),
        from: "2020-01-01T00:00:00.000+08:00".parse().unwrap(),
        until: None,
    });
    keys
}

#[test]
fn what_may_be_used_is_for_whoever_replays_to_say() {
    let folder = office(Suite::Ed25519Sha256);
    let (file, good) = one_bundle(&folder);
    let signer = Signer::new("office.example", Suite::Ed25519Sha256, &[7; 32]).unwrap();
    let keys = with_our_key(&folder, &signer);
    let mut bundle = Bundle::from_json(&good).unwrap();
    let engine = &mut bundle.receipt.payload.engine;
    (engine.fuel, engine.memory, engine.table) = (u64::MAX, u64::MAX, u64::MAX);
    bundle.receipt = Signed::new(bundle.receipt.payload.clone(), &signer).unwrap();
    let json = canonical(&bundle).unwrap();
    let replayer = || Replayer::new(Components::embedded(Some(cache()))).keys(&keys).unwrap();
    // Memory that no sandbox can have was a fault before: now it is cut to what is allowed here.
    let replayed = replayer().replay(&json);
    assert_eq!(replayed.verdict(), Verdict::Equal, "{:?}", replayed.problems);
    let little = Limits { fuel: 1_000, ..Limits::default() };
    let replayed = replayer().limits(little).replay(&json);
    assert_eq!(replayed.verdict(), Verdict::Fault);
    let told = replayed.problems[0].to_string();
    let expected = format!(
        "it could not be checked again within the limits of this replay (fuel 1000, not {max}, \
         memory {memory}, not {max}, table {table}, not {max}): the policy component failed in `",
        max = u64::MAX,
        memory = Limits::default().memory,
        table = Limits::default().table,
    );
    assert!(told.starts_with(&expected), "{told}");
    assert!(told.contains("it ran out of fuel (1000)"), "{told}");
    // On the command line.
    std::fs::write(file, json).unwrap();
    folder.write_text("both.json", &serde_json::to_string(&keys).unwrap());
    let run = |more: &[&str]| {
        let line = ["replay", "kept", "--keys", "both.json", "--format", "json"];
        folder.run(&[&line[..], more].concat())
    };
    assert_eq!(run(&[]).code, 0);
    let little = run(&["--fuel", "1000", "--memory", "64"]);
    assert_eq!((little.code, &little.json()["bundles"][0]["verdict"]), (1, &json!("fault")));
    let told = little.json()["bundles"][0]["problems"][0].as_str().unwrap().to_owned();
    // So many digits could be somebody's number, and are masked.
    assert!(told.contains("(fuel 1000, not 1844…**, memory 67108864, not 1844…**"), "{told}");
}

#[test]
fn a_component_that_came_with_the_evidence_is_not_run_on_its_own_word() {
    let folder = office(Suite::Ed25519Sha256);
    let policy = crate::changed::other_component(&folder);
    folder.write("application.json", &application());
    folder.write("registry.json", &registry(&[record("r1", 1)]));
    let line = "check application.json --registry registry.json --policy other.wasm --keys keys \
                --audit log --evidence kept";
    let run = folder.run(&line.split_whitespace().collect::<Vec<_>>());
    assert_eq!(run.code, 11, "{run:?}");
    let replay = |more: &[&str]| {
        let run = folder.run(&[&["replay", "kept", "--format", "json"], more].concat());
        let problems = run.json()["bundles"][0]["problems"].clone();
        (run.code, serde_json::from_value::<Vec<String>>(problems).unwrap_or_default())
    };
    let brought = format!(
        "the component `sha256:{}` came with the evidence, and the receipt that names it is not \
         proven by keys from another hand: name those with `--keys`, or the component with \
         `--component`",
        policy.digest()
    );
    // The keys came with the evidence too.
    assert_eq!(replay(&[]), (3, vec![brought.clone()]));
    assert_eq!(replay(&["--component", "other.wasm"]), (0, vec![]));
    assert_eq!(replay(&["--keys", KEYS]), (0, vec![]));
    // `--anyway` with a false receipt still runs no component that came with the evidence.
    let file = bundles(&folder.path("kept")).remove(0);
    let text = std::fs::read_to_string(&file).unwrap();
    let (before, verdict) = text.rsplit_once(",\"verdict\":").unwrap();
    let before = before.replace("\"disposition\":\"restricted\"", "\"disposition\":\"clear\"");
    std::fs::write(&file, format!("{before},\"verdict\":{verdict}")).unwrap();
    let (code, problems) = replay(&["--keys", KEYS]);
    assert_eq!((code, problems.len()), (20, 2), "{problems:?}");
    let (code, problems) = replay(&["--keys", KEYS, "--anyway"]);
    assert_eq!((code, problems.last()), (20, Some(&brought)));
    // Without any keys nothing is proven either.
    let components = Components::embedded(Some(cache())).beside(&folder.path("kept"));
    std::fs::write(&file, text).unwrap();
    let replayed = Replayer::new(components).replay(&std::fs::read(&file).unwrap());
    assert!(matches!(replayed.problems[..], [Problem::Brought(_)]), "{:?}", replayed.problems);
}

#[test]
fn feedback_that_a_retired_key_signed_after_its_end_is_wrong() {
    let (folder, ids) = on_record(&["GP-1"]);
    // A program that still has the old keys open.
    let old = Keys::open(&folder.path("keys")).unwrap();
    let log = AuditLog::open(&folder.path("log"), &old).unwrap();
    let late = Recorder::new(old, log);
    let feedback = |recorded_at: Moment| Feedback {
        format: FeedbackFormat::V1,
        recorded_at,
        receipt: ids[0].parse().unwrap(),
        office: mustcheck_evidence::ReceiptOffice {
            name: "上海市财政局".into(),
            region: "310000".into(),
        },
        recorded_by: "窗口3号".into(),
        measures: Vec::new(),
        obligations: Vec::new(),
        suite: Suite::Ed25519Sha256,
    };
    let before = Moment::now().unwrap();
    Keys::rotate(&folder.path("keys"), None).unwrap();
    let retired = public(&folder).receipts[0].clone();
    let (key, until) = (retired.id, retired.until.unwrap());
    late.feedback(feedback(before)).unwrap();
    assert_eq!(verify(&folder, &[]).code, 0);
    let after: Moment = "2999-01-01T00:00:00.000+08:00".parse().unwrap();
    late.feedback(feedback(after)).unwrap();
    let run = verify(&folder, &["--format", "json"]);
    let told = format!(
        "feedback: key `{key}` was in use until {until}, and the feedback says it was made at {after}"
    );
    assert_eq!((run.code, details(&run)), (20, vec![told]));
    assert_eq!(run.json()["findings"][0]["entries"], json!([2, 3]));
}

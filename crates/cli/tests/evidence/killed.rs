//! Whatever was shown is on record, also if the program is killed at any moment.

use std::collections::BTreeSet;
use std::io::Read as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use mustcheck_evidence::Suite;
use serde_json::Value;

use crate::office::{Folder, bundles, office};
use crate::support::{application, command, record, registry, resident, uscc, with};

const KILLS: u32 = 20;

fn begin(folder: &Folder) -> Child {
    let batch = ["batch", "in.jsonl", "--registry", "registry.json", "--keys", "keys"];
    let record = ["--audit", "log", "--evidence", "kept", "--jobs", "2"];
    let mut command = command(&folder.path(""), &[&batch[..], &record].concat());
    command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
}

/// The receipts of the rows that came whole.
fn shown(mut child: Child) -> Vec<String> {
    let mut text = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut text).unwrap();
    child.wait().unwrap();
    let text = String::from_utf8_lossy(&text).into_owned();
    let rows = text.split_inclusive('\n').filter(|row| row.ends_with('\n'));
    rows.map(|row| {
        serde_json::from_str::<Value>(row).unwrap()["receipt"].as_str().unwrap().to_owned()
    })
    .collect()
}

#[test]
fn what_two_processes_showed_before_they_were_killed_is_on_record() {
    let folder = office(Suite::Ed25519Sha256);
    folder.write("registry.json", &registry(&[record("r1", 3)]));
    let lines: Vec<Value> = (1..400)
        .map(|n| {
            let one = with(&application(), "/id", format!("case-{n}"));
            let one = with(&one, "/subjects/0/identifier", uscc(n));
            with(&one, "/subjects/1/identifier", resident(n))
        })
        .collect();
    folder.write_lines("in.jsonl", &lines);
    let mut receipts = BTreeSet::new();
    for kill in 0..KILLS {
        let before = bundles(&folder.path("")).len();
        let (mut one, mut other) = (begin(&folder), begin(&folder));
        // On a busy machine they are long about beginning.
        let begun = Instant::now();
        let until = begun + Duration::from_secs(60);
        while bundles(&folder.path("")).len() == before && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(5));
        }
        let busy = 400 + u32::try_from(begun.elapsed().as_millis()).unwrap_or_default();
        std::thread::sleep(Duration::from_millis(u64::from(kill * 37 % busy)));
        one.kill().unwrap();
        other.kill().unwrap();
        receipts.extend(shown(one));
        receipts.extend(shown(other));
    }
    assert!(!receipts.is_empty(), "nothing was shown in time");
    let run = folder.run(&[
        "audit",
        "verify",
        "log",
        "--evidence",
        "kept",
        "--format",
        "json",
        "--keys",
        "keys/mustcheck-keys.json",
    ]);
    // A process that was killed between a bundle and its receipt leaves the bundle, and nobody can
    // tell that from an entry that was cut off. One killed while it writes its tiles leaves files that
    // are no part of the log yet, which is noticed. Nothing else may be found.
    let all = run.json()["findings"].as_array().unwrap().clone();
    let unfinished = |f: &Value| f["notice"] == true && f["detail"] == "no part of the log";
    let findings: Vec<Value> = all.into_iter().filter(|f| !unfinished(f)).collect();
    assert_eq!(run.code, if findings.is_empty() { 0 } else { 20 }, "{}", run.stdout);
    for finding in findings {
        let orphan = finding["detail"].as_str().unwrap().starts_with("the office signed receipt `");
        assert!(orphan, "{finding}");
    }
    let kept: BTreeSet<String> = bundles(&folder.path("kept"))
        .iter()
        .map(|file| file.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let keys = mustcheck_evidence::PublicKeys::open(&folder.path("keys/mustcheck-keys.json"));
    let reader =
        mustcheck_evidence::AuditReader::open(&folder.path("log"), &keys.unwrap()).unwrap();
    let logged: BTreeSet<String> = reader
        .entries(0..reader.size())
        .map(|read| read.unwrap().1.id().unwrap().to_string())
        .collect();
    for receipt in &receipts {
        assert!(logged.contains(receipt), "{receipt} was shown and is not in the log");
        assert!(kept.contains(&format!("{receipt}.evidence.json")), "{receipt} has no bundle");
    }
    let replay = folder.run(&["replay", "kept", "--keys", "keys/mustcheck-keys.json"]);
    assert_eq!(replay.code, 0, "{}", replay.stdout);
}

//! A log that was changed gives no figures, and says where.

use std::fs;

use mustcheck_log::{Log, Settings, SignerKey};
use serde_json::json;

use crate::office::{Office, receipt, restricted};

/// A log of 300 receipts: more than one bundle of entries.
fn long() -> Office {
    let office = Office::new();
    let writer = office.writer();
    for n in 0..300 {
        let made = restricted("2026-11-20T10:00:00.000+08:00", &format!("GP-2026-{n:04}"));
        use mustcheck_evidence::Journal as _;
        writer.append(&office.signed_receipt(made).1).unwrap();
    }
    drop(writer);
    office
}

/// Returns the error of each command that reads the log.
fn told(office: &Office) -> Vec<String> {
    let commands = ["report", "overdue", "export"];
    let told = commands.map(|command| {
        let run = office.folder.run(&["audit", command, "--audit", "log"]);
        assert_eq!((run.code, &*run.stdout), (1, ""), "{run:?}");
        run.stderr
    });
    told.into_iter().collect()
}

#[test]
fn a_changed_figure_is_found_and_located() {
    let office = long();
    let bundle = office.log().join("tile/entries/000");
    let bytes = fs::read(&bundle).unwrap();
    // The first disposition, overwritten by another text of the same length.
    let text = "\"disposition\":\"restricted\"";
    let at = (0..bytes.len()).find(|at| bytes[*at..].starts_with(text.as_bytes())).unwrap();
    let mut changed = bytes;
    changed[at..at + text.len()].copy_from_slice(b"\"disposition\":\"mestricted\"");
    fs::write(&bundle, &changed).unwrap();
    let expected = "error: the log `log` is damaged, and nothing is counted over damage: \
                    `tile/entries/000`, entry 0: ";
    for told in told(&office) {
        assert!(told.starts_with(expected), "{told}");
    }
}

#[test]
fn a_valid_change_is_found_too() {
    let office = long();
    let bundle = office.log().join("tile/entries/000");
    let text = String::from_utf8_lossy(&fs::read(&bundle).unwrap()).into_owned();
    assert!(text.contains("GP-2026-0007"));
    let mut bytes = fs::read(&bundle).unwrap();
    let at = (0..bytes.len()).find(|at| bytes[*at..].starts_with(b"GP-2026-0007")).unwrap();
    bytes[at + 11] = b'8';
    fs::write(&bundle, &bytes).unwrap();
    for told in told(&office) {
        assert!(told.contains("`tile/entries/000`, entry 7: "), "{told}");
    }
}

#[test]
fn a_bundle_that_is_gone_is_named() {
    let office = long();
    fs::remove_file(office.log().join("tile/entries/000")).unwrap();
    for told in told(&office) {
        assert!(told.contains("`tile/entries/000`"), "{told}");
    }
}

#[test]
fn an_entry_of_another_program_is_an_error_with_its_place() {
    let office = Office::new();
    office.receipt(receipt("2026-11-20T10:00:00.000+08:00", "GP-2026-0001", json!({})));
    use mustcheck_evidence::Journal as _;
    office
        .writer()
        .append(b"{\"receipt\":{\"payload\":{\"format\":\"mustcheck-receipt/2\"}}}")
        .unwrap();
    for told in told(&office) {
        let expected = "error: entry 1 of the log: unknown variant `mustcheck-receipt/2`, expected \
                        `mustcheck-receipt/1`";
        assert!(told.starts_with(expected), "{told}");
    }
}

#[test]
fn a_log_of_other_keys_is_not_believed() {
    let office = Office::new();
    let other = office.folder.path("other");
    let key = SignerKey::from_seed("credit.example/test", &[9; 32]).unwrap();
    Log::create(&other, Settings::new("credit.example/test", key)).unwrap().close().unwrap();
    let run = office.folder.run(&["audit", "report", "--audit", "other", "--keys", "keys"]);
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.starts_with("error: the log `other` cannot be read\n"), "{run:?}");
}

#[test]
fn a_large_entry_is_counted_and_its_file_verified() {
    let office = Office::new();
    let lookup = crate::office::lookup("wage-arrears", "answered", Some("platform"), 0);
    let lookups = vec![lookup; 500];
    let made =
        receipt("2026-11-20T10:00:00.000+08:00", "GP-2026-0001", json!({ "lookups": lookups }));
    office.receipt(made);
    let run = office.folder.run(&["audit", "report", "--audit", "log", "--format", "json"]);
    assert_eq!(run.json()["total"]["lookups"]["answered"], 500);
    let large = fs::read_dir(office.log().join("large")).unwrap().next().unwrap().unwrap().path();
    let text = fs::read_to_string(&large).unwrap();
    fs::write(&large, text.replacen("answered", "unavailable", 1)).unwrap();
    for told in told(&office) {
        assert!(told.starts_with("error: entry 0 stands for `large/"), "{told}");
    }
}

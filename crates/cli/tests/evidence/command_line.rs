//! `check` and `batch` on record, `replay`, `audit verify`: exit codes and exact texts.

use age::secrecy::ExposeSecret as _;
use mustcheck_evidence::Suite;
use serde_json::{Value, json};

use crate::office::{Folder, bundles, files, office, public};
use crate::support::{Run, application, record, registry, with};

const KEYS: &str = "keys/mustcheck-keys.json";

/// An office with an application and a registry in which firm 1 is listed.
fn ready() -> Folder {
    let folder = office(Suite::Ed25519Sha256);
    folder.write("application.json", &application());
    folder.write("registry.json", &registry(&[record("r1", 1)]));
    folder
}

fn check(folder: &Folder, more: &[&str]) -> Run {
    let check = ["check", "application.json", "--registry", "registry.json", "--keys", "keys"];
    folder.run(&[&check[..], more].concat())
}

fn recorded(folder: &Folder) -> String {
    let run = check(folder, &["--audit", "log", "--evidence", "kept", "--format", "json"]);
    assert_eq!(run.code, 11);
    let told = run.stderr.strip_prefix("receipt ").unwrap();
    let (id, rest) = told.split_once(' ').unwrap();
    assert!(rest.starts_with("(entry ") && rest.ends_with(" of the log)\n"), "{rest}");
    id.to_owned()
}

#[test]
fn a_check_on_record_can_be_derived_again_and_is_in_the_log() {
    let folder = ready();
    let plain = folder.run_check();
    let (first, second) = (recorded(&folder), recorded(&folder));
    assert_ne!(first, second);
    let run = check(&folder, &["--audit", "log", "--evidence", "kept", "--format", "json"]);
    assert_eq!(run.stdout, plain.stdout, "a record changes no decision");
    let replay = |more: &[&str]| {
        let run = folder.run(&[&["replay"], more, &["--keys", KEYS]].concat());
        assert_eq!(run.told(), (0, ""));
        run
    };
    assert_eq!(
        replay(&["kept", "--audit", "log"]).stdout,
        "3 bundles equal: signature, digests, inclusion in the log and derivation hold; every \
         receipt of the log has its bundle\n"
    );
    assert_eq!(
        replay(&["kept", "--audit", "log", "--lang", "zh"]).stdout,
        "3 份证据：签名、摘要、在册、重新推导均一致；日志中的回执均有证据文件\n"
    );
    assert_eq!(
        replay(&["kept", "--lang", "zh"]).stdout,
        "3 份证据：签名、摘要、重新推导均一致；未核对是否在册，日志以 --audit 指定\n"
    );
    let one = bundles(&folder.path("kept")).remove(0).display().to_string();
    assert_eq!(
        replay(&[&one]).stdout,
        "1 bundle equal: signature, digests and derivation hold; whether it is in the log was not \
         looked at (`--audit`)\n"
    );
    // Of one bundle nothing follows about the others.
    assert_eq!(
        replay(&[&one, "--audit", "log"]).stdout,
        "1 bundle equal: signature, digests, inclusion in the log and derivation hold\n"
    );
    let run = replay(&[&one, "--format", "json"]);
    assert_eq!(run.json()["verdicts"], json!({ "equal": 1 }));
    assert_eq!(run.json()["checked"], json!({ "inclusion": false, "every_receipt": false }));
    assert_eq!(run.json()["bundles"][0]["derived"], true);
    let verify = |more: &[&str]| {
        let base = ["audit", "verify", "log", "--keys", KEYS, "--lang", "en"];
        folder.run(&[&base[..], more].concat())
    };
    let run = verify(&["--receipt", &second, "--evidence", "kept"]);
    let root = run.stdout.lines().find_map(|line| line.strip_prefix("root  ")).unwrap();
    assert_eq!(
        run.stdout,
        format!(
            "3 entries; verified 3 receipt\nroot  {root}\nit is in the log: entry 1\nthe 3 entries \
             that are here are sound; they were not held against an earlier checkpoint, so it \
             cannot be excluded that the end was cut off\nkeep a checkpoint elsewhere, and verify \
             with `--checkpoint mustcheck-checkpoint` the next time:\n  mustcheck audit verify log \
             --keys {KEYS} --save mustcheck-checkpoint\n"
        )
    );
    assert_eq!(run.told(), (0, ""));
    let none = format!("r{}", "0".repeat(32));
    let run = verify(&["--receipt", &none]);
    assert_eq!(run.code, 20);
    assert!(run.stdout.contains("\nit is not in the log\n"), "{}", run.stdout);
    let run = verify(&["--receipt", "r1"]);
    assert_eq!(run.code, 2);
}

#[test]
fn without_keys_named_those_beside_are_used_and_that_is_told() {
    let folder = ready();
    recorded(&folder);
    let note = |path: &str| {
        format!(
            "note: signatures are held against `{path}`; name keys from another hand with \
             `--keys`\n"
        )
    };
    assert_eq!(folder.run(&["replay", "kept"]).told(), (0, &*note("kept/mustcheck-keys.json")));
    let run = folder.run(&["audit", "verify", "log"]);
    assert_eq!(run.told(), (0, &*note("log/mustcheck-keys.json")));
    std::fs::remove_file(folder.path("kept/mustcheck-keys.json")).unwrap();
    let told = "error: there are no public keys beside `kept`: name them with `--keys`\n";
    assert_eq!(folder.run(&["replay", "kept"]).told(), (3, told));
}

#[test]
fn recording_needs_keys_and_says_how_to_make_them() {
    let folder = ready();
    std::fs::remove_dir_all(folder.path("keys")).unwrap();
    let run = check(&folder, &["--audit", "log"]);
    let told = "error: there are no keys in `keys`: `mustcheck audit keygen` makes them\n";
    assert_eq!((run.code, &*run.stdout, &*run.stderr), (3, "", told));
    assert!(!folder.path("log").exists());
    assert_eq!(check(&folder, &["--evidence", "kept"]).code, 2, "bundles without a log");
}

#[test]
fn what_cannot_be_kept_is_a_fault_and_no_decision() {
    let folder = ready();
    let month = {
        recorded(&folder);
        let bundle = bundles(&folder.path("kept")).remove(0);
        bundle.parent().unwrap().to_owned()
    };
    std::fs::remove_dir_all(&month).unwrap();
    std::fs::write(&month, "a file in the way").unwrap();
    let run = check(&folder, &["--audit", "log", "--evidence", "kept"]);
    assert_eq!((run.code, &*run.stdout), (1, ""));
    let told = format!(
        "error: the check is not on record, so there is no decision\n  caused by: the bundle was \
         not kept\n  caused by: `kept/{}` cannot be written\n  caused by: ",
        month.file_name().unwrap().to_string_lossy()
    );
    assert!(run.stderr.starts_with(&told), "{}", run.stderr);
    // The log says that a check was due.
    let run = folder.run(&["audit", "verify", "log", "--keys", KEYS, "--format", "json"]);
    assert_eq!(run.json()["entries"], json!({ "receipt": 1, "failure": 1 }));
    // The log is a file.
    std::fs::write(folder.path("no-log"), "").unwrap();
    let run = check(&folder, &["--audit", "no-log"]);
    assert_eq!((run.code, &*run.stdout), (1, ""));
    assert!(run.stderr.starts_with("error: the log `no-log` failed\n  caused by: "), "{run:?}");
}

#[test]
fn a_batch_is_on_record_line_by_line_and_ends_where_it_cannot_be() {
    let folder = ready();
    let lines: Vec<Value> =
        (1..=5).map(|n| with(&application(), "/id", format!("case-{n}"))).collect();
    folder.write_lines("in.jsonl", &lines);
    let batch = ["batch", "in.jsonl", "--registry", "registry.json", "--keys", "keys"];
    let record = ["--audit", "log", "--evidence", "kept"];
    let run = folder.run(&[&batch[..], &record].concat());
    assert_eq!(run.code, 0);
    let receipts: Vec<String> =
        run.rows().iter().map(|row| row["receipt"].as_str().unwrap().to_owned()).collect();
    assert_eq!(receipts.len(), 5);
    let kept = bundles(&folder.path("kept"));
    assert!(receipts.iter().all(|id| kept.iter().any(|f| f.to_string_lossy().contains(id))));
    let month = kept[0].parent().unwrap();
    std::fs::remove_dir_all(month).unwrap();
    std::fs::write(month, "a file in the way").unwrap();
    let run = folder.run(&[&batch[..], &record].concat());
    assert_eq!((run.code, &*run.stdout), (1, ""));
    assert!(run.stderr.starts_with("error: the check is not on record"), "{}", run.stderr);
}

#[test]
fn encrypted_bundles_open_to_their_readers_only() {
    let folder = ready();
    let (reader, other) = (age::x25519::Identity::generate(), age::x25519::Identity::generate());
    for (name, identity) in [("reader", &reader), ("other", &other)] {
        let secret = identity.to_string();
        folder.write_bytes(name, format!("# a key\n{}\n", secret.expose_secret()).as_bytes());
    }
    folder.write_bytes("to", format!("# readers\n\n{}\n", reader.to_public()).as_bytes());
    let to = reader.to_public().to_string();
    for to in ["to", &to] {
        let run = check(&folder, &["--audit", "log", "--evidence", "kept", "--encrypt-to", to]);
        assert_eq!(run.code, 11, "{run:?}");
    }
    let kept = bundles(&folder.path("kept"));
    assert_eq!(kept.len(), 2);
    for file in &kept {
        let bytes = std::fs::read(file).unwrap();
        assert!(file.to_string_lossy().ends_with(".evidence.json.age"));
        assert!(bytes.starts_with(b"age-encryption.org/v1\n"));
        assert!(!String::from_utf8_lossy(&bytes).contains("GP-2026-0007"));
    }
    let replay = |more: &[&str]| {
        folder.run(&[&["replay", "kept", "--keys", KEYS, "--format", "json"][..], more].concat())
    };
    let problem = |run: &Run| run.json()["bundles"][0]["problems"][0].clone();
    let run = replay(&[]);
    let told = "it is encrypted: name a secret key with `--identity`";
    assert_eq!((run.code, problem(&run)), (3, json!(told)));
    let run = replay(&["--identity", "other"]);
    assert_eq!(run.code, 3);
    let told = "it could not be decrypted: none of the secret keys fits";
    assert_eq!(problem(&run), told);
    assert_eq!(replay(&["--identity", "reader"]).code, 0);
    let run = replay(&["--identity", "to"]);
    let told = "error: line 3 of `to` is no identity: one begins with `AGE-SECRET-KEY-1`\n";
    assert_eq!(run.told(), (3, told));
    let run = check(&folder, &["--audit", "log", "--evidence", "kept", "--encrypt-to", "age1x"]);
    let told = "error: `--encrypt-to`\n  caused by: `age1x` is no recipient: one begins with \
                `age1`\n";
    assert_eq!(run.told(), (3, told));
    let verify = ["audit", "verify", "log", "--evidence", "kept", "--keys", KEYS];
    let notice = "notice  2 bundles are encrypted, and no secret key at hand opens them: the \
                  content was not compared with the log\n";
    for more in [&[][..], &["--identity", "other"]] {
        let run = folder.run(&[&verify[..], more].concat());
        assert!(run.code == 0 && run.stdout.starts_with(notice), "{run:?}");
    }
    let verify = |file: &std::path::Path, content: &[u8]| {
        let whole = std::fs::read(file).unwrap();
        std::fs::write(file, content).unwrap();
        let run =
            folder.run(&[&verify[..], &["--identity", "reader", "--format", "json"]].concat());
        std::fs::write(file, whole).unwrap();
        (run.code, run.json()["findings"].clone())
    };
    let whole = std::fs::read(&kept[0]).unwrap();
    assert_eq!(verify(&kept[0], &whole), (0, json!([])));
    // Damage is no want of a key.
    let mut changed = whole.clone();
    *changed.last_mut().unwrap() ^= 1;
    for damaged in [&changed[..], &whole[..whole.len() - 1], &[]] {
        let (code, findings) = verify(&kept[0], damaged);
        let detail = findings[0]["detail"].as_str().unwrap();
        let told = "it cannot be compared with its receipt: it could not be decrypted: ";
        assert!(code == 20 && detail.starts_with(told), "{findings}");
    }
}

#[test]
fn a_bundle_that_cannot_be_read_is_a_finding_of_verify() {
    let folder = ready();
    recorded(&folder);
    let kept = bundles(&folder.path("kept"));
    // Longer than any bundle that is read.
    std::fs::File::options().write(true).open(&kept[0]).unwrap().set_len(2 << 30).unwrap();
    let line = ["audit", "verify", "log", "--evidence", "kept", "--keys", KEYS];
    let run = folder.run(&line);
    let told = ": it cannot be compared with its receipt: it cannot be read: ";
    assert!(run.code == 20 && run.stdout.contains(told), "{run:?}");
    assert!(run.stdout.contains("the log is not sound\n"), "{run:?}");
}

#[test]
fn a_log_that_was_changed_is_found_out_and_an_older_checkpoint_holds_it() {
    let folder = ready();
    recorded(&folder);
    let verify = |more: &[&str]| {
        let base = ["audit", "verify", "log", "--keys", KEYS, "--format", "json"];
        folder.run(&[&base[..], more].concat())
    };
    assert_eq!(verify(&["--save", "kept-checkpoint"]).code, 0);
    let first = files(&folder.path("log"));
    let copy: Vec<_> = first.iter().map(|f| (f.clone(), std::fs::read(f).unwrap())).collect();
    recorded(&folder);
    let run = verify(&["--checkpoint", "kept-checkpoint", "--save", "kept-checkpoint"]);
    assert_eq!((run.code, &run.json()["entries"]), (0, &json!({ "receipt": 1 })));
    // An older state is put back.
    let newer = files(&folder.path("log"));
    newer.iter().filter(|f| !first.contains(f)).for_each(|f| std::fs::remove_file(f).unwrap());
    copy.iter().for_each(|(file, bytes)| std::fs::write(file, bytes).unwrap());
    assert_eq!(verify(&[]).code, 0, "by itself it is sound");
    let run = verify(&["--checkpoint", "kept-checkpoint"]);
    assert_eq!(run.code, 20);
    assert_eq!(run.json()["findings"][0]["detail"], "a checkpoint of 2 entries was signed");
    // Any byte of any file.
    for (file, bytes) in &copy {
        if file.ends_with("mustcheck-keys.json") || bytes.is_empty() {
            continue;
        }
        let mut changed = bytes.clone();
        let at = changed.len() / 2;
        changed[at] ^= 1;
        std::fs::write(file, &changed).unwrap();
        let run = verify(&[]);
        assert_eq!(run.code, 20, "{}", file.display());
        std::fs::write(file, bytes).unwrap();
    }
}

#[test]
fn another_edition_shows_who_would_be_decided_differently() {
    let folder = ready();
    recorded(&folder);
    folder.write("registry.json", &registry(&[]));
    assert_eq!(check(&folder, &["--audit", "log", "--evidence", "kept"]).code, 0);
    let replay =
        |more: &[&str]| folder.run(&[&["replay", "kept", "--keys", KEYS][..], more].concat());
    let newest = mustcheck::Policy::newest_edition();
    let run = replay(&["--edition", newest, "--format", "json"]);
    assert_eq!((run.code, &run.json()["unchanged"]), (0, &json!(2)));
    assert_eq!(run.json()["changes"], json!([]));
    let run = replay(&["--edition", "guofa-2016-33", "--format", "json", "--html", "page.html"]);
    assert_eq!(run.code, 0, "{run:?}");
    let impact = run.json();
    assert_eq!(impact["cases"], 2);
    // The older edition has the legal representative looked up on more lists.
    assert!(impact["not_asked"].as_u64().unwrap() > 0, "{impact}");
    for change in impact["changes"].as_array().unwrap() {
        let unasked = change["not_asked"].as_u64().unwrap() > 0;
        assert!(!(unasked && change["after"]["disposition"] == "clear"), "{change}");
    }
    let clear = impact["changes"].as_array().unwrap().iter();
    let clear: Vec<&Value> = clear.filter(|c| c["before"]["disposition"] == "clear").collect();
    assert_eq!(clear[0]["after"]["disposition"], "undetermined");
    let page = std::fs::read_to_string(folder.path("page.html")).unwrap();
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{page}");
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
    folder.assert_masked(&page, &run);
    let run = replay(&["--html", "page.html"]);
    let told = "error: `--html` shows what would change: name a policy with `--policy` or \
                `--edition`\n";
    assert_eq!(run.told(), (3, told));
    assert_eq!(public(&folder).receipts.len(), 1);
}

//! Keys: made once, kept from others, never shown.

use mustcheck_evidence::{Keys, Suite};

use crate::office::{Folder, office, public};

fn keygen(folder: &Folder, more: &[&str]) -> (i32, String, String) {
    let run =
        folder.run(&[&["audit", "keygen", "--keys", "keys", "--lang", "en"][..], more].concat());
    (run.code, run.stdout, run.stderr)
}

#[test]
fn keys_are_made_once_and_rotated() {
    let folder = Folder::new();
    let (code, stdout, stderr) = keygen(&folder, &["--name", "office.example/310000"]);
    assert_eq!((code, &*stderr), (0, ""));
    let keys = public(&folder);
    let (receipts, checkpoints) = (&keys.receipts[0], &keys.checkpoints[0]);
    assert_eq!(
        stdout,
        format!(
            "receipts     {} (ed25519-sha256)\ncheckpoints  {}\nfor auditors: \
             keys/mustcheck-keys.json\n",
            receipts.id, checkpoints.key
        )
    );
    assert!(receipts.id.starts_with("office.example/310000+"));
    let (code, stdout, stderr) = keygen(&folder, &["--name", "office.example/310000"]);
    let told = "error: there are keys in `keys` already: `--rotate` takes new ones into use\n";
    assert_eq!((code, &*stdout, &*stderr), (3, "", told));
    let before = std::fs::read(folder.path("keys/secret-keys.json")).unwrap();
    assert_eq!(keygen(&folder, &["--rotate", "--suite", "sm2-sm3"]).0, 0);
    let keys = public(&folder);
    assert_eq!(keys.receipts.len(), 2);
    assert_eq!((keys.receipts[0].until.is_some(), keys.receipts[1].until), (true, None));
    assert_eq!(keys.receipts[1].suite, Suite::Sm2Sm3);
    assert_ne!(std::fs::read(folder.path("keys/secret-keys.json")).unwrap(), before);
    assert_eq!(Keys::open(&folder.path("keys")).unwrap().receipts_key(), keys.receipts[1].id);
}

#[test]
fn names_that_no_checkpoint_can_have_or_that_identify_somebody_are_refused() {
    for name in ["", "two words", "a+b", &"x".repeat(65), &crate::support::uscc(1)] {
        let folder = Folder::new();
        folder.write_text("who", &crate::support::uscc(1));
        let (code, _, stderr) = keygen(&folder, &["--name", name]);
        let told = stderr.contains("cannot name keys: use letters, digits and `.-_/`, at most 64");
        assert!(code == 3 && told, "{name}: {stderr}");
    }
}

#[cfg(unix)]
#[test]
fn keys_that_others_can_use_are_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = office(Suite::Ed25519Sha256);
    let mode = |path: &str| std::fs::metadata(folder.path(path)).unwrap().permissions().mode();
    assert_eq!(mode("keys") & 0o777, 0o700);
    assert_eq!(mode("keys/secret-keys.json") & 0o777, 0o600);
    for (path, ours, open) in [("keys/secret-keys.json", 0o600, 0o640), ("keys", 0o700, 0o755)] {
        let set = |mode| {
            let permissions = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(folder.path(path), permissions).unwrap();
        };
        set(open);
        folder.write("application.json", &crate::support::application());
        folder.write("registry.json", &crate::support::registry(&[]));
        let check = ["check", "application.json", "--registry", "registry.json"];
        let run = folder.run(&[&check[..], &["--keys", "keys", "--audit", "log"]].concat());
        let told = format!(
            "error: `{path}` cannot be used for keys: others may use it (mode {open:03o}): \
             `chmod go=` it\n"
        );
        assert_eq!((run.code, &*run.stdout, &*run.stderr), (3, "", &*told));
        set(ours);
    }
}

#[test]
fn what_stands_in_a_file_of_secrets_is_never_quoted() {
    let folder = office(Suite::Ed25519Sha256);
    let path = folder.path("keys/secret-keys.json");
    let good = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, good.replace("\"checkpoints\"", "\"check\"")).unwrap();
    let told = Keys::open(&folder.path("keys")).unwrap_err().to_string();
    let shown = path.display();
    let form = "it is not of the form that `audit keygen` writes";
    assert_eq!(told, format!("`{shown}` holds no keys: {form}"));
    // The secrets of others beside our public keys.
    let theirs = office(Suite::Ed25519Sha256);
    std::fs::copy(theirs.path("keys/secret-keys.json"), &path).unwrap();
    let told = Keys::open(&folder.path("keys")).unwrap_err().to_string();
    assert!(told.contains("they are not the keys in use by `mustcheck-keys.json`"), "{told}");
}

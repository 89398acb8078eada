//! What the database says of a request is a digest under a key that it does not hold.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{Office, secret};

/// The digests that are kept, the first request's first.
fn kept(office: &Office) -> Vec<Vec<u8>> {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let url = std::fs::read_to_string(office.folder.path().join("database-url")).unwrap();
        let (client, connection) =
            tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let select = "SELECT digest FROM mustcheck_request ORDER BY claimed_at";
        client.query(select, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
    })
}

/// The parts of a check, each with its length.
fn parts(office: &Office, case: &str) -> Vec<u8> {
    let content = office.application(case).to_string();
    let parts = ["/v1/checks", &content];
    let part = |part: &str| [&(part.len() as u64).to_be_bytes(), part.as_bytes()].concat();
    parts.map(part).concat()
}

fn under(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.chain_update(bytes).finalize().into_bytes().to_vec()
}

#[test]
fn a_request_is_digested_under_a_key_that_follows_from_the_keys_of_the_records() {
    let office = Office::new();
    let replica = office.replica("a");
    assert_eq!(replica.send(&office.check("GP-1", "one")).status, 200);
    let keys = std::fs::read_to_string(office.folder.path().join("keys/secret-keys.json")).unwrap();
    let keys: Value = serde_json::from_str(&keys).unwrap();
    let signing = const_hex::decode(keys["receipts"].as_str().unwrap()).unwrap();
    let parts = parts(&office, "GP-1");
    let expected = under(&under(&signing, b"mustcheck requests 1"), &parts);
    assert_eq!(kept(&office), std::slice::from_ref(&expected));
    assert_ne!(expected, Sha256::digest(&parts).to_vec(), "anybody could try requests out");
}

#[test]
fn replicas_whose_records_are_their_own_share_a_key_from_a_file() {
    let office = Office::new();
    let key = [7; 32];
    secret(&office.folder.path().join("requests-key"), &format!("{}\n", const_hex::encode(key)));
    let named = "requests_key_file = \"requests-key\"";
    let start = |name: &str| {
        let records = format!("[records]\nkeys = \"keys\"\nlog = \"log-{name}\"");
        office.start(name, &office.configure_with(name, named, &records))
    };
    let (a, b) = (start("a"), start("b"));
    let first = a.send(&office.check("GP-1", "one"));
    let again = b.send(&office.check("GP-1", "one"));
    assert_eq!((first.status, again.status), (200, 200), "{first:?} {again:?}");
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_eq!(b.send(&office.check("GP-2", "one")).status, 422);
    assert_eq!(kept(&office), [under(&key, &parts(&office, "GP-1"))]);
}

#[test]
fn a_service_without_such_a_key_does_not_start() {
    let office = Office::new();
    let told = "`database`: replicas share no key for the digests of requests: name a \
                `requests_key_file`, or keep the records here (`records.copy`)";
    for records in ["", "[records]\nkeys = \"keys\"\nlog = \"log\""] {
        let file = office.configure_with("a", "", records);
        let expected = format!("error: `a.toml` cannot be used:\n  line 5, column 1: {told}\n");
        assert_eq!(office.try_config(&file), (Some(3), expected));
    }
    let file = office.configure_with("a", "requests_key_file = \"requests-key\"", "");
    let refused = |why: &str| {
        let expected = format!("error: `requests-key` cannot be read\n  caused by: {why}\n");
        assert_eq!(office.try_config(&file), (Some(3), expected));
    };
    refused("No such file or directory (os error 2)");
    let path = office.folder.path().join("requests-key");
    let no_key = "it is not 64 hexadecimal digits, such as `openssl rand -hex 32` gives";
    for wrong in [String::new(), "ab".repeat(31), "correct horse".into(), "ab".repeat(33)] {
        secret(&path, &wrong);
        refused(no_key);
    }
    secret(&path, &"ab".repeat(32));
    let (code, told) = office.try_config(&file);
    assert_eq!(code, Some(0), "{told}");
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    refused("others may use it (mode 644): `chmod g-wx,o=` it");
}

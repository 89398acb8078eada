//! Requests in the database: only a digest is kept, under a key that the database does not hold.

use hmac::{Hmac, KeyInit as _, Mac as _};
use mustcheck_testing::needs;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::client::Request;
use crate::{Office, case, run, secret};

/// Runs a statement and returns the first column of its rows.
fn asked(office: &Office, sql: &str) -> Vec<Vec<u8>> {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let url = std::fs::read_to_string(office.folder.path().join("database-url")).unwrap();
        let (client, connection) =
            tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
    })
}

/// The digests that are kept, the first request's first.
fn kept(office: &Office) -> Vec<Vec<u8>> {
    asked(office, "SELECT digest FROM mustcheck_request ORDER BY claimed_at")
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
    needs!("initdb");
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
    // Nor can they try keys out, of which callers make what they like.
    let part = |part: &[u8]| [&(part.len() as u64).to_be_bytes(), part].concat();
    let named = Sha256::digest([part(b"office"), part(b"one")].concat());
    let derived = under(&signing, b"mustcheck requests 1");
    let stored = |name: &[u8]| {
        Sha256::digest([&0_u64.to_be_bytes()[..], const_hex::encode(name).as_bytes()].concat())
            .to_vec()
    };
    let keys = asked(&office, "SELECT key FROM mustcheck_request");
    assert_eq!(keys, [stored(&under(&derived, &part(&named)))]);
    assert_ne!(keys, [stored(&named)]);
}

/// An undetermined request may have an answer by now: any replica checks the same request again.
#[test]
fn what_was_undetermined_is_asked_again() {
    let office = Office::new();
    let (a, b) = (office.replica("a"), office.replica("b"));
    asked(&office, "TRUNCATE mustcheck_source CASCADE");
    asked(&office, "UPDATE mustcheck_registry SET state = 'none' RETURNING ''::BYTEA");
    let check = office.check("GP-1", "one");
    for (replica, index) in [(&a, 0), (&b, 1)] {
        let answer = replica.send(&check);
        assert_eq!(answer.json()["decision"]["disposition"], "undetermined", "{answer:?}");
        assert_eq!(answer.json()["receipt"]["log_index"], index);
        assert_eq!(answer.header("idempotency-replayed"), None);
    }
    let file = case("registry.json");
    let import = ["registry", "import", file.to_str().unwrap(), "--database", "database-url"];
    run(office.folder.path(), &import);
    let answer = a.send(&check);
    assert_eq!(answer.json()["decision"]["disposition"], "restricted");
    assert_eq!(b.send(&check).body, answer.body);
}

/// A registry in a database that is down cannot be asked, wherever the records are.
#[test]
fn a_service_whose_database_is_down_is_not_ready() {
    let office = Office::new();
    secret(&office.folder.path().join("requests-key"), &"07".repeat(32));
    let named = "requests_key_file = \"requests-key\"";
    let records = "[records]\nkeys = \"keys\"\nlog = \"log\"";
    let replica = office.start("a", &office.configure_with("a", named, records));
    assert_eq!(replica.send(&Request::get("/readyz")).status, 200);
    office.server.stop();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(replica.send(&Request::get("/readyz")).status, 503);
    assert_eq!(replica.send(&Request::get("/healthz")).status, 200);
}

#[test]
fn replicas_whose_records_are_their_own_share_a_key_from_a_file() {
    needs!("initdb");
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
    needs!("initdb");
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

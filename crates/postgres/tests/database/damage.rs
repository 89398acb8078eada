//! Changes by hand, all of which are found.

use mustcheck_evidence::AsyncJournal as _;
use mustcheck_postgres::{Error, PostgresLog};
use mustcheck_testing::needs;

use crate::office::{Office, entry};
use crate::server::SHARED;

/// Findings of a verification after a change by hand of a log of ten entries. A new folder is
/// refused for the same findings.
async fn found(change: &str) -> Vec<String> {
    let (name, database) = SHARED.database().await;
    let office = Office::new();
    let log = PostgresLog::open(&database, &office.keys()).await.unwrap();
    for number in 0..10 {
        log.append(entry("w", number)).await.unwrap();
    }
    SHARED.raw(&name).await.batch_execute(change).await.unwrap();
    let findings = log.verify().await.unwrap().findings;
    let refused = log.mirror(&office.path("log"), &office.keys()).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        format!("the log in the database is damaged: {}", findings.join("; "))
    );
    // No checkpoint was signed for any of it.
    let keys = office.keys();
    let reader = mustcheck_evidence::AuditReader::open(&office.path("log"), keys.public());
    assert_eq!(reader.unwrap().size(), 0);
    findings
}

const OTHERS: &str = "the entries are not those that the checkpoint of 10 was signed for: some \
                      were exchanged, or changed together with their hashes";

#[tokio::test(flavor = "multi_thread")]
async fn a_change_by_hand_is_found() {
    needs!("initdb");
    let entry = "UPDATE mustcheck_entry SET entry = 'other' WHERE idx = 4";
    assert_eq!(found(entry).await, ["entry 4 was changed"]);
    let with_hash = "UPDATE mustcheck_entry SET entry = 'other', \
                     leaf = sha256('\\x00'::BYTEA || 'other'::BYTEA) WHERE idx = 4";
    assert_eq!(found(with_hash).await, [OTHERS]);
    let id = "UPDATE mustcheck_entry SET id = 'r1' WHERE idx = 4";
    assert_eq!(found(id).await, ["entry 4 is filed under another id"]);
    let large = "UPDATE mustcheck_entry SET large = 'more' WHERE idx = 4";
    assert_eq!(found(large).await, ["entry 4 does not stand for the entry beside it"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_deleted_or_added_is_found() {
    needs!("initdb");
    let deleted = "DELETE FROM mustcheck_entry WHERE idx = 4";
    assert_eq!(found(deleted).await, ["entry 4 is missing"]);
    let several = "DELETE FROM mustcheck_entry WHERE idx IN (0, 4, 5, 9)";
    let missing = ["entry 0 is missing", "entries 4 to 5 are missing", "entry 9 is missing"];
    assert_eq!(found(several).await, missing);
    let added = "INSERT INTO mustcheck_entry (idx, leaf, entry, batch) \
                 VALUES (10, sha256('\\x0061'::BYTEA), 'a', 'b')";
    assert_eq!(found(added).await, ["entry 10 was added after the checkpoint"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_exchanged_is_found() {
    needs!("initdb");
    let exchanged = "UPDATE mustcheck_entry SET idx = -1 WHERE idx = 3; \
                     UPDATE mustcheck_entry SET idx = 3 WHERE idx = 4; \
                     UPDATE mustcheck_entry SET idx = 4 WHERE idx = -1";
    assert_eq!(found(exchanged).await, [OTHERS]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_head_is_not_gone_on_from() {
    needs!("initdb");
    let (name, database) = SHARED.database().await;
    let office = Office::new();
    let log = PostgresLog::open(&database, &office.keys()).await.unwrap();
    log.append(entry("w", 0)).await.unwrap();
    let raw = SHARED.raw(&name).await;
    for (change, text) in [
        ("size = 2", "the tree does not fit its checkpoint of 1 entries"),
        ("size = 1, peaks = sha256('x')", "the tree does not fit its checkpoint of 1 entries"),
        ("checkpoint = 'x'", "the checkpoint is not accepted: not a signed note"),
    ] {
        raw.batch_execute(&format!("UPDATE mustcheck_head SET {change}")).await.unwrap();
        let expected = format!("the log in the database is damaged: {text}");
        assert_eq!(log.verify().await.unwrap_err().to_string(), expected);
        let refused = log.append(entry("w", 1)).await.unwrap_err();
        assert_eq!(std::error::Error::source(&refused).unwrap().to_string(), expected);
        let opened = PostgresLog::open(&database, &office.keys()).await;
        assert!(matches!(opened, Err(Error::Damaged(_))));
    }
}

//! One log for all replicas, and a folder that follows it.

use mustcheck_audit::Source;
use mustcheck_evidence::{AsyncJournal as _, AuditReader};
use mustcheck_postgres::PostgresLog;
use mustcheck_testing::needs;

use crate::office::{Office, entry};
use crate::server::SHARED;

#[tokio::test(flavor = "multi_thread")]
async fn replicas_share_one_log_without_a_gap() {
    needs!("initdb");
    let (name, database) = SHARED.database().await;
    let office = Office::new();
    let other = mustcheck_postgres::Database::connect(database.config()).await.unwrap();
    let replicas = [&database, &other];
    let mut appends = Vec::new();
    for (replica, database) in replicas.into_iter().enumerate() {
        let log = PostgresLog::open(database, &office.keys()).await.unwrap();
        for number in 0..150 {
            let log = log.clone();
            let entry = entry(&format!("replica {replica}"), number);
            appends.push(tokio::spawn(async move {
                let index = log.append(entry.clone()).await.unwrap();
                (index, entry)
            }));
        }
    }
    let mut confirmed = Vec::new();
    for append in appends {
        confirmed.push(append.await.unwrap());
    }
    confirmed.sort();
    assert!(confirmed.iter().map(|(index, _)| *index).eq(0..300));

    let raw = SHARED.raw(&name).await;
    let batches = "SELECT count(DISTINCT batch) FROM mustcheck_entry";
    let batches: i64 = raw.query_one(batches, &[]).await.unwrap().get(0);
    assert!(batches < 150, "appends that wait go together, and there were {batches} commits");

    let log = PostgresLog::open(&database, &office.keys()).await.unwrap();
    let verified = log.verify().await.unwrap();
    assert_eq!((verified.entries, verified.findings), (300, vec![]));

    // A new folder and one that is brought up to date are the same log.
    let folder = office.path("log");
    let mirrored = log.mirror(&folder, &office.keys()).await.unwrap();
    assert_eq!((mirrored.entries, mirrored.appended), (300, 300));
    assert_eq!(mirrored.root, verified.root);
    let large = vec![b'x'; 70_000];
    let blocking = {
        let (log, large) = (log.clone(), large.clone());
        tokio::task::spawn_blocking(move || mustcheck_evidence::Journal::append(&log, &large))
    };
    assert_eq!(blocking.await.unwrap().unwrap(), 300);
    let mirrored = log.mirror(&folder, &office.keys()).await.unwrap();
    assert_eq!((mirrored.entries, mirrored.appended), (301, 1));
    assert_eq!(log.mirror(&folder, &office.keys()).await.unwrap().appended, 0);

    let keys = office.keys();
    let reader = AuditReader::open(&folder, keys.public()).unwrap();
    let texts: Vec<Vec<u8>> = reader.texts(0..301).map(|read| read.unwrap().1).collect();
    assert!(texts.iter().take(300).eq(confirmed.iter().map(|(_, entry)| entry)));
    assert_eq!(texts[300], large);
    let source = Source::open(&folder, Some(&office.path("keys"))).unwrap();
    assert_eq!(source.root(), mirrored.root);
    let trust = keys.public().trust().unwrap();
    assert!(mustcheck_log::verify(&folder, &trust).unwrap().is_sound());
    assert_eq!(reader.log().checkpoint().note(), log.checkpoint().await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_other_keys_is_refused() {
    needs!("initdb");
    let (_, database) = SHARED.database().await;
    PostgresLog::open(&database, &Office::new().keys()).await.unwrap();
    let refused = PostgresLog::open(&database, &Office::new().keys()).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the log in the database is damaged: the checkpoint is not accepted: not signed by a \
         known key"
    );
}

#[tokio::test]
async fn a_runtime_of_one_thread_is_not_kept_waiting() {
    needs!("initdb");
    let (_, database) = SHARED.database().await;
    let log = PostgresLog::open(&database, &Office::new().keys()).await.unwrap();
    let refused = mustcheck_evidence::Journal::append(&log, b"entry").unwrap_err();
    let cause = std::error::Error::source(&refused).unwrap().to_string();
    assert_eq!(cause, "a runtime of one thread cannot be kept waiting: call from another thread");
    assert_eq!(log.append(b"entry".to_vec()).await.unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_with_more_entries_is_not_followed_back() {
    needs!("initdb");
    let (name, database) = SHARED.database().await;
    let office = Office::new();
    let log = PostgresLog::open(&database, &office.keys()).await.unwrap();
    for number in 0..3 {
        log.append(entry("w", number)).await.unwrap();
    }
    log.mirror(&office.path("log"), &office.keys()).await.unwrap();
    // An older state of the database is a true log, but the folder has more.
    let raw = SHARED.raw(&name).await;
    let (_, empty) = SHARED.database().await;
    PostgresLog::open(&empty, &office.keys()).await.unwrap();
    let fresh = PostgresLog::open(&empty, &office.keys()).await.unwrap();
    fresh.append(entry("w", 0)).await.unwrap();
    let refused = fresh.mirror(&office.path("log"), &office.keys()).await.unwrap_err();
    let text = "the log had 3 entries and now has 1: an older state was put back";
    assert_eq!(refused.to_string(), text);
    // A running program finds it too: it saw three entries.
    let head = "DELETE FROM mustcheck_entry; DELETE FROM mustcheck_head";
    raw.batch_execute(head).await.unwrap();
    PostgresLog::open(&database, &office.keys()).await.unwrap();
    let refused = log.append(entry("w", 3)).await.unwrap_err();
    let cause = std::error::Error::source(&refused).unwrap().to_string();
    assert_eq!(cause, "the log had 3 entries and now has 0: an older state was put back");
    let held = raw.query("SELECT idx FROM mustcheck_entry", &[]).await.unwrap();
    assert_eq!(held.len(), 0);
}

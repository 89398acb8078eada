//! The same request twice is one check, one receipt, one answer.

use std::time::Duration;

use mustcheck::Gate;
use mustcheck_evidence::{AsyncJournal as _, Recorder};
use mustcheck_postgres::{
    Begun, Claim, Database, PostgresLog, PostgresRegistry, Requests, Response,
};
use mustcheck_testing::needs;

use crate::office::{Office, POLICY, TODAY, VOCABULARY, application, case};
use crate::server::SHARED;

const DAY: Duration = Duration::from_secs(86_400);

fn fresh(begun: Begun) -> Claim {
    match begun {
        Begun::Fresh(claim) => claim,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_once() {
    needs!("initdb");
    let (_, database) = SHARED.database().await;
    let requests = Requests::new(&database, Duration::from_secs(60), DAY);
    let claim = fresh(requests.begin("caller", "key", &[1; 32]).await.unwrap());
    assert_eq!(requests.begin("caller", "key", &[1; 32]).await.unwrap(), Begun::InProgress);
    assert_eq!(requests.begin("caller", "key", &[2; 32]).await.unwrap(), Begun::Conflict);
    // Another caller's key is another key, however the two are written one after the other.
    fresh(requests.begin("callerk", "ey", &[1; 32]).await.unwrap());
    let response = Response { status: 200, body: b"{}".to_vec() };
    requests.finish(&claim, &response).await.unwrap();
    let done = Begun::Done(response.clone());
    assert_eq!(requests.begin("caller", "key", &[1; 32]).await.unwrap(), done);
    assert_eq!(requests.begin("caller", "key", &[2; 32]).await.unwrap(), Begun::Conflict);
    let twice = requests.finish(&claim, &response).await.unwrap_err();
    assert_eq!(twice.to_string(), "the request was taken over");

    let claim = fresh(requests.begin("caller", "released", &[1; 32]).await.unwrap());
    requests.release(&claim).await.unwrap();
    fresh(requests.begin("caller", "released", &[1; 32]).await.unwrap());

    let mut begun = Vec::new();
    for _ in 0..16 {
        let requests = requests.clone();
        let begin = async move { requests.begin("caller", "many", &[1; 32]).await.unwrap() };
        begun.push(tokio::spawn(begin));
    }
    let mut claims = 0;
    for one in begun {
        claims += u32::from(matches!(one.await.unwrap(), Begun::Fresh(_)));
    }
    assert_eq!(claims, 1);
    assert_eq!(requests.expire().await.unwrap(), 0);
    let forgetful = Requests::new(&database, Duration::ZERO, Duration::ZERO);
    assert_eq!(forgetful.expire().await.unwrap(), 4);
    fresh(requests.begin("caller", "key", &[2; 32]).await.unwrap());
}

/// Checks that a request is answered anew if its answer does not last, also if a receipt was
/// logged; and that a claim that was taken over deletes nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_answer_does_not_last_is_answered_anew() {
    let (_, database) = SHARED.database().await;
    let office = Office::new();
    let (gate, log) = gate(&database, &office).await;
    let requests = Requests::new(&database, Duration::ZERO, DAY);
    let begin = async || requests.begin("caller", "key", &[1; 32]).await.unwrap();
    let first = fresh(begin().await);
    gate.check_async_into(&application(), &log.claimed(&first)).await.unwrap();
    let Begun::Recorded(second, _) = begin().await else { panic!("it is on record") };
    requests.reopen(&first).await.unwrap();
    let Begun::Recorded(third, _) = begin().await else { panic!("the second claim is gone") };
    requests.reopen(&second).await.unwrap();
    requests.reopen(&third).await.unwrap();
    let claim = fresh(begin().await);
    requests.finish(&claim, &Response { status: 200, body: b"{}".to_vec() }).await.unwrap();
    // What was answered for good stays.
    requests.reopen(&claim).await.unwrap();
    assert!(matches!(begin().await, Begun::Done(_)));
}

async fn gate(database: &Database, office: &Office) -> (Gate, PostgresLog) {
    let registry = PostgresRegistry::new(database.clone());
    registry.import(&case("registry.json"), &VOCABULARY).await.unwrap();
    let log = PostgresLog::open(database, &office.keys()).await.unwrap();
    let gate = Gate::builder().policy(POLICY.clone()).async_registry(registry).today(TODAY);
    let gate = gate.recorder(Recorder::new_async(office.keys(), log.clone())).build();
    (gate.unwrap(), log)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_whose_replica_is_gone_has_one_receipt() {
    needs!("initdb");
    let (_, database) = SHARED.database().await;
    let office = Office::new();
    let (gate, log) = gate(&database, &office).await;
    let lease = Duration::from_millis(300);
    let requests = Requests::new(&database, lease, DAY);
    let begin = async || requests.begin("caller", "key", &[1; 32]).await.unwrap();

    // The first replica is gone before its check; the second's receipt is in the log when it is
    // gone too; what the first does later does not count.
    let first = fresh(begin().await);
    tokio::time::sleep(lease * 2).await;
    let second = fresh(begin().await);
    let checked = gate.check_async_into(&application(), &log.claimed(&second)).await.unwrap();
    let receipt = checked.receipt().unwrap().id.clone();
    let late = gate.check_async_into(&application(), &log.claimed(&first)).await;
    let refused = late.unwrap_err();
    assert_eq!(refused.to_string(), "the check is not on record, so there is no decision");
    let again = gate.check_async_into(&application(), &log.claimed(&second)).await;
    assert!(again.is_err(), "a request has one receipt");

    assert_eq!(begin().await, Begun::InProgress);
    tokio::time::sleep(lease * 2).await;
    let Begun::Recorded(third, found) = begin().await else { panic!("the receipt is known") };
    assert_eq!(found, receipt);
    assert!(log.receipt(&receipt).await.unwrap().is_some());
    let response = Response { status: 200, body: receipt.to_string().into_bytes() };
    requests.finish(&third, &response).await.unwrap();
    assert_eq!(begin().await, Begun::Done(response));

    // The two that were refused are in the log as failures, and as nothing else.
    let verified = log.verify().await.unwrap();
    assert_eq!((verified.entries, verified.findings), (3, vec![]));
    assert_eq!(log.append(b"more".to_vec()).await.unwrap(), 3);
}

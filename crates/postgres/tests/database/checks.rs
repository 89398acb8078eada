//! A gate on the database alone: checks, bundles, feedback.

use mustcheck::{Checked, Disposition, Gate, WorkingCalendar};
use mustcheck_audit::feedback::{FEEDBACK_LIMIT, Recording, record};
use mustcheck_audit::overdue::{Item, Question, What, overdue};
use mustcheck_audit::{FeedbackFile, Source};
use mustcheck_evidence::bundle::StoreError;
use mustcheck_evidence::replay::{Components, Replayer, Verdict};
use mustcheck_evidence::{BundleFolder, Moment, Recorder};
use mustcheck_postgres::{Database, PostgresBundles, PostgresLog, PostgresRegistry};
use mustcheck_testing::needs;
use serde_json::{Value, json};

use crate::office::{Office, POLICY, TODAY, VOCABULARY, application, cache, case};
use crate::server::SHARED;

struct Replica {
    gate: Gate,
    log: PostgresLog,
    bundles: PostgresBundles,
}

async fn replica(database: &Database, office: &Office) -> Replica {
    let registry = PostgresRegistry::new(database.clone());
    registry.import(&case("registry.json"), &VOCABULARY).await.unwrap();
    registry.check_vocabulary(&VOCABULARY).await.unwrap();
    let log = PostgresLog::open(database, &office.keys()).await.unwrap();
    let bundles = PostgresBundles::new(database, None);
    let recorder = Recorder::new_async(office.keys(), log.clone()).async_bundles(bundles.clone());
    let gate = Gate::builder().policy(POLICY.clone()).async_registry(registry);
    let gate = gate.today(TODAY).recorder(recorder).build().unwrap();
    Replica { gate, log, bundles }
}

/// Feedback about the first measure of a check, as an office submits it.
fn feedback(checked: &Checked, replaces: Option<&str>) -> Value {
    let measure = checked.decision().measures.first().unwrap();
    let mut one = json!({ "measure": measure.measure, "subject_index": measure.target.subject_index,
                          "outcome": "applied" });
    if let Some(replaces) = replaces {
        one["replaces"] = json!(replaces);
    }
    let receipt = checked.receipt().unwrap().id.to_string();
    json!({ "receipt": receipt, "recorded_by": "经办人", "measures": [one] })
}

fn parsed(feedback: &Value) -> FeedbackFile {
    let json = feedback.to_string();
    assert!(u64::try_from(json.len()).unwrap() < FEEDBACK_LIMIT);
    FeedbackFile::from_json(json.as_bytes()).unwrap()
}

fn now() -> Recording {
    Recording { at: Moment::now().unwrap(), mask: false }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_derived_again_from_the_database() {
    needs!("initdb");
    let (name, database) = SHARED.database().await;
    let office = Office::new();
    let Replica { gate, log, bundles } = replica(&database, &office).await;
    let checked = gate.check_async(&application()).await.unwrap();
    assert_eq!(checked.decision().disposition, Disposition::Restricted);
    let recorded = checked.receipt().unwrap();
    let found = log.receipt(&recorded.id).await.unwrap().unwrap();
    assert_eq!(found.index, recorded.index);
    let entry = mustcheck_evidence::Entry::from_json(&found.entry).unwrap();
    assert_eq!(entry.id().as_ref(), Some(&recorded.id));

    let kept = bundles.bundle(&recorded.id).await.unwrap().unwrap();
    assert!(!format!("{kept:?}").contains("9131"));
    let folder = BundleFolder::open(&office.path("kept"), None, &office.keys()).unwrap();
    assert_eq!(bundles.copy_to(&folder).await.unwrap(), 1);
    let components = Components::embedded(Some(cache())).beside(&office.path("kept"));
    let replayer = Replayer::new(components).keys(office.keys().public()).unwrap();
    assert_eq!(replayer.replay(&kept.body).verdict(), Verdict::Equal);
    assert!(bundles.component(kept.component).await.unwrap().is_some());

    // A component that is gone or was changed is no empty file in the copy.
    let delete = "ALTER TABLE mustcheck_bundle DISABLE TRIGGER ALL; \
                  ALTER TABLE mustcheck_component DISABLE TRIGGER ALL; \
                  DELETE FROM mustcheck_component";
    let component = kept.component;
    for (number, (change, fact)) in
        [("UPDATE mustcheck_component SET body = ''", "was changed"), (delete, "is gone")]
            .into_iter()
            .enumerate()
    {
        SHARED.raw(&name).await.batch_execute(change).await.unwrap();
        let path = office.path(&format!("copy-{number}"));
        let folder = BundleFolder::open(&path, None, &office.keys()).unwrap();
        let StoreError::Store(error) = bundles.copy_to(&folder).await.unwrap_err() else {
            panic!("no error of the database")
        };
        assert_eq!(
            error.to_string(),
            format!("a row in the database is damaged or gone: component `{component}` {fact}")
        );
        assert!(!mustcheck_evidence::bundle::component_path(&path, component).exists());
    }

    // The gate's own thread must not wait, so a check that would wait is refused.
    let refused = gate.check(&application()).unwrap_err().to_string();
    assert_eq!(refused, "the check is not on record, so there is no decision");
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_is_held_against_its_receipt_as_in_a_folder() {
    needs!("initdb");
    let (_, database) = SHARED.database().await;
    let office = Office::new();
    let Replica { gate, log, .. } = replica(&database, &office).await;
    let checked = gate.check_async(&application()).await.unwrap();
    let id = &checked.receipt().unwrap().id;
    let mut unknown = feedback(&checked, None);
    unknown["receipt"] = json!("r0123456789abcdef0123456789abcdef");
    let mut of_feedback = unknown.clone();
    of_feedback["receipt"] = json!("f0123456789abcdef0123456789abcdef");
    let mut stranger = feedback(&checked, None);
    stranger["measures"][0]["measure"] = json!("no-such-measure");
    let mut nobody = feedback(&checked, None);
    nobody["recorded_by"] = json!("310101195003070012");
    let premature = feedback(&checked, Some("f0123456789abcdef0123456789abcdef"));
    let folder = office.path("log");
    log.mirror(&folder, &office.keys()).await.unwrap();
    let wrong = [unknown, of_feedback, stranger, nobody, premature];
    for feedback in wrong {
        let file = [parsed(&feedback)];
        let ours = log.record_feedback(&file[0], now(), &office.keys()).await.unwrap_err();
        let theirs = record(&folder, &office.keys(), &file, now(), &|_| {}).unwrap_err();
        assert_eq!(ours.to_string(), theirs.to_string());
    }

    // Of several at once one is recorded; the others are refused because of it.
    let one = parsed(&feedback(&checked, None));
    let mut tries = Vec::new();
    for _ in 0..8 {
        let (log, one, keys) = (log.clone(), one.clone(), office.keys());
        tries.push(tokio::spawn(async move { log.record_feedback(&one, now(), &keys).await }));
    }
    let mut recorded = Vec::new();
    let mut refused = Vec::new();
    for one in tries {
        match one.await.unwrap() {
            Ok(done) => recorded.push(done),
            Err(error) => refused.push(error.to_string()),
        }
    }
    assert_eq!((recorded.len(), refused.len()), (1, 7), "{refused:?}");
    let first = recorded[0].id.to_string();
    let said = format!("was reported in `{first}`; a correction says so in `replaces`");
    assert!(refused.iter().all(|error| error.contains(&said)), "{refused:?}");
    let correction = parsed(&feedback(&checked, Some(&first)));
    let corrected = log.record_feedback(&correction, now(), &office.keys()).await.unwrap();

    let told: Vec<u64> =
        log.feedback(id).await.unwrap().into_iter().map(|found| found.index).collect();
    assert_eq!(told, [recorded[0].index, corrected.index]);
    assert!(log.receipt(&corrected.id).await.unwrap().is_some());
    assert!(log.verify().await.unwrap().is_sound());

    // The folder is brought up to date from the database, and is read as any log is.
    log.mirror(&folder, &office.keys()).await.unwrap();
    let source = Source::open(&folder, Some(&office.path("keys"))).unwrap();
    let as_of = now().at.to_second().date;
    let calendar = WorkingCalendar::embedded().unwrap();
    let question = Question { as_of, within: None };
    let overdue = overdue(&source, &calendar, question, &|_| {}).unwrap();
    assert_eq!(overdue.entries, 3);
    let done = &checked.decision().measures[0];
    let open = |item: &Item| match &item.what {
        What::Measure { measure, subject_index, .. } => {
            (measure, *subject_index) == (&done.measure, done.target.subject_index)
        }
        What::Obligation { .. } => false,
    };
    assert!(!overdue.items.is_empty());
    assert!(!overdue.items.iter().any(open), "{:?}", overdue.items);
}

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use mustcheck::{Application, ApplicationExt as _, Date, Gate, JsonRegistry, Policy};
use mustcheck_audit::feedback::{self, Recording};
use mustcheck_audit::{FeedbackError, FeedbackFile, RecordedFeedback};
use mustcheck_evidence::{AuditLog, AuditReader, DocumentId, Keys, Moment, Recorder, Suite};
use serde_json::json;

use super::*;
use crate::records::{Reach, Search};

/// A log in a folder, and the recorder that writes to it.
struct Office {
    folder: tempfile::TempDir,
    log: PathBuf,
    recorder: Option<Arc<Recorder>>,
}

fn case(file: &str) -> PathBuf {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/cases");
    cases.join("0002-procurement-wage-arrears").join(file)
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Keys::create(&folder.path().join("keys"), "office", Suite::default()).unwrap();
        let log = folder.path().join("log");
        let mut office = Self { folder, log, recorder: None };
        office.begin();
        office
    }

    fn keys(&self) -> Keys {
        Keys::open(&self.folder.path().join("keys")).unwrap()
    }

    /// Begins the log where there is none.
    fn begin(&mut self) {
        let log = AuditLog::open(&self.log, &self.keys()).unwrap();
        self.recorder = Some(Arc::new(Recorder::new(self.keys(), log)));
    }

    /// Takes the log away.
    fn lose_log(&mut self) {
        self.recorder = None;
        std::fs::remove_dir_all(&self.log).unwrap();
    }

    fn reader(&self) -> AuditReader {
        AuditReader::open(&self.log, self.keys().public()).unwrap()
    }

    /// Makes so many checks, and returns their receipts.
    fn check(&self, many: usize) -> Vec<DocumentId> {
        let gate = Gate::builder()
            .policy(Policy::embedded_edition("statutes").unwrap())
            .registry(JsonRegistry::open(case("registry.json")).unwrap())
            .shared_recorder(Arc::clone(self.recorder.as_ref().unwrap()))
            .today(TODAY)
            .build()
            .unwrap();
        let application = std::fs::read(case("application.json")).unwrap();
        let application = Application::from_json(&application).unwrap();
        let check = |_| gate.check(&application).unwrap().receipt().unwrap().id.clone();
        (0..many).map(check).collect()
    }

    fn report(&self, receipt: &DocumentId) -> Result<RecordedFeedback, FeedbackError> {
        self.report_at(receipt, |reader| {
            let mut index = Index::open(None)?;
            index.catch_up(reader)?;
            Ok(index.places(receipt)?)
        })
    }

    fn report_at(
        &self,
        receipt: &DocumentId,
        find: impl FnOnce(&AuditReader) -> Result<Option<Places>, RecordsError>,
    ) -> Result<RecordedFeedback, FeedbackError> {
        let file = json!({
            "receipt": receipt, "recorded_by": "window 3",
            "measures": [{ "measure": "wage-regulations-48-tendering", "subject_index": 0,
                           "outcome": "applied" }],
        });
        let file = FeedbackFile::from_json(file.to_string().as_bytes()).unwrap();
        let recording = Recording { at: Moment::now().unwrap(), mask: false };
        feedback::record_at(&self.log, &self.keys(), &file, recording, find).unwrap()
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("log.index")
    }
}

/// The day of the case.
const TODAY: Date = Date { year: 2026, month: 11, day: 18 };

/// Places of a receipt and its feedback, as the index says.
fn places(index: &mut Index, office: &Office, id: &DocumentId) -> Option<(u64, Vec<u64>)> {
    index.catch_up(&office.reader()).unwrap();
    index.places(id).unwrap().map(|places| (places.receipt, places.feedback))
}

/// Number of entries of the log that the index has read.
fn entries(index: &Index) -> u64 {
    index.connection.query_row("SELECT entries FROM state", [], |row| row.get(0)).unwrap()
}

#[test]
fn documents_are_found_in_steps_of_any_size() {
    let office = Office::new();
    let ids = office.check(5);
    let feedback = office.report(&ids[1]).unwrap().index;
    for step in [1, 2, 6, 4096] {
        let mut index = Index::open(None).unwrap();
        index.step = step;
        for (at, id) in (0..).zip(&ids) {
            let about = if at == 1 { vec![feedback] } else { Vec::new() };
            assert_eq!(places(&mut index, &office, id), Some((at, about)), "step {step}");
        }
        assert_eq!(entries(&index), 6);
    }
}

#[test]
fn a_file_goes_on_where_it_was_and_may_be_shared() {
    let office = Office::new();
    let first = office.check(2);
    let mut here = Index::open(Some(&office.path())).unwrap();
    assert_eq!(places(&mut here, &office, &first[1]), Some((1, vec![])));
    let mut there = Index::open(Some(&office.path())).unwrap();
    assert_eq!(entries(&there), 2, "what was read is not read again");
    let more = office.check(2);
    assert_eq!(places(&mut there, &office, &more[0]), Some((2, vec![])));
    assert_eq!(entries(&here), 4);
    assert_eq!(places(&mut here, &office, &more[1]), Some((3, vec![])));
    assert_eq!(places(&mut here, &office, &first[0]), Some((0, vec![])));
}

#[test]
fn many_who_read_at_once_miss_nothing() {
    let office = Office::new();
    let ids = office.check(40);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let mut index = Index::open(Some(&office.path())).unwrap();
                index.step = 3;
                for (at, id) in (0..).zip(&ids) {
                    assert_eq!(places(&mut index, &office, id), Some((at, vec![])));
                }
            });
        }
    });
}

/// Whichever process comes first, the others do not take the file for another program's.
#[test]
fn many_may_begin_it_at_once() {
    for _ in 0..64 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.index");
        let together = std::sync::Barrier::new(8);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    together.wait();
                    assert_eq!(entries(&Index::open(Some(&path)).unwrap()), 0);
                });
            }
        });
    }
}

/// A step that began before another process read the log anew does not remove what that one found.
#[test]
fn what_another_found_meanwhile_stays() {
    let office = Office::new();
    let ids = office.check(2);
    let mut index = Index::open(Some(&office.path())).unwrap();
    assert_eq!(places(&mut index, &office, &ids[1]), Some((1, vec![])));
    let late = State { entries: 1, root: vec![7; 32] };
    let now = State { entries: 2, root: root(&office.reader(), 2).unwrap() };
    assert!(!index.add(&[], false, &late, &now).unwrap());
    assert_eq!(places(&mut index, &office, &ids[0]), Some((0, vec![])));
}

/// If the log was put back, or replaced by another, the index is of the log that is there.
#[test]
fn another_log_is_read_anew() {
    let mut office = Office::new();
    let old = office.check(3);
    let mut index = Index::open(Some(&office.path())).unwrap();
    index.step = 2;
    assert_eq!(places(&mut index, &office, &old[2]), Some((2, vec![])));
    office.lose_log();
    office.begin();
    // Shorter than what was read, as long, and longer.
    let mut new = office.check(1);
    for _ in 0..4 {
        assert_eq!(places(&mut index, &office, &old[0]), None);
        assert_eq!(places(&mut index, &office, &new[0]), Some((0, vec![])));
        let last = new.len() - 1;
        let at = u64::try_from(last).unwrap();
        assert_eq!(places(&mut index, &office, &new[last]), Some((at, vec![])));
        new.extend(office.check(1));
    }
    office.lose_log();
    office.begin();
    let newest = office.check(8);
    assert_eq!(places(&mut index, &office, &new[1]), None);
    assert_eq!(places(&mut index, &office, &newest[7]), Some((7, vec![])));
}

/// The index is not trusted: the entries at its places say what they are.
#[test]
fn feedback_is_recorded_about_its_own_receipt_once() {
    let office = Office::new();
    let ids = office.check(2);
    let at = |receipt, feedback: &[u64]| Some(Places { receipt, feedback: feedback.to_vec() });
    for places in [at(1, &[]), at(7, &[]), at(0, &[1]), at(u64::MAX, &[])] {
        let error = office.report_at(&ids[0], |_| Ok(places)).unwrap_err();
        assert!(matches!(error, FeedbackError::Audit(_)), "{error}");
    }
    let error = office.report_at(&ids[0], |_| Ok(None)).unwrap_err();
    assert!(error.to_string().contains("no receipt"), "{error}");
    assert_eq!(office.report(&ids[0]).unwrap().index, 2);
    let error = office.report(&ids[0]).unwrap_err();
    assert!(matches!(error, FeedbackError::Invalid { .. }), "{error}");
    assert_eq!(office.report(&ids[1]).unwrap().index, 3);
}

#[test]
fn a_file_of_something_else_is_left_as_it_is() {
    let office = Office::new();
    let path = office.path();
    std::fs::write(&path, "name,identifier\n".repeat(200)).unwrap();
    let text = std::fs::read(&path).unwrap();
    let error = Index::open(Some(&path)).err().unwrap();
    assert!(error.to_string().contains("is no index of a log"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), text);
    std::fs::remove_file(&path).unwrap();
    let registry = Connection::open(&path).unwrap();
    registry.execute_batch("CREATE TABLE source (id TEXT); PRAGMA user_version = 1").unwrap();
    drop(registry);
    let before = std::fs::read(&path).unwrap();
    let error = Index::open(Some(&path)).err().unwrap();
    assert!(error.to_string().contains("is no index of a log"), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn an_index_of_a_later_version_is_refused() {
    let office = Office::new();
    let index = Index::open(Some(&office.path())).unwrap();
    index.connection.pragma_update(None, "user_version", LAYOUT + 1).unwrap();
    drop(index);
    let error = Index::open(Some(&office.path())).err().unwrap();
    assert!(matches!(error, IndexError::Stranger(_)), "{error}");
}

/// The index of an earlier version says less; whatever it says is in the log.
#[test]
fn an_index_of_an_earlier_version_is_made_anew() {
    let office = Office::new();
    let ids = office.check(2);
    let earlier = Connection::open(office.path()).unwrap();
    earlier
        .execute_batch(
            "CREATE TABLE receipt (id BLOB PRIMARY KEY, log_index INTEGER NOT NULL) STRICT;
             CREATE TABLE feedback (receipt BLOB NOT NULL, log_index INTEGER NOT NULL) STRICT;
             CREATE TABLE state (entries INTEGER NOT NULL, root BLOB NOT NULL) STRICT;
             INSERT INTO state VALUES (7, x'00');",
        )
        .unwrap();
    earlier.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
    earlier.pragma_update(None, "user_version", 1).unwrap();
    drop(earlier);
    let mut index = Index::open(Some(&office.path())).unwrap();
    assert_eq!(entries(&index), 0);
    assert_eq!(places(&mut index, &office, &ids[1]), Some((1, vec![])));
    let search = Search { rows: 10, ..Search::default() };
    let found = index.search(&search, &Reach::default()).unwrap();
    let found: Vec<&DocumentId> = found.cases.iter().map(|case| &case.id).collect();
    assert_eq!(found, [&ids[1], &ids[0]]);
}

/// The index has the case numbers of the log, and is as private.
#[cfg(unix)]
#[test]
fn the_file_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let office = Office::new();
    drop(Index::open(Some(&office.path())).unwrap());
    let mode = std::fs::metadata(office.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

//! Replay with the writer that the evidence keeps: the program of that time writes the decision
//! again.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};

use mustcheck::receipts::canonical::canonical;
use mustcheck::{
    Application, ApplicationExt as _, Date, Gate, JsonRegistry, Language, Page, Policy,
    WriterComponent,
};
use mustcheck_evidence::keys::PUBLIC;
use mustcheck_evidence::replay::{Components, Replayed, Replayer, Verdict};
use mustcheck_evidence::{
    AuditLog, Bundle, BundleFolder, ContentDigest, Keys, PublicKeys, Recorder, Signed, Suite,
};
use tempfile::TempDir;

/// An office's evidence of one check.
struct Office {
    folder: TempDir,
    keys: Keys,
    bundle: Bundle,
    /// The papers that were given out on the day.
    papers: Vec<Page>,
}

impl Office {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let keys = Keys::create(&path("keys"), "credit.example/310000", Suite::default()).unwrap();
        let log = AuditLog::open(&path("log"), &keys).unwrap();
        let kept = BundleFolder::open(&path("kept"), None, &keys).unwrap();
        let case = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../examples/cases/0002-procurement-wage-arrears");
        let application = fs::read(case.join("application.json")).unwrap();
        let application = Application::from_json(&application).unwrap();
        let gate = Gate::builder()
            .policy(Policy::embedded().unwrap())
            .registry(JsonRegistry::open(case.join("registry.json")).unwrap())
            .today(Date { year: 2026, month: 11, day: 18 })
            .recorder(Recorder::new(keys, log).bundles(kept))
            .build()
            .unwrap();
        let checked = gate.check(&application).unwrap();
        let papers = Page::of(&checked.papers(Language::Zh).unwrap());
        let keys = Keys::open(&path("keys")).unwrap();
        let bundle = Bundle::from_json(&fs::read(only(&path("kept"))).unwrap()).unwrap();
        Self { folder, keys, bundle, papers }
    }

    fn kept(&self) -> PathBuf {
        self.folder.path().join("kept")
    }

    /// Puts a component beside the bundles, and makes the receipt name it as the writer.
    fn written_by(&self, writer: &[u8]) -> Bundle {
        let digest = ContentDigest::of(writer);
        let file = self.kept().join("components").join(digest.hex()).with_extension("wasm");
        fs::write(file, writer).unwrap();
        let mut bundle = self.bundle.clone();
        bundle.receipt.payload.decided_by.writer = Some(digest);
        self.signed(bundle)
    }

    /// Signs the receipt of a bundle anew.
    fn signed(&self, mut bundle: Bundle) -> Bundle {
        let receipt = bundle.receipt.payload.clone();
        bundle.receipt = Signed::seal(receipt, self.keys.signer()).unwrap().signed;
        bundle
    }

    /// Replays with the office's keys, as keys from another hand or as keys beside the bundles.
    fn replay(&self, bundle: &Bundle, by_another_hand: bool) -> Replayed {
        let public = PublicKeys::open(&self.folder.path().join("keys").join(PUBLIC)).unwrap();
        let replayer = Replayer::new(Components::embedded(None).beside(&self.kept()));
        let replayer =
            if by_another_hand { replayer.keys(&public) } else { replayer.keys_beside(&public) };
        let replayer = replayer.unwrap().papers(Language::Zh);
        replayer.replay(&canonical(bundle).unwrap())
    }
}

/// The only bundle of a folder.
fn only(kept: &Path) -> PathBuf {
    let inside = |folder: &Path| fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let mut months = inside(kept).filter(|path| path.is_dir() && !path.ends_with("components"));
    inside(&months.next().unwrap()).next().unwrap()
}

/// The same writer under another digest, like a program of another time that writes the same.
fn another() -> Vec<u8> {
    let mut bytes = WriterComponent::embedded().to_vec();
    // A custom section: its id, its size, the length of its name, its name.
    bytes.extend([0, 4, 3]);
    bytes.extend(b"old");
    bytes
}

fn said(replayed: &Replayed) -> Vec<String> {
    replayed.problems.iter().map(ToString::to_string).collect()
}

#[test]
fn both_components_stand_beside_the_bundle() {
    let office = Office::new();
    let decided_by = &office.bundle.receipt.payload.decided_by;
    assert_eq!(decided_by.writer, Some(WriterComponent::embedded_digest()));
    for digest in [decided_by.component, decided_by.writer.unwrap()] {
        let file = office.kept().join("components").join(digest.hex()).with_extension("wasm");
        assert_eq!(ContentDigest::of(&fs::read(file).unwrap()), digest);
    }
    let replayed = office.replay(&office.bundle, true);
    assert_eq!(said(&replayed), [""; 0]);
    assert!(office.papers.len() > 1);
    assert_eq!(replayed.papers, office.papers);
}

#[test]
fn a_decision_is_written_again_by_the_writer_of_its_time() {
    let office = Office::new();
    let bundle = office.written_by(&another());
    let replayed = office.replay(&bundle, true);
    assert_eq!((said(&replayed), replayed.verdict()), (vec![], Verdict::Equal));
    // Its papers too; the receipt is another, because it names another writer.
    let number = |pages: &[Page], id: &str| -> Vec<String> {
        pages.iter().map(|page| page.html.replace(id, "ID")).collect()
    };
    let (then, now) = (office.bundle.receipt.id(), bundle.receipt.id());
    assert_ne!(then, now);
    assert_eq!(number(&replayed.papers, now.as_str()), number(&office.papers, then.as_str()));
    // It is the writer beside the bundle that wrote: without it there is nothing to compare with.
    let digest = bundle.receipt.payload.decided_by.writer.unwrap();
    let file = office.kept().join("components").join(digest.hex()).with_extension("wasm");
    fs::write(&file, b"changed").unwrap();
    let replayed = office.replay(&bundle, true);
    assert_eq!(replayed.verdict(), Verdict::Fault);
    assert!(said(&replayed)[0].contains("was changed"), "{:?}", said(&replayed));
    fs::remove_file(&file).unwrap();
    let replayed = office.replay(&bundle, true);
    assert_eq!(replayed.verdict(), Verdict::MissingComponent);
    let told = format!("the writer `{digest}` is not at hand: name it with `--component`");
    assert_eq!(said(&replayed), [told]);
}

#[test]
fn a_writer_that_nobody_vouches_for_is_not_run() {
    let office = Office::new();
    let replayed = office.replay(&office.written_by(&another()), false);
    assert_eq!(replayed.verdict(), Verdict::MissingComponent);
    assert!(said(&replayed)[0].contains("came with the evidence"), "{:?}", said(&replayed));
    // A component that is not a writer is reported, and not run.
    let policy = Policy::embedded().unwrap();
    let replayed = office.replay(&office.written_by(policy.component()), true);
    assert_eq!(replayed.verdict(), Verdict::Fault);
    assert!(said(&replayed)[0].contains("this is no writer component"), "{:?}", said(&replayed));
}

#[test]
fn a_verdict_that_was_changed_is_found() {
    let office = Office::new();
    let mut bundle = office.bundle.clone();
    bundle.verdict.measures.clear();
    let told = ["`verdict` is not what the receipt was made of"];
    let replayed = office.replay(&bundle, true);
    assert_eq!(said(&replayed), told);
    assert!(replayed.papers.is_empty());
    let mut bundle = office.bundle.clone();
    bundle.due.pop();
    assert_eq!(said(&office.replay(&bundle, true)), told);
    // A receipt that was made of it does not help: the component decides otherwise.
    let mut bundle = office.bundle.clone();
    bundle.verdict.obligations.clear();
    bundle.receipt.payload.verdict = None;
    let replayed = office.replay(&office.signed(bundle), true);
    assert_eq!(replayed.verdict(), Verdict::Differs);
    let told = "the component finds due, or decides, otherwise than `due` and `verdict` have it";
    assert_eq!(said(&replayed), [told]);
}

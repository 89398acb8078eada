//! Every golden case is recorded, names nobody in the log, and is derived again byte for byte.

use std::path::PathBuf;

use mustcheck::{Application, ApplicationExt as _, Gate, JsonRegistry, Policy};
use mustcheck_evidence::replay::Verdict;
use mustcheck_evidence::{AuditReader, Bundle, Entry, Suite, canonical};

use crate::office::{self, bundles, cache, files, office, public, recorder, replayer};
use crate::support::Run;

fn cases() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/cases");
    let mut cases: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|path| path.join("decision.json").exists());
    cases.sort();
    cases
}

/// Records every golden case, and returns their number.
pub fn record_all(folder: &office::Folder) -> usize {
    let recorder = std::sync::Arc::new(recorder(folder));
    let policies: Vec<Policy> = Policy::embedded_editions()
        .iter()
        .map(|name| cache().embedded_edition(name).unwrap())
        .collect();
    let cases = cases();
    for case in &cases {
        let text = std::fs::read_to_string(case.join("application.json")).unwrap();
        let registry = std::fs::read_to_string(case.join("registry.json")).unwrap();
        // The folder remembers who is named in them.
        folder.write_text("application.json", &text);
        folder.write_text("registry.json", &registry);
        let mut gate =
            Gate::builder().registry(JsonRegistry::from_json(registry.as_bytes()).unwrap());
        for policy in &policies {
            gate = gate.policy(policy.clone());
        }
        let application = Application::from_json(text.as_bytes()).unwrap();
        let gate = gate.today(application.as_of);
        let gate = gate.shared_recorder(std::sync::Arc::clone(&recorder)).build().unwrap();
        let checked = gate.check(&application).unwrap();
        let golden = std::fs::read(case.join("decision.json")).unwrap();
        let golden: serde_json::Value = serde_json::from_slice(&golden).unwrap();
        let decided = serde_json::to_value(checked.decision()).unwrap();
        assert_eq!(decided, golden, "{}", case.display());
    }
    cases.len()
}

fn assert_names_nobody(folder: &office::Folder, what: &str) {
    let run = Run { code: 0, stdout: String::new(), stderr: what.to_owned() };
    for file in files(&folder.path(what)) {
        let bytes = std::fs::read(&file).unwrap();
        folder.assert_hidden(&String::from_utf8_lossy(&bytes), &run);
    }
}

#[test]
fn every_golden_case_is_derived_again_byte_for_byte() {
    for suite in Suite::ALL {
        let folder = office(suite);
        let n = record_all(&folder);
        let replayer = replayer(&folder);
        let found = bundles(&folder.path("kept"));
        assert_eq!(found.len(), n);
        for file in found {
            let replayed = replayer.replay(&std::fs::read(&file).unwrap());
            assert_eq!(replayed.verdict(), Verdict::Equal, "{:?}", replayed.problems);
            let fuel = replayed.fuel.unwrap();
            assert_eq!(fuel.recorded, fuel.derived, "{}", file.display());
        }
        // RAIL R13, proven on what every reader of the log sees.
        assert_names_nobody(&folder, "log");
        assert_names_nobody(&folder, "keys");
        let verified =
            folder.run(&["audit", "verify", "log", "--evidence", "kept", "--format", "json"]);
        assert_eq!(verified.code, 0, "{verified:?}");
        assert_eq!(verified.json()["entries"]["receipt"], n);
        assert_eq!(verified.json()["findings"], serde_json::json!([]));
    }
}

/// The bytes that are signed and digested are those of RFC 8785, as somebody else's program
/// writes them.
#[test]
fn canonical_json_is_that_of_the_rfc() {
    let folder = office(Suite::Ed25519Sha256);
    record_all(&folder);
    for file in bundles(&folder.path("kept")) {
        let bytes = std::fs::read(&file).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(serde_json_canonicalizer::to_vec(&value).unwrap(), bytes, "{}", file.display());
        let bundle = Bundle::from_json(&bytes).unwrap();
        assert_eq!(canonical(&bundle).unwrap(), bytes);
    }
    let reader = AuditReader::open(&folder.path("log"), &public(&folder)).unwrap();
    for read in reader.texts(0..reader.size()) {
        let (_, text) = read.unwrap();
        let value: serde_json::Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(serde_json_canonicalizer::to_vec(&value).unwrap(), text);
        assert_eq!(Entry::from_json(&text).unwrap().to_json(), text);
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_written_as_the_rfc_has_it(
        texts: Vec<(String, String)>,
        n in 0_u64..1 << 53,
        on: bool,
    ) {
        let object: std::collections::HashMap<String, String> = texts.into_iter().collect();
        let value = serde_json::json!([n, on, null, object, { "z": {}, "a_b": [], "a": object }]);
        let ours = canonical(&value).unwrap();
        proptest::prop_assert_eq!(ours, serde_json_canonicalizer::to_vec(&value).unwrap());
        let ours = canonical(&object).unwrap();
        proptest::prop_assert_eq!(ours, serde_json_canonicalizer::to_vec(&object).unwrap());
    }
}

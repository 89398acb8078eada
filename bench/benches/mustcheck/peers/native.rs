//! Plain Rust with a hash index on matter and act: no engine at all, and no product. It shows the
//! floor, and is what every other row is checked against.

use std::collections::HashMap;

use super::Engine;
use super::workload::{Flagged, FlaggedRecord, Flat, Hit, Reply};

/// The row's id.
pub const ID: &str = "plain-rust";

/// The index.
pub struct Indexed {
    /// Matter, then act: nested so that a lookup borrows both keys.
    index: HashMap<String, HashMap<String, Vec<Flat>>>,
}

impl Indexed {
    /// Indexes the measures.
    pub fn new(measures: Vec<Flat>) -> Self {
        let mut index: HashMap<String, HashMap<String, Vec<Flat>>> = HashMap::new();
        for measure in measures {
            let acts = index.entry(measure.matter.clone()).or_default();
            acts.entry(measure.act.clone()).or_default().push(measure);
        }
        Self { index }
    }
}

fn in_force(record: &FlaggedRecord<'_>, as_of: &str) -> bool {
    let ended = record.ends_on.as_deref().is_some_and(|end| end < as_of);
    !(ended || record.objection_open || record.repaired)
}

impl Engine for Indexed {
    fn id(&self) -> &'static str {
        ID
    }

    fn title(&self) -> &'static str {
        "plain Rust, hash index (no engine: the floor)"
    }

    fn decide(&mut self, json: &str) -> String {
        let flagged: Flagged<'_> = serde_json::from_str(json).unwrap();
        let mut hits = Vec::new();
        let acts = self.index.get(&*flagged.matter);
        for record in flagged.subjects.iter().flat_map(|s| &s.records) {
            if !in_force(record, &flagged.as_of) {
                continue;
            }
            let measures = acts.and_then(|acts| acts.get(&*record.act));
            hits.extend(measures.into_iter().flatten().map(|flat| Hit {
                measure: &flat.measure,
                record: &record.id,
                effect: &flat.effect,
                force: &flat.force,
                basis: &flat.basis,
            }));
        }
        serde_json::to_string(&Reply::of(hits)).unwrap()
    }
}

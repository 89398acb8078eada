//! zen-engine: a graph that picks the records in force, asks a collecting decision table for each,
//! and joins what it found. Expressions and the table's index are compiled beforehand.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use zen_engine::model::GraphContent;
use zen_engine::{Decision, DecisionEngine, Variable};

use super::Engine;
use super::workload::Flat;

fn graph(measures: &[Flat]) -> Value {
    let quoted = |text: &str| format!("\"{text}\"");
    let rules: Vec<Value> = measures
        .iter()
        .map(|flat| {
            json!({
                "_id": flat.measure,
                "i_matter": quoted(&flat.matter),
                "i_act": quoted(&flat.act),
                "o_record": "record",
                "o_measure": quoted(&flat.measure),
                "o_effect": quoted(&flat.effect),
                "o_force": quoted(&flat.force),
                "o_basis": quoted(&flat.basis),
            })
        })
        .collect();
    let column = |id: &str, field: &str| json!({ "id": id, "name": field, "field": field });
    let expression = |key: &str, value: &str| json!({ "id": key, "key": key, "value": value });
    let edge =
        |id: &str, from: &str, to: &str| json!({ "id": id, "sourceId": from, "targetId": to });
    json!({
        "nodes": [
            { "id": "in", "name": "in", "type": "inputNode", "content": {} },
            { "id": "pick", "name": "pick", "type": "expressionNode", "content": {
                "expressions": [expression("records",
                    "map(filter(flatMap(subjects, #.records), \
                     (#.ends_on == null or d(#.ends_on) >= d(as_of)) \
                     and not #.objection_open and not #.repaired), \
                     { record: #.id, act: #.act, matter: matter })")]
            } },
            { "id": "table", "name": "measures", "type": "decisionTableNode", "content": {
                "hitPolicy": "collect",
                "executionMode": "loop",
                "inputField": "records",
                "outputPath": "hits",
                "inputs": [column("i_matter", "matter"), column("i_act", "act")],
                "outputs": [
                    column("o_record", "record"),
                    column("o_measure", "measure"),
                    column("o_effect", "effect"),
                    column("o_force", "force"),
                    column("o_basis", "basis")
                ],
                "rules": rules
            } },
            { "id": "sum", "name": "sum", "type": "expressionNode", "content": {
                "expressions": [
                    expression("measures", "flatMap(hits, #)"),
                    expression("outcome",
                        "some(flatMap(hits, #), \
                         #.force == 'mandatory' and #.effect == 'restriction') \
                         ? 'restricted' : 'clear'")
                ]
            } },
            { "id": "out", "name": "out", "type": "outputNode", "content": {} }
        ],
        "edges": [
            edge("e1", "in", "pick"),
            edge("e2", "pick", "table"),
            edge("e3", "table", "sum"),
            edge("e4", "sum", "out")
        ]
    })
}

/// The engine with the catalogue loaded.
pub struct Zen {
    runtime: Runtime,
    decision: Decision,
}

impl Zen {
    /// Compiles the graph.
    pub fn new(measures: &[Flat]) -> Self {
        let mut content: GraphContent = serde_json::from_value(graph(measures)).unwrap();
        content.compile();
        let engine = DecisionEngine::default();
        let decision = engine.create_decision(Arc::new(content.into())).unwrap();
        Self { runtime: tokio::runtime::Builder::new_current_thread().build().unwrap(), decision }
    }
}

impl Engine for Zen {
    fn id(&self) -> &'static str {
        "zen-table"
    }

    fn title(&self) -> &'static str {
        "zen-engine 2.1.6, collecting table"
    }

    fn decide(&mut self, json: &str) -> String {
        let input: Variable = serde_json::from_str(json).unwrap();
        let evaluated = self.runtime.block_on(self.decision.evaluate(input)).unwrap();
        serde_json::to_string(&evaluated.result).unwrap()
    }
}

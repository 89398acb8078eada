//! regorus: the catalogue is a data document keyed by matter and act, and the policy looks it up.
//! One row runs on the bytecode machine, one on the interpreter.

use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Rc, Value};
use serde_json::{Map, json};

use super::Engine;
use super::workload::Flat;

const POLICY: &str = r#"
package approval

default outcome := "clear"

outcome := "restricted" if {
    some hit in measures
    hit.force == "mandatory"
    hit.effect == "restriction"
}

ended(record) if {
    record.ends_on != null
    record.ends_on < input.as_of
}

in_force(record) if {
    not ended(record)
    not record.objection_open
    not record.repaired
}

measures := [hit |
    some subject in input.subjects
    some record in subject.records
    in_force(record)
    some m in data.catalogue[input.matter][record.act]
    hit := {"measure": m.measure, "effect": m.effect, "force": m.force, "basis": m.basis, "record": record.id}
]

decision := {"outcome": outcome, "measures": measures}
"#;

const ENTRY: &str = "data.approval.decision";

fn data(measures: &[Flat]) -> Value {
    let mut matters = Map::new();
    for flat in measures {
        let acts = matters.entry(&flat.matter).or_insert_with(|| json!({}));
        let list = acts.as_object_mut().unwrap().entry(&flat.act).or_insert_with(|| json!([]));
        list.as_array_mut().unwrap().push(json!({
            "measure": flat.measure,
            "effect": flat.effect,
            "force": flat.force,
            "basis": flat.basis,
        }));
    }
    Value::from_json_str(&json!({ "catalogue": matters }).to_string()).unwrap()
}

fn engine(data: Value) -> regorus::Engine {
    let mut engine = regorus::Engine::new();
    engine.add_policy("approval.rego".into(), POLICY.into()).unwrap();
    engine.add_data(data).unwrap();
    engine
}

/// The interpreter.
pub struct Interpreter(regorus::Engine);

impl Interpreter {
    /// Loads the catalogue.
    pub fn new(measures: &[Flat]) -> Self {
        Self(engine(data(measures)))
    }
}

impl Engine for Interpreter {
    fn id(&self) -> &'static str {
        "regorus-interpreter"
    }

    fn title(&self) -> &'static str {
        "regorus 0.14.1, interpreter, keyed data"
    }

    fn decide(&mut self, json: &str) -> String {
        self.0.set_input(Value::from_json_str(json).unwrap());
        let decision = self.0.eval_rule(ENTRY.to_owned()).unwrap();
        // The engine's own writer indents; compact is cheaper.
        serde_json::to_string(&decision).unwrap()
    }
}

/// The bytecode machine.
pub struct Vm(RegoVM);

impl Vm {
    /// Loads the catalogue and compiles the policy.
    pub fn new(measures: &[Flat]) -> Self {
        let data = data(measures);
        let entry: Rc<str> = ENTRY.into();
        let compiled = engine(data.clone()).compile_with_entrypoint(&entry).unwrap();
        let program = Compiler::compile_from_policy(&compiled, &[ENTRY]).unwrap();
        let mut vm = RegoVM::new();
        vm.load_program(program);
        vm.set_data(data).unwrap();
        vm.set_max_instructions(usize::MAX);
        Self(vm)
    }
}

impl Engine for Vm {
    fn id(&self) -> &'static str {
        "regorus-vm"
    }

    fn title(&self) -> &'static str {
        "regorus 0.14.1, bytecode machine, keyed data"
    }

    fn decide(&mut self, json: &str) -> String {
        self.0.set_input(Value::from_json_str(json).unwrap());
        let decision = self.0.execute().unwrap();
        serde_json::to_string(&decision).unwrap()
    }
}

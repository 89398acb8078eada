//! Makes components of the guests: text in `guests/`, and the values that an honest policy returns
//! as they lie in a component's memory.

use std::fmt::Write as _;
use std::sync::LazyLock;

use mustcheck::Policy;
use mustcheck::model::{AnswerFacts, ApplicationFacts, Description, DueLookup, Refusal, Verdict};
use mustcheck_facts as facts;
use mustcheck_model::boundary::Convert;
use mustcheck_rules::Catalogue;
use mustcheck_rules::decide;
use mustcheck_rules::due;
use wasmtime::component::{Component, ComponentNamedList, Lift, Linker, Lower};
use wasmtime::{Engine, Store};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

mod generated {
    #![allow(clippy::all, missing_docs, unused_qualifications, reason = "generated code")]

    wasmtime::component::bindgen!({ path: "../wit", world: "credit-check" });
}

pub use generated::exports::mustcheck::credit::policy as wit;

mustcheck_model::roles!(to_wit);
mustcheck_model::facts!(to_wit);
mustcheck_model::verdict!(to_wit);
mustcheck_model::description!(to_wit);

pub use crate::files::{folder, of_component, text};

/// The interface, as the repository has it.
const WIT: &str = include_str!("../../../wit/credit.wit");

/// A world that takes the values which a policy returns; a list of one lies in memory as a value
/// that is returned does.
const RECORDER_WIT: &str = "
    world recorder {
      use policy.{due, refusal, verdict, description};
      export describe: func(value: list<description>) -> u32;
      export due-lookups: func(value: list<result<list<due>, refusal>>) -> u32;
      export decide: func(value: list<result<verdict, refusal>>) -> u32;
      export taken: func() -> list<u8>;
    }";

/// A core module that says where each value was put, and then gives the whole memory.
const RECORDER: &str = r#"
    (memory (export "memory") 2)
    (global $top (mut i32) (i32.const 65536))
    (func (export "describe") (param i32 i32) (result i32) (local.get 0))
    (func (export "due-lookups") (param i32 i32) (result i32) (local.get 0))
    (func (export "decide") (param i32 i32) (result i32) (local.get 0))
    (func (export "taken") (result i32)
      (i32.store (i32.const 16) (i32.const 65536))
      (i32.store (i32.const 20) (i32.sub (global.get $top) (i32.const 65536)))
      (i32.const 16))"#;

/// Address at which the values begin in a guest's memory.
const BASE: usize = 65_536;

/// Results of a policy's functions.
#[derive(Clone)]
pub struct Values {
    pub description: Description,
    pub due: Result<Vec<DueLookup>, Refusal>,
    pub verdict: Result<Verdict, Refusal>,
}

/// The facts of the application of the tests, and of the answers of its registry.
pub fn asked(catalogue: &Catalogue) -> (ApplicationFacts, Vec<AnswerFacts>) {
    let (policy, application) = (catalogue.described(), &*super::APPLICATION);
    let asked = facts::application(policy, application, application.as_of).unwrap();
    let queries = facts::queries(policy, &due::due(catalogue, &asked).unwrap());
    let given = super::given(&queries);
    let rows =
        facts::answers::answered(policy, application, asked.days(), &queries, &given).unwrap();
    let answers = facts::answers(policy, &rows);
    (asked, answers)
}

/// The embedded rules with their catalogue.
pub fn catalogue() -> Catalogue {
    Catalogue::from_json(Policy::embedded_catalogue("statutes").unwrap()).unwrap()
}

impl Values {
    /// Results of the embedded policy for the application of the tests.
    pub fn honest() -> Self {
        static HONEST: LazyLock<Values> = LazyLock::new(|| {
            let catalogue = catalogue();
            let (application, answers) = asked(&catalogue);
            Values {
                description: catalogue.describe(),
                due: due::due(&catalogue, &application),
                verdict: decide::decide(&catalogue, &application, &answers),
            }
        });
        HONEST.clone()
    }

    /// The guest `honest.wat` with these values.
    pub fn component(&self) -> Vec<u8> {
        core("honest.wat", WIT, &Image::of(self))
    }
}

/// Values as they lie in memory, and their addresses.
struct Image {
    bytes: Vec<u8>,
    description: u32,
    due: u32,
    verdict: u32,
}

static HONEST: LazyLock<Image> = LazyLock::new(|| Image::of(&Values::honest()));

impl Image {
    /// Lets the engine write the values, as it does for any component.
    fn of(values: &Values) -> Self {
        static RECORDER_COMPONENT: LazyLock<(Engine, Component)> = LazyLock::new(|| {
            let allocate = text("prelude.wat");
            let allocate = &allocate[allocate.find("(func $allocate").unwrap()..];
            let allocate = &allocate[..allocate.find(";; What the embedded").unwrap()];
            let core = format!("(module {RECORDER} {allocate})");
            let bytes = encode(&core, &format!("{WIT}{RECORDER_WIT}"), "recorder");
            let engine = Engine::default();
            let component = Component::new(&engine, bytes).unwrap();
            (engine, component)
        });
        let (engine, component) = &*RECORDER_COMPONENT;
        let mut store = Store::new(engine, ());
        let instance = Linker::new(engine).instantiate(&mut store, component).unwrap();
        let mut call = Recorder { store: &mut store, instance };
        let description: wit::Description = values.description.clone().convert();
        let due: Result<Vec<wit::Due>, wit::Refusal> =
            values.due.clone().map(Convert::convert).map_err(Convert::convert);
        let verdict: Result<wit::Verdict, wit::Refusal> =
            values.verdict.clone().map(Convert::convert).map_err(Convert::convert);
        let description = call.one("describe", (vec![description],));
        let due = call.one("due-lookups", (vec![due],));
        let verdict = call.one("decide", (vec![verdict],));
        Self { bytes: call.one("taken", ()), description, due, verdict }
    }

    /// Writes the values as fields of a core module.
    fn fields(&self) -> String {
        let top = BASE + self.bytes.len();
        let Self { description, due, verdict, .. } = self;
        let mut fields = format!(
            "(memory (export \"memory\") {})
             (global $top (mut i32) (i32.const {top}))
             (global $description i32 (i32.const {description}))
             (global $due i32 (i32.const {due}))
             (global $verdict i32 (i32.const {verdict}))
             (data (i32.const {BASE}) \"",
            top / 65_536 + 1
        );
        for byte in &self.bytes {
            write!(fields, "\\{byte:02x}").unwrap();
        }
        fields + "\")"
    }
}

struct Recorder<'a> {
    store: &'a mut Store<()>,
    instance: wasmtime::component::Instance,
}

impl Recorder<'_> {
    fn one<P, R>(&mut self, name: &str, value: P) -> R
    where
        P: ComponentNamedList + Lower,
        R: Lift + wasmtime::component::ComponentType + Send + Sync + 'static,
    {
        let function = self.instance.get_typed_func::<P, (R,)>(&mut *self.store, name).unwrap();
        function.call(&mut *self.store, value).unwrap().0
    }
}

/// A guest that is a core module, made a component, with honest values.
pub fn of_core(file: &str) -> Vec<u8> {
    core(file, WIT, &HONEST)
}

/// The same with another text in the interface.
pub fn of_core_with(file: &str, instead_of: &str, other: &str) -> Vec<u8> {
    assert!(WIT.contains(instead_of), "the interface does not hold `{instead_of}`");
    core(file, &WIT.replace(instead_of, other), &HONEST)
}

/// The same with another text in the guest.
pub fn of_core_changed(file: &str, instead_of: &str, other: &str) -> Vec<u8> {
    let guest = text(file);
    assert!(guest.contains(instead_of), "the guest does not hold `{instead_of}`");
    made(&guest.replace(instead_of, other), WIT, &HONEST)
}

fn core(file: &str, wit: &str, image: &Image) -> Vec<u8> {
    made(&text(file), wit, image)
}

fn made(guest: &str, wit: &str, image: &Image) -> Vec<u8> {
    let prelude = text("prelude.wat");
    encode(&format!("(module {prelude} {} {guest})", image.fields()), wit, "credit-check")
}

fn encode(core: &str, wit: &str, world: &str) -> Vec<u8> {
    let mut module = wat::parse_str(core).unwrap();
    let mut resolve = Resolve::default();
    let package = resolve.push_str("credit.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8, false).unwrap();
    ComponentEncoder::default().validate(true).module(&module).unwrap().encode().unwrap()
}

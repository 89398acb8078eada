//! Writes test vectors: the golden cases and the cases of places, with their results in wasmtime.
//! Another engine must give the same results:
//!
//! ```text
//! cargo run --release -p mustcheck --example vectors -- FOLDER
//! ```
//!
//! `FOLDER` gets each baked component once, and `vectors.json`: the description that each component
//! gives of itself, and for each case the facts, the lookups due, the answers and the verdict.
//! Values have the form that jco's bindings take and return, by the component's own types; a `u64`
//! is `{"bigint": "1"}`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use mustcheck::model::{AnswerFacts, ApplicationFacts};
use mustcheck::{Application, ApplicationExt as _, Date, Gate, JsonRegistry, Policy};
use mustcheck_facts as facts;
use mustcheck_model::described::Described;
use serde_json::{Value, json};
use wasmtime::component::{Component, Linker, Type, Val};
use wasmtime::{Engine, Store};

type Failed = Box<dyn Error>;

const INTERFACE: &str = "mustcheck:credit/policy@0.2.0";

fn main() -> Result<(), Failed> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: vectors FOLDER")?);
    fs::create_dir_all(&folder)?;
    let engine = Engine::default();
    let mut policies = Vec::new();
    let mut components = Vec::new();
    for edition in Policy::embedded_editions() {
        for overlay in Policy::embedded_overlays(edition) {
            let ran = Ran::new(&engine, edition, overlay)?;
            let file = format!("{}.wasm", ran.name);
            fs::write(folder.join(&file), ran.policy.component())?;
            let (_, description) = ran.call("describe", &[])?;
            components.push(json!({ "file": file, "description": description }));
            policies.push(ran);
        }
    }
    let mut vectors = Vec::new();
    for case in cases()? {
        let application = Application::from_json(&fs::read(&case.application)?)?;
        let name = named(Policy::edition_as_of(application.as_of)?, &case.overlay);
        let ran = policies.iter_mut().find(|ran| ran.name == name);
        let ran = ran.ok_or_else(|| format!("{}: no component `{name}`", case.name))?;
        let vector = ran.vector(&case, &application);
        vectors.push(vector.map_err(|e| format!("{}: {e}", case.name))?);
    }
    for ran in &policies {
        vectors.extend(ran.refusals()?);
    }
    let all = json!({ "components": components, "vectors": vectors });
    fs::write(folder.join("vectors.json"), serde_json::to_vec(&all)?)?;
    println!("{} vectors on {} components", vectors.len(), components.len());
    Ok(())
}

/// A case to run.
struct Case {
    kind: &'static str,
    name: String,
    application: PathBuf,
    registry: PathBuf,
    overlay: String,
}

/// The golden cases, and the cases of the places.
fn cases() -> Result<Vec<Case>, Failed> {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let mut cases = Vec::new();
    for (name, folder) in folders(&examples.join("cases"))? {
        let (application, registry) =
            (folder.join("application.json"), folder.join("registry.json"));
        let overlay = "default".into();
        cases.push(Case { kind: "golden cases", name, application, registry, overlay });
    }
    for (overlay, place) in folders(&examples.join("places"))? {
        for (name, folder) in folders(&place)? {
            cases.push(Case {
                kind: "cases of places",
                name: format!("{overlay}/{name}"),
                application: folder.join("application.json"),
                registry: examples.join("places/registry.json"),
                overlay: overlay.clone(),
            });
        }
    }
    Ok(cases)
}

/// The folders in a folder, in the order of their names.
fn folders(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Failed> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.insert(entry.file_name().to_string_lossy().into_owned(), entry.path());
        }
    }
    Ok(found)
}

/// The name of an edition with an overlay.
fn named(edition: &str, overlay: &str) -> String {
    format!("{edition}+{overlay}")
}

/// A component, called by its own types and not through our bindings.
struct Ran {
    name: String,
    policy: Policy,
    described: Described,
    component: Component,
    /// Facts and answers of one of its cases that found a record.
    shown: Option<(Value, Value)>,
}

impl Ran {
    fn new(engine: &Engine, edition: &str, overlay: &str) -> Result<Self, Failed> {
        let policy = Policy::embedded_place(edition, overlay)?;
        Ok(Self {
            name: named(edition, overlay),
            described: Described::new(policy.description().clone()),
            component: Component::new(engine, policy.component())?,
            policy,
            shown: None,
        })
    }

    /// Runs a case and returns its vector.
    fn vector(&mut self, case: &Case, application: &Application) -> Result<Value, Failed> {
        let registry = JsonRegistry::open(&case.registry)?;
        let today = application.as_of;
        let gate = Gate::builder().policy(self.policy.clone()).registry(registry).today(today);
        let gate = gate.build()?;
        let (due, checked) = (gate.due_lookups(application)?, gate.check(application)?);
        let facts: ApplicationFacts = facts::application(&self.described, application, today)?;
        let days = facts.days();
        let answered =
            facts::answers::answered(&self.described, application, days, &due, checked.answers())?;
        let answers: Vec<AnswerFacts> = facts::answers(&self.described, &answered);
        let (facts, given) = (serde_json::to_value(&facts)?, serde_json::to_value(&answers)?);
        let vector = self.asked(case.kind, &case.name, &facts, &given)?;
        // What is asked here is what the gate asked.
        let disposition = vector.pointer("/verdict/ok/disposition");
        if disposition != Some(&checked.decision().disposition.code().into()) {
            return Err("the gate decided otherwise".into());
        }
        if answers.iter().any(|answer| !answer.records.is_empty()) {
            self.shown.get_or_insert((facts, given));
        }
        Ok(vector)
    }

    /// Vectors of facts that the interface does not allow, one wrong value in each; each is
    /// refused.
    fn refusals(&self) -> Result<Vec<Value>, Failed> {
        let (facts, answers) = self.shown.as_ref().ok_or("no case found a record")?;
        let all = answers.as_array().into_iter().flatten();
        let with_record = all.clone().position(|answer| answer.pointer("/records/0").is_some());
        let record = with_record.ok_or("no answer has a record")?;
        let wrong = [
            ("/0/matter".to_owned(), u32::MAX.into()),
            ("/0/as_of".to_owned(), i32::MAX.into()),
            ("/1/0/subject".to_owned(), u32::MAX.into()),
            ("/1/0/list".to_owned(), u32::MAX.into()),
            (format!("/1/{record}/records/0/act"), u32::MAX.into()),
        ];
        let refused = wrong.into_iter().map(|(at, value): (String, Value)| {
            let mut asked = json!([facts, answers]);
            *asked.pointer_mut(&at).ok_or_else(|| format!("no fact at {at}"))? = value;
            let part = |i| asked.get(i).unwrap_or(&Value::Null);
            let name = format!("{} with {at} off the interface", self.name);
            let vector = self.asked("refusals", &name, part(0), part(1))?;
            let err = vector.pointer("/verdict/err").map(|_| vector.clone());
            err.ok_or_else(|| format!("{name}: is not refused").into())
        });
        refused.collect()
    }

    /// Returns a vector: the facts and answers, the lookups that the component says are due, and
    /// its verdict.
    fn asked(
        &self,
        kind: &str,
        name: &str,
        facts: &Value,
        answers: &Value,
    ) -> Result<Value, Failed> {
        let (_, due) = self.call("due-lookups", &[facts])?;
        let (taken, verdict) = self.call("decide", &[facts, answers])?;
        Ok(json!({
            "kind": kind, "name": name, "component": format!("{}.wasm", self.name),
            "taken": taken, "due": due, "verdict": verdict,
        }))
    }

    /// Calls a function in a new instance; returns its arguments and its result, in jco's form.
    fn call(&self, name: &str, taken: &[&Value]) -> Result<(Vec<Value>, Value), Failed> {
        let mut store = Store::new(self.component.engine(), ());
        let instance = Linker::new(store.engine()).instantiate(&mut store, &self.component)?;
        let interface = instance.get_export_index(&mut store, None, INTERFACE);
        let function = instance.get_export_index(&mut store, interface.as_ref(), name);
        let function = function.and_then(|f| instance.get_func(&mut store, f));
        let function = function.ok_or_else(|| format!("no function `{name}`"))?;
        let ty = function.ty(&store);
        let taken = ty.params().zip(taken).map(|((_, ty), value)| val(&ty, value));
        let taken = taken.collect::<Result<Vec<Val>, Failed>>()?;
        let mut given = [Val::Bool(false)];
        function.call(&mut store, &taken, &mut given)?;
        let [given] = given;
        Ok((taken.iter().map(jco).collect(), jco(&given)))
    }
}

/// Converts a value of the model to what the component takes: names are in kebab case, a day is a
/// number.
fn val(ty: &Type, value: &Value) -> Result<Val, Failed> {
    let unlike = || format!("{value} is no {ty:?}");
    let number = || value.as_u64().ok_or_else(unlike);
    let text = || value.as_str().ok_or_else(unlike);
    Ok(match ty {
        Type::Bool => Val::Bool(value.as_bool().ok_or_else(unlike)?),
        Type::U32 => Val::U32(number()?.try_into()?),
        Type::U64 => Val::U64(number()?),
        Type::S32 => Val::S32(match value.as_i64() {
            Some(day) => day.try_into()?,
            None => text()?.parse::<Date>()?.epoch_days(),
        }),
        Type::Enum(_) => Val::Enum(text()?.into()),
        Type::Option(_) if value.is_null() => Val::Option(None),
        Type::Option(some) => Val::Option(Some(Box::new(val(&some.ty(), value)?))),
        Type::List(list) => {
            let items = value.as_array().ok_or_else(unlike)?;
            let items = items.iter().map(|item| val(&list.ty(), item));
            Val::List(items.collect::<Result<_, _>>()?)
        }
        Type::Record(record) => {
            let fields = record.fields().map(|field| {
                let held = value.get(field.name.replace('-', "_")).unwrap_or(&Value::Null);
                Ok::<_, Failed>((field.name.to_owned(), val(&field.ty, held)?))
            });
            Val::Record(fields.collect::<Result<_, _>>()?)
        }
        _ => return Err(unlike().into()),
    })
}

/// Converts a value to the form that jco's bindings take and return; an empty option in a record is
/// left out.
fn jco(val: &Val) -> Value {
    let boxed = |val: &Option<Box<Val>>| val.as_deref().map_or(Value::Null, jco);
    match val {
        Val::Bool(value) => (*value).into(),
        Val::U8(value) => (*value).into(),
        Val::U16(value) => (*value).into(),
        Val::U32(value) => (*value).into(),
        Val::S32(value) => (*value).into(),
        Val::U64(value) => json!({ "bigint": value.to_string() }),
        Val::String(text) | Val::Enum(text) => text.as_str().into(),
        Val::List(items) => items.iter().map(jco).collect(),
        Val::Record(fields) => {
            let fields = fields.iter().filter(|(_, val)| !matches!(val, Val::Option(None)));
            Value::Object(fields.map(|(name, val)| (camel(name), jco(val))).collect())
        }
        Val::Variant(tag, None) => json!({ "tag": tag }),
        Val::Variant(tag, held) => json!({ "tag": tag, "val": boxed(held) }),
        Val::Option(some) => boxed(some),
        Val::Result(Ok(value)) => json!({ "ok": boxed(value) }),
        Val::Result(Err(value)) => json!({ "err": boxed(value) }),
        // The interface has no other.
        other => format!("{other:?}").into(),
    }
}

/// A name in camel case.
fn camel(name: &str) -> String {
    let mut camel = String::new();
    for part in name.split('-') {
        let mut letters = part.chars();
        let first = letters.next().filter(|_| !camel.is_empty());
        camel.extend(first.map(|first| first.to_ascii_uppercase()));
        camel.push_str(if first.is_some() { letters.as_str() } else { part });
    }
    camel
}

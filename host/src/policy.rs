//! A policy: a baked component, compiled, inspected and described.

use std::path::Path;
use std::sync::Arc;

use mustcheck_guest::Catalogue;
use mustcheck_guest::date::Date;
use mustcheck_guest::model::{Application, ApplicationError, Decision, Description, Query};
use sha2::{Digest, Sha256};
use wasmtime::component::{Component, ComponentNamedList, InstancePre, Lift, Lower, TypedFunc};
use wasmtime::{Engine, Store, Trap};

use crate::bake::{BLANK, bake};
use crate::engine::{self, Limits, Sandbox};
use crate::error::{Fault, PolicyError};
use crate::input::read_file;
use crate::inspect::Inspection;

/// An edition that this crate embeds.
struct EmbeddedEdition {
    id: &'static str,
    valid_from: (u16, u8, u8),
    catalogue: &'static [u8],
}

/// The editions, as this crate's build compiled them.
const EDITIONS: &[EmbeddedEdition] = include!(concat!(env!("OUT_DIR"), "/editions.rs"));

/// The largest component that is read, in bytes.
const COMPONENT_LIMIT: u64 = 64 << 20;

/// A policy, ready to be asked. Cloning is cheap.
#[derive(Clone)]
pub struct Policy {
    inner: Arc<Inner>,
}

struct Inner {
    engine: Engine,
    pre: InstancePre<Sandbox>,
    digest: String,
    bytes: Vec<u8>,
    description: Description,
}

impl Policy {
    /// The embedded edition that decides today: the one that begins latest.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if the engine does not start on this machine.
    pub fn embedded() -> Result<Self, PolicyError> {
        Self::embedded_edition(Self::newest_edition())
    }

    /// An embedded edition by name.
    ///
    /// # Errors
    ///
    /// [`PolicyError::UnknownEdition`] if there is none of that name.
    pub fn embedded_edition(name: &str) -> Result<Self, PolicyError> {
        let edition = EDITIONS.iter().find(|e| e.id == name).ok_or_else(|| {
            PolicyError::UnknownEdition { name: name.into(), known: known_editions() }
        })?;
        Self::of_edition(edition)
    }

    /// The name of the embedded edition that begins latest.
    pub fn newest_edition() -> &'static str {
        EDITIONS.iter().max_by_key(|e| e.valid_from).map_or("", |e| e.id)
    }

    /// The names of the embedded editions.
    pub fn embedded_editions() -> Vec<&'static str> {
        EDITIONS.iter().map(|e| e.id).collect()
    }

    /// The name of the embedded edition that decides on a day: the one that began last.
    ///
    /// # Errors
    ///
    /// [`PolicyError::NoEdition`] if the day is before all of them.
    pub fn edition_as_of(as_of: Date) -> Result<&'static str, PolicyError> {
        let day = (as_of.year, as_of.month, as_of.day);
        let begun = EDITIONS.iter().filter(|e| e.valid_from <= day);
        let newest = begun.max_by_key(|e| e.valid_from);
        newest.map(|e| e.id).ok_or_else(|| {
            let first = EDITIONS.iter().map(|e| e.valid_from).min().unwrap_or_default();
            PolicyError::NoEdition {
                as_of: as_of.to_string(),
                first: format!("{:04}-{:02}-{:02}", first.0, first.1, first.2),
            }
        })
    }

    /// The canonical JSON of an embedded edition's catalogue.
    ///
    /// # Errors
    ///
    /// [`PolicyError::UnknownEdition`] if there is none of that name.
    pub fn embedded_catalogue(name: &str) -> Result<&'static [u8], PolicyError> {
        let edition = EDITIONS.iter().find(|e| e.id == name);
        edition.map(|e| e.catalogue).ok_or_else(|| PolicyError::UnknownEdition {
            name: name.into(),
            known: known_editions(),
        })
    }

    /// What an embedded edition says of itself, without running it.
    ///
    /// # Errors
    ///
    /// [`PolicyError::UnknownEdition`] if there is none of that name.
    pub fn embedded_description(name: &str) -> Result<Description, PolicyError> {
        let catalogue = Catalogue::from_json(Self::embedded_catalogue(name)?);
        Ok(catalogue.map_err(PolicyError::Catalogue)?.describe())
    }

    fn of_edition(edition: &EmbeddedEdition) -> Result<Self, PolicyError> {
        Self::from_catalogue(edition.catalogue)
    }

    /// The embedded rules with another catalogue, in canonical JSON.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Catalogue`] with every finding if a rail forbids the catalogue.
    pub fn from_catalogue(catalogue: &[u8]) -> Result<Self, PolicyError> {
        Self::from_component(bake(BLANK, catalogue)?)
    }

    /// A baked component from a file.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if the file cannot be read or is no policy.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, PolicyError> {
        let path = path.as_ref();
        let bytes = read_file(path, COMPONENT_LIMIT).map_err(|e| {
            PolicyError::Component(format!("`{}` cannot be read: {e}", path.display()))
        })?;
        Self::from_component(bytes)
    }

    /// A baked component.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if the bytes are no policy of this boundary, or import more than the
    /// registry.
    pub fn from_component(bytes: Vec<u8>) -> Result<Self, PolicyError> {
        let inspection = Inspection::of(&bytes)?;
        if let Some(import) = inspection.imports.iter().find(|i| *i != engine::REGISTRY) {
            return Err(PolicyError::Import(import.clone()));
        }
        if !inspection.exports.iter().any(|e| e == engine::POLICY) {
            let found = inspection.exports.join(", ");
            return Err(PolicyError::Component(format!(
                "it exports `{found}` and not `{}`; build it for this version of the interface",
                engine::POLICY
            )));
        }
        let failed = |e: wasmtime::Error| PolicyError::Component(format!("{e:#}"));
        let engine = engine::engine()?;
        let component = Component::new(&engine, &bytes).map_err(failed)?;
        let pre = engine::linker(&engine)
            .and_then(|linker| linker.instantiate_pre(&component))
            .map_err(failed)?;
        let mut session = Session::start(&engine, &pre, Limits::default())
            .map_err(|e| PolicyError::Component(describe_fault(&e)))?;
        let description =
            session.describe().map_err(|e| PolicyError::Component(describe_fault(&e)))?;
        let digest = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect();
        Ok(Self { inner: Arc::new(Inner { engine, pre, digest, bytes, description }) })
    }

    /// What the policy says of itself.
    pub fn description(&self) -> &Description {
        &self.inner.description
    }

    /// SHA-256 of the component, in lower-case hexadecimal.
    pub fn digest(&self) -> &str {
        &self.inner.digest
    }

    /// The component.
    pub fn component(&self) -> &[u8] {
        &self.inner.bytes
    }

    /// Imports, exports, size and digest.
    ///
    /// # Errors
    ///
    /// Never for a policy that was opened; the signature is that of the inspection.
    pub fn inspect(&self) -> Result<Inspection, PolicyError> {
        Inspection::of(&self.inner.bytes)
    }

    /// Whether the policy decides on a day.
    pub fn decides(&self, as_of: Date) -> bool {
        let description = self.description();
        description.valid_from <= as_of && description.valid_until.is_none_or(|u| as_of <= u)
    }

    pub(crate) fn session(&self, limits: Limits) -> Result<Session, Fault> {
        Session::start(&self.inner.engine, &self.inner.pre, limits)
    }
}

fn known_editions() -> String {
    let known: Vec<_> = EDITIONS.iter().map(|e| format!("`{}`", e.id)).collect();
    known.join(", ")
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let policy = &self.description().policy;
        f.debug_struct("Policy").field("policy", policy).field("digest", &self.digest()).finish()
    }
}

fn describe_fault(fault: &Fault) -> String {
    match fault {
        Fault::Component { during, detail, .. } => format!("`{during}` failed: {detail}"),
        other => other.to_string(),
    }
}

/// One sandbox, for one application. Dropped whole, whatever happened in it.
pub(crate) struct Session {
    store: Store<Sandbox>,
    instance: wasmtime::component::Instance,
    fuel: u64,
}

impl Session {
    fn start(engine: &Engine, pre: &InstancePre<Sandbox>, limits: Limits) -> Result<Self, Fault> {
        let failed = |e: wasmtime::Error| component_fault("start", &e, None);
        let mut store = engine::store(engine, limits).map_err(failed)?;
        let instance = pre.instantiate(&mut store).map_err(failed)?;
        Ok(Self { store, instance, fuel: limits.fuel })
    }

    fn describe(&mut self) -> Result<Description, Fault> {
        let (description,) = self.call::<(), (Description,)>("describe", ())?;
        Ok(description)
    }

    pub(crate) fn due_lookups(
        &mut self,
        application: &Application,
    ) -> Result<Result<Vec<Query>, ApplicationError>, Fault> {
        let (due,) = self.call::<(&Application,), (Result<Vec<Query>, ApplicationError>,)>(
            "due-lookups",
            (application,),
        )?;
        Ok(due)
    }

    pub(crate) fn check(
        &mut self,
        application: &Application,
    ) -> Result<Result<Decision, ApplicationError>, Fault> {
        let (decision,) = self.call::<(&Application,), (Result<Decision, ApplicationError>,)>(
            "check",
            (application,),
        )?;
        Ok(decision)
    }

    pub(crate) fn sandbox(&mut self) -> &mut Sandbox {
        self.store.data_mut()
    }

    /// Fuel used so far.
    pub(crate) fn fuel_used(&self) -> u64 {
        self.fuel.saturating_sub(self.store.get_fuel().unwrap_or_default())
    }

    fn call<P, R>(&mut self, name: &'static str, parameters: P) -> Result<R, Fault>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift + 'static,
    {
        let called = self.typed::<P, R>(name).and_then(|f| f.call(&mut self.store, parameters));
        called.map_err(|e| component_fault(name, &e, self.store.data().refused.as_deref()))
    }

    fn typed<P, R>(&mut self, name: &str) -> wasmtime::Result<TypedFunc<P, R>>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift + 'static,
    {
        let store = &mut self.store;
        let interface = self.instance.get_export_index(&mut *store, None, engine::POLICY);
        let function = interface
            .and_then(|i| self.instance.get_export_index(&mut *store, Some(&i), name))
            .ok_or_else(|| wasmtime::format_err!("the interface has no function `{name}`"))?;
        self.instance.get_typed_func(&mut *store, function)
    }
}

/// What happened in a component, in words that tell its author what to change.
fn component_fault(during: &'static str, error: &wasmtime::Error, refused: Option<&str>) -> Fault {
    let detail = match (refused, error.downcast_ref::<Trap>()) {
        (Some(refused), _) => refused.to_owned(),
        (None, Some(Trap::OutOfFuel)) => {
            "it ran out of fuel: it loops, or needs a higher limit".into()
        }
        (None, Some(Trap::StackOverflow)) => "its stack overflowed: it recurses without end".into(),
        (None, Some(Trap::UnreachableCodeReached)) => {
            "it trapped: it panicked, or its catalogue was never baked in".into()
        }
        (None, Some(trap)) => format!("it trapped: {trap}"),
        (None, None) => format!("{error:#}"),
    };
    Fault::Component { during, detail, source: None }
}

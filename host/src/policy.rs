//! A policy: a baked component, compiled, inspected and described.

use std::path::Path;
use std::sync::Arc;

use mustcheck_guest::Catalogue;
use mustcheck_guest::date::Date;
use mustcheck_guest::model::Description;
use sha2::{Digest, Sha256};
use wasmtime::component::{Component, InstancePre};

use crate::bake::{BLANK, bake};
use crate::described::Described;
use crate::engine;
use crate::error::{CheckError, Fault, PolicyError};
use crate::input::read_file;
use crate::inspect::Inspection;
use crate::limits::Limits;
use crate::session::{self, Exports, POLICY, REGISTRY, Sandbox, Session};

/// An edition that this crate embeds.
struct EmbeddedEdition {
    id: &'static str,
    valid_from: (u16, u8, u8),
    catalogue: &'static [u8],
}

/// The editions, as this crate's build compiled them.
const EDITIONS: &[EmbeddedEdition] = include!(concat!(env!("OUT_DIR"), "/editions.rs"));

/// The largest component that is read, in bytes.
pub(crate) const COMPONENT_LIMIT: u64 = 64 << 20;

/// A policy, ready to be asked. Cloning is cheap.
#[derive(Clone)]
pub struct Policy {
    inner: Arc<Inner>,
}

struct Inner {
    pre: InstancePre<Sandbox>,
    exports: Exports,
    digest: Arc<str>,
    bytes: Vec<u8>,
    described: Described,
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
        if let Some(import) = inspection.imports.iter().find(|i| *i != REGISTRY) {
            return Err(PolicyError::Import(import.clone()));
        }
        if !inspection.exports.iter().any(|e| e == POLICY) {
            let found = inspection.exports.join(", ");
            return Err(PolicyError::Component(format!(
                "it exports `{found}` and not `{POLICY}`; build it for this version of the \
                 interface"
            )));
        }
        let failed = |e: wasmtime::Error| PolicyError::Component(format!("{e:#}"));
        let engine = engine::engine()?;
        let component = Component::new(engine, &bytes).map_err(|e| engine::unfit(&e))?;
        let exports = Exports::of(&component).map_err(|missing| {
            PolicyError::Component(format!("the interface has no function `{missing}`"))
        })?;
        let linker = session::linker(engine).map_err(failed)?;
        let pre = linker.instantiate_pre(&component).map_err(failed)?;
        let description = Session::start(&pre, &exports, Limits::opening())
            .map_err(CheckError::from)
            .and_then(|mut session| session.describe())
            .map_err(|e| PolicyError::Component(in_short(&e)))?;
        let described = Described::new(description);
        let digest = Sha256::digest(&bytes).iter().map(|b| format!("{b:02x}")).collect::<String>();
        let digest = Arc::from(digest);
        Ok(Self { inner: Arc::new(Inner { pre, exports, digest, bytes, described }) })
    }

    /// What the policy says of itself.
    pub fn description(&self) -> &Description {
        self.inner.described.description()
    }

    pub(crate) fn described(&self) -> &Described {
        &self.inner.described
    }

    /// SHA-256 of the component, in lower-case hexadecimal.
    pub fn digest(&self) -> &str {
        &self.inner.digest
    }

    pub(crate) fn shared_digest(&self) -> &Arc<str> {
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

    pub(crate) fn session(&self, limits: Limits) -> Result<Session<'_>, Fault> {
        Session::start(&self.inner.pre, &self.inner.exports, limits)
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

/// A component's fault, in a sentence that already names the component.
fn in_short(error: &CheckError) -> String {
    match error {
        CheckError::Fault(Fault::Component { during, detail, .. }) => {
            format!("`{during}` failed: {detail}")
        }
        other => other.to_string(),
    }
}

//! A policy: a baked component, compiled, inspected and described.

mod cached;

use std::path::Path;
use std::sync::Arc;

use mustcheck_model::Description;
use mustcheck_model::date::Date;
use mustcheck_model::described::Described;
use mustcheck_rules::Catalogue;
use wasmtime::component::{Component, InstancePre, Linker};

use crate::bake::{self, BLANK, bake};
use crate::cache::{self, CodeCache, Origin};
use crate::described;
use crate::due::KnownDue;
use crate::engine;
use crate::error::{Fault, PolicyError};
use crate::input::read_file;
use crate::inspect::Inspection;
use crate::limits::{COMPONENT_LIMIT, Limits};
use crate::receipts::{Baked, ContentDigest};
use crate::sandbox::Inside;
use crate::session::{Exports, POLICY, Session};

/// An edition that this crate embeds, with what one place adopts.
struct EmbeddedEdition {
    id: &'static str,
    overlay: &'static str,
    valid_from: (u16, u8, u8),
    catalogue: &'static [u8],
}

/// The editions, as this crate's build compiled them.
const EDITIONS: &[EmbeddedEdition] = include!(concat!(env!("OUT_DIR"), "/editions.rs"));

/// The overlay of a place that has none of its own.
pub const DEFAULT_OVERLAY: &str = "default";

/// A policy, ready to be asked. Cloning is cheap.
#[derive(Clone)]
pub struct Policy {
    inner: Arc<Inner>,
}

struct Inner {
    pre: InstancePre<Inside>,
    exports: Exports,
    digest: Arc<str>,
    content: ContentDigest,
    baked: Option<Baked>,
    bytes: Vec<u8>,
    described: Described,
    known_due: KnownDue,
    origin: Origin,
}

impl Policy {
    /// The embedded edition that begins latest. [`Policy::edition_as_of`] names the one for a day.
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
        Self::embedded_place(name, DEFAULT_OVERLAY)
    }

    /// An embedded edition with what a place adopts (地方采用).
    ///
    /// # Errors
    ///
    /// [`PolicyError::UnknownEdition`] or [`PolicyError::UnknownOverlay`].
    pub fn embedded_place(edition: &str, overlay: &str) -> Result<Self, PolicyError> {
        Self::from_catalogue(Self::embedded_catalogue_of(edition, overlay)?)
    }

    /// The name of the embedded edition that begins latest.
    pub fn newest_edition() -> &'static str {
        EDITIONS.iter().max_by_key(|e| e.valid_from).map_or("", |e| e.id)
    }

    /// The names of the embedded editions.
    pub fn embedded_editions() -> Vec<&'static str> {
        let standard = EDITIONS.iter().filter(|e| e.overlay == DEFAULT_OVERLAY);
        standard.map(|e| e.id).collect()
    }

    /// The overlays that are embedded with an edition, `default` among them.
    pub fn embedded_overlays(edition: &str) -> Vec<&'static str> {
        EDITIONS.iter().filter(|e| e.id == edition).map(|e| e.overlay).collect()
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
        Self::embedded_catalogue_of(name, DEFAULT_OVERLAY)
    }

    /// The canonical JSON of the catalogue of an embedded edition with an overlay.
    ///
    /// # Errors
    ///
    /// [`PolicyError::UnknownEdition`] or [`PolicyError::UnknownOverlay`].
    pub fn embedded_catalogue_of(
        edition: &str,
        overlay: &str,
    ) -> Result<&'static [u8], PolicyError> {
        let known = Self::embedded_overlays(edition);
        if known.is_empty() {
            let name = edition.to_owned();
            return Err(PolicyError::UnknownEdition { name, known: known_editions() });
        }
        let found = EDITIONS.iter().find(|e| e.id == edition && e.overlay == overlay);
        found.map(|e| e.catalogue).ok_or_else(|| PolicyError::UnknownOverlay {
            name: overlay.into(),
            edition: edition.into(),
            known: listed(&known),
        })
    }

    /// Returns the description of an embedded edition, without running it.
    ///
    /// # Errors
    ///
    /// [`PolicyError::UnknownEdition`] if there is none of that name.
    pub fn embedded_description(name: &str) -> Result<Description, PolicyError> {
        Self::embedded_description_of(name, DEFAULT_OVERLAY)
    }

    /// Returns the description of an embedded edition with an overlay, without running it.
    ///
    /// # Errors
    ///
    /// As [`Policy::embedded_catalogue_of`].
    pub fn embedded_description_of(
        edition: &str,
        overlay: &str,
    ) -> Result<Description, PolicyError> {
        let catalogue = Catalogue::from_json(Self::embedded_catalogue_of(edition, overlay)?);
        Ok(catalogue.map_err(PolicyError::Catalogue)?.describe())
    }

    /// The embedded rules with another catalogue, in canonical JSON.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Catalogue`] with every finding if a rail forbids the catalogue.
    pub fn from_catalogue(catalogue: &[u8]) -> Result<Self, PolicyError> {
        Self::of_catalogue(catalogue, None)
    }

    /// The embedded rules with a catalogue, baked and compiled before if the cache has it.
    pub(crate) fn of_catalogue(
        catalogue: &[u8],
        cache: Option<&CodeCache>,
    ) -> Result<Self, PolicyError> {
        Self::cached(&[BLANK, catalogue, bake::SECTION.as_bytes()], cache, || {
            bake(BLANK, catalogue)
        })
    }

    /// The embedded rules with a catalogue that is kept in files: one edition, and what a place
    /// adopts of it.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Catalogue`] with every finding if the files do not compile or a rail forbids
    /// what they say.
    #[cfg(feature = "authoring")]
    pub fn from_folder(folder: &Path, edition: &str, overlay: &str) -> Result<Self, PolicyError> {
        let compiled =
            mustcheck_authoring::compile(folder, edition, overlay).map_err(|findings| {
                let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
                PolicyError::Catalogue(lines.join("\n"))
            })?;
        Self::from_catalogue(compiled.canonical.as_bytes())
    }

    /// A baked component from a file.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if the file cannot be read or is no policy.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, PolicyError> {
        Self::from_component(Self::read(path.as_ref())?)
    }

    /// The bytes of a component from a file.
    ///
    /// # Errors
    ///
    /// [`PolicyError::Component`] if it cannot be read or is larger than any policy.
    pub fn read(path: &Path) -> Result<Vec<u8>, PolicyError> {
        read_file(path, COMPONENT_LIMIT).map_err(|e| {
            PolicyError::Component(format!("`{}` cannot be read: {e}", path.display()))
        })
    }

    /// A baked component.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] if the bytes are no policy of this boundary, or import anything.
    pub fn from_component(bytes: Vec<u8>) -> Result<Self, PolicyError> {
        Self::of_component(bytes, None)
    }

    /// A baked component, compiled before if the cache has it.
    pub fn of_component(bytes: Vec<u8>, cache: Option<&CodeCache>) -> Result<Self, PolicyError> {
        let name = bytes.clone();
        Self::cached(&[&name], cache, || Ok(bytes))
    }

    /// Opens a component from the cache; else one that `make` gives, checked and compiled.
    fn cached(
        name: &[&[u8]],
        cache: Option<&CodeCache>,
        make: impl FnOnce() -> Result<Vec<u8>, PolicyError>,
    ) -> Result<Self, PolicyError> {
        let engine = engine::engine()?;
        let named = cache.map(|cache| (cache, cache::Name::of(name, engine)));
        let mut origin = Origin::Compiled;
        if let Some((cache, name)) = &named {
            match cache.find(name, engine) {
                Ok(Some(stored)) => {
                    return Self::of(stored.bytes, &stored.component, Origin::Cached);
                }
                Ok(None) => {}
                Err(why) => origin = Origin::Refused(why),
            }
        }
        let bytes = make()?;
        check_boundary(&bytes)?;
        let component = Component::new(engine, &bytes).map_err(|e| engine::unfit(&e))?;
        let policy = Self::of(bytes, &component, origin)?;
        if let Some((cache, name)) = &named {
            // Only now: what does not describe itself is no policy.
            cache.store(name, policy.component(), &component);
        }
        Ok(policy)
    }

    /// Makes a policy of a compiled component, which is asked to describe itself.
    fn of(bytes: Vec<u8>, component: &Component, origin: Origin) -> Result<Self, PolicyError> {
        let failed = |e: wasmtime::Error| PolicyError::Component(format!("{e:#}"));
        let exports = Exports::of(component).map_err(|missing| {
            PolicyError::Component(format!("the interface has no function `{missing}`"))
        })?;
        // RAIL R6: it is offered nothing, so that it cannot give anything on.
        let pre = Linker::new(component.engine()).instantiate_pre(component).map_err(failed)?;
        let description = Session::start(&pre, &exports, Limits::opening(), 0)
            .and_then(|mut session| session.describe())
            .map_err(|e| PolicyError::Component(in_short(&e)))?;
        described::check(&description).map_err(PolicyError::Component)?;
        let described = Described::new(description);
        let content = ContentDigest::of(&bytes);
        let (digest, baked) = (Arc::from(content.hex()), bake::said(&bytes));
        let known_due = KnownDue::default();
        let inner =
            Inner { pre, exports, digest, content, baked, bytes, described, known_due, origin };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Returns the policy's description of itself.
    pub fn description(&self) -> &Description {
        self.inner.described.description()
    }

    pub(crate) fn described(&self) -> &Described {
        &self.inner.described
    }

    /// The due lookups that it has named before.
    pub(crate) fn known_due(&self) -> &KnownDue {
        &self.inner.known_due
    }

    /// SHA-256 of the component, in lower-case hexadecimal.
    pub fn digest(&self) -> &str {
        &self.inner.digest
    }

    /// The digest of the component.
    pub fn content_digest(&self) -> ContentDigest {
        self.inner.content
    }

    /// Digests of what was baked into the component, as the component says; its own digest covers
    /// this. None if it does not say.
    pub fn baked(&self) -> Option<&Baked> {
        self.inner.baked.as_ref()
    }

    /// The component.
    pub fn component(&self) -> &[u8] {
        &self.inner.bytes
    }

    /// Origin of its compiled code.
    pub fn origin(&self) -> &Origin {
        &self.inner.origin
    }

    /// Imports, exports, size and digest.
    ///
    /// # Errors
    ///
    /// None for a policy that was opened; the signature is that of [`Inspection::of`].
    pub fn inspect(&self) -> Result<Inspection, PolicyError> {
        Inspection::of(&self.inner.bytes)
    }

    /// Whether the policy decides on a day.
    pub fn decides(&self, as_of: Date) -> bool {
        let description = self.description();
        description.valid_from <= as_of && description.valid_until.is_none_or(|u| as_of <= u)
    }

    /// Starts a fresh sandbox, for a check that has used `used` units of fuel already.
    pub(crate) fn session(&self, limits: Limits, used: u64) -> Result<Session<'_>, Fault> {
        Session::start(&self.inner.pre, &self.inner.exports, limits, used)
    }
}

/// Checks from its bytes that a component has the boundary of a policy: the interface of this
/// version, and no import.
fn check_boundary(bytes: &[u8]) -> Result<(), PolicyError> {
    let inspection = Inspection::of(bytes)?;
    let (name, _) = POLICY.split_once('@').unwrap_or((POLICY, ""));
    let other = |export: &&String| {
        export.as_str() != POLICY && export.split('@').next().is_some_and(|own| own == name)
    };
    let is_exported = inspection.exports.iter().any(|export| export == POLICY);
    if let (false, Some(other)) = (is_exported, inspection.exports.iter().find(other)) {
        return Err(PolicyError::Component(format!(
            "it was built for `{other}`, and this program runs `{POLICY}`: build it again with \
             the `wit/credit.wit` of this version"
        )));
    }
    if let Some(import) = inspection.imports.into_iter().next() {
        return Err(PolicyError::Import(import));
    }
    if !is_exported {
        let found = inspection.exports.join(", ");
        return Err(PolicyError::Component(format!("it exports `{found}` and not `{POLICY}`")));
    }
    Ok(())
}

fn known_editions() -> String {
    listed(&Policy::embedded_editions())
}

fn listed(names: &[&str]) -> String {
    let names: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join(", ")
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let policy = &self.description().policy;
        f.debug_struct("Policy").field("policy", policy).field("digest", &self.digest()).finish()
    }
}

/// A component's fault, in a sentence that already names the component.
fn in_short(fault: &Fault) -> String {
    match fault {
        Fault::Component { during, detail, .. } => {
            format!("`{during}` failed: {detail}")
        }
        other => other.to_string(),
    }
}

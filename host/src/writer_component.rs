//! The writer as a component: what is kept with evidence, so that a decision is written again byte for
//! byte when this program has long been another.

use mustcheck_writer::recorded::RecordedCase;
use wasmtime::component::{Component, ComponentExportIndex, InstancePre, Linker};

use crate::engine;
use crate::error::{Fault, PolicyError};
use crate::inspect::Inspection;
use crate::limits::Limits;
use crate::receipts::ContentDigest;
use crate::sandbox::{Inside, Sandbox, component_fault};

/// The interface that a writer exports. It imports none.
const WRITING: &str = "mustcheck:writer/writing@0.1.0";

/// What `decision` returns.
type Written = (Result<String, String>,);

/// Why bytes are no writer.
#[derive(Debug, thiserror::Error)]
pub enum WriterError {
    /// They are no component, or one of something else.
    #[error("this is no writer component: {0}")]
    Component(String),
    /// It imports something.
    #[error("a writer imports nothing, and this one imports `{0}`")]
    Import(String),
    /// The engine does not run it.
    #[error("the writer cannot be run")]
    Engine(#[source] PolicyError),
}

/// A writer that runs in a sandbox.
pub struct WriterComponent {
    pre: InstancePre<Inside>,
    decision: ComponentExportIndex,
    digest: ContentDigest,
}

impl WriterComponent {
    /// The component of this program's own writer.
    pub const fn embedded() -> &'static [u8] {
        include_bytes!(concat!(env!("OUT_DIR"), "/writer.wasm"))
    }

    /// The digest of [`WriterComponent::embedded`].
    pub fn embedded_digest() -> ContentDigest {
        static DIGEST: std::sync::LazyLock<ContentDigest> =
            std::sync::LazyLock::new(|| ContentDigest::of(WriterComponent::embedded()));
        *DIGEST
    }

    /// Compiles a writer.
    ///
    /// # Errors
    ///
    /// [`WriterError`] if the bytes are no writer, or import anything.
    pub fn from_component(bytes: &[u8]) -> Result<Self, WriterError> {
        let inspection = Inspection::of(bytes).map_err(WriterError::Engine)?;
        if let Some(import) = inspection.imports.into_iter().next() {
            return Err(WriterError::Import(import));
        }
        let (engine, unfit) = (engine::engine(), |e| WriterError::Engine(engine::unfit(&e)));
        let engine = engine.map_err(WriterError::Engine)?;
        let component = Component::new(engine, bytes).map_err(unfit)?;
        let missing = || {
            let found = inspection.exports.join(", ");
            WriterError::Component(format!("it exports `{found}` and not `{WRITING}`"))
        };
        let interface = component.get_export_index(None, WRITING).ok_or_else(missing)?;
        let decision =
            component.get_export_index(Some(&interface), "decision").ok_or_else(missing)?;
        let pre = Linker::new(engine).instantiate_pre(&component).map_err(unfit)?;
        Ok(Self { pre, decision, digest: ContentDigest::of(bytes) })
    }

    /// The digest of the component.
    pub const fn digest(&self) -> ContentDigest {
        self.digest
    }

    /// Writes the decision of a case, as JSON.
    ///
    /// # Errors
    ///
    /// [`Fault::Component`] if the writer fails, or says why it can write nothing.
    pub fn decision(&self, case: &RecordedCase<'_>, limits: &Limits) -> Result<String, Fault> {
        let during = "decision";
        let case = serde_json::to_string(case)
            .map_err(|e| Fault::component(during, format!("the case cannot be written: {e}")))?;
        let mut sandbox = Sandbox::start(&self.pre, limits, limits.fuel)?;
        let (written,) = sandbox
            .call::<(&str,), Written>(&self.decision, (&case,))
            .map_err(|error| component_fault(during, &error, limits))?;
        written.map_err(|refused| Fault::component(during, refused))
    }
}

//! The writer as a component, as evidence keeps it: a decision and its papers are written again, byte
//! for byte, when this program has long been another.

use mustcheck_writer::recorded::RecordedCase;
use mustcheck_writer::{Language, Papers};
use wasmtime::component::{
    Component, ComponentExportIndex, ComponentNamedList, InstancePre, Lift, Linker, Lower,
};

use crate::engine;
use crate::error::{Fault, PolicyError};
use crate::inspect::Inspection;
use crate::limits::Limits;
use crate::receipts::ContentDigest;
use crate::sandbox::{Inside, Sandbox, described};

/// The interface that a writer exports. It imports none.
const WRITING: &str = "mustcheck:writer/writing@0.1.0";

/// Result of `decision`.
type Decision = (Result<String, String>,);
/// Parameters of `papers`: case, language, number of the receipt.
type Asked<'a> = (&'a str, wit::Language, Option<&'a str>);
/// Result of `papers`.
type Pages = (Result<Vec<wit::Paper>, String>,);

/// The types of the interface, as the engine passes them.
mod wit {
    #![allow(clippy::all, missing_docs, unused_qualifications, reason = "generated code")]

    use wasmtime::component::{ComponentType, Lift, Lower};

    #[derive(Clone, Copy, ComponentType, Lower)]
    #[component(enum)]
    #[repr(u8)]
    pub enum Language {
        #[component(name = "zh")]
        Zh,
        #[component(name = "en")]
        En,
    }

    #[derive(ComponentType, Lift)]
    #[component(record)]
    pub struct Paper {
        pub subject: Option<u32>,
        pub html: String,
        pub text: String,
    }
}

/// A paper as it is handed out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Position of its addressee in the application's subjects; none for the officer's sheet.
    pub subject: Option<u32>,
    /// The page to print. It needs nothing from elsewhere.
    pub html: String,
    /// The same words as plain text.
    pub text: String,
}

impl Page {
    /// The pages of papers that this program wrote.
    pub fn of(papers: &Papers) -> Vec<Self> {
        let page = |(subject, document): (Option<u32>, &mustcheck_writer::Document)| Self {
            subject,
            html: document.html(),
            text: document.text(),
        };
        papers.pages().map(page).collect()
    }
}

/// Error: bytes are no writer.
#[derive(Debug, thiserror::Error)]
pub enum WriterError {
    /// They are a component of something else.
    #[error("this is no writer component: {0}")]
    Component(String),
    /// The component imports something.
    #[error("a writer imports nothing, and this one imports `{0}`")]
    Import(String),
    /// The bytes are no component, or the engine does not run it.
    #[error("the writer cannot be run")]
    Engine(#[source] PolicyError),
}

/// A writer that runs in a sandbox.
pub struct WriterComponent {
    pre: InstancePre<Inside>,
    decision: ComponentExportIndex,
    /// None in a writer of before the papers.
    papers: Option<ComponentExportIndex>,
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
        let papers = component.get_export_index(Some(&interface), "papers");
        let pre = Linker::new(engine).instantiate_pre(&component).map_err(unfit)?;
        Ok(Self { pre, decision, papers, digest: ContentDigest::of(bytes) })
    }

    /// The digest of the component.
    pub const fn digest(&self) -> ContentDigest {
        self.digest
    }

    /// Writes the decision of a case, as JSON.
    ///
    /// # Errors
    ///
    /// [`Fault::Writer`] if the writer fails, or says why it can write nothing.
    pub fn decision(&self, case: &RecordedCase<'_>, limits: &Limits) -> Result<String, Fault> {
        let during = "decision";
        let case = json(case, during)?;
        let (written,) =
            self.call::<(&str,), Decision>(during, &self.decision, (&case,), limits)?;
        written.map_err(|refused| fault(during, refused))
    }

    /// Writes the papers of a case: the officer's sheet, then the notices. `receipt` is the number
    /// under which the check is on record.
    ///
    /// # Errors
    ///
    /// [`Fault::Writer`] if the writer fails, says why it can write nothing, or is one of before
    /// the papers.
    pub fn papers(
        &self,
        case: &RecordedCase<'_>,
        language: Language,
        receipt: Option<&str>,
        limits: &Limits,
    ) -> Result<Vec<Page>, Fault> {
        let during = "papers";
        let index = self
            .papers
            .ok_or_else(|| fault(during, "this writer is of before the papers, and writes none"))?;
        let case = json(case, during)?;
        let language = match language {
            Language::Zh => wit::Language::Zh,
            Language::En => wit::Language::En,
        };
        let (written,) =
            self.call::<Asked<'_>, Pages>(during, &index, (&case, language, receipt), limits)?;
        let papers = written.map_err(|refused| fault(during, refused))?;
        let page = |wit::Paper { subject, html, text }| Page { subject, html, text };
        Ok(papers.into_iter().map(page).collect())
    }

    fn call<P, R>(
        &self,
        during: &'static str,
        index: &ComponentExportIndex,
        parameters: P,
        limits: &Limits,
    ) -> Result<R, Fault>
    where
        P: ComponentNamedList + Lower,
        R: ComponentNamedList + Lift + 'static,
    {
        let started = Sandbox::start(&self.pre, limits, limits.fuel);
        let mut sandbox = started.map_err(|started| match started {
            Fault::Component { during, detail, .. } => fault(during, detail),
            other => other,
        })?;
        let called = sandbox.call::<P, R>(index, parameters);
        called.map_err(|error| fault(during, described(during, &error, limits, "wit/writer.wit")))
    }
}

/// A case as a writer takes it.
fn json(case: &RecordedCase<'_>, during: &'static str) -> Result<String, Fault> {
    serde_json::to_string(case)
        .map_err(|e| fault(during, format!("the case cannot be written: {e}")))
}

/// A fault of the writer.
fn fault(during: &'static str, detail: impl Into<String>) -> Fault {
    Fault::Writer { during, detail: detail.into() }
}

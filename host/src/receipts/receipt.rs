//! The receipt (核查回执): it says that a check was made, of what kind, and how it came out.
//!
//! It goes into the log and may be shown to anybody, so nothing in it tells who was checked: no
//! identifier, no name, no document or record number, and only digests whose text nobody can guess.

mod made;
#[cfg(test)]
mod tests;

use mustcheck_model::date::{Date, Timestamp};
use mustcheck_model::{
    AnswerStatus, Disposition, DispositionRule, Effect, Force, MeasureKind, ObligationKind,
    PolicyId, Role, SetAsideReason, Standing, Text,
};

pub(crate) use made::{Observed, Texts};
pub use made::{Places, reckoned};

use crate::limits::Limits;
use crate::receipts::digest::{ContentDigest, KeyedDigest, Moment};
use crate::receipts::payload::Payload;
use crate::receipts::suite::Suite;

/// Declares a type of our documents: strict, comparable, with a schema.
#[macro_export]
macro_rules! document {
    ($($(#[$meta:meta])* pub struct $name:ident {
        $($(#[$field_meta:meta])* pub $field:ident: $type:ty,)*
    })+) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize,
            schemars::JsonSchema,
        )]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$field_meta])* pub $field: $type,)*
        }
    )+};
}
/// Declares the format of a document; any other format is an error, not a guess.
#[macro_export]
macro_rules! format_tag {
    ($(#[$meta:meta])* $name:ident = $text:literal) => {
        $(#[$meta])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize,
            schemars::JsonSchema,
        )]
        pub enum $name {
            /// The first.
            #[default]
            #[serde(rename = $text)]
            V1,
        }
    };
}
crate::format_tag! {
    /// The format of receipts.
    ReceiptFormat = "mustcheck-receipt/1"
}

crate::document! {
    /// A receipt. See the module for what it may hold.
    pub struct Receipt {
        /// The format.
        pub format: ReceiptFormat,
        /// Time of the system's clock. The order of receipts is that of the log.
        pub made_at: Moment,
        /// The caller that asked for the check, as the service has it configured: a post or a
        /// program, never a person. Absent if the gate was not told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub asked_by: Option<String>,
        /// The case that was checked.
        pub case: Case,
        /// The policy and component that decided.
        pub decided_by: DecidedBy,
        /// The engine and every limit that can change a result.
        pub engine: EngineSettings,
        /// Whether the decision carried a notice; only receipts of earlier versions say so, when it
        /// was a part of the decision.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub notice: Option<bool>,
        /// The algorithms of the digests and of the signature.
        pub suite: Suite,
        /// Keyed digest of the application's canonical JSON.
        pub application: KeyedDigest,
        /// Keyed digest of the decision's canonical JSON.
        pub decision: KeyedDigest,
        /// Keyed digest of the canonical JSON of `[due, verdict]`: the due lookups, and the
        /// component's verdict. Receipts of earlier versions do not have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub verdict: Option<KeyedDigest>,
        /// Every answer, in the order in which the registry gave them.
        pub lookups: Vec<ReceiptLookup>,
        /// The finding that sums the decision up.
        pub disposition: Disposition,
        /// The rule that decided it.
        pub disposition_rule: DispositionRule,
        /// The measures that apply.
        pub measures: Vec<ReceiptMeasure>,
        /// Measures and records that do not apply, counted.
        pub set_aside: Vec<SetAsideCount>,
        /// The records found, counted.
        pub records: RecordCounts,
        /// Obligations that are due later.
        pub obligations: Vec<ReceiptObligation>,
        /// Fuel that the component used; the same input uses the same.
        pub fuel: u64,
        /// Microseconds from the call to the decision, lookups included.
        pub took_us: u64,
    }

    /// The case that was checked.
    pub struct Case {
        /// The office's case number; what in it may be an identifier is masked.
        pub id: String,
        /// Its matter.
        pub matter: String,
        /// The day for which the records were read.
        pub as_of: Date,
        /// The day of the gate on which the check was made, whose law decided; receipts of earlier
        /// versions do not have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub made_on: Option<Date>,
        /// The office.
        pub office: ReceiptOffice,
    }

    /// An office; what in its name may be an identifier is masked.
    pub struct ReceiptOffice {
        /// Its name.
        pub name: String,
        /// Administrative division code, GB/T 2260.
        pub region: String,
    }

    /// The policy and component that decided.
    pub struct DecidedBy {
        /// Name, version, edition, overlay.
        pub policy: PolicyId,
        /// The component.
        pub component: ContentDigest,
        /// Digests of what was baked into it; absent if the component does not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub baked: Option<Baked>,
        /// The boundary, with its version.
        pub interface: String,
        /// The writer's component, which writes the decision again. Receipts of earlier versions do
        /// not have it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub writer: Option<ContentDigest>,
    }

    /// Digests of what was baked into a component, as the component says: its own digest covers
    /// this.
    pub struct Baked {
        /// Digest of the canonical JSON of the catalogue, the overlay included.
        pub catalogue: ContentDigest,
        /// Digest of the canonical JSON of the overlay alone.
        pub overlay: ContentDigest,
    }

    /// The engine, and what it allowed.
    pub struct EngineSettings {
        /// Its name.
        pub name: String,
        /// Its version.
        pub version: String,
        /// Units of fuel.
        pub fuel: u64,
        /// Bytes of memory.
        pub memory: u64,
        /// Elements of a table.
        pub table: u64,
        /// Bytes that the host takes out of the sandbox in one call.
        pub output: u64,
        /// Lookups.
        pub lookups: u64,
        /// Bytes of the answers.
        pub answers: u64,
    }

    /// One answer.
    pub struct ReceiptLookup {
        /// Position in the application's subjects, from 0.
        pub subject_index: u32,
        /// The subject's role.
        pub role: Role,
        /// The list.
        pub list: String,
        /// Whether the lookup is due.
        pub due: bool,
        /// Status of the answer.
        pub status: AnswerStatus,
        /// The source, if one holds the list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub source: Option<String>,
        /// Time at which the source's snapshot was taken.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub source_as_of: Option<Timestamp>,
        /// Number of records in the answer.
        pub records: u32,
        /// Keyed digest of the answer's canonical JSON.
        pub answer: KeyedDigest,
    }

    /// A measure that applies.
    pub struct ReceiptMeasure {
        /// Its id in the catalogue.
        pub measure: String,
        /// Direction of its effect.
        pub effect: Effect,
        /// Whether it must be applied.
        pub force: Force,
        /// Kind of the measure.
        pub kind: MeasureKind,
        /// Role of the subject that it meets.
        pub role: Role,
        /// Position in the application's subjects, from 0.
        pub subject_index: u32,
        /// The last day, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub until: Option<Date>,
        /// Number of records that trigger it.
        pub because: u32,
        /// Codes of the lists of those records, each once, in order.
        pub lists: Vec<String>,
        /// Places of its legal basis, without the words.
        pub legal_basis: Vec<Pinpoint>,
    }

    /// Place of a text in an instrument.
    pub struct Pinpoint {
        /// The instrument's id in the catalogue.
        pub instrument: String,
        /// Article.
        pub article: String,
        /// Paragraph (款), from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub paragraph: Option<u8>,
        /// Item (项), from 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub item: Option<u8>,
    }

    /// Number of times that something is set aside for one reason.
    pub struct SetAsideCount {
        /// The measure; absent if a record as such is set aside.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub measure: Option<String>,
        /// The reason.
        pub reason: SetAsideReason,
        /// Number of times.
        pub count: u32,
    }

    /// Counts of the records found.
    pub struct RecordCounts {
        /// Number of records.
        pub found: u32,
        /// Number of records with an objection, decided or not.
        pub disputed: u32,
        /// Number of records of each standing.
        pub standings: Vec<StandingCount>,
    }

    /// Number of records with one standing.
    pub struct StandingCount {
        /// The standing at the as-of date.
        pub standing: Standing,
        /// Number of records.
        pub count: u32,
    }

    /// Something due later.
    pub struct ReceiptObligation {
        /// Kind of the obligation.
        pub kind: ObligationKind,
        /// Recipient.
        pub to: Text,
        /// The last day, if there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub due_on: Option<Date>,
    }
}

impl std::fmt::Display for Pinpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.instrument, self.article)?;
        [self.paragraph, self.item].iter().flatten().try_for_each(|n| write!(f, ".{n}"))
    }
}

impl Payload for Receipt {
    const TYPE: &'static str = "application/vnd.mustcheck.receipt+json";
    const LETTER: char = 'r';
    const NAME: &'static str = "receipt";

    fn suite(&self) -> Suite {
        self.suite
    }

    fn made_at(&self) -> Moment {
        self.made_at
    }
}

/// The interface, as receipts name it.
pub const INTERFACE: &str = "mustcheck:credit@0.2.0";

/// Version of the engine that is linked: `wasmtime` asks for `wasmtime-environ` of exactly its own
/// version, so that whatever lock file a program has, there is one version of both.
const ENGINE_VERSION: &str = wasmtime_environ::VERSION;

impl EngineSettings {
    /// This program's engine with these limits.
    pub(crate) fn of(limits: &Limits) -> Self {
        let size = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
        Self {
            name: "wasmtime".into(),
            version: ENGINE_VERSION.into(),
            fuel: limits.fuel,
            memory: size(limits.memory),
            table: size(limits.table),
            output: limits.output.try_into().unwrap_or(u64::MAX),
            lookups: size(limits.lookups),
            answers: size(limits.answers),
        }
    }

    /// The limits under which a check is to be made again.
    pub fn limits(&self) -> Limits {
        let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        Limits {
            fuel: self.fuel,
            memory: size(self.memory),
            table: size(self.table),
            output: size(self.output),
            lookups: size(self.lookups),
            answers: size(self.answers),
            ..Limits::default()
        }
    }
}

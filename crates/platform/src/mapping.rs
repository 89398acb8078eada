//! The mapping file: how remote sources are asked, and what their answers mean.
//!
//! `platform/README.md` documents it for people who write one.

mod canary;
mod check;
mod field;
mod settings;
mod subject;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mustcheck::Date;
use mustcheck::model::Scheme;
use mustcheck::registry::RegistryError;
use mustcheck_registry::mapping::{MAPPING_LIMIT, MappingFault, read};
use mustcheck_registry::shapes::Unit;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use canary::Canary;
pub use field::{Field, Table};
pub use settings::{BreakerSettings, Paging, Retries, SourceLimits, Timeouts};
pub use subject::{PartyMapping, SubjectMapping};

/// Remote sources, and how to ask them.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Time for all lookups of one check, in seconds; less than the gate waits for its registry.
    #[serde(default = "defaults::time")]
    pub time_seconds: u64,
    /// Size of the cache of answers, in bytes: approximate, and for all sources together.
    #[serde(default = "defaults::cache_bytes")]
    pub cache_bytes: u64,
    /// The sources.
    #[serde(default)]
    pub source: Vec<SourceMapping>,
}

/// One remote source.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceMapping {
    /// Id of the source, by which decisions name it. It begins the ids of its records.
    pub id: String,
    /// Its name, for people.
    #[serde(default)]
    pub name: String,
    /// URL at which its interface begins: HTTPS, or HTTP of this machine itself.
    pub base_url: String,
    /// URL of a proxy. Without one the source is reached directly, whatever the environment says.
    #[serde(default)]
    pub proxy: Option<String>,
    /// Day from which on it keeps ended records too, where its answers do not say.
    #[serde(default)]
    pub records_from: Option<Date>,
    /// Kinds of identifier by which it keeps its subjects, each subject by every such identifier
    /// that it has. It is not asked about other identifiers, and a subject that has none of these
    /// is not covered. By default, unified codes and resident numbers.
    #[serde(default = "schemes_of_china")]
    pub schemes: Vec<Scheme>,
    /// Secret by which this program identifies itself.
    #[serde(default)]
    pub authentication: Option<Authentication>,
    /// Certificates of both sides.
    #[serde(default)]
    pub tls: Tls,
    /// Request that asks it.
    pub request: Request,
    /// Lists that it holds: its own codes, each with the catalogue's code.
    pub lists: BTreeMap<String, String>,
    /// Its codes of lists whose records are ignored: known, and not asked for.
    #[serde(default)]
    pub ignored_lists: Vec<String>,
    /// Places of values in an answer.
    pub response: Response,
    /// Places of values in a record.
    pub record: RecordMapping,
    /// Paging, if an answer comes in parts.
    #[serde(default)]
    pub paging: Option<Paging>,
    /// Limits on one answer.
    #[serde(default)]
    pub limits: SourceLimits,
    /// Timeouts.
    #[serde(default)]
    pub timeouts: Timeouts,
    /// Retries after a failure.
    #[serde(default)]
    pub retries: Retries,
    /// Circuit breaker: pauses after repeated failures.
    #[serde(default)]
    pub breaker: BreakerSettings,
    /// Time for which an answer may be used again, in seconds; 0 for not at all.
    #[serde(default)]
    pub cache_seconds: u64,
    /// Subjects that are known to be on its lists. While one of them is not found, the source
    /// counts as not having answered.
    #[serde(default)]
    pub canary: Vec<Canary>,
    /// Time for which the source is trusted after every canary was found, in seconds; 0: the
    /// canaries are asked for with every check.
    #[serde(default = "defaults::canary_seconds")]
    pub canary_seconds: u64,
}

/// A secret that a request carries.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authentication {
    /// Header that carries the secret as it is; by default `Authorization: Bearer …`.
    #[serde(default)]
    pub header: Option<String>,
    /// File with the secret, beside the mapping file. White space around it is not part of it.
    #[serde(default)]
    pub file: Option<PathBuf>,
    /// Environment variable with the secret.
    #[serde(default)]
    pub environment: Option<String>,
}

/// Files of certificates, in PEM, beside the mapping file.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Authorities that are trusted instead of the system's.
    #[serde(default)]
    pub authorities: Option<PathBuf>,
    /// Certificate that this program shows, with its chain.
    #[serde(default)]
    pub certificate: Option<PathBuf>,
    /// Private key of that certificate.
    #[serde(default)]
    pub key: Option<PathBuf>,
}

/// One request. In every text, `{identifier}`, `{scheme}`, `{kind}`, `{country}`, `{list}` (the
/// source's code), `{page}`, `{offset}`, `{size}` and `{cursor}` are replaced by their values.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Method: `GET` or `POST`; `POST` by default.
    #[serde(default = "defaults::method")]
    pub method: Method,
    /// Path below `base_url`.
    #[serde(default)]
    pub path: String,
    /// Query of the URL.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Headers, by name.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Body. A text that is only `{page}`, `{offset}` or `{size}` becomes a number; one that is
    /// only `{cursor}` is left out of the first request.
    #[serde(default)]
    pub body: Option<serde_json::Map<String, serde_json::Value>>,
    /// Encoding of the body.
    #[serde(default)]
    pub encoding: Encoding,
    /// Reason to put an identifier into the URL: the source offers no other way. Without a reason,
    /// a mapping that does so is refused.
    #[serde(default)]
    pub identifier_in_url: Option<String>,
}

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Everything is in path, query and headers.
    Get,
    /// The request has a body.
    Post,
}

/// Encoding of a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// A JSON object.
    #[default]
    Json,
    /// A form: names and values.
    Form,
}

/// Places of values in an answer. Each is a JSON Pointer (RFC 6901) from the document's root.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// Mark of an answer, where the source also refuses with status 200.
    #[serde(default)]
    pub success: Option<Success>,
    /// Array of the records.
    pub records: String,
    /// Day or moment of the source's data.
    #[serde(default)]
    pub as_of: Option<Field>,
    /// Whether the source answers from what it holds at this moment, so that its answer is as of
    /// the request. Only where the source's own documentation says so.
    #[serde(default)]
    pub live: bool,
    /// Day from which on it keeps ended records too.
    #[serde(default)]
    pub records_from: Option<Field>,
    /// Number of records in all parts together.
    #[serde(default)]
    pub total: Option<String>,
}

/// Mark by which an answer shows that it is not a refusal.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Success {
    /// Place of the mark.
    pub path: String,
    /// Values that mark an answer; a number or a truth value as JSON writes it.
    pub values: Vec<String>,
}

/// Places of values in a record. Each is a JSON Pointer from the record, or a constant.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordMapping {
    /// Id that the source gives the record; unique within the source.
    pub id: Field,
    /// Source's code of the list; without it, a record is of the list that was asked for.
    #[serde(default)]
    pub list: Option<Field>,
    /// Act; `values` gives the catalogue's codes.
    #[serde(default)]
    pub act: Option<Field>,
    /// Matter that the record is about; `values` gives the catalogue's codes.
    #[serde(default)]
    pub matter: Option<Field>,
    /// Subject of the record.
    pub subject: SubjectMapping,
    /// Persons that the record names as responsible.
    #[serde(default)]
    pub persons: Vec<PersonMapping>,
    /// Authority that decided.
    #[serde(default)]
    pub decided_by: Option<Field>,
    /// Document of the decision.
    #[serde(default)]
    pub document: Option<Field>,
    /// Penalty.
    #[serde(default)]
    pub penalty: Option<PenaltyMapping>,
    /// Provisions that the authority relied on.
    #[serde(default)]
    pub legal_basis: Vec<BasisMapping>,
    /// First day of the record's validity.
    pub valid_from: Field,
    /// Last day of the record's validity.
    #[serde(default)]
    pub valid_until: Option<Field>,
    /// Later events, such as a repair.
    #[serde(default)]
    pub events: Vec<EventMapping>,
}

/// Persons named as responsible.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonMapping {
    /// Array of the persons; without it, one person is in the record itself.
    #[serde(default)]
    pub each: Option<String>,
    /// Role of the person in the conduct.
    pub role: Field,
    /// `resident-id` or `passport`.
    pub scheme: Field,
    /// Identifier. Where a record leaves it empty, it names no person exactly.
    pub identifier: Field,
    /// Issuing country of a passport.
    #[serde(default)]
    pub country: Option<Field>,
    /// Name, for display.
    #[serde(default)]
    pub name: Option<Field>,
}

/// A penalty.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PenaltyMapping {
    /// Kind of penalty. Where a record leaves it empty, there was none. There was none either where
    /// the kind is a constant and the amount is empty.
    pub kind: Field,
    /// Amount, exact in fen.
    #[serde(default)]
    pub amount: Option<Field>,
    /// Unit of an amount that has none itself.
    #[serde(default)]
    pub unit: Unit,
}

/// Provisions that an authority relied on.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasisMapping {
    /// Array of the provisions; without it, one provision is in the record itself.
    #[serde(default)]
    pub each: Option<String>,
    /// Instrument; `values` gives the catalogue's codes. Where a record leaves it empty, there is
    /// no provision.
    pub instrument: Field,
    /// Article, in Arabic digits.
    pub article: Field,
}

/// Events after a record was made, such as an objection or a repair.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventMapping {
    /// Array of the events; without it, one event is in the record itself.
    #[serde(default)]
    pub each: Option<String>,
    /// Kind of event. `values` gives the kinds; `none` gives the source's words for no event.
    pub kind: Field,
    /// Day of the event. Where it is empty in the record itself and the kind is a constant, there
    /// was no event.
    pub on: Field,
    /// Document of the event.
    #[serde(default)]
    pub document: Option<Field>,
}

mod defaults {
    pub(super) const fn time() -> u64 {
        25
    }

    pub(super) const fn cache_bytes() -> u64 {
        16 << 20
    }

    pub(super) const fn canary_seconds() -> u64 {
        300
    }

    pub(super) const fn method() -> super::Method {
        super::Method::Post
    }
}

fn schemes_of_china() -> Vec<Scheme> {
    vec![Scheme::Uscc, Scheme::ResidentId]
}

impl SourceMapping {
    /// Whether one request asks about one list, and not about all of them.
    pub fn asks_by_list(&self) -> bool {
        let request = &self.request;
        let body = serde_json::to_string(&request.body).unwrap_or_default();
        let texts = request.query.values().chain(request.headers.values());
        let mut texts = texts.chain([&request.path, &body]);
        texts.any(|text| text.contains("{list}"))
    }
}

impl Mapping {
    /// Reads a mapping file.
    ///
    /// # Errors
    ///
    /// [`RegistryError::Io`], or [`RegistryError::Content`] with every fault, its line and column.
    pub fn open(path: &Path) -> Result<Self, RegistryError> {
        let bytes = mustcheck::read_file(path, MAPPING_LIMIT)
            .map_err(|source| RegistryError::Io { path: path.display().to_string(), source })?;
        let text = String::from_utf8(bytes)
            .map_err(|_| RegistryError::Content(format!("`{}` is not UTF-8", path.display())))?;
        Self::from_toml(&text).map_err(|faults| {
            let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
            RegistryError::Content(lines.join("\n"))
        })
    }

    /// Reads a mapping.
    ///
    /// # Errors
    ///
    /// Every fault, with its line and column.
    pub fn from_toml(text: &str) -> Result<Self, Vec<MappingFault>> {
        let (mapping, mut faults) = read::<Self>(text)?;
        check::mapping(&mapping, &mut faults);
        faults.done()?;
        Ok(mapping)
    }
}

//! The mapping file: how remote sources are asked, and what their answers mean.
//!
//! `platform/README.md` documents it for those who write one.

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
    /// Seconds for all lookups of one check; less than the gate waits for its registry.
    #[serde(default = "defaults::time")]
    pub time_seconds: u64,
    /// Bytes of answers that are kept for their age; about, and for all sources together.
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
    /// Its id: what decisions call it, and what its records' ids begin with.
    pub id: String,
    /// Its name, for people.
    #[serde(default)]
    pub name: String,
    /// Where its interface begins; HTTPS, or HTTP of this machine itself.
    pub base_url: String,
    /// A proxy to reach it by. Without one it is reached directly, whatever the environment says.
    #[serde(default)]
    pub proxy: Option<String>,
    /// The day since which it holds ended records too, where its answers do not say.
    #[serde(default)]
    pub records_from: Option<Date>,
    /// By which identifiers it keeps its subjects, each of them by every one that it has: about
    /// another it is not asked, and a subject that has none of these is not covered. Without it, by
    /// unified codes and resident numbers.
    #[serde(default = "schemes_of_china")]
    pub schemes: Vec<Scheme>,
    /// How this program shows who it is.
    #[serde(default)]
    pub authentication: Option<Authentication>,
    /// Certificates.
    #[serde(default)]
    pub tls: Tls,
    /// How it is asked.
    pub request: Request,
    /// The source's codes of lists, and the catalogue's that they are.
    pub lists: BTreeMap<String, String>,
    /// The source's codes of lists whose records are passed over: known, and not asked for.
    #[serde(default)]
    pub ignored_lists: Vec<String>,
    /// What an answer looks like.
    pub response: Response,
    /// What a record looks like.
    pub record: RecordMapping,
    /// How an answer goes on, if it comes in parts.
    #[serde(default)]
    pub paging: Option<Paging>,
    /// What one answer may be.
    #[serde(default)]
    pub limits: SourceLimits,
    /// How long to wait.
    #[serde(default)]
    pub timeouts: Timeouts,
    /// When to ask again.
    #[serde(default)]
    pub retries: Retries,
    /// When to leave it alone.
    #[serde(default)]
    pub breaker: BreakerSettings,
    /// How long an answer may be given again, in seconds; 0 for not at all.
    #[serde(default)]
    pub cache_seconds: u64,
    /// Who is known to be on its lists: while one of them is not found, it has not answered.
    #[serde(default)]
    pub canary: Vec<Canary>,
    /// How long it is believed after every canary was found, in seconds; 0: they are asked for
    /// with every check.
    #[serde(default = "defaults::canary_seconds")]
    pub canary_seconds: u64,
}

/// A secret that a request carries.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authentication {
    /// The header that carries it as it is; without one, `Authorization: Bearer …` does.
    #[serde(default)]
    pub header: Option<String>,
    /// The file that holds it, beside the mapping file; white space around it is not part of it.
    #[serde(default)]
    pub file: Option<PathBuf>,
    /// The environment variable that holds it.
    #[serde(default)]
    pub environment: Option<String>,
}

/// Certificates, in PEM, beside the mapping file.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Authorities that are trusted instead of the system's.
    #[serde(default)]
    pub authorities: Option<PathBuf>,
    /// The certificate that this program shows, with its chain.
    #[serde(default)]
    pub certificate: Option<PathBuf>,
    /// Its private key.
    #[serde(default)]
    pub key: Option<PathBuf>,
}

/// One request. In every text `{identifier}`, `{scheme}`, `{kind}`, `{country}`, `{list}` (the
/// source's code), `{page}`, `{offset}`, `{size}` and `{cursor}` stand for what they say.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `GET` or `POST`.
    #[serde(default = "defaults::method")]
    pub method: Method,
    /// The path below `base_url`.
    #[serde(default)]
    pub path: String,
    /// The query of the URL.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body. A text that is nothing but `{page}`, `{offset}` or `{size}` becomes a number;
    /// one that is nothing but `{cursor}` is left out of the first request.
    #[serde(default)]
    pub body: Option<serde_json::Map<String, serde_json::Value>>,
    /// How the body is written.
    #[serde(default)]
    pub encoding: Encoding,
    /// Why an identifier stands in the URL: the source offers no other way. Without it, a mapping
    /// that puts one there is refused.
    #[serde(default)]
    pub identifier_in_url: Option<String>,
}

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Everything in path, query and headers.
    Get,
    /// With a body.
    Post,
}

/// How a body is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// A JSON object.
    #[default]
    Json,
    /// A form: names and values.
    Form,
}

/// Where in an answer things stand. Each is a JSON Pointer (RFC 6901) from the document's root.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// What tells an answer from a refusal that is answered with status 200.
    #[serde(default)]
    pub success: Option<Success>,
    /// The records: an array.
    pub records: String,
    /// When the source's data were as they are.
    #[serde(default)]
    pub as_of: Option<Field>,
    /// Whether the source answers from what it holds at this moment, so that its answer is as of
    /// the request. Only where the source's own documentation says so.
    #[serde(default)]
    pub live: bool,
    /// The day since which it holds ended records too.
    #[serde(default)]
    pub records_from: Option<Field>,
    /// How many records there are in all parts together.
    #[serde(default)]
    pub total: Option<String>,
}

/// What an answer says that is one.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Success {
    /// Where it stands.
    pub path: String,
    /// What it may be; a number or a truth value as it is written.
    pub values: Vec<String>,
}

/// Where in a record things stand. Each is a JSON Pointer from the record, or a constant.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordMapping {
    /// What the source calls the record; unique within the source.
    pub id: Field,
    /// The source's code of the list; without it, a record is of the list that was asked for.
    #[serde(default)]
    pub list: Option<Field>,
    /// The conduct; `values` gives the catalogue's codes.
    #[serde(default)]
    pub act: Option<Field>,
    /// The matter that the record is about; `values` gives the catalogue's codes.
    #[serde(default)]
    pub matter: Option<Field>,
    /// Whom it is about.
    pub subject: SubjectMapping,
    /// Persons whom it names as responsible.
    #[serde(default)]
    pub persons: Vec<PersonMapping>,
    /// The authority that decided.
    #[serde(default)]
    pub decided_by: Option<Field>,
    /// The document of the decision.
    #[serde(default)]
    pub document: Option<Field>,
    /// The penalty.
    #[serde(default)]
    pub penalty: Option<PenaltyMapping>,
    /// What the authority relied on.
    #[serde(default)]
    pub legal_basis: Vec<BasisMapping>,
    /// First day.
    pub valid_from: Field,
    /// Last day.
    #[serde(default)]
    pub valid_until: Option<Field>,
    /// What happened since.
    #[serde(default)]
    pub events: Vec<EventMapping>,
}

/// Persons named as responsible.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonMapping {
    /// The array that holds them; without it, one stands in the record itself.
    #[serde(default)]
    pub each: Option<String>,
    /// What the person was to the conduct.
    pub role: Field,
    /// `resident-id` or `passport`.
    pub scheme: Field,
    /// The identifier; where a record leaves it empty, it names nobody exactly.
    pub identifier: Field,
    /// Issuing country of a passport.
    #[serde(default)]
    pub country: Option<Field>,
    /// The name, for display.
    #[serde(default)]
    pub name: Option<Field>,
}

/// A penalty.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PenaltyMapping {
    /// Its kind; where a record leaves it empty, there was none. Nor was there one where the kind
    /// is a constant and the amount is empty.
    pub kind: Field,
    /// The amount, exact in fen.
    #[serde(default)]
    pub amount: Option<Field>,
    /// The unit of an amount that says none itself.
    #[serde(default)]
    pub unit: Unit,
}

/// What an authority relied on.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasisMapping {
    /// The array that holds them; without it, one stands in the record itself.
    #[serde(default)]
    pub each: Option<String>,
    /// The instrument; `values` gives the catalogue's codes. Where a record leaves it empty,
    /// there is none.
    pub instrument: Field,
    /// Article, in Arabic digits.
    pub article: Field,
}

/// Events.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventMapping {
    /// The array that holds them; without it, one stands in the record itself.
    #[serde(default)]
    pub each: Option<String>,
    /// What happened. `values` gives the kinds; `none` says which of the source's words mean that
    /// nothing did.
    pub kind: Field,
    /// When. An event in the record itself is none where this is empty and its kind a constant.
    pub on: Field,
    /// The document.
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

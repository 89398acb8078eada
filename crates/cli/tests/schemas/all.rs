//! JSON Schemas of what goes in and comes out, generated from the types.

use mustcheck_model::{Application, CalendarYear, Decision};
use mustcheck_rules::catalogue::data;
use schemars::{JsonSchema, Schema, schema_for};

use mustcheck::registry::json::RegistryFile;
use mustcheck_audit::FeedbackFile;
use mustcheck_evidence::{Bundle, Entry, Feedback, PublicKeys, Receipt, Signed};
use mustcheck_registry::follow_the_money::MoneyMapping;
use mustcheck_registry::table::TableMapping;

/// The schemas, by file name. The repository publishes them in `schemas/`; a test compares.
pub fn all() -> Vec<(&'static str, Schema)> {
    vec![
        ("application.schema.json", schema_for!(Application)),
        ("decision.schema.json", schema_for!(Decision)),
        ("registry.schema.json", schema_for!(RegistryFile)),
        ("receipt.schema.json", schema_for!(Signed<Receipt>)),
        ("feedback.schema.json", schema_for!(Signed<Feedback>)),
        ("feedback-file.schema.json", schema_for!(FeedbackFile)),
        ("entry.schema.json", schema_for!(Entry)),
        ("evidence.schema.json", schema_for!(Bundle)),
        ("keys.schema.json", schema_for!(PublicKeys)),
        ("table-mapping.schema.json", schema_for!(TableMapping)),
        ("follow-the-money-mapping.schema.json", schema_for!(MoneyMapping)),
        ("catalogue-file.schema.json", schema_for!(CatalogueFile)),
    ]
}

/// A TOML file of a catalogue, for editors: the head of an edition or of an overlay, or items of any
/// kind. Which file holds what, and how each key is meant, is in the guide beside the catalogue.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[expect(dead_code, reason = "only its schema is used; the files are read item by item")]
struct CatalogueFile {
    /// The head of an edition, in `editions/<id>.toml`.
    #[schemars(default)]
    edition: Option<data::Edition>,
    /// The overlay of a place: what it adopts, in `overlays/<id>.toml`.
    #[schemars(default)]
    overlay: Option<data::Overlay>,
    /// Laws, regulations and documents that are cited.
    #[schemars(default)]
    instrument: Vec<data::Instrument>,
    /// Conduct that a record may name.
    #[schemars(default)]
    act: Vec<data::Act>,
    /// Amounts that a text leaves to be set.
    #[schemars(default)]
    setting: Vec<data::Setting>,
    /// Credit lists.
    #[schemars(default)]
    list: Vec<data::List>,
    /// Matters that may be applied for, with their due lookups.
    #[schemars(default)]
    matter: Vec<data::Matter>,
    /// Measures that follow from a record, or from its absence.
    #[schemars(default)]
    measure: Vec<data::Measure>,
    /// Holidays and make-up days, by year.
    #[schemars(default)]
    calendar: Vec<CalendarYear>,
}

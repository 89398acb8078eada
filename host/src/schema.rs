//! JSON Schemas of what goes in and comes out, generated from the types.

use mustcheck_guest::model::{Application, Decision};
use schemars::{Schema, schema_for};

use crate::audit::FeedbackFile;
use crate::evidence::{Bundle, Entry, Feedback, PublicKeys, Receipt, Signed};
use crate::registry::follow_the_money::MoneyMapping;
use crate::registry::json::RegistryFile;
use crate::registry::table::TableMapping;

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
    ]
}

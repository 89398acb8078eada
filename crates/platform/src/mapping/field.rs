//! One field of an answer: where it stands, and what its values mean.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use mustcheck_registry::shapes::DateShape;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A field. In a mapping file, a text is its path; a table says more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Field(pub Table);

/// A field, in full.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Table {
    /// Where it stands: a JSON Pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What it always is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
    /// What the source's words mean. A word that is not here cannot be judged.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// Words that mean nothing is there, such as `长期` for a last day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub none: Vec<String>,
    /// Whether the key may be missing. Otherwise a key that is missing is a fault: a source that
    /// renames one is not taken for a source with nothing to say.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// How a day or an instant is written.
    pub shape: DateShape,
}

impl Field {
    /// A field at a path.
    pub fn at(path: &str) -> Self {
        Self(Table { path: Some(path.to_owned()), ..Table::default() })
    }

    /// The same text always.
    pub fn constant(text: &str) -> Self {
        Self(Table { constant: Some(text.to_owned()), ..Table::default() })
    }

    /// Every value that it can have, if that is known beforehand.
    pub fn outcomes(&self) -> impl Iterator<Item = &str> {
        self.0.constant.iter().chain(self.0.values.values()).map(String::as_str)
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOrTable)
    }
}

struct TextOrTable;

impl<'de> Visitor<'de> for TextOrTable {
    type Value = Field;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path or a table")
    }

    fn visit_str<E>(self, path: &str) -> Result<Field, E> {
        Ok(Field::at(path))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Field, A::Error> {
        Table::deserialize(MapAccessDeserializer::new(map)).map(Field)
    }
}

impl JsonSchema for Field {
    fn schema_name() -> Cow<'static, str> {
        "Field".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<Table>();
        json_schema!({
            "description": "A JSON Pointer, or a table that says more.",
            "anyOf": [{ "type": "string" }, table],
        })
    }
}

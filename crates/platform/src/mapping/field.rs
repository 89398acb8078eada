//! One field of an answer: its place, and the meaning of its values.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use mustcheck_registry::shapes::DateShape;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// A field. In a mapping file, a text is its path, and a table has everything else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Field(pub Table);

/// All properties of a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Table {
    /// Place of the value: a JSON Pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Value that the field always has, instead of a path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
    /// Source's words and their meaning. A word that is not here cannot be judged.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// Words that mean that there is no value, such as `长期` for a last day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub none: Vec<String>,
    /// Whether the key may be missing. Otherwise a missing key is a fault, so that a source that
    /// renames a key is not taken for one that has no value.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Form of a day or an instant.
    pub shape: DateShape,
}

impl Field {
    /// A field at a path.
    pub fn at(path: &str) -> Self {
        Self(Table { path: Some(path.to_owned()), ..Table::default() })
    }

    /// A field that always has the same value.
    pub fn constant(text: &str) -> Self {
        Self(Table { constant: Some(text.to_owned()), ..Table::default() })
    }

    /// All values that the field can have, as far as the mapping lists them.
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

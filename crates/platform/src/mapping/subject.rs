//! The subject of a record, in a mapping.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::mapping::Field;

/// The word for [`SubjectMapping::Asked`].
const ASKED: &str = "asked";

/// The subject of a record. In a mapping file, the word `asked` or a table.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a source has one, read once")]
pub enum SubjectMapping {
    /// The subject that was asked for, which the answer does not repeat. Only where the source's
    /// own documentation says that it answers about exactly that identifier.
    Asked,
    /// The party that the record names.
    Named(PartyMapping),
}

/// Places of a party's values in a record.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartyMapping {
    /// `organization` or `person`.
    pub kind: Field,
    /// `uscc`, `resident-id`, `lei` or `passport`.
    pub scheme: Field,
    /// Identifier.
    pub identifier: Field,
    /// Issuing country of a passport.
    #[serde(default)]
    pub country: Option<Field>,
    /// Name, for display.
    #[serde(default)]
    pub name: Option<Field>,
}

impl<'de> Deserialize<'de> for SubjectMapping {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordOrTable)
    }
}

struct WordOrTable;

impl<'de> Visitor<'de> for WordOrTable {
    type Value = SubjectMapping;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{ASKED}` or a table")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<SubjectMapping, E> {
        if word == ASKED {
            return Ok(SubjectMapping::Asked);
        }
        Err(E::invalid_value(Unexpected::Str(word), &self))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<SubjectMapping, A::Error> {
        PartyMapping::deserialize(MapAccessDeserializer::new(map)).map(SubjectMapping::Named)
    }
}

impl Serialize for SubjectMapping {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Asked => serializer.serialize_str(ASKED),
            Self::Named(party) => party.serialize(serializer),
        }
    }
}

impl JsonSchema for SubjectMapping {
    fn schema_name() -> Cow<'static, str> {
        "SubjectMapping".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let party = generator.subschema_for::<PartyMapping>();
        json_schema!({
            "description": "The party that the record names; or `asked`: the subject that was \
                            asked for, where the answer does not repeat it.",
            "anyOf": [{ "const": ASKED }, party],
        })
    }
}

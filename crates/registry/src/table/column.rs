//! Columns of a table, and the meaning of their cells.

use std::collections::BTreeMap;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::shapes::{DateShape, DayOrder};

/// A column: by the text over it, or by its letter as `{ letter = "C" }`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Column {
    /// By the text over it.
    Named(String),
    /// By its letter.
    Letter(Letter),
}

/// A column's letter, as in spreadsheets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// `A` to `ZZZ`.
    pub letter: String,
}

/// Returns the position of a column by its letter, from 0.
pub fn position(letter: &str) -> Option<usize> {
    let sound = (1..=3).contains(&letter.len()) && letter.bytes().all(|b| b.is_ascii_uppercase());
    let value = |sum: usize, byte: u8| sum * 26 + usize::from(byte - b'A') + 1;
    sound.then(|| letter.bytes().fold(0, value) - 1)
}

/// A cell of a mapping: in the file, a text is the column's name; a table says more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Cell(pub CellTable);

/// A cell of a mapping, in full.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CellTable {
    /// The text over the column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Letter of the column, instead of `column`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    /// Constant value, instead of a column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub constant: Option<String>,
    /// Meanings of the office's words. A word that is not here cannot be judged.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// Words for an absent value, such as `长期` for a last day.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub none: Vec<String>,
    /// Shape of a day.
    pub shape: DateShape,
    /// Order of day and month, where the year comes last: `23.2.2024` does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order: Option<DayOrder>,
    /// End to be read where the cell holds a range of two days, as in `2024-01-01至2025-01-01`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<RangeEnd>,
}

/// One end of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RangeEnd {
    /// The first day.
    First,
    /// The last day.
    Last,
}

impl RangeEnd {
    /// Returns this end of a range; `None` if the text is no range.
    pub(crate) fn of(self, text: &str) -> Option<&str> {
        // A hyphen alone may be part of a day.
        let between = ["至", "到", "~", "～", "—", "–", " - "];
        let word = between.into_iter().find(|word| text.contains(word))?;
        let mut ends = text.split(word).map(str::trim).filter(|end| !end.is_empty());
        let (first, last) = (ends.next()?, ends.next()?);
        let one = if self == Self::First { first } else { last };
        ends.next().is_none().then_some(one)
    }
}

impl CellTable {
    /// Its column, if it has one.
    pub(crate) fn column(&self) -> Option<Column> {
        Column::of(self.column.as_ref(), self.letter.as_ref())
    }
}

impl Column {
    /// The column of this name, or else of this letter.
    pub(crate) fn of(name: Option<&String>, letter: Option<&String>) -> Option<Self> {
        match (name, letter) {
            (Some(name), _) => Some(Self::Named(name.clone())),
            (None, Some(letter)) => Some(Self::Letter(Letter { letter: letter.clone() })),
            (None, None) => None,
        }
    }
}

struct TextOr<T>(std::marker::PhantomData<T>);

impl<'de> Visitor<'de> for TextOr<Cell> {
    type Value = Cell;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a column's name or a table")
    }

    fn visit_str<E>(self, name: &str) -> Result<Cell, E> {
        Ok(Cell(CellTable { column: Some(name.to_owned()), ..CellTable::default() }))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Cell, A::Error> {
        CellTable::deserialize(MapAccessDeserializer::new(map)).map(Cell)
    }
}

impl<'de> Visitor<'de> for TextOr<Column> {
    type Value = Column;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a column's name, or its letter in a table")
    }

    fn visit_str<E>(self, name: &str) -> Result<Column, E> {
        Ok(Column::Named(name.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Column, A::Error> {
        Letter::deserialize(MapAccessDeserializer::new(map)).map(Column::Letter)
    }
}

impl<'de> Deserialize<'de> for Cell {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOr::<Self>(std::marker::PhantomData))
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextOr::<Self>(std::marker::PhantomData))
    }
}

impl JsonSchema for Cell {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cell".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<CellTable>();
        json_schema!({
            "description": "The text over a column, or a table that says more.",
            "anyOf": [{ "type": "string" }, table],
        })
    }
}

impl JsonSchema for Column {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Column".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let table = generator.subschema_for::<Letter>();
        json_schema!({
            "description": "The text over a column, or its letter.",
            "anyOf": [{ "type": "string" }, table],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::position;

    #[test]
    fn columns_are_counted_as_spreadsheets_do() {
        assert_eq!(position("A"), Some(0));
        assert_eq!(position("Z"), Some(25));
        assert_eq!(position("AA"), Some(26));
        assert_eq!(position("ZZZ"), Some(18_277));
        for letter in ["", "a", "1", "A1", "AAAA", "Ａ"] {
            assert_eq!(position(letter), None);
        }
    }
}

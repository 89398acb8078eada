//! Reading of one field, strictly: a value of another shape is a fault, and never taken for no
//! value.

use mustcheck::{Date, Timestamp};
use mustcheck_registry::shapes::{day, instant};
use serde_json::Value;

use crate::failure::Failure;
use crate::mapping::Field;

/// A value of an answer, with its place.
#[derive(Clone, Copy, Debug)]
pub struct PlacedValue<'a> {
    /// The value.
    pub value: &'a Value,
    /// JSON Pointer to it from the answer's root.
    pub path: &'a str,
}

/// The type of a value, in words.
const fn shape(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

impl<'a> PlacedValue<'a> {
    fn fault(&self, path: &str, detail: &str) -> Failure {
        let at = format!("{}{path}", self.path);
        Failure::shape(if at.is_empty() { "the answer" } else { &at }, detail)
    }

    fn at(&self, path: &str) -> Result<&'a Value, Failure> {
        self.value.pointer(path).ok_or_else(|| self.fault(path, "is missing"))
    }

    /// The array at a path.
    pub fn array(&self, path: &str) -> Result<&'a [Value], Failure> {
        match self.at(path)? {
            Value::Array(items) => Ok(items),
            other => Err(self.fault(path, &format!("is {}, not an array", shape(other)))),
        }
    }

    /// The text, number or truth value at a path, as it is written; `None` for null. The key must
    /// be there.
    pub fn scalar(&self, path: &str) -> Result<Option<String>, Failure> {
        match self.at(path)? {
            Value::Null => Ok(None),
            Value::Bool(b) => Ok(Some(b.to_string())),
            Value::Number(n) => Ok(Some(n.to_string())),
            Value::String(text) => Ok(Some(text.trim().to_owned())),
            other => Err(self.fault(path, &format!("is {}, not a text", shape(other)))),
        }
    }

    /// The value of a field, by its table of values; `None` if it is empty or one of the words in
    /// `none`.
    pub fn text(&self, field: &Field) -> Result<Option<String>, Failure> {
        let table = &field.0;
        if let Some(constant) = &table.constant {
            return Ok(Some(constant.clone()));
        }
        let path = table.path.as_deref().unwrap_or_default();
        if table.optional && self.value.pointer(path).is_none() {
            return Ok(None);
        }
        let Some(said) = self.scalar(path)?.filter(|said| !said.is_empty()) else {
            return Ok(None);
        };
        if table.none.contains(&said) {
            return Ok(None);
        }
        if table.values.is_empty() {
            return Ok(Some(said));
        }
        match table.values.get(&said) {
            Some(meaning) => Ok(Some(meaning.clone())),
            None => {
                let detail = format!("`{said}` is a code that the mapping does not have");
                Err(self.fault(path, &detail))
            }
        }
    }

    /// The value of a field, like [`PlacedValue::text`]. An empty one is a fault.
    pub fn needed(&self, field: &Field) -> Result<String, Failure> {
        self.text(field)?.ok_or_else(|| self.of(field, "is empty"))
    }

    /// Makes the failure for a fault of a field.
    pub fn of(&self, field: &Field, detail: &str) -> Failure {
        self.fault(field.0.path.as_deref().unwrap_or_default(), detail)
    }

    /// The identifier in a field. A number is a fault: it has lost its leading zeros, or its last
    /// digits.
    pub fn identifier(&self, field: &Field) -> Result<Option<String>, Failure> {
        let path = field.0.path.as_deref().unwrap_or_default();
        if let Some(Value::Number(_)) = self.value.pointer(path) {
            return Err(self.fault(path, "is a number, not a text"));
        }
        self.text(field)
    }

    /// The day in a field; `None` if the field is empty.
    pub fn day(&self, field: &Field) -> Result<Option<Date>, Failure> {
        let Some(said) = self.text(field)? else { return Ok(None) };
        day(&said, field.0.shape).map(Some).map_err(|detail| self.of(field, &detail))
    }

    /// The instant in a field. An empty one is a fault.
    pub fn needed_instant(&self, field: &Field) -> Result<Timestamp, Failure> {
        let said = self.needed(field)?;
        instant(&said, field.0.shape).map_err(|detail| self.of(field, &detail))
    }

    /// The word in a field, which must be one of a closed vocabulary.
    pub fn word<T: Copy + 'static>(
        &self,
        field: &Field,
        all: &[T],
        code: impl Fn(T) -> &'static str,
    ) -> Result<Option<T>, Failure> {
        let Some(said) = self.text(field)? else { return Ok(None) };
        let known = all.iter().copied().find(|word| code(*word) == said);
        known.map(Some).ok_or_else(|| {
            self.of(field, &format!("`{said}` is a code that the mapping does not have"))
        })
    }
}

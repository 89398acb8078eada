//! Differences between two decisions, and what each means.

use std::fmt;

use mustcheck_model::{Decision, Text};
use serde::Serialize;
use serde_json::Value;

use super::text_of;
use mustcheck::input::shortened;
use mustcheck::receipts::canonical::first_difference;

/// Largest number of differences that are listed; the rest is only counted.
const TOLD: usize = 20;

/// One value that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Path of the value, such as `measures[0].until`.
    pub path: String,
    /// Value in the recorded decision; absent if it has none here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<String>,
    /// Value derived now; absent if there is none here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub derived: Option<String>,
    /// Meaning of the difference, such as "other measures apply".
    pub matters: Text,
}

/// Differences between a recorded decision and a derived one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// The first byte of the decision's canonical JSON that differs, from 0.
    pub byte: usize,
    /// Number of values that differ.
    pub count: usize,
    /// The first 20 of them, in the order of the canonical JSON.
    pub values: Vec<Difference>,
}

impl Differences {
    /// Compares two decisions; `None` if they are the same, byte for byte.
    pub(crate) fn between(recorded: &Decision, derived: &Decision) -> Option<Self> {
        let (was, is) = (text_of(recorded), text_of(derived));
        let byte = first_difference(&was, &is)?;
        let value = |text: &[u8]| serde_json::from_slice::<Value>(text).unwrap_or_default();
        let mut walk = Walk::default();
        walk.compare(String::new(), Some(&value(&was)), Some(&value(&is)));
        Some(Self { byte, count: walk.count, values: walk.values })
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the decision differs from byte {} on, in {} value(s)", self.byte, self.count)?;
        if let Some(first) = self.values.first() {
            write!(f, ", first `{}`", first.path)?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct Walk {
    count: usize,
    values: Vec<Difference>,
}

impl Walk {
    fn compare(&mut self, path: String, recorded: Option<&Value>, derived: Option<&Value>) {
        match (recorded, derived) {
            (Some(one), Some(other)) if one == other => {}
            (Some(Value::Object(one)), Some(Value::Object(other))) => {
                let keys: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
                for key in keys {
                    let dot = if path.is_empty() { "" } else { "." };
                    let path = format!("{path}{dot}{key}");
                    self.compare(path, one.get(key.as_str()), other.get(key.as_str()));
                }
            }
            (Some(Value::Array(one)), Some(Value::Array(other))) => {
                for i in 0..one.len().max(other.len()) {
                    self.compare(format!("{path}[{i}]"), one.get(i), other.get(i));
                }
            }
            _ => {
                self.count += 1;
                if self.values.len() < TOLD {
                    let matters = matters(&path);
                    let (recorded, derived) = (recorded.map(shown), derived.map(shown));
                    self.values.push(Difference { path, recorded, derived, matters });
                }
            }
        }
    }
}

/// A value, shortened for a message.
// RAIL R13
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => shortened(text),
        other => shortened(&other.to_string()),
    }
}

/// Meaning of a difference at a path, by the part of the decision.
fn matters(path: &str) -> Text {
    let head = path.split(['.', '[']).next().unwrap_or_default();
    let (zh, en) = match head {
        "disposition" | "disposition_rule" => ("处理建议不同", "another finding"),
        "measures" => ("适用的措施不同", "other measures apply"),
        "lookups" => ("查询的呈现不同", "the lookups are shown otherwise"),
        "records" => ("记录或其效力状态不同", "other records, or another standing"),
        "set_aside" => ("不予适用的事项不同", "something else is set aside"),
        "obligations" => ("后续义务或期限不同", "other obligations, or other days"),
        "policy" => ("作出处理的策略不同", "another policy"),
        "application" | "matter" | "as_of" => ("所涉案件不同", "another case"),
        _ => ("其他内容不同", "something else"),
    };
    Text::new(zh, en)
}

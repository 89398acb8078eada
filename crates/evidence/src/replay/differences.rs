//! Where two decisions differ, and what that means.

use std::fmt;

use mustcheck_model::{Decision, Text};
use serde::Serialize;
use serde_json::Value;

use super::text_of;
use mustcheck::input::shortened;
use mustcheck::receipts::canonical::first_difference;

/// Differences that are told one by one; the rest is counted.
const TOLD: usize = 20;

/// One value that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where, such as `measures[0].until`.
    pub path: String,
    /// What was decided; absent if nothing stood there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recorded: Option<String>,
    /// What was derived now; absent if nothing stands there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub derived: Option<String>,
    /// What the place is to the decision.
    pub matters: Text,
}

/// Where two decisions differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Differences {
    /// The first byte of the decision's canonical JSON that differs, from 0.
    pub byte: usize,
    /// How many values differ.
    pub count: usize,
    /// The first of them, in the order of the canonical JSON.
    pub values: Vec<Difference>,
}

impl Differences {
    /// Where they differ; none if they are the same, byte for byte.
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

/// A value, fit for a message.
// RAIL R13
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => shortened(text),
        other => shortened(&other.to_string()),
    }
}

/// What a place is to the decision.
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

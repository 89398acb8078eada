//! Differences between a decision and the expected one, in words.

use std::collections::BTreeSet;

use mustcheck::model::{Decision, Disposition, SetAside, SetAsideReason, Text};
use mustcheck::{redact, safe};
use serde::Serialize;
use serde_json::Value;

use crate::suite::expected::{ExpectedAside, Outcome};
use crate::suite::finding::near;

/// One difference between a decision and the expected one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Difference {
    /// The disposition is another one.
    Disposition {
        /// Expected disposition.
        expected: Disposition,
        /// Disposition of the decision.
        found: Disposition,
    },
    /// An expected measure does not apply to its role.
    MissingMeasure {
        /// Id of the measure, and code of the role.
        measure: String,
    },
    /// A measure applies to a role and is not expected.
    UnexpectedMeasure {
        /// Id of the measure, and code of the role.
        measure: String,
    },
    /// A record or measure is set aside for another reason than expected.
    OtherReason {
        /// Id of the record, of the measure, or of both.
        what: String,
        /// Expected reason.
        expected: SetAsideReason,
        /// Reason in the decision.
        found: SetAsideReason,
    },
    /// A record or measure is not set aside, and should be.
    MissingSetAside {
        /// Id of the record, of the measure, or of both, then the expected reason.
        set_aside: String,
        /// End of the message: the known id that was most likely meant; empty if none is near.
        #[serde(skip_serializing_if = "String::is_empty")]
        near: String,
    },
    /// A record or measure is set aside, and should not be.
    UnexpectedSetAside {
        /// Id of the record, of the measure, or of both, then the reason.
        set_aside: String,
    },
    /// A value of the whole decision is another one.
    Value {
        /// Path of the value, such as `measures[0].until`.
        path: String,
        /// Expected value in JSON; absent if there should be none.
        #[serde(skip_serializing_if = "Option::is_none")]
        expected: Option<String>,
        /// Value of the decision in JSON; absent if it has none.
        #[serde(skip_serializing_if = "Option::is_none")]
        found: Option<String>,
    },
}

impl Difference {
    /// Returns the difference as one line.
    pub fn text(&self) -> Text {
        match self {
            Self::Disposition { expected, found } => Text::new(
                format!("处理建议：应为 `{expected}`，实为 `{found}`"),
                format!("disposition: expected `{expected}`, found `{found}`"),
            ),
            Self::MissingMeasure { measure } => Text::new(
                format!("措施：缺少 `{measure}`"),
                format!("measures: `{measure}` is missing"),
            ),
            Self::UnexpectedMeasure { measure } => Text::new(
                format!("措施：多出 `{measure}`"),
                format!("measures: `{measure}` is not expected"),
            ),
            Self::OtherReason { what, expected, found } => Text::new(
                format!("不予适用 `{what}`：理由应为 `{expected}`，实为 `{found}`"),
                format!("set aside `{what}`: expected reason `{expected}`, found `{found}`"),
            ),
            Self::MissingSetAside { set_aside, near } => Text::new(
                format!("不予适用：缺少 `{set_aside}`{near}"),
                format!("set aside: `{set_aside}` is missing{near}"),
            ),
            Self::UnexpectedSetAside { set_aside } => Text::new(
                format!("不予适用：多出 `{set_aside}`"),
                format!("set aside: `{set_aside}` is not expected"),
            ),
            Self::Value { path, expected, found } => {
                let zh = |value: &Option<String>| value.clone().unwrap_or_else(|| "（无）".into());
                let en = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
                Text::new(
                    format!("`{path}`：应为 {}，实为 {}", zh(expected), zh(found)),
                    format!("`{path}`: expected {}, found {}", en(expected), en(found)),
                )
            }
        }
    }
}

/// Compares a decision with its expected outcome. `known` holds the ids of the records that were
/// found and of the policy's measures: a misspelled id is reported with the nearest of them.
pub fn differences(outcome: &Outcome, decision: &Decision, known: &[&str]) -> Vec<Difference> {
    let mut all = Vec::new();
    if outcome.disposition != decision.disposition {
        let (expected, found) = (outcome.disposition, decision.disposition);
        all.push(Difference::Disposition { expected, found });
    }
    let named = |measure: &str, role| format!("{measure} {role}");
    let expected = outcome.measures.iter().map(|m| named(&m.value.measure, m.value.role));
    let found = decision.measures.iter().map(|m| named(&m.measure, m.target.role));
    let (missing, unexpected) = unmatched(expected.collect(), found.collect());
    all.extend(missing.into_iter().map(|measure| Difference::MissingMeasure { measure }));
    all.extend(unexpected.into_iter().map(|measure| Difference::UnexpectedMeasure { measure }));
    let expected: Vec<&ExpectedAside> = outcome.set_aside.iter().map(|s| &s.value).collect();
    all.extend(of_set_aside(expected, decision, known));
    all
}

/// Returns the names that only one side has. Names are counted: one that occurs twice must occur
/// twice on the other side.
fn unmatched(mut expected: Vec<String>, mut found: Vec<String>) -> (Vec<String>, Vec<String>) {
    expected.retain(|one| match found.iter().position(|other| other == one) {
        Some(at) => {
            found.remove(at);
            false
        }
        None => true,
    });
    (expected, found)
}

fn of_set_aside(
    mut expected: Vec<&ExpectedAside>,
    decision: &Decision,
    known: &[&str],
) -> Vec<Difference> {
    let mut found: Vec<&SetAside> = decision.set_aside.iter().collect();
    // An expectation that names record and measure means that entry alone; one that names either of
    // them takes what is left.
    take(&mut expected, &mut found, |one, entry| {
        one.what == what(entry) && one.reason == entry.reason
    });
    take(&mut expected, &mut found, |one, entry| {
        concerns(one, entry) && one.reason == entry.reason
    });
    let pairs = take(&mut expected, &mut found, concerns);
    let mut all: Vec<Difference> = (pairs.into_iter())
        .map(|(one, entry)| Difference::OtherReason {
            what: one.what.clone(),
            expected: one.reason,
            found: entry.reason,
        })
        .collect();
    all.extend(expected.into_iter().map(|one| {
        let is_known = known.contains(&one.what.as_str());
        let near = if is_known { String::new() } else { near(&one.what, known.iter().copied()) };
        Difference::MissingSetAside { set_aside: format!("{} {}", one.what, one.reason), near }
    }));
    all.extend(found.into_iter().map(|entry| Difference::UnexpectedSetAside {
        set_aside: format!("{} {}", what(entry), entry.reason),
    }));
    all
}

/// Removes the pairs that belong together from both lists, and returns them.
fn take<'e, 'f>(
    expected: &mut Vec<&'e ExpectedAside>,
    found: &mut Vec<&'f SetAside>,
    belong: impl Fn(&ExpectedAside, &SetAside) -> bool,
) -> Vec<(&'e ExpectedAside, &'f SetAside)> {
    let mut pairs = Vec::new();
    expected.retain(|one| match found.iter().position(|entry| belong(one, entry)) {
        Some(at) => {
            pairs.push((*one, found.remove(at)));
            false
        }
        None => true,
    });
    pairs
}

/// Whether an entry is about what the expectation names: the record, the measure, or both.
fn concerns(one: &ExpectedAside, entry: &SetAside) -> bool {
    let named = Some(one.what.as_str());
    entry.record.as_deref() == named || entry.measure.as_deref() == named || one.what == what(entry)
}

/// Returns the ids that an entry names: of the record, of the measure, or of both with a space
/// between.
pub fn what(entry: &SetAside) -> String {
    let parts: Vec<&str> = entry.record.iter().chain(&entry.measure).map(String::as_str).collect();
    parts.join(" ")
}

/// Compares two JSON documents value by value.
pub fn value_differences(expected: &Value, found: &Value) -> Vec<Difference> {
    let mut all = Vec::new();
    walk(String::new(), Some(expected), Some(found), &mut all);
    all
}

fn walk(path: String, expected: Option<&Value>, found: Option<&Value>, all: &mut Vec<Difference>) {
    match (expected, found) {
        (Some(one), Some(other)) if one == other => {}
        (Some(Value::Object(one)), Some(Value::Object(other))) => {
            let keys: BTreeSet<&String> = one.keys().chain(other.keys()).collect();
            for key in keys {
                let dot = if path.is_empty() { "" } else { "." };
                walk(format!("{path}{dot}{key}"), one.get(key), other.get(key), all);
            }
        }
        (Some(Value::Array(one)), Some(Value::Array(other))) => {
            for i in 0..one.len().max(other.len()) {
                walk(format!("{path}[{i}]"), one.get(i), other.get(i), all);
            }
        }
        _ => {
            let (expected, found) = (expected.map(shown), found.map(shown));
            let path = if path.is_empty() { "the document".to_owned() } else { path };
            all.push(Difference::Value { path, expected, found });
        }
    }
}

/// Returns a value as text for one line: masked, and cut after 200 characters.
// RAIL R13: what is expected was written by hand, and may quote an identifier.
fn shown(value: &Value) -> String {
    const LONGEST: usize = 200;
    let text = redact(&safe(&value.to_string()));
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST).chain("…".chars()).collect()
}

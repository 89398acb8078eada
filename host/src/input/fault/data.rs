//! Data of the faults of a document.

use mustcheck_model::Datum;
use mustcheck_model::worded::Quoted;

use super::JsonFault;
use crate::input::cut;

/// The words of a fault, cut to what fits into a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutWords {
    zh: String,
    en: String,
}

impl CutWords {
    /// The words of a fault.
    pub(super) fn of(fault: &JsonFault) -> Self {
        Self { zh: cut(&Datum::zh(fault)), en: cut(&Datum::en(fault)) }
    }
}

impl Datum for CutWords {
    fn zh(&self) -> String {
        self.zh.clone()
    }

    fn en(&self) -> String {
        self.en.clone()
    }

    fn sample() -> Self {
        Self::of(&JsonFault::KeyTwice { key: "x".repeat(1_000).as_str().into() })
    }

    fn rewritten(self, rewrite: &dyn Fn(&str) -> String) -> Self {
        Self { zh: rewrite(&self.zh), en: rewrite(&self.en) }
    }
}

/// A type, or codes, that a reader expects, in its English words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected(pub(super) String);

impl Datum for Expected {
    fn zh(&self) -> String {
        let codes: Vec<String> =
            self.0.split('`').skip(1).step_by(2).map(|code| format!("“{code}”")).collect();
        if !codes.is_empty() {
            return codes.join("、");
        }
        let known = match self.0.as_str() {
            "a string" | "a borrowed string" | "a character" => "文本",
            "a boolean" => "true或者false",
            "a sequence" => "数组",
            "a map" | "an object" => "对象",
            "unit" => "null",
            "u8" | "u16" | "u32" | "u64" | "u128" | "usize" => "非负整数",
            "i8" | "i16" | "i32" | "i64" | "i128" | "isize" => "整数",
            "f32" | "f64" => "数字",
            other if other.starts_with("struct ") => "对象",
            other if other.starts_with("enum ") || other.starts_with("variant") => "所列代码之一",
            _ => "其他内容",
        };
        known.to_owned()
    }

    fn en(&self) -> String {
        self.0.clone()
    }

    fn sample() -> Self {
        Self("`organization` or `person`".into())
    }

    fn samples() -> Vec<Self> {
        ["a string", "a boolean", "a sequence", "u64", "i64", "struct Office", "`x`", "x"]
            .map(|words| Self(words.into()))
            .into()
    }

    fn rewritten(self, rewrite: &dyn Fn(&str) -> String) -> Self {
        Self(rewrite(&self.0))
    }
}

/// A value that was not expected, in the reader's English words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found(pub(super) Quoted);

impl Datum for Found {
    fn zh(&self) -> String {
        let text = self.0.as_str();
        let value = |start: &str, end: &str| text.strip_prefix(start)?.strip_suffix(end);
        if let Some(number) = value("integer `", "`") {
            return format!("整数“{number}”");
        }
        if let Some(number) = value("floating point `", "`") {
            return format!("数字“{number}”");
        }
        if let Some(value) = value("boolean `", "`") {
            return format!("“{value}”");
        }
        if let Some(text) = value("string \"", "\"") {
            return format!("文本“{text}”");
        }
        let known = match text {
            "sequence" => "数组",
            "map" => "对象",
            "null" | "unit value" => "null",
            _ => "其他内容",
        };
        known.to_owned()
    }

    fn en(&self) -> String {
        self.0.en()
    }

    fn sample() -> Self {
        Self("integer `7`".into())
    }

    fn samples() -> Vec<Self> {
        ["integer `7`", "floating point `1.5`", "boolean `true`", "string \"x\"", "sequence", "map"]
            .map(|words| Self(words.into()))
            .into()
    }

    fn rewritten(self, rewrite: &dyn Fn(&str) -> String) -> Self {
        Self(self.0.rewritten(rewrite))
    }
}

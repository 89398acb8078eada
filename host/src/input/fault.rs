//! Faults of a JSON document.

mod data;
mod syntax;

use mustcheck_model::worded::Quoted;
use mustcheck_model::{Datum, worded};

use super::quotable;

pub use data::{CutWords, Expected, Found};
pub use syntax::{Form, SyntaxFault};

worded! {
    /// Fault of a text that is no document of the kind that is read.
    pub enum InputFault {
        /// The text is too large.
        TooLarge {
            /// Size of the text, in bytes.
            bytes: u64,
            /// Largest size that is read, in bytes.
            limit: u64,
        } => "输入有{bytes}字节，超过可以读取的{limit}字节"
            / "the input has {bytes} bytes, more than the {limit} that are read",
        /// The text is not UTF-8.
        NotUtf8 {
            /// Offset of the first invalid byte.
            at: usize,
        } => "输入不是UTF-8编码：第{at}字节（自0起）有误"
            / "the input is not UTF-8: byte {at} is invalid",
        /// An array in the place of an object.
        NoObject => "此处为数组，应为对象" / "invalid type: sequence, expected an object",
        /// The text is not JSON, or not of the shape that is read.
        Shape {
            /// The fault there.
            fault: JsonFault,
            /// Line, from 1.
            line: usize,
            /// Column, from 1.
            column: usize,
        } => "{fault}（第{line}行第{column}列）" / "{fault} (line {line}, column {column})",
    }
}

worded! {
    /// Fault at a place of a JSON document. Its English is that of the reader.
    pub enum JsonFault {
        /// The object has no such key.
        UnknownField {
            /// The key.
            field: Quoted,
            /// The keys that it has.
            expected: Expected,
        } => "没有“{field}”这一项，应为{expected}" / "unknown field `{field}`, expected {expected}",
        /// A key is not there.
        MissingField {
            /// The key.
            field: Quoted,
        } => "缺少“{field}”" / "missing field `{field}`",
        /// An object has a key twice.
        DuplicateField {
            /// The key.
            field: Quoted,
        } => "“{field}”出现了两次" / "duplicate field `{field}`",
        /// A map has a key twice.
        KeyTwice {
            /// The key.
            key: Quoted,
        } => "键“{key}”出现了两次" / "key `{key}` stands twice",
        /// A code that nobody knows.
        UnknownVariant {
            /// The code.
            found: Quoted,
            /// The codes that there are.
            expected: Expected,
        } => "“{found}”不是可用的值，应为{expected}" / "unknown variant `{found}`, expected {expected}",
        /// A value of another type.
        Type {
            /// The value.
            found: Found,
            /// The type that is read.
            expected: Expected,
        } => "类型不符：此处为{found}，应为{expected}" / "invalid type: {found}, expected {expected}",
        /// A value that the type does not have.
        Value {
            /// The value.
            found: Found,
            /// The values that are read.
            expected: Expected,
        } => "取值不符：此处为{found}，应为{expected}" / "invalid value: {found}, expected {expected}",
        /// Too many or too few items.
        Length {
            /// Number of items.
            found: Quoted,
            /// Items that are read.
            expected: Expected,
        } => "项数不符：此处有{found}项，应为{expected}" / "invalid length {found}, expected {expected}",
        /// A text that is no day.
        Date {
            /// The text.
            found: Quoted,
        } => "“{found}”不是实际存在的日期（格式为YYYY-MM-DD）"
            / "`{found}` is not a date of the form YYYY-MM-DD that exists",
        /// A text that is no instant.
        Instant {
            /// The text.
            found: Quoted,
        } => "“{found}”不是带时区的时间（如2026-11-22T20:00:00+08:00）"
            / "`{found}` is not an instant with its offset, such as 2026-11-22T20:00:00+08:00",
        /// A text of another form.
        Form {
            /// The form.
            form: Form,
        } => "格式不符，应为{form}" / "it is not {form}",
        /// A text that is no JSON.
        Syntax {
            /// The fault.
            fault: SyntaxFault,
        } => "{fault}" / "{fault}",
        /// A fault whose words are long, so that they are cut.
        Long {
            /// The words of the fault.
            words: CutWords,
        } => "{words}" / "{words}",
        /// Another fault, in the words of the type that is read.
        Other {
            /// The words, in English.
            detail: Quoted,
        } => "内容不符合要求（{detail}）" / "{detail}",
    }
}

impl InputFault {
    /// The fault of a document that serde_json could not read, with its place.
    pub fn of_json(error: &serde_json::Error) -> Self {
        let fault = JsonFault::of_json(error);
        Self::Shape { fault, line: error.line(), column: error.column() }
    }
}

impl JsonFault {
    /// The fault that serde_json reports.
    pub fn of_json(error: &serde_json::Error) -> Self {
        // serde_json ends its message with the position, which has a place of its own.
        let message = error.to_string();
        let detail = message.split(" at line ").next().unwrap_or(&message);
        Self::of(&quotable(detail))
    }

    /// Reads the message of serde or serde_json, which know no other form of their errors. It is
    /// free of identifiers already.
    fn of(message: &str) -> Self {
        let known = Self::known(message).filter(|fault| Datum::en(fault) == message);
        let fault = known.unwrap_or_else(|| Self::Other { detail: message.into() });
        let words = CutWords::of(&fault);
        if words.en() == message { fault } else { Self::Long { words } }
    }

    fn known(message: &str) -> Option<Self> {
        let pair = |rest: &str, between: &str| -> Option<(Quoted, Expected)> {
            let (found, expected) = rest.rsplit_once(between)?;
            Some((found.into(), Expected(expected.to_owned())))
        };
        let quoted = |rest: &str| rest.strip_suffix('`').map(Quoted::from);
        if let Some(rest) = message.strip_prefix("unknown field `") {
            let (field, expected) = pair(rest, "`, expected ")?;
            return Some(Self::UnknownField { field, expected });
        }
        if let Some(rest) = message.strip_prefix("unknown variant `") {
            let (found, expected) = pair(rest, "`, expected ")?;
            return Some(Self::UnknownVariant { found, expected });
        }
        if let Some(rest) = message.strip_prefix("missing field `") {
            return quoted(rest).map(|field| Self::MissingField { field });
        }
        if let Some(rest) = message.strip_prefix("duplicate field `") {
            return quoted(rest).map(|field| Self::DuplicateField { field });
        }
        if let Some(rest) = message.strip_prefix("invalid type: ") {
            let (found, expected) = pair(rest, ", expected ")?;
            return Some(Self::Type { found: Found(found), expected });
        }
        let syntax = SyntaxFault::samples().into_iter().find(|fault| Datum::en(fault) == message);
        if let Some(fault) = syntax {
            return Some(Self::Syntax { fault });
        }
        if let Some(rest) = message.strip_prefix("invalid value: ") {
            let (found, expected) = pair(rest, ", expected ")?;
            return Some(Self::Value { found: Found(found), expected });
        }
        if let Some(rest) = message.strip_prefix("invalid length ") {
            let (found, expected) = pair(rest, ", expected ")?;
            return Some(Self::Length { found, expected });
        }
        if let Some(rest) = message.strip_prefix("it is not ") {
            let form = Form::samples().into_iter().find(|form| Datum::en(form) == rest)?;
            return Some(Self::Form { form });
        }
        let rest = message.strip_suffix(" stands twice");
        if let Some(rest) = rest.and_then(|rest| rest.strip_prefix("key `")) {
            return quoted(rest).map(|key| Self::KeyTwice { key });
        }
        let (found, expected) = message.strip_prefix('`')?.rsplit_once("` is not ")?;
        let found = Quoted::from(found);
        match expected.starts_with("an instant") {
            true => Some(Self::Instant { found }),
            false => Some(Self::Date { found }),
        }
    }
}

//! Faults of syntax, and forms of texts.

use mustcheck_model::worded;

worded! {
    /// Form of a text.
    pub enum Form {
        /// The id of a receipt or feedback.
        Document => "r或者f，后接32位数字或者a至f的字母"
            / "`r` or `f` and 32 lower-case hexadecimal digits",
        /// A digest.
        Digest => "`sha256:`，后接64位数字或者a至f的字母"
            / "`sha256:` and 64 lower-case hexadecimal digits",
        /// A digest by a key.
        KeyedDigest => "64位数字或者a至f的字母" / "64 lower-case hexadecimal digits",
        /// A signature.
        Signature => "128位数字或者a至f的字母" / "128 lower-case hexadecimal digits",
        /// An instant.
        Moment => "时间，如2026-11-22T20:00:00.000+08:00"
            / "an instant such as 2026-11-22T20:00:00.000+08:00",
    }
}

worded! {
    /// Fault of JSON's syntax. Its English is that of serde_json.
    pub enum SyntaxFault {
        /// The end within a list.
        EndOfList => "数组不完整" / "EOF while parsing a list",
        /// The end within an object.
        EndOfObject => "对象不完整" / "EOF while parsing an object",
        /// The end within a text.
        EndOfString => "文本缺少后引号" / "EOF while parsing a string",
        /// The end where a value is expected.
        EndOfValue => "内容不完整，缺少值" / "EOF while parsing a value",
        /// No colon.
        Colon => "此处应为冒号“:”" / "expected `:`",
        /// Neither comma nor the end of a list.
        ListComma => "此处应为“,”或者“]”" / "expected `,` or `]`",
        /// Neither comma nor the end of an object.
        ObjectComma => "此处应为“,”或者“}}”" / "expected `,` or `}}`",
        /// A misspelled `true`, `false` or `null`.
        Identifier => "此处应为true、false或者null" / "expected ident",
        /// No value.
        Value => "此处应为值" / "expected value",
        /// No quotation mark.
        Quote => "此处应为双引号" / "expected `\"`",
        /// A wrong escape.
        Escape => "转义字符有误" / "invalid escape",
        /// A wrong number.
        Number => "数字有误" / "invalid number",
        /// A number that is too large or too small.
        Range => "数字超出范围" / "number out of range",
        /// A code point that does not exist.
        CodePoint => "Unicode码位有误" / "invalid unicode code point",
        /// A control character.
        Control => "文本中有控制字符（\\u0000-\\u001F），应当转义"
            / "control character (\\u0000-\\u001F) found while parsing a string",
        /// A key that is no text.
        Key => "键应为文本" / "key must be a string",
        /// A key that is no number.
        NumericKey => "键应为加引号的数字" / "invalid value: expected key to be a number in quotes",
        /// Half of a surrogate pair.
        Surrogate => "转义的代理码位不成对" / "lone leading surrogate in hex escape",
        /// A comma after the last item.
        TrailingComma => "末项之后多一个逗号" / "trailing comma",
        /// Something after the document.
        Trailing => "文件末尾之后还有内容" / "trailing characters",
        /// An escape that is cut short.
        EndOfEscape => "转义字符不完整" / "unexpected end of hex escape",
        /// Too many levels.
        Depth => "嵌套层数过多" / "recursion limit exceeded",
    }
}

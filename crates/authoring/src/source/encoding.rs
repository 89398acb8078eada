//! Decoding of bytes to text. The catalogue is UTF-8; a file in another encoding is reported with
//! that encoding.

use encoding_rs::{GB18030, UTF_16BE, UTF_16LE};

/// The largest file that is read, in bytes: 16 MiB.
pub const LIMIT: u64 = 16 << 20;

/// Bytes that are not the UTF-8 they should be, or that begin with a byte order mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Garbled {
    /// The encoding, as far as the bytes show it.
    pub(super) kind: EncodingFault,
    /// Position of the first byte concerned, in the text as read.
    pub(super) at: usize,
    /// Position of the first byte concerned, in the file, and its value.
    byte: (usize, u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EncodingFault {
    ByteOrderMark,
    Utf16Le,
    Utf16Be,
    Gb18030,
    Unknown,
}

impl Garbled {
    pub(super) fn en(&self) -> String {
        let (at, value) = self.byte;
        match self.kind {
            EncodingFault::ByteOrderMark => "the file begins with a byte order mark".into(),
            EncodingFault::Utf16Le => "the file is UTF-16 (little endian), not UTF-8".into(),
            EncodingFault::Utf16Be => "the file is UTF-16 (big endian), not UTF-8".into(),
            EncodingFault::Gb18030 => format!(
                "byte 0x{value:02X} at offset {at} is not UTF-8; the file reads as GB18030 (GBK)"
            ),
            EncodingFault::Unknown => format!(
                "byte 0x{value:02X} at offset {at} is neither UTF-8 nor GB18030; the file may mix \
                 encodings"
            ),
        }
    }

    pub(super) fn zh(&self) -> String {
        let (at, value) = self.byte;
        match self.kind {
            EncodingFault::ByteOrderMark => "文件以字节顺序标记（BOM）开头".into(),
            EncodingFault::Utf16Le => "文件编码为UTF-16（小端），不是UTF-8".into(),
            EncodingFault::Utf16Be => "文件编码为UTF-16（大端），不是UTF-8".into(),
            EncodingFault::Gb18030 => {
                format!("偏移{at}处的字节0x{value:02X}不是UTF-8；文件可按GB18030（GBK）读取")
            }
            EncodingFault::Unknown => {
                format!("偏移{at}处的字节0x{value:02X}既不是UTF-8也不是GB18030；文件可能混用编码")
            }
        }
    }
}

/// Decodes the bytes of a file; returns its text, and the fault of its encoding if there is one.
pub(super) fn decode(bytes: &[u8]) -> (String, Option<Garbled>) {
    let garbled = |kind, at, byte: usize| Garbled {
        kind,
        at,
        byte: (byte, bytes.get(byte).copied().unwrap_or(0)),
    };
    if let Some(encoding) = utf_16(bytes) {
        let kind =
            if encoding == UTF_16LE { EncodingFault::Utf16Le } else { EncodingFault::Utf16Be };
        let (text, _, _) = encoding.decode(bytes);
        return (text.into_owned(), Some(garbled(kind, 0, 0)));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => match text.strip_prefix('\u{feff}') {
            Some(rest) => (rest.to_owned(), Some(garbled(EncodingFault::ByteOrderMark, 0, 0))),
            None => (text.to_owned(), None),
        },
        Err(error) => {
            // The bytes before the first bad one are UTF-8, and are placed as such.
            let at = error.valid_up_to();
            if let Some(text) = GB18030.decode_without_bom_handling_and_without_replacement(bytes) {
                // The characters before the byte are as many in both readings if they are ASCII;
                // count them in the text that is kept.
                let head = bytes.get(..at).unwrap_or_default();
                let (head, _) = GB18030.decode_without_bom_handling(head);
                return (text.into_owned(), Some(garbled(EncodingFault::Gb18030, head.len(), at)));
            }
            let text = String::from_utf8_lossy(bytes).into_owned();
            (text, Some(garbled(EncodingFault::Unknown, at, at)))
        }
    }
}

/// Recognises UTF-16 by its mark, or by the zero that is half of every ASCII character of a TOML
/// file.
fn utf_16(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        [first, 0, second, 0, ..] if *first != 0 && *second != 0 => Some(UTF_16LE),
        [0, first, 0, second, ..] if *first != 0 && *second != 0 => Some(UTF_16BE),
        _ => None,
    }
}

/// Position of the first carriage return that no line feed follows.
pub(super) fn carriage_return_alone(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    (0..bytes.len()).find(|at| bytes.get(*at) == Some(&b'\r') && bytes.get(at + 1) != Some(&b'\n'))
}

/// Replaces every carriage return that no line feed follows by a line feed.
pub(super) fn with_line_feeds(text: &str) -> String {
    let mut changed = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let alone = c == '\r' && characters.peek() != Some(&'\n');
        changed.push(if alone { '\n' } else { c });
    }
    changed
}

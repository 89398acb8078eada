//! CSV by RFC 4180, strictly: after a quotation mark where none may be, it cannot be known which
//! rows have become one.

use std::io::{Error, ErrorKind, Read};

use super::ROW_LIMIT;

/// Position of the next byte in a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// At its beginning.
    Start,
    /// In a cell without quotation marks.
    Plain,
    /// After the `=` with which a cell begins: spreadsheets write `="0012"` around a code.
    Equals,
    /// Within the quotation marks of such a cell.
    Formula,
    /// Within quotation marks.
    Quoted,
    /// After the mark that closes a cell, or that escapes one within it.
    Closed,
}

/// A reader that passes a text on unchanged, as long as it is strict CSV.
// RAIL R2: a row that another has swallowed would be lost.
pub struct Strict<R> {
    text: R,
    delimiter: u8,
    quote: u8,
    at: At,
    line: u64,
    /// Line in which the row began, and its bytes so far.
    row: (u64, usize),
    ended: bool,
}

impl<R: Read> Strict<R> {
    /// Makes a reader of a text with this delimiter and quotation mark.
    pub const fn new(text: R, delimiter: u8, quote: u8) -> Self {
        Self { text, delimiter, quote, at: At::Start, line: 1, row: (1, 0), ended: false }
    }

    fn take(&mut self, byte: u8) -> Result<(), String> {
        let is_end = byte == b'\n' || byte == b'\r';
        let line = self.line;
        if byte == b'\n' {
            self.line += 1;
        }
        self.row.1 += 1;
        if self.row.1 > ROW_LIMIT {
            return Err(format!(
                "the row that begins in line {} has more than {ROW_LIMIT} bytes: is a quotation \
                 mark not closed?",
                self.row.0
            ));
        }
        let is_delimiter = byte == self.delimiter;
        self.at = match (self.at, byte) {
            (At::Quoted, b) if b == self.quote => At::Closed,
            (At::Quoted, _) => At::Quoted,
            (At::Closed, b) if b == self.quote => At::Quoted,
            (At::Formula, b) if b == self.quote => At::Plain,
            (At::Formula, _) if is_delimiter || is_end => {
                return Err(format!("line {line}: a quotation mark is not closed in its cell"));
            }
            (At::Formula, _) => At::Formula,
            (_, _) if is_delimiter => At::Start,
            (_, _) if is_end => {
                self.row = (self.line, 0);
                At::Start
            }
            (At::Closed, _) => {
                return Err(format!(
                    "line {line}: something stands behind a cell's quotation mark"
                ));
            }
            (At::Start, b) if b == self.quote => At::Quoted,
            (At::Equals, b) if b == self.quote => At::Formula,
            (At::Plain | At::Equals, b) if b == self.quote => {
                let what = "a quotation mark stands in a cell that does not begin with one";
                return Err(format!("line {line}: {what}"));
            }
            (At::Start, b'=') => At::Equals,
            (At::Start | At::Equals | At::Plain, _) => At::Plain,
        };
        Ok(())
    }
}

impl<R: Read> Read for Strict<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.text.read(buffer)?;
        let fault = |what: String| Error::new(ErrorKind::InvalidData, what);
        for byte in buffer.get(..read).unwrap_or_default() {
            self.take(*byte).map_err(fault)?;
        }
        if read == 0 && !buffer.is_empty() && !self.ended {
            self.ended = true;
            if matches!(self.at, At::Quoted | At::Formula) {
                let line = self.row.0;
                let what = "a quotation mark is not closed in the row that begins in line";
                return Err(fault(format!("{what} {line}")));
            }
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        let mut out = String::new();
        let mut strict = Strict::new(text.as_bytes(), b',', b'"');
        strict.read_to_string(&mut out).map(|_| out).map_err(|e| e.to_string())
    }

    #[test]
    fn what_is_strict_passes_as_it_is() {
        for text in [
            "",
            "a,b\n",
            "a,\"b\"\r\n\"c,\"\"d\"\"\",e",
            "\"a\nb\",c\n",
            "=\"0012\",=\"1\"\n",
            "=1+1,=,x=\n",
            "\"=\"\"0012\"\"\",b\n",
        ] {
            assert_eq!(read(text), Ok(text.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_quotation_mark_where_none_may_be_is_told_with_its_line() {
        let inside = "a quotation mark stands in a cell that does not begin with one";
        let behind = "something stands behind a cell's quotation mark";
        for (text, told) in [
            ("a,b\nc,d\"e\n", format!("line 2: {inside}")),
            ("a,b \"\"c\"\"\n", format!("line 1: {inside}")),
            ("a, \"b\"\n", format!("line 1: {inside}")),
            ("=\"1\"&\"2\"\n", format!("line 1: {inside}")),
            ("a,\"b\"c\n", format!("line 1: {behind}")),
            ("\"a\nb\" ,c\n", format!("line 2: {behind}")),
            ("=\"1,2\"\n", "line 1: a quotation mark is not closed in its cell".into()),
            (
                "a\nb,\"c\nd\n",
                "a quotation mark is not closed in the row that begins in line 2".into(),
            ),
        ] {
            assert_eq!(read(text), Err(told), "{text}");
        }
        let long = format!("a\n\"{}", "x".repeat(ROW_LIMIT));
        assert_eq!(
            read(&long),
            Err("the row that begins in line 2 has more than 1048576 bytes: is a quotation mark \
                 not closed?"
                .to_owned())
        );
    }
}

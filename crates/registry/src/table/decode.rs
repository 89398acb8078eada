//! Decodes the bytes of a table as text, strictly: a byte that is no text is a fault with its
//! place.

use std::fs::File;
use std::io::{BufReader, Error, ErrorKind, Read};
use std::path::Path;

use encoding_rs::{Decoder, DecoderResult, GB18030, UTF_8};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The encoding of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8 if all of it is, and else GB18030 if all of it is.
    #[default]
    Auto,
    /// UTF-8, with a byte order mark or without one.
    #[serde(rename = "utf-8")]
    Utf8,
    /// GB 18030-2005, and with it GBK and GB 2312.
    Gb18030,
}

impl Encoding {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Utf8 => "utf-8",
            Self::Gb18030 => "gb18030",
        }
    }

    fn decoder(self) -> Decoder {
        match self {
            Self::Gb18030 => GB18030.new_decoder_with_bom_removal(),
            Self::Auto | Self::Utf8 => UTF_8.new_decoder_with_bom_removal(),
        }
    }
}

/// Returns the encoding of a whole file.
///
/// # Errors
///
/// The error of the operating system; inside, the reason for which it has no allowed encoding.
pub fn encoding(file: &Path, declared: Encoding) -> std::io::Result<Result<Encoding, String>> {
    let mut head = [0; 2];
    let read = File::open(file)?.read(&mut head)?;
    if read == 2 && matches!(head, [0xff, 0xfe] | [0xfe, 0xff]) {
        return Ok(Err("it is UTF-16: save it as UTF-8 or GB18030".into()));
    }
    let candidates: &[Encoding] = match declared {
        Encoding::Auto => &[Encoding::Utf8, Encoding::Gb18030],
        Encoding::Utf8 => &[Encoding::Utf8],
        Encoding::Gb18030 => &[Encoding::Gb18030],
    };
    let mut faults = Vec::new();
    for candidate in candidates {
        let mut text = Decoded::open(file, *candidate)?;
        match std::io::copy(&mut text, &mut std::io::sink()) {
            Ok(_) => return Ok(Ok(*candidate)),
            Err(e) if e.kind() == ErrorKind::InvalidData => faults.push(e.to_string()),
            Err(e) => return Err(e),
        }
    }
    Ok(Err(faults.join("; ")))
}

/// A file that is read as UTF-8.
pub struct Decoded {
    file: BufReader<File>,
    encoding: Encoding,
    decoder: Decoder,
    input: Vec<u8>,
    /// Range of `input` that is not decoded yet.
    open: std::ops::Range<usize>,
    /// Decoded bytes; those from `given` on are not read yet.
    output: Vec<u8>,
    given: usize,
    /// Number of bytes decoded so far; `lines` counts the line feeds among them.
    at: u64,
    lines: u64,
    ended: bool,
}

impl Decoded {
    /// Opens a file.
    ///
    /// # Errors
    ///
    /// The error of the operating system.
    pub fn open(file: &Path, encoding: Encoding) -> std::io::Result<Self> {
        Ok(Self {
            file: BufReader::with_capacity(1 << 16, File::open(file)?),
            encoding,
            decoder: encoding.decoder(),
            input: vec![0; 1 << 16],
            open: 0..0,
            output: Vec::new(),
            given: 0,
            at: 0,
            lines: 0,
            ended: false,
        })
    }

    /// Decodes more into `output`; leaves it empty at the end of the file.
    fn more(&mut self) -> std::io::Result<()> {
        self.output.clear();
        self.given = 0;
        while self.output.is_empty() && !self.ended {
            if self.open.is_empty() {
                let read = self.file.read(&mut self.input)?;
                self.open = 0..read;
            }
            let last = self.open.is_empty();
            let input = self.input.get(self.open.clone()).unwrap_or_default();
            let mut text = String::with_capacity(3 * input.len() + 16);
            let (result, read) =
                self.decoder.decode_to_string_without_replacement(input, &mut text, last);
            let lines = text.bytes().filter(|b| *b == b'\n').count();
            self.lines += u64::try_from(lines).unwrap_or_default();
            self.at += u64::try_from(read).unwrap_or_default();
            self.open.start += read;
            if let DecoderResult::Malformed(bytes, after) = result {
                let bad = u64::from(bytes) + u64::from(after);
                let (at, line) = (self.at.saturating_sub(bad) + 1, self.lines + 1);
                let name = self.encoding.name();
                let what = format!("byte {at}, in line {line}, is no {name}");
                return Err(Error::new(ErrorKind::InvalidData, what));
            }
            self.ended = last && result == DecoderResult::InputEmpty;
            self.output = text.into_bytes();
        }
        Ok(())
    }
}

impl Read for Decoded {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.given == self.output.len() {
            self.more()?;
        }
        let rest = self.output.get(self.given..).unwrap_or_default();
        let given = rest.len().min(buffer.len());
        let (to, from) = (buffer.get_mut(..given), rest.get(..given));
        if let (Some(to), Some(from)) = (to, from) {
            to.copy_from_slice(from);
        }
        self.given += given;
        Ok(given)
    }
}

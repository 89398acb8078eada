//! A registry file as a stream: at most one record is in memory at a time.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use mustcheck::InputError;
use mustcheck::input::{parse_stream, read_file};
use mustcheck::registry::RegistryError;
use mustcheck::registry::json::REGISTRY_LIMIT;
use serde::Deserialize;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::value::RawValue;

/// The byte order mark that spreadsheets and some editors put first.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A function that takes each record: its number from 0, and its text.
type Take<'a> = dyn FnMut(u64, &str) -> Result<(), RegistryError> + 'a;

/// A file that is read more than once.
#[derive(Debug)]
pub(super) struct Input {
    path: PathBuf,
    content: Content,
}

#[derive(Debug)]
enum Content {
    File(File),
    /// Content of a pipe, which can be read only once.
    Memory(Vec<u8>),
}

impl Input {
    /// Opens a file and checks that it is UTF-8 throughout.
    pub(super) fn open(path: &Path) -> Result<Self, RegistryError> {
        let unreadable = |source| RegistryError::Io { path: path.display().to_string(), source };
        let file = File::open(path).map_err(unreadable)?;
        let about = file.metadata().map_err(unreadable)?;
        let content = if about.is_file() {
            if about.len() > REGISTRY_LIMIT {
                let fault = InputError::TooLarge { bytes: about.len(), limit: REGISTRY_LIMIT };
                return Err(unreadable(std::io::Error::other(fault)));
            }
            Content::File(file)
        } else {
            Content::Memory(read_file(path, REGISTRY_LIMIT).map_err(unreadable)?)
        };
        let input = Self { path: path.to_owned(), content };
        if let Some(at) = not_utf8(&mut input.reader()?).map_err(unreadable)? {
            return Err(input.fault(&InputError::NotUtf8 { at }.to_string()));
        }
        Ok(input)
    }

    /// Makes an error of a fault of the file.
    pub(super) fn fault(&self, fault: &str) -> RegistryError {
        RegistryError::Content(format!("`{}`: {fault}", self.path.display()))
    }

    /// Reads the file from its beginning, without a byte order mark.
    fn reader(&self) -> Result<Box<dyn Read + '_>, RegistryError> {
        let begun = || -> std::io::Result<Box<dyn Read + '_>> {
            let mut reader: Box<dyn Read + '_> = match &self.content {
                Content::File(file) => {
                    let mut file = file;
                    file.seek(SeekFrom::Start(0))?;
                    Box::new(BufReader::with_capacity(1 << 16, file))
                }
                Content::Memory(bytes) => Box::new(Cursor::new(bytes)),
            };
            let mut head = Vec::with_capacity(MARK.len());
            reader.by_ref().take(3).read_to_end(&mut head)?;
            let head = if head == MARK { Vec::new() } else { head };
            Ok(Box::new(Cursor::new(head).chain(reader)))
        };
        begun()
            .map_err(|source| RegistryError::Io { path: self.path.display().to_string(), source })
    }

    /// Parses the document; an array in place of an object, or a key that occurs twice, is an
    /// error.
    pub(super) fn parse<T: DeserializeOwned>(&self) -> Result<T, RegistryError> {
        parse_stream(self.reader()?).map_err(|fault| self.fault(&fault.to_string()))
    }

    /// Passes every record to `take`, after [`Input::parse`] has found nothing wrong.
    pub(super) fn records(&self, take: &mut Take<'_>) -> Result<(), RegistryError> {
        let mut failed = None;
        let mut reader = serde_json::Deserializer::from_reader(self.reader()?);
        let read = Document { take, failed: &mut failed }.deserialize(&mut reader);
        match (failed, read) {
            (Some(error), _) => Err(error),
            (None, Err(error)) => Err(self.fault(&error.to_string())),
            (None, Ok(())) => Ok(()),
        }
    }
}

/// Returns the position of the first byte that is not UTF-8, if there is one.
fn not_utf8(reader: &mut dyn Read) -> std::io::Result<Option<usize>> {
    let mut chunk = vec![0; 1 << 16];
    let (mut begun, mut kept) = (0, 0);
    loop {
        let free = chunk.get_mut(kept..).unwrap_or_default();
        let read = reader.read(free)?;
        let filled = kept + read;
        let text = std::str::from_utf8(chunk.get(..filled).unwrap_or_default());
        let sound = text.as_ref().map_or_else(|e| e.valid_up_to(), |text| text.len());
        // A character may be cut by the end of what was read, but not by the end of the file.
        if text.is_err_and(|e| read == 0 || e.error_len().is_some()) {
            return Ok(Some(begun + sound));
        }
        if read == 0 {
            return Ok(None);
        }
        chunk.copy_within(sound..filled, 0);
        (begun, kept) = (begun + sound, filled - sound);
    }
}

/// Records that are skipped.
#[derive(Default)]
pub(super) struct Passed;

impl<'de> Deserialize<'de> for Passed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pass;
        impl<'de> Visitor<'de> for Pass {
            type Value = Passed;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Passed, A::Error> {
                while items.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Passed)
            }
        }
        deserializer.deserialize_seq(Pass)
    }
}

/// The document, whose records are passed to `take`.
struct Document<'a, 't> {
    take: &'a mut Take<'t>,
    /// Error of `take` that ended the reading, if one did.
    failed: &'a mut Option<RegistryError>,
}

impl<'de> DeserializeSeed<'de> for Document<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Document<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(key) = members.next_key::<String>()? {
            if key == "records" {
                members.next_value_seed(Records { take: self.take, failed: self.failed })?;
            } else {
                members.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }
}

/// The records of the document.
struct Records<'a, 't> {
    take: &'a mut Take<'t>,
    failed: &'a mut Option<RegistryError>,
}

impl<'de> DeserializeSeed<'de> for Records<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Records<'_, '_> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let mut number = 0;
        while let Some(text) = items.next_element::<Box<RawValue>>()? {
            if let Err(error) = (self.take)(number, text.get()) {
                *self.failed = Some(error);
                return Err(serde::de::Error::custom("ended"));
            }
            number += 1;
        }
        Ok(())
    }
}

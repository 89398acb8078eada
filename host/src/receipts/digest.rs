//! Digests, openings and instants, as documents write them.

use std::fmt;
use std::str::FromStr;

use mustcheck_model::date::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use crate::clock;

/// Error: a text has not the form that its place in a document asks for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is not {0}")]
pub struct InvalidForm(pub &'static str);

/// JSON and schema of a type that is written as a text.
macro_rules! as_text {
    ($name:ident, $form:literal) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "pattern": $form })
            }
        }
    };
}
pub(crate) use as_text;

/// Reads bytes in lower-case hexadecimal, and in no other spelling.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.bytes().any(|b| b.is_ascii_uppercase()) || text.len() != 2 * N {
        return None;
    }
    const_hex::decode_to_array(text).ok()
}

/// The SHA-256 of bytes that anybody may have, such as a component: `sha256:` and 64 digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentDigest([u8; 32]);

impl ContentDigest {
    /// The digest of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 64 digits without the name of the algorithm.
    pub fn hex(&self) -> String {
        const_hex::encode(self.0)
    }

    /// Reads a digest from its 64 digits.
    ///
    /// # Errors
    ///
    /// [`InvalidForm`] if the text is anything else.
    pub fn from_hex(hex: &str) -> Result<Self, InvalidForm> {
        unhex(hex).map(Self).ok_or(InvalidForm("64 lower-case hexadecimal digits"))
    }
}

impl fmt::Display for ContentDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl FromStr for ContentDigest {
    type Err = InvalidForm;

    fn from_str(text: &str) -> Result<Self, InvalidForm> {
        let hex = text.strip_prefix("sha256:").and_then(unhex);
        hex.map(Self).ok_or(InvalidForm("`sha256:` and 64 lower-case hexadecimal digits"))
    }
}

as_text!(ContentDigest, "^sha256:[0-9a-f]{64}$");

/// A digest under the key of one receipt: it says nothing to a reader without that key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyedDigest(pub [u8; 32]);

/// The key of one receipt's digests, which opens them. It is kept in the bundle and nowhere else.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct Opening(KeyedDigest);

impl Opening {
    /// Makes a fresh opening of random bytes from the operating system.
    ///
    /// # Errors
    ///
    /// If the operating system has no random bytes.
    pub fn fresh() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(KeyedDigest(bytes)))
    }

    pub(crate) const fn bytes(&self) -> &[u8; 32] {
        &self.0.0
    }
}

/// Shows nothing of the key, which has no place in messages.
impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opening(…)")
    }
}

impl fmt::Display for KeyedDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(const_hex::Buffer::<32>::new().format(&self.0))
    }
}

impl FromStr for KeyedDigest {
    type Err = InvalidForm;

    fn from_str(text: &str) -> Result<Self, InvalidForm> {
        unhex(text).map(Self).ok_or(InvalidForm("64 lower-case hexadecimal digits"))
    }
}

as_text!(KeyedDigest, "^[0-9a-f]{64}$");

/// An instant to the millisecond, written in China Standard Time (RFC 3339).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment {
    second: Timestamp,
    millisecond: u16,
}

impl Moment {
    /// Reads the system's clock.
    ///
    /// # Errors
    ///
    /// [`InvalidForm`] if that is before 1970 or after 9999.
    pub fn now() -> Result<Self, InvalidForm> {
        let outside = InvalidForm("a time that the calendar has: the system's clock is wrong");
        let now = clock::since_epoch().map_err(|_| outside.clone())?;
        let seconds = i64::try_from(now.as_secs()).ok().and_then(Timestamp::from_unix_seconds);
        let millisecond = u16::try_from(now.subsec_millis()).unwrap_or_default();
        Ok(Self { second: seconds.ok_or(outside)?, millisecond })
    }

    /// The instant without its milliseconds.
    pub const fn to_second(self) -> Timestamp {
        self.second
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Timestamp { date, hour, minute, second } = self.second;
        let millisecond = self.millisecond;
        write!(f, "{date}T{hour:02}:{minute:02}:{second:02}.{millisecond:03}+08:00")
    }
}

impl FromStr for Moment {
    type Err = InvalidForm;

    /// Reads the form that `Display` writes, and no other spelling of the same instant.
    fn from_str(text: &str) -> Result<Self, InvalidForm> {
        let invalid = InvalidForm("an instant such as 2026-11-22T20:00:00.000+08:00");
        let second: Timestamp = text.parse().map_err(|_| invalid.clone())?;
        let millisecond = text.get(20..23).and_then(|digits| digits.parse().ok());
        let read = Self { second, millisecond: millisecond.unwrap_or_default() };
        if read.to_string() == text { Ok(read) } else { Err(invalid) }
    }
}

as_text!(Moment, "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}[+]08:00$");

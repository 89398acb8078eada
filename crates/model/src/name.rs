//! Texts of a catalogue, each kept once: a list's code or an article's words occur in hundreds of
//! places, and the memory that holds them is part of every sandbox.

use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::shared::Shared;

/// A text of a catalogue, shared by all places where it occurs.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(Shared);

thread_local! {
    /// The texts read so far, while [`each_once`] runs.
    static READ: RefCell<Option<BTreeSet<Shared>>> = const { RefCell::new(None) };
}

/// Runs a deserializer so that every text it reads is kept once.
pub fn each_once<T>(read: impl FnOnce() -> T) -> T {
    READ.with_borrow_mut(|texts| *texts = Some(BTreeSet::new()));
    let value = read();
    READ.with_borrow_mut(|texts| *texts = None);
    value
}

/// Deserializes a shared text, for fields that are not a [`Name`].
///
/// # Errors
///
/// The deserializer's error, if the value is no text.
pub fn shared<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Shared, D::Error> {
    let text = String::deserialize(deserializer)?;
    Ok(READ.with_borrow_mut(|texts| match texts {
        None => Shared::from(text),
        Some(texts) => match texts.get(text.as_str()) {
            Some(known) => Shared::clone(known),
            None => {
                let new = Shared::from(text.into_boxed_str());
                texts.insert(Shared::clone(&new));
                new
            }
        },
    }))
}

impl Name {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Copies the texts, as a decision or description carries them.
    pub fn owned(names: &[Self]) -> Vec<String> {
        names.iter().map(|name| name.as_str().to_owned()).collect()
    }
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        (*name.0).to_owned()
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        *self.0 == *other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        *self.0 == **other
    }
}

impl PartialEq<String> for Name {
    fn eq(&self, other: &String) -> bool {
        *self.0 == **other
    }
}

impl PartialEq<Name> for String {
    fn eq(&self, other: &Name) -> bool {
        **self == *other.0
    }
}

impl PartialEq<Shared> for Name {
    fn eq(&self, other: &Shared) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        shared(deserializer).map(Self)
    }
}

#[cfg(feature = "schemas")]
impl schemars::JsonSchema for Name {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        String::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        String::json_schema(generator)
    }
}

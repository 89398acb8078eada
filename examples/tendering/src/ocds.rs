//! Reading OCDS 1.1: releases and release packages, only the fields that a check needs.
//!
//! Entries stay raw until they are needed, so that a malformed party is the fault of the tenderer
//! that refers to it, and of no other.

use std::fmt;

use mustcheck::{redact, safe};
use serde::de::{self, DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A place in the document and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {detail}")]
pub struct Place {
    /// Where.
    pub path: String,
    /// What is wrong.
    pub detail: String,
}

impl Party {
    /// Of a consortium's lead member: the ids of the others.
    pub fn consortium(&self) -> Option<&[Id]> {
        self.details.as_ref()?.consortium_members.as_deref()
    }
}

impl Place {
    /// A problem at a place.
    pub fn at(path: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { path: path.into(), detail: detail.into() }
    }
}

/// An id: a string, or an integer as older publishers have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(pub String);

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an integer")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Id, E> {
                Ok(Id(text.to_owned()))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Id, E> {
                Ok(Id(number.to_string()))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Id, E> {
                Ok(Id(number.to_string()))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    releases: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    records: Option<&'a RawValue>,
}

/// A release, as far as a check reads it.
#[derive(Deserialize)]
pub struct Release<'a> {
    /// When it was published.
    pub date: Option<String>,
    /// The parties, raw.
    #[serde(borrow, default)]
    pub parties: Vec<&'a RawValue>,
    /// The tender.
    #[serde(borrow)]
    pub tender: Option<Tender<'a>>,
}

/// A tender.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tender<'a> {
    /// Its id.
    pub id: Id,
    /// Who buys.
    pub procuring_entity: Option<Reference>,
    /// Who bids, raw.
    #[serde(borrow)]
    pub tenderers: Option<Vec<&'a RawValue>>,
}

/// A reference to a party.
#[derive(Deserialize)]
pub struct Reference {
    /// The party's id.
    pub id: Id,
    /// Its name.
    pub name: Option<String>,
}

/// An entry of `tender.tenderers`, and what an earlier run wrote into it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry<'a> {
    /// The earlier result.
    #[serde(borrow)]
    pub credit_check: Option<&'a RawValue>,
}

/// A party.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// Its name.
    pub name: Option<String>,
    /// Its main identifier.
    pub identifier: Option<Identifier>,
    /// Further identifiers.
    pub additional_identifiers: Option<Vec<Identifier>>,
    /// Where it is.
    pub address: Option<Address>,
    /// Our extension stands here, beside whatever else a publisher writes.
    pub details: Option<Details>,
}

/// An identifier.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identifier {
    /// The register, a code of org-id.guide.
    pub scheme: Option<String>,
    /// The code in it.
    pub id: Option<Id>,
    /// The name in it.
    pub legal_name: Option<String>,
}

/// An address.
#[derive(Deserialize)]
pub struct Address {
    /// The region.
    pub region: Option<String>,
}

/// The extension: who stands behind a party. OCDS has no field for it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// Of a consortium's lead member: the ids of the others.
    pub consortium_members: Option<Vec<Id>>,
    /// 法定代表人
    pub legal_representative: Option<Person>,
    /// 主要负责人
    pub principal: Option<Person>,
}

/// A person.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// `resident-id` or `passport`.
    pub scheme: mustcheck::model::Scheme,
    /// The number.
    pub id: Id,
    /// Of a passport: the issuing country.
    pub country: Option<String>,
    /// The name, for display.
    pub name: String,
}

/// The releases of a document, each with the prefix of its places: a release package, or one
/// release by itself.
///
/// # Errors
///
/// [`Place`] if the text is no such document.
pub fn releases(text: &str) -> Result<Vec<(String, &RawValue)>, Place> {
    let document: Document<'_> = parse(text, "")?;
    if document.records.is_some() {
        let detail = "is a record package; give a release or a release package";
        return Err(Place::at("records", detail));
    }
    match document.releases {
        Some(releases) if releases.is_empty() => Err(Place::at("releases", "must hold a release")),
        Some(releases) => {
            let each = releases.into_iter().enumerate();
            Ok(each.map(|(i, raw)| (format!("releases[{i}]."), raw)).collect())
        }
        None => {
            let raw: &RawValue = parse(text, "")?;
            Ok(vec![(String::new(), raw)])
        }
    }
}

/// Parses a part of the document; its places begin with `prefix`.
///
/// # Errors
///
/// [`Place`] with the path.
pub fn parse<'a, T: Deserialize<'a>>(text: &'a str, prefix: &str) -> Result<T, Place> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|e| {
        let path = e.path().to_string();
        let place = prefix.trim_end_matches('.');
        let path = match (path.as_str(), place) {
            (".", "") => "the document".into(),
            (".", place) => place.to_owned(),
            (path, _) => format!("{prefix}{path}"),
        };
        Place::at(path, reason(e.inner(), prefix.is_empty()))
    })?;
    reader.end().map_err(|e| Place::at("after the document", reason(&e, true)))?;
    Ok(value)
}

/// Parses an owned part of the document.
///
/// # Errors
///
/// As [`parse`].
pub fn parse_owned<T: DeserializeOwned>(raw: &RawValue, prefix: &str) -> Result<T, Place> {
    parse(raw.get(), prefix)
}

/// The reader's words. Lines are counted from the part that is read, so they are kept only where
/// the part is the whole.
fn reason(error: &serde_json::Error, whole: bool) -> String {
    let words = error.to_string();
    let words = if whole { words.as_str() } else { words.split(" at line ").next().unwrap_or("") };
    redact(&safe(words))
}

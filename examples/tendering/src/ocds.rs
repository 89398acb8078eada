//! Reading OCDS 1.1: releases, release packages and record packages, only the fields that a check
//! needs.
//!
//! Entries stay raw until they are needed, so that a malformed party is the fault of the tenderer
//! that refers to it, and of no other.

use std::fmt;

use mustcheck::{redact, safe};
use serde::de::{self, DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// Error: a place in the document, and the fault there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {detail}")]
pub struct Place {
    /// Path in the document.
    pub path: String,
    /// Description of the fault.
    pub detail: String,
}

impl Party {
    /// Ids of the other members, if this party is the lead of a consortium.
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
                if may_be_rounded(number) {
                    let detail = "a number that may have lost its last digits: a code is a text";
                    return Err(E::custom(detail));
                }
                Ok(Id(number.to_string()))
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Id, E> {
                Ok(Id(number.to_string()))
            }
            fn visit_f64<E: de::Error>(self, _: f64) -> Result<Id, E> {
                Err(E::custom("a number that has lost its digits: a code is a text"))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// Whether a program that keeps numbers in 53 bits may have made this number of another one: such a
/// program writes a number out to its last digit, or as short as it can.
fn may_be_rounded(number: u64) -> bool {
    let exact = 1_u64 << 53;
    #[allow(clippy::cast_precision_loss, reason = "that is what is asked")]
    let kept = number as f64;
    number > exact && [format!("{kept:.0}"), kept.to_string()].contains(&number.to_string())
}

/// Several values, or one: some publishers write an object where an array is due.
#[derive(Debug)]
pub enum Several<T> {
    /// An array.
    Array(Vec<T>),
    /// A value without an array.
    One(T),
}

impl<T> Default for Several<T> {
    fn default() -> Self {
        Self::Array(Vec::new())
    }
}

impl<T> Several<T> {
    /// Iterates over the values.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        match self {
            Self::Array(all) => all.iter(),
            Self::One(one) => std::slice::from_ref(one).iter(),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Several<&'a RawValue> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        match raw.get() {
            "null" => Ok(Self::default()),
            text if text.starts_with('[') => {
                serde_json::from_str(text).map(Self::Array).map_err(de::Error::custom)
            }
            _ => Ok(Self::One(raw)),
        }
    }
}

impl<'de> Deserialize<'de> for Several<String> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <Box<RawValue>>::deserialize(deserializer)?;
        let read = match raw.get() {
            "null" => return Ok(Self::default()),
            text if text.starts_with('[') => serde_json::from_str(text).map(Self::Array),
            text => serde_json::from_str(text).map(Self::One),
        };
        read.map_err(de::Error::custom)
    }
}

impl<'a> Several<&'a RawValue> {
    /// Returns each value with its place; a value without an array has no position.
    pub fn placed(&self, path: &str) -> Vec<(String, &'a RawValue)> {
        match self {
            Self::One(one) => vec![(path.to_owned(), one)],
            Self::Array(all) => {
                all.iter().enumerate().map(|(i, raw)| (format!("{path}[{i}]"), *raw)).collect()
            }
        }
    }
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    releases: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    records: Option<Vec<&'a RawValue>>,
}

/// A record: all releases of one process, and what they make together.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    #[serde(borrow)]
    compiled_release: Option<&'a RawValue>,
    #[serde(borrow, default)]
    releases: Vec<&'a RawValue>,
}

/// A link to a release in another document.
#[derive(Deserialize)]
struct Linked {
    url: Option<String>,
    ocid: Option<String>,
}

/// A release, as far as a check reads it.
#[derive(Deserialize)]
pub struct Release<'a> {
    /// Id of the process.
    pub ocid: Option<Id>,
    /// Date of publication.
    pub date: Option<String>,
    /// The parties, raw.
    #[serde(borrow, default)]
    pub parties: Vec<&'a RawValue>,
    /// The buyer, raw.
    #[serde(borrow)]
    pub buyer: Option<&'a RawValue>,
    /// The tender.
    #[serde(borrow)]
    pub tender: Option<Tender<'a>>,
    /// The bids.
    #[serde(borrow)]
    pub bids: Option<Bids<'a>>,
    /// The awards.
    #[serde(borrow, default)]
    pub awards: Option<Vec<Award<'a>>>,
    /// The contracts, whose suppliers are in an extension.
    #[serde(borrow, default)]
    pub contracts: Option<Vec<Award<'a>>>,
}

/// The bids, by the OCDS extension `bids`.
#[derive(Deserialize)]
pub struct Bids<'a> {
    /// The single bids.
    #[serde(borrow, default)]
    pub details: Option<Vec<BidDetails<'a>>>,
}

/// A bid.
#[derive(Deserialize)]
pub struct BidDetails<'a> {
    /// The tenderers of the bid, raw.
    #[serde(borrow, default)]
    pub tenderers: Several<&'a RawValue>,
}

/// An award or a contract.
#[derive(Deserialize)]
pub struct Award<'a> {
    /// The suppliers who win it, raw.
    #[serde(borrow, default)]
    pub suppliers: Several<&'a RawValue>,
}

/// A tender.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tender<'a> {
    /// Its id.
    pub id: Id,
    /// The procuring entity, raw.
    #[serde(borrow)]
    pub procuring_entity: Option<&'a RawValue>,
    /// The tenderers, raw.
    #[serde(borrow)]
    pub tenderers: Option<Several<&'a RawValue>>,
}

/// A reference to a party; in OCDS 1.0 the party itself.
#[derive(Deserialize)]
pub struct Reference {
    /// The party's id.
    pub id: Option<Id>,
    /// Its name.
    pub name: Option<String>,
    /// Its main identifier, if the entry contains the party itself.
    pub identifier: Option<Identifier>,
}

/// An entry of `tender.tenderers`, and the result that an earlier run wrote into it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry<'a> {
    /// The earlier result.
    #[serde(borrow)]
    pub credit_check: Option<&'a RawValue>,
}

/// A party.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Party {
    /// Its name.
    pub name: Option<String>,
    /// Its main identifier.
    pub identifier: Option<Identifier>,
    /// Further identifiers.
    #[serde(default, deserialize_with = "identifiers")]
    pub additional_identifiers: Option<Vec<Identifier>>,
    /// Its address.
    pub address: Option<Address>,
    /// Our extension; other publishers write other things beside it.
    #[serde(default, deserialize_with = "details")]
    pub details: Option<Details>,
}

/// Reads identifiers, or one without an array.
fn identifiers<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<Identifier>>, D::Error> {
    let raw = <Box<RawValue>>::deserialize(deserializer)?;
    let mut reader = serde_json::Deserializer::from_str(raw.get());
    let reader = mustcheck::strict(&mut reader);
    let read = if raw.get().starts_with('{') {
        Identifier::deserialize(reader).map(|one| Some(vec![one]))
    } else {
        Option::deserialize(reader)
    };
    read.map_err(de::Error::custom)
}

/// Reads the extension. Some programs write an object without members as an array without elements.
fn details<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Details>, D::Error> {
    struct Lenient;
    impl<'de> Visitor<'de> for Lenient {
        type Value = Option<Details>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
        fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
            match seq.next_element::<de::IgnoredAny>()? {
                None => Ok(None),
                Some(_) => Err(de::Error::invalid_type(de::Unexpected::Seq, &self)),
            }
        }
        fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            Details::deserialize(de::value::MapAccessDeserializer::new(map)).map(Some)
        }
    }
    deserializer.deserialize_any(Lenient)
}

/// An identifier.
#[derive(Clone, Debug, Deserialize)]
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
#[derive(Debug, Deserialize)]
pub struct Address {
    /// The region.
    pub region: Option<String>,
}

/// Our extension: the consortium of a party, and the persons behind it. OCDS has no field for it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Details {
    /// Ids of the other members, if the party is the lead of a consortium.
    pub consortium_members: Option<Vec<Id>>,
    /// 法定代表人, raw: others write a name alone.
    pub legal_representative: Option<Box<RawValue>>,
    /// 主要负责人, raw.
    pub principal: Option<Box<RawValue>>,
}

/// A person.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// `resident-id` or `passport`.
    pub scheme: mustcheck::model::Scheme,
    /// The number.
    pub id: Id,
    /// The issuing country of a passport.
    pub country: Option<String>,
    /// The name, for display.
    pub name: String,
}

/// The releases of a document, and those that are not in it.
pub struct Releases<'a> {
    /// Each release, with the prefix of its places.
    pub here: Vec<(String, &'a RawValue)>,
    /// Links to releases in other documents: nobody whom those name is looked up.
    pub elsewhere: Vec<Place>,
}

/// Finds the releases of a document: those of a release package, those of a record package, or one
/// release by itself.
///
/// # Errors
///
/// [`Place`] if the text is no such document.
pub fn releases(text: &str) -> Result<Releases<'_>, Place> {
    let document: Document<'_> = parse(text, "")?;
    let mut all = Releases { here: Vec::new(), elsewhere: Vec::new() };
    match (document.records, document.releases) {
        (Some(_), Some(_)) => {
            return Err(Place::at("records", "stands beside `releases`: a package has one"));
        }
        (Some(records), None) if records.is_empty() => {
            return Err(Place::at("records", "must hold a record"));
        }
        (None, Some(releases)) if releases.is_empty() => {
            return Err(Place::at("releases", "must hold a release"));
        }
        (Some(records), None) => {
            for (i, raw) in records.into_iter().enumerate() {
                all.record(&format!("records[{i}]"), raw)?;
            }
        }
        (None, Some(releases)) => {
            let each = releases.into_iter().enumerate();
            all.here.extend(each.map(|(i, raw)| (format!("releases[{i}]."), raw)));
        }
        (None, None) => all.here.push((String::new(), parse(text, "")?)),
    }
    Ok(all)
}

impl<'a> Releases<'a> {
    fn record(&mut self, place: &str, raw: &'a RawValue) -> Result<(), Place> {
        let record: Record<'a> = parse(raw.get(), &format!("{place}."))?;
        let compiled = record.compiled_release.is_some();
        let whole = record.compiled_release.map(|raw| (format!("{place}.compiledRelease."), raw));
        self.here.extend(whole);
        for (i, raw) in record.releases.into_iter().enumerate() {
            let at = format!("{place}.releases[{i}]");
            let link: Linked = parse_owned(raw, &format!("{at}."))?;
            let linked = link.url.is_some() && link.ocid.is_none();
            if !linked {
                self.here.push((format!("{at}."), raw));
            } else if !compiled {
                let detail = "stands elsewhere, and nothing is compiled of it here: whoever bids \
                              in it was not checked";
                self.elsewhere.push(Place::at(at, detail));
            }
        }
        Ok(())
    }
}

/// Parses a part of the document; its places begin with `prefix`.
///
/// # Errors
///
/// [`Place`] with the path of the fault.
pub fn parse<'a, T: Deserialize<'a>>(text: &'a str, prefix: &str) -> Result<T, Place> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(mustcheck::strict(&mut reader)).map_err(|e| {
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

/// Returns the reader's words. Lines are counted from the part that is read, so they are kept only
/// where the part is the whole document.
fn reason(error: &serde_json::Error, whole: bool) -> String {
    let words = error.to_string();
    let words = if whole { words.as_str() } else { words.split(" at line ").next().unwrap_or("") };
    redact(&safe(words))
}

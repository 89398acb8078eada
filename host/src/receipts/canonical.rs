//! Canonical JSON (RFC 8785): the bytes that digests are taken of and signatures are made over.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::InputError;
use crate::input::parse_strictly;

mod ordered;

/// The canonical JSON of a value.
///
/// Every number of our documents is an integer, and `serde_json` escapes as RFC 8785 asks; what is
/// left is the order of keys. Two other implementations of the RFC exist as libraries; on the way
/// of every check they would cost more than the check, so they only verify this one in the tests.
///
/// # Errors
///
/// The error of the value's own `Serialize`, or one for a fraction; none for the types of this
/// crate.
pub fn canonical(value: &(impl Serialize + ?Sized)) -> Result<Vec<u8>, serde_json::Error> {
    ordered::write(value)
}

/// Error: a document is not in canonical JSON, or not of its shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCanonical {
    /// It does not have the shape.
    #[error(transparent)]
    Shape(#[from] InputError),
    /// It has the shape and is written in another way.
    #[error("byte {at} is not as canonical JSON (RFC 8785) has it")]
    Byte {
        /// The first byte that differs, from 0.
        at: usize,
    },
}

/// Reads a document whose every byte counts: one that is not written in canonical JSON is an error.
pub fn read<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, NotCanonical> {
    let value: T = parse_strictly(bytes)?;
    // What was read from JSON can be written as JSON.
    let written = canonical(&value).unwrap_or_default();
    match first_difference(bytes, &written) {
        None => Ok(value),
        Some(at) => Err(NotCanonical::Byte { at }),
    }
}

/// Finds the first byte in which two texts differ, from 0; the length of the shorter if it begins
/// the longer. None if they are equal.
pub fn first_difference(one: &[u8], other: &[u8]) -> Option<usize> {
    if one == other {
        return None;
    }
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    Some(same)
}

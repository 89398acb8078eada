//! The words of the project, once: the same types are JSON and what is computed on. What crosses the
//! boundary has the shape of `wit/credit.wit` (`boundary.rs`).

mod application;
pub mod boundary;
mod code;
pub mod date;
mod decision;
pub mod described;
mod description;
mod error;
mod facts;
pub mod identifier;
mod language;
pub mod lookback;
pub mod masking;
pub mod name;
mod reason;
mod record;
pub mod shared;
pub mod standing;
mod term;
pub mod text;
mod verdict;
pub mod worded;
pub mod words;
pub mod working_days;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::name::shared;
use crate::shared::Shared;
pub use application::*;
pub use code::*;
pub use decision::*;
pub use description::*;
pub use error::*;
pub use facts::*;
pub use language::{Language, UnknownLanguage};
pub use reason::{AnswerFault, Reason, RecordFault};
pub use record::*;
pub use term::*;
pub use verdict::*;
pub use worded::{Datum, Worded};

/// The same sentence twice: Chinese is authoritative, English is our own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schemas", derive(schemars::JsonSchema))]
pub struct Text {
    /// Chinese.
    #[serde(deserialize_with = "shared")]
    #[cfg_attr(feature = "schemas", schemars(with = "String"))]
    pub zh: Shared,
    /// English.
    #[serde(deserialize_with = "shared")]
    #[cfg_attr(feature = "schemas", schemars(with = "String"))]
    pub en: Shared,
}

impl Text {
    /// The two sentences.
    pub fn new(zh: impl Into<Shared>, en: impl Into<Shared>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The sentence of a measure as it is said of a subject of this kind: catalogues write 该单位,
    /// which a natural person is not. A sentence that names a person beside a firm stays as it is.
    pub fn about(&self, kind: SubjectKind) -> Cow<'_, Self> {
        if kind == SubjectKind::Organization || self.zh.contains("该人员") {
            return Cow::Borrowed(self);
        }
        let en = self.en.replace("The unit", "The person").replace("the unit", "the person");
        Cow::Owned(Self::new(self.zh.replace("该单位", "该人员"), en))
    }
}

//! The words of the boundary, once: the same types are JSON, WIT and what the rules compute on.
//!
//! Their shape is that of `wit/credit.wit`. With the feature `host` they also carry the derives
//! that let wasmtime pass them to a component by reference; the component itself converts its
//! generated bindings into them (`bindings.rs`).

mod application;
mod code;
mod decision;
mod description;
mod error;
mod record;
mod term;

pub use application::*;
pub use code::*;
pub use decision::*;
pub use description::*;
pub use error::*;
pub use record::*;
pub use term::*;

use serde::{Deserialize, Serialize};

use crate::name::shared;
use crate::shared::Shared;

/// The same sentence twice: Chinese is authoritative, English is our own words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(
    feature = "host",
    derive(schemars::JsonSchema),
    derive(wasmtime::component::ComponentType, wasmtime::component::Lift),
    derive(wasmtime::component::Lower),
    component(record)
)]
pub struct Text {
    /// Chinese.
    #[serde(deserialize_with = "shared")]
    #[cfg_attr(feature = "host", schemars(with = "String"))]
    pub zh: Shared,
    /// English.
    #[serde(deserialize_with = "shared")]
    #[cfg_attr(feature = "host", schemars(with = "String"))]
    pub en: Shared,
}

impl Text {
    /// The two sentences.
    pub fn new(zh: impl Into<Shared>, en: impl Into<Shared>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }
}

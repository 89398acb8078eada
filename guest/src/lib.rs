//! The rules of mustcheck.
//!
//! Data flows one way: application → facts → due lookups → answers → facts → verdict → decision.
//! `due` and `decide` run natively (this library) and as a WebAssembly component that imports
//! nothing. Nothing here knows a clock, a file, a network or a random number.

pub mod answers;
pub mod aside;
pub mod boundary;
pub mod catalogue;
pub mod check;
pub mod clause;
pub mod date;
pub mod decide;
pub mod described;
pub mod disposition;
pub mod due;
pub mod facts;
pub mod identifier;
pub mod incentives;
pub mod lookback;
pub mod masking;
pub mod measures;
pub mod model;
pub mod name;
pub mod obligations;
pub mod place;
pub mod reach;
pub mod shared;
pub mod standing;
pub mod text;
pub mod validate;
pub mod working_days;
pub mod writer;

#[cfg(feature = "authoring")]
pub mod authoring;
#[cfg(target_family = "wasm")]
mod baking;
#[cfg(target_family = "wasm")]
mod bindings;
#[cfg(any(target_family = "wasm", test))]
mod memory;

pub use catalogue::Catalogue;
pub use check::{Registry, check, due_lookups};

//! The rules: which lookups are due, and what follows from their answers.
//!
//! Data flows one way: facts → due lookups → facts of the answers → verdict. Whoever decides, in
//! the component or natively, decides by this crate. It knows no names and no numbers of anybody,
//! no clock, no file and no network.

pub mod aside;
pub mod catalogue;
pub mod clause;
pub mod decide;
pub mod disposition;
pub mod due;
pub mod incentives;
pub mod measures;
pub mod obligations;
pub mod place;
pub mod reach;

pub use catalogue::Catalogue;

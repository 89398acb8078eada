//! The rules: which lookups are due, and what follows from their answers.
//!
//! Data flows one way: facts → due lookups → facts of the answers → verdict. The component and the
//! native build decide by this same crate. It knows nobody's name or number, and no clock, file or
//! network.

pub mod aside;
pub mod catalogue;
pub mod cited;
pub mod clause;
pub mod decide;
mod describe;
pub mod disposition;
pub mod due;
pub mod incentives;
pub mod measures;
pub mod obligations;
pub mod place;
pub mod reach;

pub use catalogue::Catalogue;

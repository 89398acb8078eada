//! A tender in the Open Contracting Data Standard 1.1, checked tenderer by tenderer.
//!
//! Each entry of `tender.tenderers` gets one check, with every consortium member and whoever
//! answers for each organization. The document comes back as it was, byte for byte, but for one
//! object, `creditCheck`, in each entry. [`admission::admit`] takes
//! [`&Checked`](mustcheck::Checked): a tenderer that was not checked cannot be admitted.

pub mod admission;
pub mod bid;
pub mod extension;
pub mod ocds;
pub mod report;
pub mod screening;
pub mod splice;

pub use admission::{Admission, NotAdmitted, admit};
pub use bid::Bid;
pub use extension::{CreditCheck, Status};
pub use ocds::Place;
pub use screening::{Options, Screened, screen};

//! A tender in the Open Contracting Data Standard 1.1, checked bidder by bidder.
//!
//! Everybody whom the document names as bidding gets one check, with every consortium member and
//! the persons who answer for each organization. The document comes back as it was, byte for byte,
//! but for one object, `creditCheck`, in each entry. [`admission::admit`] takes
//! [`&Checked`](mustcheck::Checked): a tenderer that was not checked cannot be admitted.

pub mod admission;
pub mod bid;
pub mod bidders;
pub mod extension;
pub mod ocds;
pub mod report;
pub mod representatives;
pub mod screening;
pub mod splice;

pub use admission::{Admission, NotAdmitted, admit};
pub use bid::Bid;
pub use extension::{CreditCheck, Status};
pub use ocds::Place;
pub use representatives::Representatives;
pub use screening::{Options, Screened, screen};

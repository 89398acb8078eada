//! Credit platforms over HTTP: a registry that asks remote sources as a mapping file says, and a
//! simulator of such sources, with faults.
//!
//! Every fault of a source is an answer that says so, and never an empty list of records (RAIL R2).
//! `platform/README.md` is the reference of the mapping file and of the faults.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use mustcheck::{Gate, Policy};
//! use mustcheck_platform::PlatformRegistry;
//!
//! let gate = Gate::builder()
//!     .policy(Policy::embedded()?)
//!     .registry(PlatformRegistry::open("platform.toml")?)
//!     .build()?;
//! # Ok(())
//! # }
//! ```

mod breaker;
mod client;
mod failure;
mod identity;
mod json;
pub mod mapping;
mod read;
mod registry;
mod request;
pub mod simulator;
mod source;

pub use failure::Failure;
pub use mapping::Mapping;
pub use registry::PlatformRegistry;

//! The gate: the credit check that an approval system embeds (应查必查、奖惩到位).
//!
//! ```
//! use mustcheck::{Application, ApplicationExt as _, Gate, JsonRegistry, Policy};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let case = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/cases/0001-procurement-clear");
//! let gate = Gate::builder()
//!     .policy(Policy::embedded()?)
//!     .registry(JsonRegistry::open(format!("{case}/registry.json"))?)
//! #   .today(mustcheck::Date { year: 2026, month: 11, day: 18 })
//!     .build()?;
//! let application = Application::from_json(&std::fs::read(format!("{case}/application.json"))?)?;
//! let checked = gate.check(&application)?;
//! println!("{}", checked.decision().disposition);
//! # Ok(())
//! # }
//! ```
//!
//! A decision is only reached through [`Checked`], and only a [`Gate`] makes one: a function that
//! approves asks for `&Checked`, and an approval without a check does not compile.
//!
//! Three kinds of "no" are never mixed: a *finding* is in the decision, an *application error* is
//! [`CheckError::Application`], a *fault* is [`CheckError::Fault`]. None of them means "no
//! measures".

pub mod again;
mod asked;
mod bake;
mod boundary;
pub mod cache;
mod calendar;
mod checking;
pub mod clock;
mod described;
mod due;
mod engine;
mod error;
mod gate;
pub mod input;
mod inspect;
mod limits;
mod policy;
pub mod private;
mod rails;
pub mod receipts;
pub mod registry;
mod sandbox;
mod session;
mod source;
mod swap;
mod writer_component;

pub use cache::{CodeCache, Origin};
pub use calendar::{Unpublished, WorkingCalendar};
pub use error::{CheckError, Fault, InputError, PolicyError, Rail, exit_code};
pub use gate::{Checked, Gate, GateBuilder};
pub use input::{APPLICATION_LIMIT, ApplicationExt, parse_value, read_file, redact, strict};
pub use inspect::Inspection;
pub use limits::Limits;
pub use mustcheck_model::date::{Date, Timestamp};
pub use mustcheck_model::identifier::{
    mask, shown as shown_identifier, validate as validate_identifier,
};
pub use mustcheck_model::{self as model, Application, ApplicationError, Decision, Disposition};
pub use mustcheck_writer::{self as words, Language, Papers, safe};
pub use policy::{DEFAULT_OVERLAY, Policy};
pub use registry::json::JsonRegistry;
pub use registry::{Ask, AsyncRegistry, Registry, RegistryError};
pub use writer_component::{Page, WriterComponent, WriterError};

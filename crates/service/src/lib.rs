//! The credit check over HTTP: the gate for systems that call it from another process.
//!
//! [`Service`] is put together from a [`Config`], listens, and serves the operations of one table,
//! of which the router and the OpenAPI document are both made. Every answer but 200 is a problem
//! (RFC 9457), and no problem means "no measures".
//!
//! RAIL R13: identifiers are in bodies alone, never in a path, a log, a metric or an error.

mod admission;
mod body;
mod callers;
mod config;
mod database;
mod idempotency;
mod language;
mod metrics;
mod observe;
mod office;
mod openapi;
mod operation;
mod operations;
mod owner;
mod page;
mod peers;
mod policies;
mod problem;
mod process;
mod readiness;
mod records;
mod router;
mod server;
mod shared;
mod telemetry;
mod tls;
mod told;
mod watch;

pub use callers::{Caller, Callers, Days, NewToken, Role, TokenError};
pub use config::{
    CacheChoice, Config, ConfigError, DatabaseConfig, FoldersConfig, IdempotencyConfig,
    LoggingConfig, Mistake, PolicyConfig, PolicyOrigin, RecordsConfig, RecordsPlace, ServiceLimits,
    ShutdownConfig, TlsConfig,
};
pub use idempotency::{Begun, DatabaseKeys, End, Idempotency, Key, MemoryKeys, RequestsKey};
pub use openapi::document as openapi_document;
pub use operations::{
    CheckAnswer, DueLookup, FeedbackAnswer, LookupsAnswer, PoliciesAnswer, ReceiptReference,
};
pub use policies::{LoadError, LoadFailure, LoadedPolicy};
pub use problem::{Kind, Problem, ProblemDetails};
pub use process::serve;
pub use readiness::Readiness;
pub use records::{
    DatabaseRecords, FolderRecords, IndexError, KeptFeedback, KeptReceipt, Records, RecordsError,
};
pub use server::{Listening, Service, ServiceBuilder, StartError};
pub use shared::Shared;
pub use telemetry::{install as install_log, quiet_panics};
pub use tls::{ClientCertificate, TlsError};
pub use watch::Reloads;

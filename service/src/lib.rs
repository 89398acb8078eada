//! The credit check over HTTP.

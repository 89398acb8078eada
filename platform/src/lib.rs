//! Credit platforms over HTTP.

//! Registry, log and bundles in PostgreSQL.

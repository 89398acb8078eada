-- Requests with an idempotency key: the same request twice is one check and one receipt.
CREATE TABLE mustcheck_request (
    -- SHA-256 of the caller and the key.
    key BYTEA PRIMARY KEY,
    -- The request's digest, as the service makes it.
    digest BYTEA NOT NULL,
    -- Who answers it now; another after a takeover.
    token BYTEA NOT NULL UNIQUE,
    claimed_at TIMESTAMPTZ NOT NULL,
    -- The receipt, from the transaction that appended it.
    receipt TEXT,
    -- What was answered.
    status INTEGER,
    response BYTEA
);
CREATE INDEX mustcheck_request_by_age ON mustcheck_request (claimed_at);

-- The log: append-only, tamper-evident. The same tree and checkpoints as C2SP tlog-tiles has.

-- One row: how far the log has come. Whoever appends locks it.
CREATE TABLE mustcheck_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    size BIGINT NOT NULL,
    -- The peaks of the tree, 32 bytes each, the largest subtree's first.
    peaks BYTEA NOT NULL,
    -- The signed checkpoint (C2SP tlog-checkpoint).
    checkpoint TEXT NOT NULL
);

CREATE TABLE mustcheck_entry (
    -- From 0, without a gap.
    idx BIGINT PRIMARY KEY,
    -- The id of the receipt or feedback in it; none for a failure.
    id TEXT UNIQUE,
    -- The receipt that a feedback is about.
    about TEXT,
    -- RFC 6962: SHA-256 of a zero byte and `entry`.
    leaf BYTEA NOT NULL,
    -- What stands in the log.
    entry BYTEA NOT NULL,
    -- The entry whole, where `entry` only stands for one longer than 65,535 bytes.
    large BYTEA,
    -- Which transaction appended it: an outcome that was not heard is looked up by it.
    batch BYTEA NOT NULL
);
CREATE INDEX mustcheck_entry_by_about ON mustcheck_entry (about, idx);

-- Components, each once.
CREATE TABLE mustcheck_component (
    digest TEXT PRIMARY KEY,
    body BYTEA NOT NULL
);

-- Bundles: personal data, in clear unless `sealed` (age) says otherwise.
CREATE TABLE mustcheck_bundle (
    receipt TEXT PRIMARY KEY,
    made_at TEXT NOT NULL,
    component TEXT NOT NULL REFERENCES mustcheck_component (digest),
    sealed BOOLEAN NOT NULL,
    body BYTEA NOT NULL
);

-- What importers put in and lookups read. Every text that comes from outside is a key as
-- `registry/key.rs` writes it: no NUL, and short enough for an index.

-- One row. Whoever imports locks it, and leaves another state in it: a reader that knows the
-- state knows the sources.
CREATE TABLE mustcheck_registry (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    state TEXT NOT NULL
);
INSERT INTO mustcheck_registry (id, state) VALUES (1, 'nothing imported');

CREATE TABLE mustcheck_source (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL
);

CREATE TABLE mustcheck_record (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL REFERENCES mustcheck_source (id),
    body TEXT NOT NULL
);
CREATE INDEX mustcheck_record_by_source ON mustcheck_record (source);

-- Everybody whom a record names, as its subject or as a responsible person.
CREATE TABLE mustcheck_party (
    identifier TEXT NOT NULL,
    scheme TEXT NOT NULL,
    country TEXT NOT NULL,
    record TEXT NOT NULL REFERENCES mustcheck_record (id) ON DELETE CASCADE,
    PRIMARY KEY (identifier, scheme, country, record)
);
CREATE INDEX mustcheck_party_by_record ON mustcheck_party (record);

-- Records that an import refused, by whom they name: a lookup about them is not answered.
CREATE TABLE mustcheck_rejected (
    source TEXT NOT NULL REFERENCES mustcheck_source (id),
    place BIGINT NOT NULL,
    identifier TEXT NOT NULL,
    list TEXT,
    reason TEXT NOT NULL,
    PRIMARY KEY (source, place)
);
CREATE INDEX mustcheck_rejected_by_identifier ON mustcheck_rejected (identifier);

CREATE TABLE source (
    id TEXT PRIMARY KEY,
    body TEXT NOT NULL,
    -- By which identifiers it keeps whom it names, as JSON.
    kept TEXT NOT NULL
) STRICT;
CREATE TABLE record (
    key INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    source TEXT NOT NULL REFERENCES source (id),
    list TEXT NOT NULL,
    -- The last day on which it has effect; empty if it has none any more.
    until TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX record_by_source ON record (source, list, until);
-- Everybody whom a record names, as its subject or as a responsible person.
CREATE TABLE party (
    identifier TEXT NOT NULL,
    scheme TEXT NOT NULL,
    country TEXT NOT NULL,
    record INTEGER NOT NULL REFERENCES record (key) ON DELETE CASCADE,
    PRIMARY KEY (identifier, scheme, country, record)
) STRICT, WITHOUT ROWID;
CREATE INDEX party_by_record ON party (record);
-- Entries that an import could not read: a lookup about whomever they may mean is not answered.
CREATE TABLE opening (
    key INTEGER PRIMARY KEY,
    source TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    -- None is any list of the source.
    list TEXT,
    place TEXT NOT NULL,
    reason TEXT NOT NULL,
    -- What tells the entry from every other one.
    mark TEXT NOT NULL,
    -- The first snapshot in which it stood.
    since TEXT NOT NULL,
    -- Whom it leaves open: `subjects` by their patterns, `everybody`, or nobody by name: `unnamed`.
    reach TEXT NOT NULL
) STRICT;
CREATE INDEX opening_by_source ON opening (source, mark);
CREATE INDEX opening_by_reach ON opening (reach, source, list);
CREATE TABLE pattern (
    key TEXT NOT NULL,
    opening INTEGER NOT NULL REFERENCES opening (key) ON DELETE CASCADE,
    pattern TEXT NOT NULL,
    shape TEXT NOT NULL,
    PRIMARY KEY (key, opening, pattern)
) STRICT, WITHOUT ROWID;
CREATE INDEX pattern_by_opening ON pattern (opening);
-- The shapes that patterns have: a lookup has one key for each.
CREATE TABLE shape (
    shape TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
-- Entries that somebody answers for: they leave nobody open any more.
CREATE TABLE acknowledged (
    source TEXT NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    mark TEXT NOT NULL,
    by TEXT NOT NULL,
    why TEXT NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (source, mark)
) STRICT, WITHOUT ROWID;
-- What the last import of a source changed, so that it can be undone once.
CREATE TABLE before_source (
    id TEXT PRIMARY KEY REFERENCES source (id),
    body TEXT NOT NULL,
    kept TEXT NOT NULL
) STRICT;
CREATE TABLE before_record (
    -- The source whose import changed it.
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    -- As it was; without these, there was none.
    owner TEXT,
    list TEXT,
    until TEXT,
    body TEXT,
    PRIMARY KEY (source, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE before_opening (
    source TEXT NOT NULL,
    list TEXT,
    place TEXT NOT NULL,
    reason TEXT NOT NULL,
    mark TEXT NOT NULL,
    since TEXT NOT NULL,
    reach TEXT NOT NULL,
    -- Its patterns, with a space between two.
    patterns TEXT NOT NULL
) STRICT;
CREATE INDEX before_opening_by_source ON before_opening (source);

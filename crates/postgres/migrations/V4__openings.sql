-- Entries that an import could not read, by the keys of the patterns that whoever they mean fits;
-- who answers for them; and what the last import of a source changed, so that it can be undone.

-- By which identifiers a source keeps its subjects, as a JSON array of codes. Of what was imported
-- before, nobody counted them: it proves no absence until it is imported again.
ALTER TABLE mustcheck_source ADD COLUMN schemes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE mustcheck_source ALTER COLUMN schemes DROP DEFAULT;

-- The list, and the last day on which the record has effect; empty if it has none any more.
ALTER TABLE mustcheck_record ADD COLUMN list TEXT;
ALTER TABLE mustcheck_record ADD COLUMN until TEXT NOT NULL DEFAULT '9999-12-31';
UPDATE mustcheck_record SET list = body::JSON ->> 'list';
ALTER TABLE mustcheck_record ALTER COLUMN list SET NOT NULL;
ALTER TABLE mustcheck_record ALTER COLUMN until DROP DEFAULT;

CREATE TABLE mustcheck_opening (
    key BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source TEXT NOT NULL REFERENCES mustcheck_source (id),
    -- None is any list of the source.
    list TEXT,
    -- Its place in the file, and why it could not be read, as a JSON array.
    told TEXT NOT NULL,
    -- What tells the entry from every other one.
    mark TEXT NOT NULL,
    -- The first snapshot in which it stood.
    since TEXT NOT NULL,
    -- Whom it leaves open: `subjects` by their patterns, `everybody`, or nobody by name: `unnamed`.
    reach TEXT NOT NULL
);
CREATE INDEX mustcheck_opening_by_source ON mustcheck_opening (source, mark);
CREATE INDEX mustcheck_opening_by_reach ON mustcheck_opening (reach, source, list);
CREATE TABLE mustcheck_pattern (
    key TEXT NOT NULL,
    opening BIGINT NOT NULL REFERENCES mustcheck_opening (key) ON DELETE CASCADE,
    pattern TEXT NOT NULL,
    shape TEXT NOT NULL,
    PRIMARY KEY (key, opening, pattern)
);
CREATE INDEX mustcheck_pattern_by_opening ON mustcheck_pattern (opening);
-- The shapes that patterns have: a lookup has one key for each.
CREATE TABLE mustcheck_shape (
    shape TEXT PRIMARY KEY
);
-- Entries that somebody answers for: they leave nobody open any more.
CREATE TABLE mustcheck_acknowledged (
    source TEXT NOT NULL REFERENCES mustcheck_source (id),
    mark TEXT NOT NULL,
    name TEXT NOT NULL,
    why TEXT NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (source, mark)
);

CREATE TABLE mustcheck_before_source (
    id TEXT PRIMARY KEY REFERENCES mustcheck_source (id),
    body TEXT NOT NULL,
    schemes TEXT NOT NULL
);
CREATE TABLE mustcheck_before_record (
    -- The source whose import changed it.
    source TEXT NOT NULL,
    id TEXT NOT NULL,
    -- As it was; without these, there was none.
    owner TEXT,
    list TEXT,
    until TEXT,
    body TEXT,
    PRIMARY KEY (source, id)
);
CREATE TABLE mustcheck_before_opening (
    key BIGINT NOT NULL,
    source TEXT NOT NULL,
    list TEXT,
    told TEXT NOT NULL,
    mark TEXT NOT NULL,
    since TEXT NOT NULL,
    reach TEXT NOT NULL,
    -- Its patterns, with a space between two.
    patterns TEXT NOT NULL
);
CREATE INDEX mustcheck_before_opening_by_source ON mustcheck_before_opening (source);

-- What was refused before leaves open whom it named, until its source is imported again.
INSERT INTO mustcheck_opening (source, list, told, mark, since, reach)
SELECT source, list, '["an import before","' || place::TEXT || '"]', 'before ' || place::TEXT,
    (SELECT held.body::JSON ->> 'as_of' FROM mustcheck_source AS held WHERE held.id = source),
    CASE WHEN identifier = '*' THEN 'everybody' ELSE 'subjects' END
FROM mustcheck_rejected;
INSERT INTO mustcheck_pattern (key, opening, pattern, shape)
SELECT refused.identifier, opening.key, refused.identifier, '='
FROM mustcheck_rejected AS refused JOIN mustcheck_opening AS opening
    ON opening.source = refused.source AND opening.mark = 'before ' || refused.place::TEXT
WHERE refused.identifier <> '*';
INSERT INTO mustcheck_shape SELECT DISTINCT shape FROM mustcheck_pattern;
DROP TABLE mustcheck_rejected;
-- Whoever knows the state has not seen this.
UPDATE mustcheck_registry SET state = state || ' 4' WHERE id = 1;

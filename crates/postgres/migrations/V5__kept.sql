-- By which identifiers a source keeps whom it names, as JSON: with how many entries name somebody by
-- which. Of what was imported before, nobody counted them: it proves no absence until it is imported
-- again.
ALTER TABLE mustcheck_source RENAME COLUMN schemes TO kept;
UPDATE mustcheck_source SET kept = '{"schemes":[],"parties":[]}';
ALTER TABLE mustcheck_before_source RENAME COLUMN schemes TO kept;
UPDATE mustcheck_before_source SET kept = '{"schemes":[],"parties":[]}';

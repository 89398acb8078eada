-- The writer's component, which writes the decision again; none for bundles of earlier versions.
ALTER TABLE mustcheck_bundle ADD COLUMN writer TEXT REFERENCES mustcheck_component (digest);

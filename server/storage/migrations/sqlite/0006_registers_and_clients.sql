-- Moves with every change of a record that guards look up by value: a decision that found nothing must notice.
CREATE TABLE register_version (organisation INTEGER PRIMARY KEY, version INTEGER NOT NULL) STRICT;
INSERT INTO register_version (organisation, version) SELECT id, 0 FROM organisation;
-- Clients see a record only in a state that is shown to them; their seats are marked.
ALTER TABLE record ADD COLUMN shown INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assignment ADD COLUMN client INTEGER NOT NULL DEFAULT 0;

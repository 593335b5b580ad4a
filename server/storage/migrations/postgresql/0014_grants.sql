-- What records give access to: who sees `record` and all that hangs below because of `source`, for as long as the row
-- is there. What somebody sees by this alone stands in access under a scope of its own (access.h).
CREATE TABLE granted (
  source BIGINT NOT NULL REFERENCES record (id), record BIGINT NOT NULL REFERENCES record (id),
  person BIGINT NOT NULL REFERENCES person (id), PRIMARY KEY (source, record, person));
CREATE INDEX granted_record ON granted (record, person);
CREATE INDEX granted_person ON granted (person, record);
-- Ids of readings, as of other subjects.
CREATE SEQUENCE id_reading INCREMENT 64;

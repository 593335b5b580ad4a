-- Whose turn it is, by what is due first. holder: a role that sees the whole type, or the id of a person who holds a
-- seat on the record or above it. Records of workflow sets that name nothing that they wait for have no rows.
CREATE TABLE task (
  organisation BIGINT NOT NULL, holder TEXT COLLATE "C" NOT NULL, due TEXT COLLATE "C" NOT NULL,
  record BIGINT NOT NULL REFERENCES record (id), PRIMARY KEY (organisation, holder, due, record));
-- Takes the rows of a record away when its state, its deadline or its seats change.
CREATE INDEX task_record ON task (record);

-- Whose turn it is, by what is due first. holder: a role that sees the whole type, or the id of a person who holds a
-- seat on the record or above it. Records of workflow sets that name nothing that they wait for have no rows.
CREATE TABLE task (
  organisation INTEGER NOT NULL, holder TEXT NOT NULL, due TEXT NOT NULL,
  record INTEGER NOT NULL REFERENCES record (id), PRIMARY KEY (organisation, holder, due, record)) STRICT, WITHOUT ROWID;
-- Takes the rows of a record away when its state, its deadline or its seats change.
CREATE INDEX task_record ON task (record);

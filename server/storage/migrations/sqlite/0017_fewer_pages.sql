-- What a transition writes and reads of tasks and history lies together: each page apart costs it a place in the log,
-- one in the file, and maybe a read.

-- By record, as its rows go and come together. `record` refers to no row here: the check would have SQLite collect
-- what it deletes in a table of its own first.
CREATE TABLE task_of_record (
  record INTEGER NOT NULL, holder TEXT NOT NULL, due TEXT NOT NULL, organisation INTEGER NOT NULL,
  PRIMARY KEY (record, holder)) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO task_of_record (record, holder, due, organisation)
  SELECT record, holder, due, organisation FROM task ORDER BY record, holder;
DROP TABLE task;
ALTER TABLE task_of_record RENAME TO task;
-- Serves "my tasks", alone.
CREATE INDEX task_holder ON task (organisation, holder, due, record);

-- Tells, alone, who did what on a record: a decision reads no row of the log.
DROP INDEX event_record;
CREATE INDEX event_record ON event (record, sequence, subject, command, actor, second, type, at)
  WHERE record IS NOT NULL;

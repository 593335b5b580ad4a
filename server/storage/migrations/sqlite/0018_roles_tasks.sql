-- The roles whose turn it is stand with the record, where a step that moves it on writes anyway: a row of tasks for
-- each of them cost two pages apart. Their names in order, with a space between them; empty when it waits for none.
ALTER TABLE record ADD COLUMN waits TEXT NOT NULL DEFAULT '';
UPDATE record SET waits = (SELECT group_concat(t.holder, ' ') FROM (
    SELECT holder FROM task WHERE task.record = record.id AND holder GLOB '[a-z]*' ORDER BY holder) t)
  WHERE EXISTS (SELECT 1 FROM task WHERE task.record = record.id AND holder GLOB '[a-z]*');
-- Serves tasks of roles, and lists by due date, by walking through each of the few values of `waits`.
DROP INDEX record_due;
CREATE INDEX record_due ON record (organisation, type, waits, due, id)
  WHERE due IS NOT NULL OR waits <> '';

-- What is left of tasks is those of people.
CREATE TABLE task_of_person (
  record INTEGER NOT NULL, person INTEGER NOT NULL, due TEXT NOT NULL, PRIMARY KEY (record, person)) STRICT, WITHOUT ROWID;
INSERT INTO task_of_person (record, person, due)
  SELECT record, CAST(holder AS INTEGER), due FROM task WHERE holder NOT GLOB '[a-z]*' ORDER BY record, holder;
DROP TABLE task;
ALTER TABLE task_of_person RENAME TO task;
-- Serves "my tasks", alone.
CREATE INDEX task_person ON task (person, due, record);

-- The roles whose turn it is stand with the record: a row of tasks for each of them cost two pages apart. Their names in
-- order, with a space between them; empty when it waits for none.
ALTER TABLE record ADD COLUMN waits TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE record SET waits = t.roles FROM (
    SELECT record, string_agg(holder, ' ' ORDER BY holder) AS roles FROM task WHERE holder ~ '^[a-z]' GROUP BY record) t
  WHERE t.record = record.id;
-- Serves tasks of roles, and lists by due date, by walking through each of the few values of `waits`.
DROP INDEX record_due;
CREATE INDEX record_due ON record (organisation, type, waits, due, id)
  WHERE due IS NOT NULL OR waits <> '';

-- What is left of tasks is those of people.
DELETE FROM task WHERE holder ~ '^[a-z]';
ALTER TABLE task DROP CONSTRAINT task_pkey;
DROP INDEX task_holder;
ALTER TABLE task ALTER COLUMN holder TYPE BIGINT USING holder::bigint;
ALTER TABLE task RENAME COLUMN holder TO person;
ALTER TABLE task DROP COLUMN organisation;
ALTER TABLE task ADD PRIMARY KEY (record, person);
-- Serves "my tasks".
CREATE INDEX task_person ON task (person, due, record);

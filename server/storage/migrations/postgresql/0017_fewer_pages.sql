-- Tasks by record, as its rows go and come together. `record` refers to no row any more: a check for each row of each
-- transition.
ALTER TABLE task DROP CONSTRAINT task_record_fkey;
ALTER TABLE task DROP CONSTRAINT task_pkey;
DROP INDEX task_record;
DELETE FROM task t USING task u WHERE t.record = u.record AND t.holder = u.holder AND t.due > u.due;
ALTER TABLE task ADD PRIMARY KEY (record, holder);
-- Serves "my tasks".
CREATE INDEX task_holder ON task (organisation, holder, due, record);

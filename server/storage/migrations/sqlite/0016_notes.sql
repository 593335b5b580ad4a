-- Working notes: their author's alone, and no part of the log. `item` names a checklist item and refers to no row, so
-- that a note keeps nothing in the plan.
CREATE TABLE note (
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, record INTEGER NOT NULL REFERENCES record (id),
  author INTEGER NOT NULL REFERENCES person (id), item INTEGER, text TEXT NOT NULL, created INTEGER NOT NULL,
  changed INTEGER NOT NULL, version INTEGER NOT NULL) STRICT;
-- Serves the list of an author at a record, and what goes with the record.
CREATE INDEX note_record ON note (record, author, id);
-- What goes with its author.
CREATE INDEX note_author ON note (author);

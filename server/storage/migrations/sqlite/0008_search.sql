-- What records and checklist items are found by: folded words (domain/search_text.h). The id is twice that of the
-- record, or twice that of the item and one. Clients find by `open` alone. Filled by the program, which folds.
CREATE TABLE search_text (
  id INTEGER PRIMARY KEY, record INTEGER NOT NULL REFERENCES record (id), open TEXT NOT NULL, kept TEXT NOT NULL) STRICT;
-- Words in it are apart already: ASCII letters, digits and whatever is not ASCII, between spaces.
CREATE VIRTUAL TABLE search_index USING fts5(open, kept, content='search_text', content_rowid='id', tokenize='ascii');
CREATE TRIGGER search_text_added AFTER INSERT ON search_text BEGIN INSERT INTO search_index (rowid, open, kept)
  VALUES (new.id, new.open, new.kept); END;
CREATE TRIGGER search_text_removed AFTER DELETE ON search_text BEGIN INSERT INTO search_index (search_index, rowid, open, kept)
  VALUES ('delete', old.id, old.open, old.kept); END;
CREATE TRIGGER search_text_changed AFTER UPDATE ON search_text BEGIN INSERT INTO search_index (search_index, rowid, open, kept)
  VALUES ('delete', old.id, old.open, old.kept); INSERT INTO search_index (rowid, open, kept)
  VALUES (new.id, new.open, new.kept); END;

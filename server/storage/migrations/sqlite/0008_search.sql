-- What records and checklist items are found by: folded words (domain/search_text.h). The id is twice that of the
-- record, or twice that of the item and one. Clients find by `open` alone. Filled by the program, which folds.
CREATE TABLE search_text (
  id INTEGER PRIMARY KEY, record INTEGER NOT NULL REFERENCES record (id), open TEXT NOT NULL, kept TEXT NOT NULL) STRICT;
-- Its words are apart already: ASCII letters, digits and whatever is not ASCII, between spaces. The program keeps it in
-- step: triggers may not write to virtual tables where the schema is not trusted.
CREATE VIRTUAL TABLE search_index USING fts5(open, kept, content='search_text', content_rowid='id', tokenize='ascii');
-- What has changed since it was indexed, under the ids of search_text. Written with the row, so that nothing is forgotten.
CREATE TABLE search_pending (id INTEGER PRIMARY KEY) STRICT;

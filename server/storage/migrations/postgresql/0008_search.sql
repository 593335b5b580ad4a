-- What records and checklist items are found by: folded words (domain/search_text.h). The id is twice that of the
-- record, or twice that of the item and one. Clients find by `open` alone. Filled by the program, which folds.
CREATE TABLE search_text (
  id BIGINT PRIMARY KEY, record BIGINT NOT NULL REFERENCES record (id), open TEXT NOT NULL, kept TEXT NOT NULL,
  words TSVECTOR NOT NULL);
-- In `words` those of `open` have the weight A.
CREATE INDEX search_words ON search_text USING GIN (words);
-- What has changed since it was indexed, under the ids of search_text. Written with the row, so that nothing is forgotten.
CREATE TABLE search_pending (id BIGINT PRIMARY KEY);

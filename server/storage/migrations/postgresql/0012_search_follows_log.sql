-- The search index follows the log as webhooks do: all events up to `position` are in it. While it is built anew, so are
-- all records and items up to these ids. One row. No row is written for the search with what people do any more.
DROP TABLE search_pending;
CREATE TABLE search_progress (position BIGINT NOT NULL, record BIGINT, item BIGINT);
INSERT INTO search_progress (position, record, item) SELECT COALESCE(MAX(position), 0), 0, 0 FROM sealed;

-- Instants are unix milliseconds, dates ISO text, hashes hex. One statement ends with a semicolon at the end of
-- its line.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE workflow_set (hash TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE organisation (
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, zone TEXT NOT NULL, language TEXT NOT NULL,
  version INTEGER NOT NULL) STRICT;

-- email_key is the address without case; it is empty for nobody who can sign in.
CREATE TABLE person (
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, organisation INTEGER NOT NULL,
  name TEXT NOT NULL, email TEXT NOT NULL, email_key TEXT UNIQUE, language TEXT NOT NULL, state TEXT NOT NULL,
  version INTEGER NOT NULL) STRICT;
-- Serves the list of an organisation's people.
CREATE INDEX person_organisation ON person (organisation, id);
CREATE TABLE person_role (
  person INTEGER NOT NULL REFERENCES person (id), role TEXT NOT NULL, PRIMARY KEY (person, role)) STRICT, WITHOUT ROWID;
CREATE TABLE person_responsibility (
  person INTEGER NOT NULL REFERENCES person (id), name TEXT NOT NULL, PRIMARY KEY (person, name)) STRICT, WITHOUT ROWID;

CREATE TABLE credential (person INTEGER PRIMARY KEY, encoded TEXT NOT NULL, changed INTEGER NOT NULL) STRICT;
CREATE TABLE invitation (hash TEXT PRIMARY KEY, person INTEGER NOT NULL, expires INTEGER NOT NULL) STRICT,
  WITHOUT ROWID;
CREATE TABLE session (
  id_hash TEXT PRIMARY KEY, person INTEGER NOT NULL, csrf TEXT NOT NULL, created INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  expires INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- Ends all sessions of a person.
CREATE INDEX session_person ON session (person);
CREATE TABLE token (
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, person INTEGER NOT NULL REFERENCES person (id),
  organisation INTEGER NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
  created INTEGER NOT NULL, expires INTEGER NOT NULL, revoked INTEGER NOT NULL, version INTEGER NOT NULL) STRICT;
CREATE INDEX token_person ON token (person, id);
CREATE TABLE token_use (token INTEGER PRIMARY KEY, used INTEGER NOT NULL) STRICT;

-- The body is last, so that lists that filter and sort need not read past the short columns.
CREATE TABLE record (
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
  organisation INTEGER NOT NULL, root INTEGER NOT NULL, parent INTEGER REFERENCES record (id),
  number TEXT NOT NULL, workflow_set TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL,
  created INTEGER NOT NULL, updated INTEGER NOT NULL, state_since INTEGER NOT NULL, due TEXT,
  body TEXT NOT NULL) STRICT;
-- Serves lists by state of somebody who sees the whole type.
CREATE INDEX record_state ON record (organisation, type, state, id);
-- Serves lists by due date; written only when a due date changes.
CREATE INDEX record_due ON record (organisation, type, due, id) WHERE due IS NOT NULL;
-- No number is given twice; serves look-ups by number.
CREATE UNIQUE INDEX record_number ON record (organisation, type, number) WHERE number <> '';
-- Walks down a tree when seats change.
CREATE INDEX record_parent ON record (parent) WHERE parent IS NOT NULL;

-- Versions that move with what hangs on a record: `tree` of a root with every record below it, `items` with checklist
-- items, `evidence` with evidence and reports. Apart from `record`, so that moving them writes no body.
CREATE TABLE record_version (
  record INTEGER PRIMARY KEY REFERENCES record (id), tree INTEGER NOT NULL, items INTEGER NOT NULL,
  evidence INTEGER NOT NULL) STRICT;

CREATE TABLE link (
  source INTEGER NOT NULL REFERENCES record (id), name TEXT NOT NULL, target INTEGER NOT NULL REFERENCES record (id),
  PRIMARY KEY (source, name, target)) STRICT, WITHOUT ROWID;
-- Links as seen from their other end.
CREATE INDEX link_target ON link (target, name, source);

CREATE TABLE assignment (
  record INTEGER NOT NULL REFERENCES record (id), seat TEXT NOT NULL, person INTEGER NOT NULL REFERENCES person (id),
  PRIMARY KEY (record, seat, person)) STRICT, WITHOUT ROWID;
-- What a person has seats on, when access is recomputed.
CREATE INDEX assignment_person ON assignment (person, record);

-- Who sees what. scope: a person, or minus an organisation for those who see the whole type. Joined by every query.
CREATE TABLE access (
  scope INTEGER NOT NULL, type TEXT NOT NULL, record INTEGER NOT NULL REFERENCES record (id),
  PRIMARY KEY (scope, type, record)) STRICT, WITHOUT ROWID;

-- Fields marked x-filter, encoded so that their bytes sort as their values do (record_filter.h).
CREATE TABLE record_filter (
  record INTEGER NOT NULL REFERENCES record (id), field TEXT NOT NULL, value TEXT NOT NULL,
  organisation INTEGER NOT NULL,
  type TEXT NOT NULL, PRIMARY KEY (record, field, value)) STRICT, WITHOUT ROWID;
CREATE INDEX record_filter_value ON record_filter (organisation, type, field, value, record);

CREATE TABLE timer (
  record INTEGER NOT NULL REFERENCES record (id), name TEXT NOT NULL, day TEXT NOT NULL, at INTEGER NOT NULL,
  fired INTEGER NOT NULL, PRIMARY KEY (record, name)) STRICT, WITHOUT ROWID;
-- The next timers to fire.
CREATE INDEX timer_at ON timer (at) WHERE fired = 0;

CREATE TABLE proposal (
  uuid TEXT PRIMARY KEY, record INTEGER NOT NULL REFERENCES record (id), command TEXT NOT NULL, input TEXT NOT NULL,
  proposer INTEGER NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, outcome TEXT NOT NULL) STRICT,
  WITHOUT ROWID;
-- What waits on a record for a second person.
CREATE INDEX proposal_open ON proposal (record) WHERE outcome = '';

CREATE TABLE number_sequence (
  organisation INTEGER NOT NULL, type TEXT NOT NULL, year INTEGER NOT NULL, last INTEGER NOT NULL,
  PRIMARY KEY (organisation, type, year)) STRICT, WITHOUT ROWID;

CREATE TABLE item (
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, audit INTEGER NOT NULL REFERENCES record (id),
  catalogue TEXT NOT NULL, catalogue_id TEXT NOT NULL, question TEXT NOT NULL, item TEXT NOT NULL,
  subject TEXT NOT NULL,
  auditor INTEGER, status TEXT NOT NULL, result TEXT NOT NULL, reason TEXT NOT NULL, maturity INTEGER,
  notes TEXT NOT NULL,
  answered_by INTEGER, answered_at INTEGER, version INTEGER NOT NULL) STRICT;
-- Pages of an audit's items.
CREATE INDEX item_audit ON item (audit, id);
-- A question is put to a subject once.
CREATE UNIQUE INDEX item_question ON item (audit, catalogue_id, question, subject);
CREATE TABLE catalogue (hash TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE evidence (
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, organisation INTEGER NOT NULL,
  record INTEGER NOT NULL REFERENCES record (id), item INTEGER, kind TEXT NOT NULL, title TEXT NOT NULL,
  description TEXT NOT NULL, sha256 TEXT NOT NULL, file_name TEXT NOT NULL, media_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  collected_at INTEGER NOT NULL, collected_by INTEGER, effective_from TEXT, effective_to TEXT, supersedes TEXT NOT NULL,
  withdrawn INTEGER NOT NULL, version INTEGER NOT NULL) STRICT;
CREATE INDEX evidence_record ON evidence (record, id);
CREATE TABLE report (
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, organisation INTEGER NOT NULL,
  record INTEGER NOT NULL REFERENCES record (id), plugin TEXT NOT NULL, plugin_version TEXT NOT NULL,
  format TEXT NOT NULL,
  language TEXT NOT NULL, input_hash TEXT NOT NULL, sha256 TEXT NOT NULL, file_name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size INTEGER NOT NULL, created INTEGER NOT NULL, created_by INTEGER) STRICT;
CREATE INDEX report_record ON report (record, id);

-- The log. On SQLite the one writer gives sequences in commit order, so that they are the positions.
CREATE TABLE event (
  sequence INTEGER PRIMARY KEY, uuid TEXT NOT NULL, cause TEXT NOT NULL, subject TEXT NOT NULL,
  subject_id INTEGER NOT NULL,
  subject_uuid TEXT NOT NULL, organisation INTEGER NOT NULL, record INTEGER, type TEXT NOT NULL, command TEXT NOT NULL,
  version INTEGER NOT NULL, actor INTEGER, second INTEGER, at INTEGER NOT NULL, workflow_set TEXT NOT NULL,
  number TEXT NOT NULL, commitment TEXT NOT NULL) STRICT;
-- History of a record, and who performed what on it.
CREATE INDEX event_record ON event (record, sequence) WHERE record IS NOT NULL;
CREATE VIEW sealed (position, sequence) AS SELECT sequence, sequence FROM event;
CREATE VIEW unsealed (sequence) AS SELECT sequence FROM event WHERE 1 = 0;
-- Apart from the envelope, so that they can be erased.
CREATE TABLE event_payload (sequence INTEGER PRIMARY KEY, facts TEXT NOT NULL) STRICT;
-- The key of a subject's commitments; deleting it makes them meaningless.
CREATE TABLE subject_key (
  subject TEXT NOT NULL, id INTEGER NOT NULL, key TEXT NOT NULL, PRIMARY KEY (subject, id)) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency (
  principal INTEGER NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL, status INTEGER NOT NULL,
  answer TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (principal, key)) STRICT, WITHOUT ROWID;
-- Drops what is old.
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE webhook (
  id INTEGER PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, organisation INTEGER NOT NULL,
  url TEXT NOT NULL, secret TEXT NOT NULL, old_secret TEXT NOT NULL, old_until INTEGER, types TEXT NOT NULL,
  payload TEXT NOT NULL, style TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, description TEXT NOT NULL,
  created INTEGER NOT NULL, version INTEGER NOT NULL) STRICT;
CREATE TABLE webhook_cursor (webhook INTEGER PRIMARY KEY, position INTEGER NOT NULL, failing_since INTEGER) STRICT;
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY, webhook INTEGER NOT NULL, position INTEGER NOT NULL, message TEXT NOT NULL,
  record INTEGER NOT NULL,
  state TEXT NOT NULL, attempts INTEGER NOT NULL, created INTEGER NOT NULL, next INTEGER) STRICT;
-- The delivery log of an endpoint, newest first.
CREATE INDEX delivery_webhook ON delivery (webhook, id);
-- A delivery by its webhook-id.
CREATE INDEX delivery_message ON delivery (webhook, message);
-- What waits, in the order of each record.
CREATE INDEX delivery_pending ON delivery (webhook, record, position) WHERE state = 'pending';
CREATE TABLE attempt (
  id INTEGER PRIMARY KEY, delivery INTEGER NOT NULL REFERENCES delivery (id), number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  status INTEGER NOT NULL, outcome TEXT NOT NULL, duration_ms INTEGER NOT NULL, request_headers TEXT NOT NULL,
  request_body TEXT NOT NULL, response_headers TEXT NOT NULL, response_body TEXT NOT NULL) STRICT;
CREATE INDEX attempt_delivery ON attempt (delivery, number);

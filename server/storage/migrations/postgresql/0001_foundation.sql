-- Instants are unix milliseconds, dates ISO text, hashes hex. One statement ends with a semicolon at the end of
-- its line.
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE workflow_set (hash TEXT PRIMARY KEY, text TEXT NOT NULL);

CREATE TABLE organisation (
  id BIGINT PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, name TEXT NOT NULL, zone TEXT NOT NULL, language TEXT NOT NULL,
  version BIGINT NOT NULL);

-- email_key is the address without case; it is empty for nobody who can sign in.
CREATE TABLE person (
  id BIGINT PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, organisation BIGINT NOT NULL,
  name TEXT NOT NULL, email TEXT NOT NULL, email_key TEXT UNIQUE, language TEXT NOT NULL, state TEXT NOT NULL,
  version BIGINT NOT NULL);
-- Serves the list of an organisation's people.
CREATE INDEX person_organisation ON person (organisation, id);
CREATE TABLE person_role (
  person BIGINT NOT NULL REFERENCES person (id), role TEXT NOT NULL, PRIMARY KEY (person, role));
CREATE TABLE person_responsibility (
  person BIGINT NOT NULL REFERENCES person (id), name TEXT NOT NULL, PRIMARY KEY (person, name));

CREATE TABLE credential (person BIGINT PRIMARY KEY, encoded TEXT NOT NULL, changed BIGINT NOT NULL);
CREATE TABLE invitation (hash TEXT PRIMARY KEY, person BIGINT NOT NULL, expires BIGINT NOT NULL);
CREATE TABLE session (
  id_hash TEXT PRIMARY KEY, person BIGINT NOT NULL, csrf TEXT NOT NULL, created BIGINT NOT NULL, seen BIGINT NOT NULL,
  expires BIGINT NOT NULL);
-- Ends all sessions of a person.
CREATE INDEX session_person ON session (person);
CREATE TABLE token (
  id BIGINT PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, person BIGINT NOT NULL REFERENCES person (id),
  organisation BIGINT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, scopes TEXT NOT NULL,
  created BIGINT NOT NULL, expires BIGINT NOT NULL, revoked BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX token_person ON token (person, id);
CREATE TABLE token_use (token BIGINT PRIMARY KEY, used BIGINT NOT NULL);

-- The body is last, so that lists that filter and sort need not read past the short columns.
CREATE TABLE record (
  id BIGINT PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, type TEXT NOT NULL,
  organisation BIGINT NOT NULL, root BIGINT NOT NULL, parent BIGINT REFERENCES record (id),
  number TEXT COLLATE "C" NOT NULL, workflow_set TEXT NOT NULL, state TEXT NOT NULL, version BIGINT NOT NULL,
  created BIGINT NOT NULL, updated BIGINT NOT NULL, state_since BIGINT NOT NULL, due TEXT COLLATE "C",
  body TEXT NOT NULL);
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
  record BIGINT PRIMARY KEY REFERENCES record (id), tree BIGINT NOT NULL, items BIGINT NOT NULL,
  evidence BIGINT NOT NULL);

CREATE TABLE link (
  source BIGINT NOT NULL REFERENCES record (id), name TEXT NOT NULL, target BIGINT NOT NULL REFERENCES record (id),
  PRIMARY KEY (source, name, target));
-- Links as seen from their other end.
CREATE INDEX link_target ON link (target, name, source);

CREATE TABLE assignment (
  record BIGINT NOT NULL REFERENCES record (id), seat TEXT NOT NULL, person BIGINT NOT NULL REFERENCES person (id),
  PRIMARY KEY (record, seat, person));
-- What a person has seats on, when access is recomputed.
CREATE INDEX assignment_person ON assignment (person, record);

-- Who sees what. scope: a person, or minus an organisation for those who see the whole type. Joined by every query.
CREATE TABLE access (
  scope BIGINT NOT NULL, type TEXT NOT NULL, record BIGINT NOT NULL REFERENCES record (id),
  PRIMARY KEY (scope, type, record));

-- What is compared with < is compared by bytes, whatever the locale of the database: COLLATE "C".
-- Fields marked x-filter, encoded so that their bytes sort as their values do (record_filter.h).
CREATE TABLE record_filter (
  record BIGINT NOT NULL REFERENCES record (id), field TEXT NOT NULL, value TEXT COLLATE "C" NOT NULL,
  organisation BIGINT NOT NULL,
  type TEXT NOT NULL, PRIMARY KEY (record, field, value));
CREATE INDEX record_filter_value ON record_filter (organisation, type, field, value, record);

CREATE TABLE timer (
  record BIGINT NOT NULL REFERENCES record (id), name TEXT NOT NULL, day TEXT NOT NULL, at BIGINT NOT NULL,
  fired BIGINT NOT NULL, PRIMARY KEY (record, name));
-- The next timers to fire.
CREATE INDEX timer_at ON timer (at) WHERE fired = 0;

CREATE TABLE proposal (
  uuid TEXT PRIMARY KEY, record BIGINT NOT NULL REFERENCES record (id), command TEXT NOT NULL, input TEXT NOT NULL,
  proposer BIGINT NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL, outcome TEXT NOT NULL);
-- What waits on a record for a second person.
CREATE INDEX proposal_open ON proposal (record) WHERE outcome = '';

CREATE TABLE number_sequence (
  organisation BIGINT NOT NULL, type TEXT NOT NULL, year BIGINT NOT NULL, last BIGINT NOT NULL,
  PRIMARY KEY (organisation, type, year));

CREATE TABLE item (
  id BIGINT PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, audit BIGINT NOT NULL REFERENCES record (id),
  catalogue TEXT NOT NULL, catalogue_id TEXT NOT NULL, question TEXT NOT NULL, item TEXT NOT NULL,
  subject TEXT NOT NULL,
  auditor BIGINT, status TEXT NOT NULL, result TEXT NOT NULL, reason TEXT NOT NULL, maturity BIGINT,
  notes TEXT NOT NULL,
  answered_by BIGINT, answered_at BIGINT, version BIGINT NOT NULL);
-- Pages of an audit's items.
CREATE INDEX item_audit ON item (audit, id);
-- A question is put to a subject once.
CREATE UNIQUE INDEX item_question ON item (audit, catalogue_id, question, subject);
CREATE TABLE catalogue (hash TEXT PRIMARY KEY, text TEXT NOT NULL);

CREATE TABLE evidence (
  id BIGINT PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, organisation BIGINT NOT NULL,
  record BIGINT NOT NULL REFERENCES record (id), item BIGINT, kind TEXT NOT NULL, title TEXT NOT NULL,
  description TEXT NOT NULL, sha256 TEXT NOT NULL, file_name TEXT NOT NULL, media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  collected_at BIGINT NOT NULL, collected_by BIGINT, effective_from TEXT, effective_to TEXT, supersedes TEXT NOT NULL,
  withdrawn BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE INDEX evidence_record ON evidence (record, id);
CREATE TABLE report (
  id BIGINT PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, organisation BIGINT NOT NULL,
  record BIGINT NOT NULL REFERENCES record (id), plugin TEXT NOT NULL, plugin_version TEXT NOT NULL,
  format TEXT NOT NULL,
  language TEXT NOT NULL, input_hash TEXT NOT NULL, sha256 TEXT NOT NULL, file_name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL, created BIGINT NOT NULL, created_by BIGINT);
CREATE INDEX report_record ON report (record, id);

-- The log. Sequences have gaps and are not in commit order; the sealer gives positions.
CREATE TABLE event (
  sequence BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, uuid TEXT NOT NULL, cause TEXT NOT NULL,
  subject TEXT NOT NULL, subject_id BIGINT NOT NULL,
  subject_uuid TEXT NOT NULL, organisation BIGINT NOT NULL, record BIGINT, type TEXT NOT NULL, command TEXT NOT NULL,
  version BIGINT NOT NULL, actor BIGINT, second BIGINT, at BIGINT NOT NULL, workflow_set TEXT NOT NULL,
  number TEXT NOT NULL, commitment TEXT NOT NULL);
-- History of a record, and who performed what on it.
CREATE INDEX event_record ON event (record, sequence) WHERE record IS NOT NULL;
CREATE TABLE sealed (position BIGINT PRIMARY KEY, sequence BIGINT NOT NULL UNIQUE);
CREATE TABLE unsealed (sequence BIGINT PRIMARY KEY);
-- Apart from the envelope, so that they can be erased.
CREATE TABLE event_payload (sequence BIGINT PRIMARY KEY, facts TEXT NOT NULL);
-- The key of a subject's commitments; deleting it makes them meaningless.
CREATE TABLE subject_key (
  subject TEXT NOT NULL, id BIGINT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (subject, id));

CREATE TABLE idempotency (
  principal BIGINT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL, status BIGINT NOT NULL,
  answer TEXT NOT NULL,
  at BIGINT NOT NULL, PRIMARY KEY (principal, key));
-- Drops what is old.
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE webhook (
  id BIGINT PRIMARY KEY, uuid TEXT NOT NULL UNIQUE, organisation BIGINT NOT NULL,
  url TEXT NOT NULL, secret TEXT NOT NULL, old_secret TEXT NOT NULL, old_until BIGINT, types TEXT NOT NULL,
  payload TEXT NOT NULL, style TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, description TEXT NOT NULL,
  created BIGINT NOT NULL, version BIGINT NOT NULL);
CREATE TABLE webhook_cursor (webhook BIGINT PRIMARY KEY, position BIGINT NOT NULL, failing_since BIGINT);
CREATE TABLE delivery (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, webhook BIGINT NOT NULL, position BIGINT NOT NULL,
  message TEXT NOT NULL, record BIGINT NOT NULL,
  state TEXT NOT NULL, attempts BIGINT NOT NULL, created BIGINT NOT NULL, next BIGINT);
-- The delivery log of an endpoint, newest first.
CREATE INDEX delivery_webhook ON delivery (webhook, id);
-- A delivery by its webhook-id.
CREATE INDEX delivery_message ON delivery (webhook, message);
-- What waits, in the order of each record.
CREATE INDEX delivery_pending ON delivery (webhook, record, position) WHERE state = 'pending';
CREATE TABLE attempt (
  id BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, delivery BIGINT NOT NULL REFERENCES delivery (id),
  number BIGINT NOT NULL, at BIGINT NOT NULL,
  status BIGINT NOT NULL, outcome TEXT NOT NULL, duration_ms BIGINT NOT NULL, request_headers TEXT NOT NULL,
  request_body TEXT NOT NULL, response_headers TEXT NOT NULL, response_body TEXT NOT NULL);
CREATE INDEX attempt_delivery ON attempt (delivery, number);

-- Ids for new subjects, taken in blocks by each server.
CREATE SEQUENCE id_record INCREMENT 64;
CREATE SEQUENCE id_item INCREMENT 64;
CREATE SEQUENCE id_evidence INCREMENT 64;
CREATE SEQUENCE id_report INCREMENT 64;
CREATE SEQUENCE id_organisation INCREMENT 64;
CREATE SEQUENCE id_person INCREMENT 64;
CREATE SEQUENCE id_token INCREMENT 64;
CREATE SEQUENCE id_webhook INCREMENT 64;

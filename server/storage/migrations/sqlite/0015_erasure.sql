-- The commitment to what an erasure has left of a payload, under the subject's new key; empty: it is as it was.
ALTER TABLE event_payload ADD COLUMN redacted TEXT NOT NULL DEFAULT '';
-- What verify holds against it, and against the erasures.
CREATE INDEX event_payload_redacted ON event_payload (sequence) WHERE redacted <> '';
-- The events of a person, and of a token: what an erasure takes away.
CREATE INDEX event_apart ON event (subject_id, subject) WHERE record IS NULL;
-- Shown to administrators and the data protection officer alone.
ALTER TABLE person ADD COLUMN restricted INTEGER NOT NULL DEFAULT 0;

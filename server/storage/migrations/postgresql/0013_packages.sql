-- The package of the plugin that made a report; empty for reports of earlier releases.
ALTER TABLE report ADD COLUMN package_hash TEXT NOT NULL DEFAULT '';
-- An answer whose question has changed awaits its auditor, too.
DROP INDEX item_auditor;
CREATE INDEX item_auditor ON item (auditor, audit) WHERE result = '' OR status = 'review';

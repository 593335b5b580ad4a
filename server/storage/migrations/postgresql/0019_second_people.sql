-- What waits for a second person is found by organisation, where it is among the tasks of whoever may be that person.
ALTER TABLE proposal ADD COLUMN organisation BIGINT NOT NULL DEFAULT 0;
UPDATE proposal SET organisation = r.organisation FROM record r WHERE r.id = proposal.record;
CREATE INDEX proposal_waiting ON proposal (organisation, record) WHERE outcome = '';

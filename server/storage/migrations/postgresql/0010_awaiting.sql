-- What awaits a person besides their seats: what they proposed and nobody confirmed, and items that they have to answer.
CREATE INDEX proposal_proposer ON proposal (proposer, record) WHERE outcome = '';
CREATE INDEX item_auditor ON item (auditor, audit) WHERE result = '';

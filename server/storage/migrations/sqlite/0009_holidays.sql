-- Days that are not worked although no weekend, as a JSON list: deadlines in working days pass them over.
ALTER TABLE organisation ADD COLUMN holidays TEXT NOT NULL DEFAULT '[]';

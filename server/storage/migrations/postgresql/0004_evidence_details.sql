-- What the kind of a piece of evidence says about it: document and place of a reference, role of an interview.
ALTER TABLE evidence ADD COLUMN details TEXT NOT NULL DEFAULT '{}';

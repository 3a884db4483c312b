-- The words come back on the draft that they were typed over, and as a correction where they put right what was sent.
ALTER TABLE unsent ADD COLUMN draft_id INTEGER REFERENCES draft (id);
ALTER TABLE unsent ADD COLUMN corrects INTEGER REFERENCES decision (id);

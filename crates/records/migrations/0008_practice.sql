-- What people did with practice messages: invented patients, each with a draft that holds a known error. Nothing of it is
-- about a patient, and it counts for nobody but the person who did it.
CREATE TABLE practice (
    id          INTEGER PRIMARY KEY,
    case_id     TEXT NOT NULL,
    training    INTEGER NOT NULL,   -- 1 in training, 0 among real messages
    reason      TEXT NOT NULL,      -- what the error is called
    decision    TEXT NOT NULL,
    final_text  TEXT,
    caught      INTEGER NOT NULL,
    dwell_ms    INTEGER,
    reviewer_id TEXT NOT NULL,
    decided_at  TEXT NOT NULL,
    -- In no row of the audit: without it the seal there would tell how it went.
    salt        TEXT NOT NULL DEFAULT (lower(hex(randomblob(16))))
) STRICT;
CREATE INDEX practice_by_reviewer ON practice (reviewer_id, id);
CREATE TRIGGER practice_no_update BEFORE UPDATE ON practice
BEGIN SELECT RAISE(ABORT, 'practice stays as it was done'); END;
CREATE TRIGGER practice_no_delete BEFORE DELETE ON practice
BEGIN SELECT RAISE(ABORT, 'practice stays as it was done'); END;

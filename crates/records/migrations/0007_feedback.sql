-- What a person said of a draft after they had decided. A decision's own row of feedback is sealed; this stands beside it.
-- The newest row of a decision counts.
CREATE TABLE rating (
    id          INTEGER PRIMARY KEY,
    decision_id INTEGER NOT NULL REFERENCES decision (id),
    stars       INTEGER CHECK (stars BETWEEN 1 AND 5),
    reasons     TEXT NOT NULL,
    reviewer_id TEXT NOT NULL,
    rated_at    TEXT NOT NULL
) STRICT;
CREATE INDEX rating_by_decision ON rating (decision_id, id);
CREATE TRIGGER rating_no_update BEFORE UPDATE ON rating
BEGIN SELECT RAISE(ABORT, 'a rating stays as it was given'); END;
CREATE TRIGGER rating_no_delete BEFORE DELETE ON rating
BEGIN SELECT RAISE(ABORT, 'a rating stays as it was given'); END;

-- Problems of safety that somebody reported: what the draft was made from is in the draft's own row.
CREATE TABLE safety_report (
    id          INTEGER PRIMARY KEY,
    message_id  TEXT NOT NULL REFERENCES message (id),
    draft_id    INTEGER REFERENCES draft (id),
    words       TEXT NOT NULL,
    reply       TEXT NOT NULL,
    reporter_id TEXT NOT NULL,
    reported_at TEXT NOT NULL
) STRICT;
CREATE TRIGGER safety_report_no_update BEFORE UPDATE ON safety_report
BEGIN SELECT RAISE(ABORT, 'a safety report stays as it was made'); END;
CREATE TRIGGER safety_report_no_delete BEFORE DELETE ON safety_report
BEGIN SELECT RAISE(ABORT, 'a safety report stays as it was made'); END;

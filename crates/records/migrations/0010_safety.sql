-- A problem of safety may be about the program and no message.
CREATE TABLE safety_report_of_anything (
    id          INTEGER PRIMARY KEY,
    message_id  TEXT REFERENCES message (id),
    draft_id    INTEGER REFERENCES draft (id),
    words       TEXT NOT NULL,
    reply       TEXT NOT NULL,
    reporter_id TEXT NOT NULL,
    reported_at TEXT NOT NULL
) STRICT;
INSERT INTO safety_report_of_anything SELECT id, message_id, draft_id, words, reply, reporter_id, reported_at FROM safety_report;
DROP TABLE safety_report;
ALTER TABLE safety_report_of_anything RENAME TO safety_report;
CREATE TRIGGER safety_report_no_update BEFORE UPDATE ON safety_report
BEGIN SELECT RAISE(ABORT, 'a safety report stays as it was made'); END;
CREATE TRIGGER safety_report_no_delete BEFORE DELETE ON safety_report
BEGIN SELECT RAISE(ABORT, 'a safety report stays as it was made'); END;

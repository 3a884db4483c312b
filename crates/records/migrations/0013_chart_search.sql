-- A search finds what stands in the chart, too: problems, medications and allergies that are in force. Each message has its
-- patient's lines beside its own words, so that words of both are found together. An import writes them anew for a chart that
-- it changed; everything else is kept by triggers as before.
CREATE INDEX message_by_patient ON message (patient_id);

DROP TRIGGER message_searched;
DROP TRIGGER reply_searched;
DROP TRIGGER reply_not_searched;
DROP TRIGGER patient_renamed;
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
    patient, subject, body, reply, chart,
    content = '', contentless_delete = 1, prefix = '2 3', tokenize = "unicode61 remove_diacritics 2"
);
DROP VIEW search_text;
CREATE VIEW search_text AS
    SELECT s.id, p.name AS patient, m.subject, m.body,
           coalesce((SELECT group_concat(final_text, char(10)) FROM decision
                     WHERE message_id = m.id AND undone_at IS NULL), '') AS reply,
           coalesce((SELECT group_concat(text, char(10)) FROM entry
                     WHERE patient_id = p.id AND active AND heading IN ('problems', 'medications', 'allergies')), '') AS chart,
           m.id AS message_id, p.id AS patient_id
    FROM message m
    JOIN search_row s ON s.message_id = m.id
    JOIN patient p ON p.id = m.patient_id;

INSERT INTO search (rowid, patient, subject, body, reply, chart)
    SELECT id, patient, subject, body, reply, chart FROM search_text ORDER BY id;

CREATE TRIGGER message_searched AFTER INSERT ON message BEGIN
    INSERT INTO search_row (message_id) VALUES (NEW.id);
    INSERT INTO search (rowid, patient, subject, body, reply, chart)
        SELECT id, patient, subject, body, reply, chart FROM search_text WHERE message_id = NEW.id;
END;

CREATE TRIGGER reply_searched AFTER INSERT ON decision WHEN NEW.final_text IS NOT NULL BEGIN
    DELETE FROM search WHERE rowid = (SELECT id FROM search_row WHERE message_id = NEW.message_id);
    INSERT INTO search (rowid, patient, subject, body, reply, chart)
        SELECT id, patient, subject, body, reply, chart FROM search_text WHERE message_id = NEW.message_id;
END;

CREATE TRIGGER reply_not_searched AFTER UPDATE OF undone_at ON decision WHEN NEW.final_text IS NOT NULL BEGIN
    DELETE FROM search WHERE rowid = (SELECT id FROM search_row WHERE message_id = NEW.message_id);
    INSERT INTO search (rowid, patient, subject, body, reply, chart)
        SELECT id, patient, subject, body, reply, chart FROM search_text WHERE message_id = NEW.message_id;
END;

CREATE TRIGGER patient_renamed AFTER UPDATE OF name ON patient WHEN NEW.name IS NOT OLD.name BEGIN
    DELETE FROM search WHERE rowid IN (SELECT id FROM search_text WHERE patient_id = NEW.id);
    INSERT INTO search (rowid, patient, subject, body, reply, chart)
        SELECT id, patient, subject, body, reply, chart FROM search_text WHERE patient_id = NEW.id;
END;

-- How much was ever decided, for the folder that holds all of it.
CREATE TABLE inbox_done_count (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    threads INTEGER NOT NULL
) STRICT;
INSERT INTO inbox_done_count SELECT 1, count(*) FROM thread WHERE decided_at IS NOT NULL;
CREATE TRIGGER thread_done AFTER UPDATE OF decided_at ON thread
WHEN (OLD.decided_at IS NULL) <> (NEW.decided_at IS NULL) BEGIN
    UPDATE inbox_done_count SET threads = threads + iif(NEW.decided_at IS NULL, -1, 1);
END;

-- What the queue is ordered and filtered by, kept on the thread, so that a page of it is a walk along one index however
-- long it is. Triggers keep it, so that no way of writing can forget it.
ALTER TABLE thread ADD COLUMN rank INTEGER;         -- 0 emergency, 1 urgent, 2 routine, 3 none owed
ALTER TABLE thread ADD COLUMN sent_at TEXT;         -- of the open message
ALTER TABLE thread ADD COLUMN pool TEXT NOT NULL DEFAULT '';
ALTER TABLE thread ADD COLUMN decided_at TEXT;      -- of the decision in force on the open message
ALTER TABLE thread ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;      -- whether that decision sends a reply
ALTER TABLE thread ADD COLUMN drafted INTEGER NOT NULL DEFAULT 0;   -- 0 not tried, 1 there is a text, 2 failed
ALTER TABLE thread ADD COLUMN later_until TEXT;     -- put off until then; never a red flag
ALTER TABLE thread ADD COLUMN assignee TEXT NOT NULL DEFAULT '';

CREATE TRIGGER thread_opens AFTER UPDATE OF open_message_id, urgency ON thread BEGIN
    UPDATE thread SET
        -- An unknown urgency must not make a message less urgent.
        rank = CASE NEW.urgency WHEN 'emergency' THEN 0 WHEN 'routine' THEN 2 WHEN 'none' THEN 3 ELSE 1 END,
        sent_at = (SELECT sent_at FROM message WHERE id = NEW.open_message_id),
        pool = coalesce((SELECT recipient_pool FROM message WHERE id = NEW.open_message_id), ''),
        decided_at = (SELECT decided_at FROM decision WHERE message_id = NEW.open_message_id AND undone_at IS NULL),
        sent = coalesce((SELECT final_text IS NOT NULL FROM decision WHERE message_id = NEW.open_message_id AND undone_at IS NULL), 0),
        drafted = coalesce((SELECT CASE WHEN max(text IS NOT NULL) THEN 1 ELSE 2 END FROM draft
                            WHERE message_id = NEW.open_message_id HAVING count(*) > 0), 0),
        -- Another message, or another urgency, brings back what was put off.
        later_until = CASE WHEN OLD.open_message_id IS NEW.open_message_id AND OLD.urgency IS NEW.urgency THEN later_until END
    WHERE id = NEW.id;
END;

-- One that was sent earlier and came in late, too.
CREATE TRIGGER message_brings_back AFTER INSERT ON message BEGIN
    UPDATE thread SET later_until = NULL WHERE id = NEW.thread_id AND later_until IS NOT NULL;
END;

CREATE TRIGGER decision_closes AFTER INSERT ON decision BEGIN
    UPDATE thread SET decided_at = NEW.decided_at, sent = NEW.final_text IS NOT NULL, later_until = NULL
    WHERE open_message_id = NEW.message_id;
END;

CREATE TRIGGER decision_undone AFTER UPDATE OF undone_at ON decision WHEN NEW.undone_at IS NOT NULL BEGIN
    UPDATE thread SET decided_at = NULL, sent = 0 WHERE open_message_id = NEW.message_id;
END;

CREATE TRIGGER draft_made AFTER INSERT ON draft BEGIN
    UPDATE thread SET drafted = CASE WHEN NEW.text IS NOT NULL OR drafted = 1 THEN 1 ELSE 2 END
    WHERE open_message_id = NEW.message_id;
END;

-- A decision, a draft and an undo find their thread by its open message.
CREATE INDEX thread_by_open_message ON thread (open_message_id);

-- How many threads wait, by what the folders ask for: counting a hundred thousand for each look would take too long.
CREATE TABLE inbox_count (
    kind    TEXT NOT NULL,
    rank    INTEGER NOT NULL,
    drafted INTEGER NOT NULL,
    pool    TEXT NOT NULL,
    threads INTEGER NOT NULL,
    PRIMARY KEY (kind, rank, drafted, pool)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER thread_uncounted AFTER UPDATE OF open_message_id, decided_at, kind, rank, drafted, pool ON thread
WHEN OLD.open_message_id IS NOT NULL AND OLD.decided_at IS NULL BEGIN
    INSERT INTO inbox_count VALUES (coalesce(OLD.kind, ''), coalesce(OLD.rank, 1), OLD.drafted, OLD.pool, -1)
    ON CONFLICT DO UPDATE SET threads = threads - 1;
END;
CREATE TRIGGER thread_counted AFTER UPDATE OF open_message_id, decided_at, kind, rank, drafted, pool ON thread
WHEN NEW.open_message_id IS NOT NULL AND NEW.decided_at IS NULL BEGIN
    INSERT INTO inbox_count VALUES (coalesce(NEW.kind, ''), coalesce(NEW.rank, 1), NEW.drafted, NEW.pool, 1)
    ON CONFLICT DO UPDATE SET threads = threads + 1;
END;

-- Threads of an older record: they are counted as they are when they are opened anew.
INSERT INTO inbox_count
    SELECT coalesce(kind, ''), 1, 0, '', count(*) FROM thread WHERE open_message_id IS NOT NULL GROUP BY 1;
UPDATE thread SET urgency = urgency;

DROP INDEX thread_by_urgency;
CREATE INDEX inbox_by_age ON thread (sent_at, open_message_id, rank, kind, later_until, drafted, pool, assignee)
    WHERE open_message_id IS NOT NULL AND decided_at IS NULL;
CREATE INDEX inbox_later ON thread (later_until, rank, kind, drafted)
    WHERE open_message_id IS NOT NULL AND decided_at IS NULL AND later_until IS NOT NULL;
CREATE INDEX inbox_waiting ON thread (rank, sent_at, open_message_id, kind, later_until, drafted, pool, assignee)
    WHERE open_message_id IS NOT NULL AND decided_at IS NULL;
CREATE INDEX inbox_undrafted ON thread (rank, sent_at, open_message_id)
    WHERE open_message_id IS NOT NULL AND decided_at IS NULL AND drafted = 0 AND rank IN (1, 2);
CREATE INDEX inbox_done ON thread (decided_at, sent) WHERE decided_at IS NOT NULL;

-- Search over everything that was written. A number for each message: row ids of a table without one of its own may
-- change when it is copied.
CREATE TABLE search_row (
    id         INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE REFERENCES message (id)
) STRICT;
CREATE VIRTUAL TABLE search USING fts5 (
    patient, subject, body, reply,
    content = '', contentless_delete = 1, prefix = '2 3', tokenize = "unicode61 remove_diacritics 2"
);
CREATE VIEW search_text AS
    SELECT s.id, p.name AS patient, m.subject, m.body, coalesce(d.final_text, '') AS reply, m.id AS message_id, p.id AS patient_id
    FROM search_row s
    JOIN message m ON m.id = s.message_id
    JOIN patient p ON p.id = m.patient_id
    LEFT JOIN decision d ON d.message_id = m.id AND d.undone_at IS NULL;

INSERT INTO search_row (message_id) SELECT id FROM message ORDER BY sent_at, id;
INSERT INTO search (rowid, patient, subject, body, reply) SELECT id, patient, subject, body, reply FROM search_text;

CREATE TRIGGER message_searched AFTER INSERT ON message BEGIN
    INSERT INTO search_row (message_id) VALUES (NEW.id);
    INSERT INTO search (rowid, patient, subject, body, reply)
        SELECT id, patient, subject, body, reply FROM search_text WHERE message_id = NEW.id;
END;

CREATE TRIGGER reply_searched AFTER INSERT ON decision WHEN NEW.final_text IS NOT NULL BEGIN
    DELETE FROM search WHERE rowid = (SELECT id FROM search_row WHERE message_id = NEW.message_id);
    INSERT INTO search (rowid, patient, subject, body, reply)
        SELECT id, patient, subject, body, reply FROM search_text WHERE message_id = NEW.message_id;
END;

CREATE TRIGGER reply_not_searched AFTER UPDATE OF undone_at ON decision WHEN NEW.final_text IS NOT NULL BEGIN
    DELETE FROM search WHERE rowid = (SELECT id FROM search_row WHERE message_id = NEW.message_id);
    INSERT INTO search (rowid, patient, subject, body, reply)
        SELECT id, patient, subject, body, reply FROM search_text WHERE message_id = NEW.message_id;
END;

CREATE TRIGGER patient_renamed AFTER UPDATE OF name ON patient WHEN NEW.name IS NOT OLD.name BEGIN
    DELETE FROM search WHERE rowid IN (SELECT id FROM search_text WHERE patient_id = NEW.id);
    INSERT INTO search (rowid, patient, subject, body, reply)
        SELECT id, patient, subject, body, reply FROM search_text WHERE patient_id = NEW.id;
END;

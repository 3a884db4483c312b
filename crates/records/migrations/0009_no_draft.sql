-- What the front desk answers waits without a draft: the folder of what has none holds it, and counts it. In the counts it is
-- a state of the draft of its own, 3.
DROP TRIGGER thread_uncounted;
DROP TRIGGER thread_counted;
CREATE TRIGGER thread_uncounted AFTER UPDATE OF open_message_id, decided_at, kind, rank, drafted, pool, triage ON thread
WHEN OLD.open_message_id IS NOT NULL AND OLD.decided_at IS NULL BEGIN
    INSERT INTO inbox_count VALUES (coalesce(OLD.kind, ''), coalesce(OLD.rank, 1),
        CASE WHEN OLD.drafted = 0 AND OLD.front_desk THEN 3 ELSE OLD.drafted END, OLD.pool, -1)
    ON CONFLICT DO UPDATE SET threads = threads - 1;
END;
CREATE TRIGGER thread_counted AFTER UPDATE OF open_message_id, decided_at, kind, rank, drafted, pool, triage ON thread
WHEN NEW.open_message_id IS NOT NULL AND NEW.decided_at IS NULL BEGIN
    INSERT INTO inbox_count VALUES (coalesce(NEW.kind, ''), coalesce(NEW.rank, 1),
        CASE WHEN NEW.drafted = 0 AND NEW.front_desk THEN 3 ELSE NEW.drafted END, NEW.pool, 1)
    ON CONFLICT DO UPDATE SET threads = threads + 1;
END;

DELETE FROM inbox_count;
INSERT INTO inbox_count
    SELECT coalesce(kind, ''), coalesce(rank, 1), CASE WHEN drafted = 0 AND front_desk THEN 3 ELSE drafted END, pool, count(*)
    FROM thread WHERE open_message_id IS NOT NULL AND decided_at IS NULL GROUP BY 1, 2, 3, 4;

-- The folder is read from the indexes alone.
DROP INDEX inbox_by_age;
CREATE INDEX inbox_by_age ON thread (sent_at, open_message_id, rank, kind, later_until, drafted, front_desk, pool, assignee)
    WHERE open_message_id IS NOT NULL AND decided_at IS NULL;
DROP INDEX inbox_waiting;
CREATE INDEX inbox_waiting ON thread (rank, sent_at, open_message_id, kind, later_until, drafted, front_desk, pool, assignee)
    WHERE open_message_id IS NOT NULL AND decided_at IS NULL;
DROP INDEX inbox_later;
CREATE INDEX inbox_later ON thread (later_until, rank, kind, drafted, front_desk)
    WHERE open_message_id IS NOT NULL AND decided_at IS NULL AND later_until IS NOT NULL;

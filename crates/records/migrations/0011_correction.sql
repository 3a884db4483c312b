-- A reply that is out is never changed. What was wrong in it is put right by another message: a decision of its own, which names
-- the one it corrects. It answers no message, closes none, and when it is taken back nothing waits again.
ALTER TABLE decision ADD COLUMN corrects INTEGER REFERENCES decision (id);

DROP INDEX decision_in_force;
CREATE UNIQUE INDEX decision_in_force ON decision (message_id) WHERE undone_at IS NULL AND corrects IS NULL;
CREATE INDEX decision_corrects ON decision (message_id) WHERE corrects IS NOT NULL;

DROP TRIGGER thread_opens;
CREATE TRIGGER thread_opens AFTER UPDATE OF open_message_id, urgency ON thread BEGIN
    UPDATE thread SET
        -- An unknown urgency must not make a message less urgent.
        rank = CASE NEW.urgency WHEN 'emergency' THEN 0 WHEN 'routine' THEN 2 WHEN 'none' THEN 3 ELSE 1 END,
        sent_at = (SELECT sent_at FROM message WHERE id = NEW.open_message_id),
        pool = coalesce((SELECT recipient_pool FROM message WHERE id = NEW.open_message_id), ''),
        decided_at = (SELECT decided_at FROM decision
                      WHERE message_id = NEW.open_message_id AND undone_at IS NULL AND corrects IS NULL),
        sent = coalesce((SELECT final_text IS NOT NULL FROM decision
                         WHERE message_id = NEW.open_message_id AND undone_at IS NULL AND corrects IS NULL), 0),
        drafted = coalesce((SELECT CASE WHEN max(text IS NOT NULL) THEN 1 ELSE 2 END FROM draft
                            WHERE message_id = NEW.open_message_id HAVING count(*) > 0), 0),
        -- Another message, or another urgency, brings back what was put off.
        later_until = CASE WHEN OLD.open_message_id IS NEW.open_message_id AND OLD.urgency IS NEW.urgency THEN later_until END
    WHERE id = NEW.id;
END;

DROP TRIGGER decision_closes;
CREATE TRIGGER decision_closes AFTER INSERT ON decision WHEN NEW.corrects IS NULL BEGIN
    UPDATE thread SET decided_at = NEW.decided_at, sent = NEW.final_text IS NOT NULL, later_until = NULL
    WHERE open_message_id = NEW.message_id;
END;

DROP TRIGGER decision_undone;
CREATE TRIGGER decision_undone AFTER UPDATE OF undone_at ON decision
WHEN NEW.undone_at IS NOT NULL AND NEW.corrects IS NULL BEGIN
    UPDATE thread SET decided_at = NULL, sent = 0 WHERE open_message_id = NEW.message_id;
END;

-- A search finds the words of a correction, too, with the message whose answer it mends.
DROP VIEW search_text;
CREATE VIEW search_text AS
    SELECT s.id, p.name AS patient, m.subject, m.body,
           coalesce((SELECT group_concat(final_text, char(10)) FROM decision
                     WHERE message_id = m.id AND undone_at IS NULL), '') AS reply,
           m.id AS message_id, p.id AS patient_id
    FROM search_row s
    JOIN message m ON m.id = s.message_id
    JOIN patient p ON p.id = m.patient_id;

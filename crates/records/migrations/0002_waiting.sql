-- Which messages a decision answers: those that were in the thread when it was made. A message that comes in later
-- waits, even when it was sent earlier.
CREATE TABLE decision_message (
    decision_id INTEGER NOT NULL REFERENCES decision (id),
    message_id  TEXT NOT NULL REFERENCES message (id),
    PRIMARY KEY (decision_id, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX decision_message_by_message ON decision_message (message_id);

INSERT INTO decision_message (decision_id, message_id)
SELECT d.id, e.id
FROM decision d
JOIN message m ON m.id = d.message_id
JOIN message e ON e.thread_id = m.thread_id AND (e.sent_at, e.id) <= (m.sent_at, m.id)
WHERE e.sender_role <> 'clinician';

CREATE INDEX thread_by_patient ON thread (patient_id);

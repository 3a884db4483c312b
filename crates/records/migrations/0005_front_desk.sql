-- What the front desk answers gets no draft unless somebody asks: the queue of first drafts passes it by, and is not
-- held up by it.
ALTER TABLE thread ADD COLUMN front_desk INTEGER GENERATED ALWAYS AS (coalesce(triage ->> '$.front_desk', 0)) VIRTUAL;

DROP INDEX inbox_undrafted;
CREATE INDEX inbox_undrafted ON thread (rank, sent_at, open_message_id)
    WHERE open_message_id IS NOT NULL AND decided_at IS NULL AND drafted = 0 AND rank IN (1, 2) AND front_desk = 0;

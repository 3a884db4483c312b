-- What a named person found when they read a decision's texts without identifiers: only what was approved, as it was
-- read, leaves without them. `also` holds words that the person took out besides, as JSON.
CREATE TABLE deid_review (
    feedback_id INTEGER PRIMARY KEY REFERENCES feedback (id),
    approved    INTEGER NOT NULL,
    reviewer_id TEXT NOT NULL,
    reviewed_at TEXT NOT NULL,
    text_hash   TEXT NOT NULL,
    also        TEXT NOT NULL
) STRICT;

-- Ends of the chain that were signed and whose rows were purged since: a head that was kept elsewhere is still compared.
CREATE TABLE audit_signed (
    seq  INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    seal TEXT NOT NULL
) STRICT;

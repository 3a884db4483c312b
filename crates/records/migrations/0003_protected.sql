-- Who may work with this record. The public key is that of the person's key slot: a slot that is not named here opens nothing.
CREATE TABLE account (
    name       TEXT PRIMARY KEY,
    role       TEXT NOT NULL,
    licence    TEXT NOT NULL,
    public_key TEXT NOT NULL,
    created_at TEXT NOT NULL,
    removed_at TEXT
) STRICT;

-- Keys of the audit: of its chain, and of its signed heads. Made when the record is first opened by this version.
CREATE TABLE audit_secret (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    chain   BLOB NOT NULL,
    signing BLOB NOT NULL
) STRICT;

-- What is left of audit rows whose retention is over: where they ended. Sealed with the chain's key.
CREATE TABLE audit_stub (
    through_seq INTEGER PRIMARY KEY,
    hash        TEXT NOT NULL,
    purged_at   TEXT NOT NULL,
    seal        TEXT NOT NULL
) STRICT;

CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
WHEN NEW.seq <> 1 + max(coalesce((SELECT max(seq) FROM audit), 0), coalesce((SELECT max(through_seq) FROM audit_stub), 0))
BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END;
CREATE INDEX audit_by_action ON audit (action, seq);
CREATE INDEX audit_by_subject ON audit (subject_id, seq);

-- Words that are typed and not decided on yet, so that no lock, crash or switch of message loses them.
CREATE TABLE unsent (
    message_id  TEXT NOT NULL REFERENCES message (id),
    reviewer_id TEXT NOT NULL,
    text        TEXT NOT NULL,
    start_mode  TEXT NOT NULL,
    kept_at     TEXT NOT NULL,
    PRIMARY KEY (message_id, reviewer_id)
) STRICT, WITHOUT ROWID;

-- The first record. Times are RFC 3339 in UTC, so they sort as text.

CREATE TABLE patient (
    id           TEXT PRIMARY KEY,
    name         TEXT NOT NULL,
    birth_date   TEXT NOT NULL,
    sex          TEXT NOT NULL,
    language     TEXT NOT NULL,
    stub         INTEGER NOT NULL,
    content_hash TEXT NOT NULL
) STRICT;

CREATE TABLE entry (
    id           TEXT PRIMARY KEY,
    patient_id   TEXT NOT NULL REFERENCES patient (id),
    heading      TEXT NOT NULL,
    text         TEXT NOT NULL,
    date         TEXT NOT NULL,
    active       INTEGER NOT NULL,
    content_hash TEXT NOT NULL
) STRICT;
CREATE INDEX entry_by_patient ON entry (patient_id);

-- Resources of which only the id is kept, so that importing them again changes nothing.
CREATE TABLE other (
    kind         TEXT NOT NULL,
    id           TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT;

-- `open_message_id` is the message that waits for an answer: the newest, if the clinic did not write it.
-- Urgency and kind are those of all messages since the clinic last wrote.
CREATE TABLE thread (
    id              TEXT PRIMARY KEY,
    patient_id      TEXT NOT NULL REFERENCES patient (id),
    subject         TEXT NOT NULL,
    open_message_id TEXT,
    urgency         TEXT,
    kind            TEXT,
    triage          TEXT
) STRICT;
CREATE INDEX thread_by_urgency ON thread (urgency) WHERE open_message_id IS NOT NULL;

CREATE TABLE message (
    id             TEXT PRIMARY KEY,
    thread_id      TEXT NOT NULL REFERENCES thread (id),
    patient_id     TEXT NOT NULL REFERENCES patient (id),
    previous_id    TEXT,
    sender_role    TEXT NOT NULL,
    sender_name    TEXT NOT NULL,
    recipient_pool TEXT NOT NULL,
    sent_at        TEXT NOT NULL,
    subject        TEXT NOT NULL,
    body           TEXT NOT NULL,
    content_hash   TEXT NOT NULL,
    imported_at    TEXT NOT NULL
) STRICT;
CREATE INDEX message_by_thread ON message (thread_id, sent_at, id);

-- A draft, or the failure to make one. The newest of a message counts.
CREATE TABLE draft (
    id             INTEGER PRIMARY KEY,
    message_id     TEXT NOT NULL REFERENCES message (id),
    text           TEXT,
    failure        TEXT,
    model          TEXT NOT NULL,
    model_sha256   TEXT NOT NULL,
    prompt_version TEXT NOT NULL,
    sampling       TEXT NOT NULL,
    finish         TEXT,
    prompt_tokens  INTEGER,
    draft_tokens   INTEGER,
    prefill_ms     REAL,
    decode_ms      REAL,
    prompt_system  TEXT,
    prompt_user    TEXT,
    context_hash   TEXT,
    notes          TEXT NOT NULL,
    created_at     TEXT NOT NULL,
    CHECK ((text IS NULL) <> (failure IS NULL))
) STRICT;
CREATE INDEX draft_by_message ON draft (message_id, id);

CREATE TABLE decision (
    id           INTEGER PRIMARY KEY,
    message_id   TEXT NOT NULL REFERENCES message (id),
    draft_id     INTEGER REFERENCES draft (id),
    kind         TEXT NOT NULL,
    start_mode   TEXT NOT NULL,
    final_text   TEXT,
    escalated_to TEXT,
    reviewer_id  TEXT NOT NULL,
    decided_at   TEXT NOT NULL,
    undo_until   TEXT NOT NULL,
    undone_at    TEXT
) STRICT;
-- At most one decision of a message is in force.
CREATE UNIQUE INDEX decision_in_force ON decision (message_id) WHERE undone_at IS NULL;

CREATE TABLE feedback (
    id                INTEGER PRIMARY KEY,
    decision_id       INTEGER NOT NULL UNIQUE REFERENCES decision (id),
    message_id        TEXT NOT NULL,
    draft_id          INTEGER,
    reviewer_id       TEXT NOT NULL,
    reviewer_role     TEXT,
    reviewer_licensed INTEGER,
    model_sha256      TEXT,
    prompt_version    TEXT,
    exemplar_ids      TEXT,
    seed              INTEGER,
    context_hash      TEXT,
    decision          TEXT NOT NULL,
    start_mode        TEXT NOT NULL,
    draft_text        TEXT,
    final_text        TEXT,
    lev_chars         INTEGER,
    lev_norm          REAL,
    rouge1_f          REAL,
    words_draft       INTEGER,
    words_final       INTEGER,
    grade_draft       REAL,
    grade_final       REAL,
    pct_draft_kept    REAL,
    read_ms           INTEGER,
    edit_ms           INTEGER,
    dwell_ms          INTEGER,
    scrolled_to_end   INTEGER,
    opened_context    INTEGER,
    reasons           TEXT NOT NULL,
    rating_acceptable TEXT,
    rating_likelihood TEXT,
    rating_extent     TEXT,
    rating_efficiency TEXT,
    is_seeded         INTEGER NOT NULL DEFAULT 0,
    seeded_caught     INTEGER,
    consent_train     INTEGER,
    deid_status       TEXT,
    created_at        TEXT NOT NULL,
    prev_hash         TEXT NOT NULL,
    hash              TEXT NOT NULL
) STRICT;

-- Replies that go out when their undo window is over.
CREATE TABLE outbox (
    decision_id INTEGER PRIMARY KEY REFERENCES decision (id),
    message_id  TEXT NOT NULL,
    text        TEXT NOT NULL,
    due_at      TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
    seq          INTEGER PRIMARY KEY,
    at           TEXT NOT NULL,
    actor        TEXT NOT NULL,
    action       TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id   TEXT NOT NULL,
    detail       TEXT NOT NULL,
    prev_hash    TEXT NOT NULL,
    hash         TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit table is append-only'); END;

CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

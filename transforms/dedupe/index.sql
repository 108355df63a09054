-- The tables of a lake's index, see index.py.
-- Ids are stored as bytes, times in microseconds since 1970.

CREATE TABLE IF NOT EXISTS position (seq INTEGER NOT NULL, digest TEXT NOT NULL);
-- Documents that are stored or forgotten.
CREATE TABLE IF NOT EXISTS documents (document_id BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
-- Documents that a run with these settings rejected; the settings are '' if they are unknown.
CREATE TABLE IF NOT EXISTS rejected (
    document_id BLOB NOT NULL,
    settings TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (document_id, settings)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (
    article_id BLOB NOT NULL,
    revision INTEGER NOT NULL,
    text_hash BLOB NOT NULL,
    published_at INTEGER,
    seen_at INTEGER,
    site TEXT,
    published_precision TEXT,
    seq INTEGER NOT NULL,
    PRIMARY KEY (article_id, revision)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS versions_by_text ON versions (
    text_hash, published_at IS NULL, published_at, seen_at IS NULL, seen_at, article_id
);
CREATE TABLE IF NOT EXISTS forgotten (id BLOB PRIMARY KEY) WITHOUT ROWID;

-- Signatures and LSH buckets, see near_index.py.
CREATE TABLE IF NOT EXISTS signed (
    number INTEGER PRIMARY KEY,
    article_id BLOB NOT NULL,
    day INTEGER NOT NULL,
    published_at INTEGER,
    seen_at INTEGER,
    site TEXT,
    signature BLOB NOT NULL,
    seq INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS signed_by_day ON signed (day);
CREATE TABLE IF NOT EXISTS lsh_buckets (
    bucket INTEGER NOT NULL,
    day INTEGER NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (bucket, day, number)
) WITHOUT ROWID;
-- `reached` is the last entry with an article within 30 days of `day`; null if unindexed.
CREATE TABLE IF NOT EXISTS days (day INTEGER PRIMARY KEY, reached INTEGER);

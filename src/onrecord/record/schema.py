"""The record's tables and views, and the steps from each version of them to the next.

A record is one SQLite file. ``application_id`` says that it is a record, ``user_version`` which version of these tables
it holds. A version is never changed once released: a change is a further step in ``MIGRATIONS``, and a record as that
version wrote it joins the tests.

What a statement's spans say is not stored: a span is two offsets into its document's frozen text, and its words are
read from there, so that no row can hold other words than the text. Triggers keep the text frozen, the offsets inside it
and the corrections append-only, whichever program writes.
"""

from __future__ import annotations

__all__ = ["APPLICATION_ID", "CHUNK", "MIGRATIONS", "VERSION", "VIEWS"]

#: "onrc" as a big-endian number: what ``file`` and SQLite show as the application of the file.
APPLICATION_ID = 0x6F6E7263
#: Statements in one row of ``chunk``. Part of the format: a change needs a migration.
CHUNK = 4096

# fmt: off
_V1 = f"""
CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value) WITHOUT ROWID;
INSERT INTO meta VALUES ('generation', 0), ('sealed', 0), ('tail', 0);

CREATE TABLE run (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    started TEXT NOT NULL,
    finished TEXT,
    model TEXT,                      -- version of the weights that read
    code TEXT NOT NULL,              -- version of onrecord
    options TEXT NOT NULL DEFAULT '{{}}'
);

CREATE TABLE document (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE CHECK (length(id) = 16),
    digest TEXT NOT NULL UNIQUE CHECK (length(digest) = 64 AND substr(digest, 1, 16) = id),
    length INTEGER NOT NULL CHECK (length = length(text)),   -- code points; texts with NUL are refused
    words INTEGER NOT NULL,
    path TEXT, title TEXT, published TEXT, outlet TEXT, author TEXT, url TEXT, language TEXT,
    source_digest TEXT, reader TEXT,
    run INTEGER REFERENCES run (pk),                          -- the run that read it last
    added TEXT NOT NULL,
    near INTEGER,                                             -- pk of the first document that is nearly the same, or its own
    signature BLOB,                                           -- MinHash of its words, null where too short or not made
    text TEXT NOT NULL CHECK (typeof(text) = 'text')          -- last: SQLite reads through a long text to what stands behind it
);
CREATE INDEX document_outlet ON document (outlet);
CREATE INDEX document_published ON document (published, outlet, words);   -- covers what is summed over all documents
CREATE INDEX document_near ON document (near);

-- Every place where a document's text was met: the same dispatch word for word in two outlets is one document that appeared twice.
CREATE TABLE appearance (
    pk INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES document (pk) ON DELETE CASCADE,
    path TEXT, title TEXT, published TEXT, outlet TEXT, author TEXT, url TEXT, source_digest TEXT, reader TEXT,
    run INTEGER REFERENCES run (pk),
    added TEXT NOT NULL
);
CREATE UNIQUE INDEX appearance_place ON appearance (document, coalesce(path, ''), coalesce(url, ''), coalesce(outlet, ''));

CREATE TABLE statement (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE CHECK (length(id) = 16),
    document INTEGER NOT NULL REFERENCES document (pk) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('direct', 'indirect', 'mixed')),
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    speaker_known INTEGER NOT NULL CHECK (speaker_known IN (0, 1)),
    speaker_id TEXT, speaker_name TEXT, speaker_role TEXT, speaker_country TEXT, speaker_via TEXT, speaker_confidence REAL,
    act TEXT, plover TEXT, cameo TEXT, polarity TEXT, modality TEXT,
    date_start TEXT, date_end TEXT, date_text TEXT,
    nested_in TEXT REFERENCES statement (id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    confidence REAL NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    origin TEXT NOT NULL DEFAULT 'model' CHECK (origin IN ('model', 'human')),
    status TEXT CHECK (status IN ('accepted', 'rejected', 'replaced')),
    as_read TEXT,   -- what the model said, for the fields that a correction changed
    run INTEGER REFERENCES run (pk),
    cluster INTEGER NOT NULL,                                       -- pk of the first statement that reports the same words
    CHECK (0 <= start AND start < "end")
);
CREATE INDEX statement_document ON statement (document, start);
CREATE INDEX statement_nested ON statement (nested_in) WHERE nested_in IS NOT NULL;
CREATE INDEX statement_cluster ON statement (cluster);
CREATE INDEX statement_speaker ON statement (speaker_id) WHERE speaker_id IS NOT NULL;

CREATE TABLE span (
    statement INTEGER NOT NULL REFERENCES statement (pk) ON DELETE CASCADE,
    role INTEGER NOT NULL CHECK (role BETWEEN 0 AND 3),             -- source, cue, content, condition
    n INTEGER NOT NULL,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    PRIMARY KEY (statement, role, n),
    CHECK (0 <= start AND start < "end")
) WITHOUT ROWID;

CREATE TABLE party (
    statement INTEGER NOT NULL REFERENCES statement (pk) ON DELETE CASCADE,
    role INTEGER NOT NULL CHECK (role IN (0, 1)),                   -- addressee, target
    n INTEGER NOT NULL,
    name TEXT NOT NULL, code TEXT, id TEXT,
    start INTEGER NOT NULL,
    "end" INTEGER NOT NULL,
    PRIMARY KEY (statement, role, n),
    CHECK (0 <= start AND start < "end")
) WITHOUT ROWID;

CREATE TRIGGER span_inside BEFORE INSERT ON span BEGIN
    SELECT raise(ABORT, 'span outside its text') WHERE NEW."end" > coalesce(
        (SELECT d.length FROM statement s JOIN document d ON d.pk = s.document WHERE s.pk = NEW.statement), -1);
    SELECT raise(ABORT, 'spans overlap or are out of order') FROM span
        WHERE statement = NEW.statement AND role = NEW.role AND n < NEW.n AND "end" > NEW.start;
END;
CREATE TRIGGER span_fixed BEFORE UPDATE ON span BEGIN SELECT raise(ABORT, 'spans are not changed: their statement is replaced'); END;
CREATE TRIGGER party_inside BEFORE INSERT ON party BEGIN
    SELECT raise(ABORT, 'actor outside its text') WHERE NEW."end" > coalesce(
        (SELECT d.length FROM statement s JOIN document d ON d.pk = s.document WHERE s.pk = NEW.statement), -1);
END;
CREATE TRIGGER document_frozen BEFORE UPDATE OF text, digest, id, length ON document
    BEGIN SELECT raise(ABORT, 'the text of a document is frozen'); END;
CREATE TRIGGER statement_fixed BEFORE UPDATE OF id, document, start, "end" ON statement
    BEGIN SELECT raise(ABORT, 'a statement keeps its id and its place'); END;

-- Short numbers for the values that searches filter and count by.
CREATE TABLE term (
    field TEXT NOT NULL,
    code INTEGER NOT NULL,
    value TEXT NOT NULL,
    label TEXT NOT NULL,             -- how it is shown
    folded TEXT NOT NULL,            -- the label without case and accents, words between single spaces
    PRIMARY KEY (field, code)
) WITHOUT ROWID;
CREATE UNIQUE INDEX term_value ON term (field, value);

-- The filterable fields of {CHUNK} statements as one packed block (see columns.py): derived, can be rebuilt at any time.
CREATE TABLE chunk (n INTEGER PRIMARY KEY, generation INTEGER NOT NULL, rows BLOB NOT NULL, pairs BLOB NOT NULL);
CREATE TABLE dirty (n INTEGER PRIMARY KEY);   -- chunks to be packed again before the transaction ends

CREATE VIEW content_text AS
    SELECT s.pk AS pk, coalesce((SELECT group_concat(substr(d.text, p.start + 1, p."end" - p.start), ' ')
        FROM span p WHERE p.statement = s.pk AND p.role = 2), '') AS content
    FROM statement s JOIN document d ON d.pk = s.document;
CREATE VIRTUAL TABLE content_fts USING fts5 (
    content, content='content_text', content_rowid='pk', tokenize="porter unicode61 remove_diacritics 2"
);

CREATE TABLE correction (
    pk INTEGER PRIMARY KEY AUTOINCREMENT,
    statement TEXT NOT NULL,         -- id, not pk: a correction outlives a re-run that no longer finds the statement
    document TEXT NOT NULL,          -- id of its document
    field TEXT NOT NULL,
    old TEXT,
    new TEXT,
    who TEXT NOT NULL CHECK (who <> ''),
    "when" TEXT NOT NULL,
    why TEXT,
    undoes INTEGER UNIQUE REFERENCES correction (pk)
);
CREATE INDEX correction_statement ON correction (statement);
CREATE TRIGGER correction_kept BEFORE UPDATE ON correction BEGIN SELECT raise(ABORT, 'corrections are only ever added'); END;
CREATE TRIGGER correction_stays BEFORE DELETE ON correction BEGIN SELECT raise(ABORT, 'corrections are only ever added'); END;

CREATE TABLE saved_search (
    name TEXT PRIMARY KEY NOT NULL,
    query TEXT NOT NULL,
    created TEXT NOT NULL,
    seen INTEGER NOT NULL DEFAULT 0  -- the greatest statement pk when it was last looked at
);

-- Files that an ingest has gone through to their end, with what tells a changed file from an unchanged one.
CREATE TABLE file (
    path TEXT PRIMARY KEY NOT NULL,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,       -- nanoseconds
    documents INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    run INTEGER NOT NULL REFERENCES run (pk),
    finished TEXT NOT NULL
);

CREATE TABLE refusal (
    path TEXT PRIMARY KEY NOT NULL,  -- of the file, or of the member of an archive
    error TEXT NOT NULL,             -- class of the error
    reason TEXT NOT NULL,
    run INTEGER REFERENCES run (pk),
    "when" TEXT NOT NULL
);

-- Hashes of all words of a content and of some of its runs of five (see clusters.py), by which statements with words in common
-- find each other when they are written; statement.cluster then says which is the first of those that report the same words.
-- A content that is there already word for word leaves none: the one before it is found.
CREATE TABLE gram (hash INTEGER NOT NULL, statement INTEGER NOT NULL, PRIMARY KEY (hash, statement)) WITHOUT ROWID;
-- Bands of the documents' MinHash signatures.
CREATE TABLE band (hash INTEGER NOT NULL, document INTEGER NOT NULL, PRIMARY KEY (hash, document)) WITHOUT ROWID;
"""

#: The documented, stable views: names and columns stay through 1.x, columns may be added at the end.
VIEWS: dict[str, str] = {
    "documents": """
        SELECT d.id AS id, d.digest AS digest, d.path AS path, d.title AS title, d.published AS published, d.outlet AS outlet,
            d.author AS author, d.url AS url, d.language AS language, d.source_digest AS source_digest, d.reader AS reader,
            d.length AS length, d.words AS words, r.model AS model, r.code AS code, d.added AS added,
            (SELECT count(*) FROM appearance a WHERE a.document = d.pk) AS appearances,
            (SELECT n.id FROM document n WHERE n.pk = d.near) AS near, d.text AS text
        FROM document d LEFT JOIN run r ON r.pk = d.run""",
    "statements": """
        SELECT s.id AS id, d.id AS document, s.kind AS kind, t.content AS content,
            s.speaker_id AS speaker_id, s.speaker_name AS speaker, s.speaker_role AS role, s.speaker_country AS country,
            s.speaker_via AS via, s.act AS act, s.plover AS plover, s.cameo AS cameo, s.polarity AS polarity, s.modality AS modality,
            s.date_start AS date_start, s.date_end AS date_end, s.date_text AS date_text,
            s.nested_in AS nested_in, s.confidence AS confidence, s.start AS start, s."end" AS "end",
            s.origin AS origin, s.status AS status, c.id AS cluster, r.model AS model,
            d.published AS published, d.outlet AS outlet, d.title AS title, s.speaker_confidence AS speaker_confidence
        FROM statement s JOIN document d ON d.pk = s.document JOIN content_text t ON t.pk = s.pk
            LEFT JOIN statement c ON c.pk = s.cluster LEFT JOIN run r ON r.pk = s.run""",
    "spans": """
        SELECT s.id AS statement, d.id AS document, CASE p.role WHEN 0 THEN 'source' WHEN 1 THEN 'cue' WHEN 2 THEN 'content'
            ELSE 'condition' END AS role, p.n AS n, p.start AS start, p."end" AS "end",
            substr(d.text, p.start + 1, p."end" - p.start) AS text
        FROM span p JOIN statement s ON s.pk = p.statement JOIN document d ON d.pk = s.document""",
    "actors": """
        SELECT s.id AS statement, 'speaker' AS role, 0 AS n, s.speaker_id AS id, s.speaker_name AS name, s.speaker_country AS code,
            NULL AS start, NULL AS "end", s.speaker_role AS office
        FROM statement s WHERE s.speaker_known
        UNION ALL
        SELECT s.id, CASE p.role WHEN 0 THEN 'addressee' ELSE 'target' END, p.n, p.id, p.name, p.code, p.start, p."end", NULL
        FROM party p JOIN statement s ON s.pk = p.statement""",
    "corrections": """
        SELECT c.pk AS id, c.statement AS statement, c.document AS document, c.field AS field, c.old AS old, c.new AS new,
            c.who AS who, c."when" AS "when", c.why AS why, c.undoes AS undoes,
            EXISTS (SELECT 1 FROM correction u WHERE u.undoes = c.pk) AS undone
        FROM correction c""",
}
# fmt: on

#: Steps: the n-th script takes a record from version n to n + 1.
MIGRATIONS: tuple[str, ...] = (_V1,)
VERSION = len(MIGRATIONS)

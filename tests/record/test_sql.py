"""SQL by whoever can type it reads, and does nothing else, within bounds."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest

from onrecord.errors import OnrecordError, RecordError, UsageError
from onrecord.record import Record
from onrecord.record.schema import VIEWS
from onrecord.record.sql import ask

from .conftest import document, two

ENDLESS = "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) "


@pytest.fixture
def filled(record: Record) -> Record:
    d = document()
    record.add(d, two(d))
    record.correct(two(d)[0].id, "act", "DENY", who="anna")
    return record


def test_the_views_answer(filled: Record) -> None:
    answer = filled.sql("SELECT id, act, content FROM statements ORDER BY start")
    assert answer.columns == ("id", "act", "content")
    assert [r[1:] for r in answer.rows] == [("DENY", '"the ships had turned"'), ("THREATEN", "the red line was crossed")]
    assert not answer.cut
    d = document()
    assert filled.sql("SELECT digest, text FROM documents").rows == ((d.digest, d.text),)
    assert filled.sql("SELECT text FROM spans WHERE role = 'cue' ORDER BY 1").rows == (("said",), ("warned",))
    assert filled.sql("SELECT name, code FROM actors WHERE role = 'target'").rows == (("Moscow", "RUS"),)
    assert filled.sql("SELECT field, old, new, who FROM corrections").rows == (("act", '"ASSERT"', '"DENY"', "anna"),)
    assert next(filled.sql("SELECT x'0102' AS b").dicts()) == {"b": "0102"}
    joined = "SELECT count(*) FROM statements s JOIN spans p ON p.statement = s.id JOIN documents d ON d.id = s.document"
    assert filled.sql(joined).rows == ((7,),)


def test_every_span_of_the_views_holds_its_words(filled: Record) -> None:
    wrong = (
        'SELECT count(*) FROM spans s JOIN documents d ON d.id = s.document WHERE substr(d.text, s.start + 1, s."end" - s.start) <> s.text'
    )
    assert filled.sql(wrong).rows == ((0,),)


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM statement",
        "INSERT INTO meta VALUES ('x', 1)",
        "UPDATE document SET title = 'x'",
        "REPLACE INTO meta VALUES ('x', 1)",
        "DROP TABLE statement",
        "DROP VIEW statements",
        "CREATE TABLE x (a)",
        "CREATE TEMP TABLE x (a)",
        "CREATE TEMP VIEW x AS SELECT 1",
        "CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, content_fts, row)",
        "ALTER TABLE statement ADD x",
        "REINDEX",
        "ANALYZE",
        "VACUUM",
        "VACUUM INTO 'TARGET'",
        "ATTACH 'TARGET' AS x",
        "DETACH main",
        "PRAGMA journal_mode=DELETE",
        "PRAGMA user_version",
        "PRAGMA query_only=OFF",
        "PRAGMA writable_schema=ON",
        "SELECT * FROM pragma_table_info('statement')",
        "SELECT load_extension('TARGET')",
        "BEGIN",
        "BEGIN IMMEDIATE",
        "SAVEPOINT x",
        "COMMIT",
        "ROLLBACK",
        "SELECT 1; DELETE FROM statement",
        "INSERT INTO content_fts(content_fts) VALUES('rebuild')",
        "SELECT writefile('TARGET', 'x')",
        "SELECT readfile('/etc/hostname')",
        "SELECT edit('x')",
        "WITH x AS (SELECT 1) DELETE FROM statement",
        "SELECT fts3_tokenizer('x')",
        "",
        ";",
        "-- nothing",
        "SELEC 1",
        "SELECT nope FROM statements",
        "SELECT \x00",
        "SELECT 'open",
        "SELECT ?",
        "SELECT * FROM content_fts WHERE content_fts MATCH '\"'",
        "SELECT hex(zeroblob(1000000000))",
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT 1" + " UNION ALL SELECT 1" * 2000,
        "SELECT 1 " + "x" * 200_000,
    ],
)
def test_whatever_else_is_refused_and_changes_nothing(filled: Record, query: str, tmp_path: Path) -> None:
    target = tmp_path / "target"
    filled.close()
    before = hashlib.sha256(filled.path.read_bytes()).hexdigest()
    with pytest.raises(UsageError) as e:
        ask(filled.path, query.replace("TARGET", str(target)), seconds=5)
    assert len(str(e.value).splitlines()) == 1
    assert len(str(e.value)) < 300
    assert not target.exists()
    assert hashlib.sha256(filled.path.read_bytes()).hexdigest() == before


@pytest.mark.parametrize(
    "query",
    [
        ENDLESS + "SELECT count(*) FROM t",
        ENDLESS + "SELECT n FROM t WHERE n < 0",
        ENDLESS + "SELECT max(n) FROM t",
        "SELECT count(*) FROM spans a, spans b, spans c, spans d, spans e, spans f, spans g, spans h, spans i, spans j",
        ENDLESS + "SELECT n FROM t ORDER BY n DESC",
    ],
)
def test_what_runs_on_is_stopped(filled: Record, query: str) -> None:
    began = time.monotonic()
    with pytest.raises(OnrecordError, match=r"longer than 0\.3 s and was stopped"):
        filled.sql(query, seconds=0.3)
    assert time.monotonic() - began < 10
    assert filled.sql("SELECT 1").rows == ((1,),)


def test_rows_and_size_are_bounded(filled: Record) -> None:
    answer = filled.sql(ENDLESS + "SELECT n FROM t", rows=5)
    assert answer.rows == ((1,), (2,), (3,), (4,), (5,))
    assert answer.cut
    assert not filled.sql(ENDLESS + "SELECT n FROM t LIMIT 5", rows=5).cut
    with pytest.raises(UsageError, match="larger than 256 MiB"):
        filled.sql(ENDLESS + "SELECT zeroblob(60000000) FROM t")


def test_a_reader_that_asks_does_not_stop_the_writer(filled: Record) -> None:
    assert len(filled.sql("SELECT id FROM statements").rows) == 2
    d = document("Another text, in which Rusk said no.")
    filled.add(d, [])
    assert filled.sql("SELECT count(*) FROM documents").rows == ((2,),)


def test_no_record_no_answer(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="no such record"):
        ask(tmp_path / "none.db", "SELECT 1")


def test_the_names_that_others_build_on() -> None:
    """A view and its columns stay through 1.x: what is taken away here breaks somebody's query."""
    assert set(VIEWS) == {"documents", "statements", "spans", "actors", "corrections"}


STABLE = {
    "documents": "id digest path title published outlet author url language source_digest reader length words model code added "
    "appearances near text",
    "statements": "id document kind content speaker_id speaker role country via act plover cameo polarity modality date_start date_end "
    "date_text nested_in confidence start end origin status cluster model published outlet title speaker_confidence",
    "spans": "statement document role n start end text",
    "actors": "statement role n id name code start end office",
    "corrections": "id statement document field old new who when why undoes undone",
}


@pytest.mark.parametrize("view", STABLE)
def test_columns_are_there_in_their_order(record: Record, view: str) -> None:
    columns = record.sql(f"SELECT * FROM {view}").columns
    assert columns[: len(STABLE[view].split())] == tuple(STABLE[view].split())

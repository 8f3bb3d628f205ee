"""A record that any earlier version wrote opens in this one, and holds what it held."""

from __future__ import annotations

import gzip
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from onrecord.errors import NewerRecordError, RecordError
from onrecord.record import Query, Record, connection, schema
from onrecord.record.connection import connect
from tests.golden.make_record import content

GOLDEN = Path(__file__).parent.parent / "golden"
VERSIONS = sorted(GOLDEN.glob("record-v*.db.gz"))


def unpacked(golden: Path, folder: Path) -> Path:
    path = folder / "old.db"
    path.write_bytes(gzip.decompress(golden.read_bytes()))
    return path


def expected(golden: Path) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((GOLDEN / golden.name.replace(".db.gz", ".json")).read_text(encoding="utf8"))
    return made


def test_every_version_has_its_record() -> None:
    assert [p.name for p in VERSIONS] == [f"record-v{n}.db.gz" for n in range(1, schema.VERSION + 1)]


@pytest.mark.parametrize("golden", VERSIONS, ids=lambda p: p.name)
@pytest.mark.parametrize("mode", ["r", "rw"])
def test_it_opens_and_holds_what_it_held(golden: Path, mode: Any, tmp_path: Path) -> None:
    with Record.open(unpacked(golden, tmp_path), mode) as record:
        now, then = content(record), expected(golden)
        for view, rows in then["views"].items():  # later versions may have more columns, not fewer
            now["views"][view] = [{c: new[c] for c in old} for new, old in zip(now["views"][view], rows, strict=True)]
        assert now == then
        if mode == "rw":
            record.correct(then["statements"][0]["id"], "act", "DENY", who="later")
            assert record.count(Query(act=("DENY",))) == 1


def test_the_present_version_is_what_its_record_says(tmp_path: Path) -> None:
    """Who changes the tables adds a migration; before the first release, writes the golden record again."""

    def tables(path: Path) -> list[tuple[str, ...]]:
        with sqlite3.connect(path) as c:
            return c.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 2, 1").fetchall()

    Record.open(tmp_path / "new.db", "create").close()
    assert tables(unpacked(VERSIONS[-1], tmp_path)) == tables(tmp_path / "new.db")


def test_a_migration_runs_once_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = unpacked(VERSIONS[-1], tmp_path)
    later = (*schema.MIGRATIONS, "CREATE TABLE later (x);\nINSERT INTO later VALUES (1);\n")
    for module in (schema, connection):
        monkeypatch.setattr(module, "MIGRATIONS", later)
        monkeypatch.setattr(module, "VERSION", len(later))
    for mode in ("r", "rw", "r"):
        with Record.open(path, mode) as record:
            assert content(record) == expected(VERSIONS[-1])
    c = connect(path, "r")
    assert c.execute("SELECT x FROM later").fetchall() == [(1,)]
    assert c.execute("PRAGMA user_version").fetchone() == (len(later),)
    c.close()


def test_a_migration_that_fails_leaves_the_record_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = unpacked(VERSIONS[-1], tmp_path)
    monkeypatch.setattr(connection, "MIGRATIONS", (*schema.MIGRATIONS, "CREATE TABLE later (x);\nINSERT INTO nowhere VALUES (1);\n"))
    monkeypatch.setattr(connection, "VERSION", schema.VERSION + 1)
    with pytest.raises(RecordError):
        Record.open(path, "rw")
    monkeypatch.undo()
    with Record.open(path) as record:
        assert content(record) == expected(VERSIONS[-1])


def test_a_newer_record_is_refused(tmp_path: Path) -> None:
    path = unpacked(VERSIONS[-1], tmp_path)
    with sqlite3.connect(path) as c:
        c.execute(f"PRAGMA user_version={schema.VERSION + 1}")
    for mode in ("r", "rw", "create"):
        with pytest.raises(NewerRecordError, match=rf"old\.db: .*later onrecord.*{schema.VERSION + 1}.*upgrade onrecord"):
            Record.open(path, mode)

"""Kills processes that fill a record, and looks at what they left: run by test_kill.py, in a process of its own that may fork.

`python -m tests.record.killing FOLDER steps|moments|rerun|log` prints one JSON object: how often was killed, and what was wrong.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from onrecord.record import Query, Record, connection
from onrecord.record.ingest import ingest
from tests.record.fakes import Fake, text

BEFORE, AFTER = Fake("fake-1"), Fake("fake-2", act="DENY", skip="denied")
COMPANIONS = ("", "-wal", "-shm", "-journal", ".lock")


def corpus(folder: Path, files: int) -> Path:
    """Some dispatches, a copy of the first with a word changed, a table, and a file that is refused."""
    made = folder / "corpus"
    made.mkdir()
    for n in range(files):
        (made / f"{n:03}.txt").write_text(text(n, 3 if files > 1 else 1), encoding="utf8")
    (made / "copy.txt").write_text(text(0, 1).replace("telegraph", "radio"), encoding="utf8")
    (made / "table.jsonl").write_text(json.dumps({"text": text(100, 2), "outlet": "Gazette"}) + "\n")
    (made / "zero.txt").touch()
    return made


def fill(record: Path, texts: Path, fake: Fake = BEFORE, *, rerun: bool = False) -> None:
    with Record.open(record, "create") as r:
        ingest(r, [texts], make_reader=fake, workers=0, rerun=rerun)


def content(record: Path) -> dict[str, list[Any]]:
    """All that a record says, without the numbers and the times that differ from run to run."""
    with Record.open(record) as r:
        page = r.search(Query(size=1000, sort="oldest"))
        found = r.search(Query(text="guards", count="clusters"))
    c = sqlite3.connect(record)
    out: dict[str, list[Any]] = {
        "facets": [{k: [f.to_dict() for f in v] for k, v in p.facets.items()} for p in (page, found)],
        "statements": [s.to_dict() for s in page.statements],
        "notes": sorted((k, n.to_dict()) for k, n in page.notes.items()),
    }
    for table, columns in {
        "documents": "id, path, outlet, reader, length, words, model, appearances, near, text",
        "spans": "*",
        "actors": "*",
        "corrections": "statement, field, old, new, who",
        "file": "path, size, modified, documents, refused",
        "refusal": "path, error, reason",
        "gram": "hash, (SELECT id FROM statement WHERE pk = statement)",
        "band": "hash, (SELECT id FROM document WHERE pk = document)",
    }.items():
        out[table] = sorted(map(list, c.execute(f"SELECT {columns} FROM {table}")), key=repr)
    c.close()
    return out


def sound(record: Path) -> list[str]:
    """What is wrong with the file, looked at by SQLite itself and by the rules of a record."""
    c = sqlite3.connect(record)
    wrong = [f"integrity: {x}" for (x,) in c.execute("PRAGMA integrity_check") if x != "ok"]
    wrong += [f"foreign key: {x}" for x in c.execute("PRAGMA foreign_key_check")]
    if c.execute("PRAGMA user_version").fetchone()[0] == 0:  # killed before the tables were made: then nothing is there at all
        wrong += [f"half made: {x}" for x in c.execute("SELECT name FROM sqlite_schema")]
        return wrong
    try:
        c.execute("INSERT INTO content_fts (content_fts, rank) VALUES ('integrity-check', 1)")
    except sqlite3.DatabaseError as e:
        wrong.append(f"full text: {e}")
    c.rollback()
    for d, t in c.execute("SELECT id, text FROM document"):
        # The fake finds as many statements as the text has sentences with one: a document is whole, or it is not there.
        (n,) = c.execute("SELECT count(*) FROM statements WHERE document = ?", (d,)).fetchone()
        said = sum(t.count(f" {cue} that ") for cue in ("said", "warned", "denied"))
        if n not in (said, said - t.count(" denied that ")):
            wrong.append(f"document {d} has {n} of its {said} statements")
    c.close()
    return wrong


def killed(work: Callable[[], None], *, step: int | None = None, after: float | None = None) -> bool:
    """Do ``work`` in a process of its own and kill it before its ``step``-th statement that writes, or ``after`` seconds. Was it killed?"""
    pid = os.fork()
    if pid == 0:
        try:
            if step is not None:
                _kill_at(step)
            work()
        except BaseException as e:
            print(repr(e), file=sys.stderr)
            os._exit(3)
        os._exit(0)
    if after is not None:
        time.sleep(after)
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("the work failed by itself")
    return os.WIFSIGNALED(status)


def _kill_at(step: int) -> None:
    left = step
    connect = sqlite3.connect

    def traced(*args: Any, **options: Any) -> sqlite3.Connection:
        made = connect(*args, **options)

        def count(sql: str) -> None:
            nonlocal left
            if sql.lstrip("- ").upper().startswith(("SELECT", "PRAGMA", "BEGIN", "WITH")):
                return  # nothing is written: the file is as after the step before
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left -= 1

        made.set_trace_callback(count)
        return made

    connection.sqlite3.connect = traced  # type: ignore[assignment]


def clear(record: Path) -> None:
    for end in COMPANIONS:
        Path(f"{record}{end}").unlink(missing_ok=True)


def copy(source: Path, record: Path) -> None:
    clear(record)
    shutil.copy(source, record)


class Trial:
    """Kill, look, run again, compare with a run that was not broken."""

    def __init__(self, folder: Path, work: Callable[[], None], start: Path | None = None) -> None:
        self.record, self.work, self.start = folder / "r.db", work, start
        self.kills = 0
        self.wrong: list[str] = []
        for _ in range(2):  # the first time takes longer: modules are loaded
            self.begin()
            began = time.monotonic()
            work()
            self.seconds = time.monotonic() - began
        self.whole = content(self.record)

    def begin(self) -> None:
        clear(self.record)
        if self.start:
            copy(self.start, self.record)

    def once(self, name: str, *, again: bool = True, **how: Any) -> bool:
        """``again``: with a second run that has to complete what the first one began."""
        self.begin()
        was = killed(self.work, **how)
        self.kills += was
        if self.record.exists():
            self.wrong += [f"{name}: {w}" for w in sound(self.record)]
        if not again:
            return was
        self.work()
        self.wrong += [f"{name}, run again: {w}" for w in sound(self.record)]
        if (now := content(self.record)) != self.whole:
            self.wrong.append(f"{name}, run again: differs in {[k for k in now if now[k] != self.whole[k]]}")
        return was


def torn(folder: Path, texts: Path) -> dict[str, Any]:
    """A kill within a commit leaves a part of SQLite's log: cut it at every page and within pages, look, and run again."""
    record, cut = folder / "r.db", folder / "cut.db"
    with Record.open(record, "create") as r:
        ingest(r, [texts], make_reader=BEFORE, workers=0)
        for end in COMPANIONS[:2]:  # while it is open: closing would empty the log
            shutil.copy(f"{record}{end}", f"{folder / 'saved'}{end}")
    whole = content(record)
    log = Path(f"{folder / 'saved'}-wal").read_bytes()
    page = 4096 + 24
    wrong: list[str] = []
    sizes = [32 + page * n + extra for n in range((len(log) - 32) // page + 1) for extra in ((0, 24, 2000) if n % 5 == 0 else (0,))]
    for size in sizes:
        clear(cut)
        shutil.copy(folder / "saved", cut)
        Path(f"{cut}-wal").write_bytes(log[:size])
        wrong += [f"log of {size} bytes: {w}" for w in sound(cut)]
        if size % 7 == 0:
            fill(cut, texts)
            wrong += [f"log of {size} bytes, run again: {w}" for w in sound(cut)]
            if content(cut) != whole:
                wrong.append(f"log of {size} bytes, run again: differs")
    return {"kills": len(sizes), "wrong": wrong}


def main(folder: Path, mode: str) -> dict[str, Any]:
    record = folder / "r.db"
    if mode == "log":
        return torn(folder, corpus(folder, 6))
    if mode == "rerun":
        texts, start = corpus(folder, 2), folder / "start.db"
        fill(start, texts)
        with Record.open(start, "rw") as r:
            for s in list(r.statements())[::2]:
                r.correct(s.id, "act", "THREATEN", who="a coder")
        trial = Trial(folder, lambda: fill(record, texts, AFTER, rerun=True), start)
    else:
        texts = corpus(folder, 1 if mode == "steps" else 8)
        trial = Trial(folder, lambda: fill(record, texts))
    if mode == "moments":
        chance = random.Random(5)
        n = 0
        while trial.kills < 200 and n < 1000:
            trial.once(f"moment {n}", again=n % 3 == 0, after=chance.uniform(0, trial.seconds))
            n += 1
    else:
        step = 0
        while trial.once(f"step {step}", again=step % 4 == 0, step=step):
            step += 1
    return {"kills": trial.kills, "wrong": trial.wrong, "corrections": len(trial.whole["corrections"])}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), sys.argv[2])))

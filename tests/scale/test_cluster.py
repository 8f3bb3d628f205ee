"""Near-duplicates and same quotes over a place of results, against the record, which finds them in another way."""

from __future__ import annotations

import json
import random
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from onrecord import Document
from onrecord.errors import OnrecordError, UsageError
from onrecord.record import Record
from onrecord.scale import cluster, scale
from tests.scale.conftest import WORDS
from tests.scale.fakes import fake, said
from tests.scale.inline import inline

pytest.importorskip("duckdb", reason="needs the extra onrecord[ray]")
pytest.importorskip("rensa", reason="needs the extra onrecord[ray]")
pq: Any = pytest.importorskip("pyarrow.parquet", reason="needs the extra onrecord[ray]")

_VOCABULARY = (
    "the a of to in on for with by from under over after before between without against about their its his her our any every no many "
    "government minister council ship harbour border treaty army village school river bridge train market price letter answer question "
    "winter summer morning evening week month year day report paper law court vote party member leader worker farmer doctor teacher "
    "would could should must may will has had was were is are been being made taken given seen kept held left sent found lost built "
    "opened closed agreed refused asked told heard read signed crossed turned waited hoped feared promised denied warned claimed "
    "quiet open long short new old great small early late first last next other same different strong weak free ready clear dark"
).split()


def articles(folder: Path) -> list[Document]:
    """Dispatches, each printed whole, cut, with changed quotes and within other articles; and some that nothing is like."""
    r = random.Random(5)
    folder.mkdir()
    texts = []

    def sentence(n: int) -> str:
        return " ".join(r.choice(_VOCABULARY) for _ in range(n))

    for story in range(12):
        lines = [f"{r.choice(('Rusk', 'Zorin', 'Gromyko', 'U Thant'))} said {sentence(r.randint(3, 25))}" for _ in range(6)]
        lines += [sentence(30) for _ in range(4)]
        texts.append(lines)
        texts.append(lines[:-2])
        texts.append([line.replace("said", "said", 1) if n else f"{line} and {sentence(4)}" for n, line in enumerate(lines)])
        texts.append([sentence(60), lines[story % 6], sentence(60)])
        texts.append([sentence(70), f"Somebody said {lines[0].partition(' said ')[2]}", sentence(50)])
    texts += [[f"Rusk said {sentence(12)}", sentence(50)] for _ in range(10)]
    # Where the rules say no: a form with another state filled in, two speakers in one article, a few words of a long content.
    for state in ("Maine", "Kansas", "Ohio"):
        texts.append([f"Rusk said the government will send every river ferry in the State of {state} to the border", sentence(50)])
    twice = sentence(12)
    texts.append([f"Rusk said {twice}", sentence(40), f"Zorin said {twice}"])
    texts.append([f"Rusk said {twice} {sentence(3)}", sentence(40), f"Zorin said {twice} {sentence(2)}"])
    short = sentence(6)
    texts += [[f"Rusk said {sentence(9)} {short}", sentence(50)], [f"Rusk said {short}", sentence(50)]]
    texts.append(texts[0])
    shards: list[list[str]] = [[], [], []]
    out = []
    for n, lines in enumerate(texts):
        known = {"published": f"1962-10-{n % 28 + 1:02d}", "outlet": f"O{n}"}
        shards[n % 3].append(json.dumps({"text": "\n".join(lines), **known}))
        out.append(Document("\n".join(lines), path=f"{n:03}", **known))
    for n, shard in enumerate(shards):
        (folder / f"{n}.jsonl").write_text("\n".join(shard))
    return out


def groups(pairs: list[tuple[str, str]]) -> set[frozenset[str]]:
    """The members of each cluster of more than one."""
    found: dict[str, set[str]] = {}
    for key, member in pairs:
        found.setdefault(key, set()).add(member)
    return {frozenset(g) for g in found.values() if len(g) > 1}


def test_the_same_clusters_as_the_record(tmp_path: Path) -> None:
    documents = articles(tmp_path / "in")
    out = tmp_path / "out"
    scale([tmp_path / "in"], out, engine=inline, make_reader=fake)
    report = cluster(out, workers=1)
    near = pq.read_table(out / "clusters" / "documents.parquet").to_pylist()
    quotes = pq.read_table(out / "clusters" / "quotes.parquet").to_pylist()

    with Record.open(tmp_path / "r.db", "create") as record:
        # The record's firsts are those that came first, the place's those that were published first.
        for d in sorted(documents, key=lambda d: (d.published, d.id)):
            record.add(d, said(d))
    rows = sqlite3.connect(tmp_path / "r.db")
    theirs = groups(rows.execute("SELECT near, id FROM documents").fetchall())
    assert groups([(r["cluster"], r["document"]) for r in near]) == theirs
    assert len(theirs) >= 10
    theirs = groups(rows.execute("SELECT cluster, id FROM statements").fetchall())
    assert groups([(r["cluster"], r["statement"]) for r in quotes]) == theirs
    assert len(theirs) >= 40

    assert report.documents == len({d.id for d in documents})
    assert report.copies == len(documents) - report.documents == 1
    assert report.near == len({r["document"] for r in near if r["cluster"] != r["document"]} | {r["cluster"] for r in near}) - sum(
        1 for c in {r["cluster"] for r in near} if len({r["document"] for r in near if r["cluster"] == c}) == 1
    )
    assert report.same == len(quotes)
    assert report.quotes == len({r["cluster"] for r in quotes})
    sizes = {r["cluster"]: r["size"] for r in quotes}
    assert all(sizes[c] == sum(r["cluster"] == c for r in quotes) for c in sizes)
    # What was published first stands for its cluster, and has its own words.
    day = {s.id: d.published for d in reversed(documents) for s in said(d)}
    assert all((day[r["cluster"]] or "") <= (day[r["statement"]] or "") for r in quotes)
    assert all(r["same_words"] for r in quotes if r["statement"] == r["cluster"])


def test_again_and_with_more(tmp_path: Path) -> None:
    articles(tmp_path / "in")
    out = tmp_path / "out"
    scale([tmp_path / "in"], out, engine=inline, make_reader=fake)
    first = cluster(out, workers=1)
    before = {p.name: p.read_bytes() for p in (out / "clusters").iterdir()}
    again = cluster(out)
    assert again.unchanged
    assert (again.documents, again.quotes) == (first.documents, first.quotes)
    # Made anew by two processes, the files are the same, byte for byte; a damaged one is not taken for done.
    (out / "clusters" / "quotes.parquet").write_bytes(before["quotes.parquet"][:-30])
    assert not cluster(out, workers=2).unchanged
    assert {p.name: p.read_bytes() for p in (out / "clusters").iterdir()} == before
    # Something new is taken in; what has no manifest is not.
    (tmp_path / "in" / "new.txt").write_text(f"Rusk said {WORDS}")
    scale([tmp_path / "in"], out, engine=inline, make_reader=fake)
    more = cluster(out, workers=1)
    assert (more.unchanged, more.documents) == (False, first.documents + 1)
    next((out / "manifests").glob("new*")).unlink()
    fewer = cluster(out, workers=1)
    assert (fewer.skipped, fewer.documents) == (1, first.documents)


def test_what_cannot_be_clustered(tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no readings"):
        cluster(tmp_path / "nothing")
    out = tmp_path / "out"
    scale([corpus], out, engine=inline, make_reader=fake)
    with pytest.raises(UsageError, match="amount of memory"):
        cluster(out, workers=1, memory="lots'; DROP")
    # The same size, and not the same bytes: damage that only reading finds.
    (table,) = (out / "readings").glob("table*")
    good = table.read_bytes()
    table.write_bytes(good[:200] + bytes(2000) + good[2200:])
    with pytest.raises(OnrecordError, match="run onrecord scale again"):
        cluster(out, workers=1)
    assert list((out / "clusters").iterdir()) == []
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(UsageError, match="pip install"):
        cluster(out)

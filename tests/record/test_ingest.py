"""Texts of every kind come in once, whole, and in the order given; what cannot be read is told and does not stop the rest."""

from __future__ import annotations

import gzip
import io
import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from onrecord import Document
from onrecord.errors import OverrunError, UsageError, WeightsError
from onrecord.record import Query, Record
from onrecord.record.ingest import BY_NAME, Report, date_in, ingest, reread
from onrecord.record.pool import Pool

from .fakes import Fake, no_weights, text

FRENCH = (
    "Le ministre a dit que les navires ne seraient pas arrêtés par la flotte, et que le gouvernement attendait une réponse. "
    "Il a ajouté que la France était prête à parler avec tous les pays de la région, mais pas dans ces conditions."
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    folder.mkdir()
    for n in range(5):
        (folder / f"{n}.txt").write_text(text(n))
    return folder


def run(record: Record, *paths: Any, fake: Callable[[], Any] = Fake(), workers: int = 0, **options: Any) -> Report:  # noqa: B008
    return ingest(record, paths, make_reader=fake, workers=workers, **options)


def counts(report: Report) -> tuple[int, ...]:
    return report.documents, report.known, report.unchanged, report.refusals


def rows(record: Record, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(record.path) as c:
        return c.execute(sql).fetchall()


def test_a_folder_comes_in_and_a_second_time_is_passed_over(record: Record, corpus: Path) -> None:
    report = run(record, corpus)
    assert counts(report) == (5, 0, 0, 0)
    assert report.statements == record.count(Query()) == 20
    assert report.words == sum(len(text(n).split()) for n in range(5))
    assert report.files == 5
    assert report.size == sum(f.stat().st_size for f in corpus.iterdir())
    before = rows(record, "SELECT * FROM document")
    assert counts(run(record, corpus)) == (0, 0, 5, 0)
    assert rows(record, "SELECT * FROM document") == before
    # Only what is new or has changed is read; a text that only moved is known.
    (corpus / "5.txt").write_text(text(5))
    (corpus / "0.txt").write_text(text(0) + " Rusk said that more was to come.")
    (corpus / "1.txt").rename(corpus / "one.txt")
    assert counts(run(record, corpus)) == (2, 1, 3, 0)
    assert len(list(record.documents())) == 7
    assert rows(record, "SELECT count(*) FROM appearance WHERE path LIKE '%one.txt'") == [(1,)]


def test_every_run_is_logged(record: Record, corpus: Path) -> None:
    run(record, corpus)
    run(record, corpus, fake=Fake("fake-2"))
    logged = rows(record, "SELECT model, finished IS NOT NULL, code <> '', options FROM run ORDER BY pk")
    assert [r[:3] for r in logged] == [("fake-1", 1, 1), ("fake-2", 1, 1)]
    assert json.loads(logged[0][3])["paths"] == [str(corpus)]
    assert rows(record, "SELECT count(*), sum(documents), sum(refused) FROM file") == [(5, 5, 0)]
    assert rows(record, "SELECT DISTINCT model FROM documents") == [("fake-1",)]


def test_workers_give_what_one_process_gives(tmp_path: Path, corpus: Path) -> None:
    from .killing import content

    for n in range(5, 40):
        (corpus / f"{n}.txt").write_text(text(n))
    made = []
    for name, workers in (("one.db", 0), ("three.db", 3)):
        with Record.open(tmp_path / name, "create") as r:
            report = run(r, corpus, workers=workers)
            assert counts(report) == (40, 0, 0, 0)
        made.append(content(tmp_path / name))
    assert made[0] == made[1]


def test_archives_tables_patterns_and_standard_input(record: Record, corpus: Path, tmp_path: Path) -> None:
    lines = "".join(json.dumps({"text": text(n), "published": f"1962-10-{n}", "outlet": "Gazette"}) + "\n" for n in range(10, 13))
    (tmp_path / "lines.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    with zipfile.ZipFile(tmp_path / "box.zip", "w") as z:
        z.writestr("a.txt", text(20))
        z.writestr("deep/b.html", f"<html><body><article><p>{text(21)}</p><p>{text(22)}</p></article></body></html>")
    (tmp_path / "odd.csv").write_text("story,day\n" + "".join(f'"{text(n)}",1962-10-{n}\n' for n in (23, 24)))
    stdin = io.BytesIO(lines.replace("Gazette", "Herald").encode() + json.dumps({"text": text(30)}).encode())
    report = run(
        record, str(corpus / "[0-2].txt"), tmp_path / "lines.jsonl.gz", tmp_path / "box.zip", "-", stdin=stdin, published="1962-11-01"
    )
    assert report.refused == []
    assert counts(report) == (3 + 3 + 2 + 1, 3, 0, 0)
    report = run(record, tmp_path / "odd.csv", mapping={"text": "story", "published": "day"})
    assert counts(report) == (2, 0, 0, 0)
    published = dict(rows(record, "SELECT text, published FROM documents"))
    assert published[text(0)] == published[text(30)] == "1962-11-01"
    assert (published[text(11)], published[text(23)]) == ("1962-10-11", "1962-10-23")
    outlets = rows(
        record, "SELECT DISTINCT a.outlet FROM appearance a JOIN document d ON d.pk = a.document WHERE d.outlet = 'Gazette' ORDER BY 1"
    )
    assert outlets == [("Gazette",), ("Herald",)]


def test_a_text_that_comes_twice_at_once_is_read_once(record: Record, tmp_path: Path) -> None:
    lines = "".join(json.dumps({"text": text(1), "outlet": o}) + "\n" for o in ("Gazette", "Herald", "Courier"))
    (tmp_path / "a.jsonl").write_text(lines + json.dumps({"text": "RAISE " + text(2)}) + "\n" + json.dumps({"text": "RAISE " + text(2)}))
    report = run(record, tmp_path / "a.jsonl")
    assert counts(report) == (1, 2, 0, 2)
    assert "word for word" in str(report.refused[1])
    assert record.count(Query(outlet=("Courier",))) == 4
    assert len(list(record.documents())) == 1


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(record: Record, corpus: Path) -> None:
    (corpus / "a-french.txt").write_text(FRENCH)
    (corpus / "b-empty.txt").touch()
    (corpus / "c-binary.txt").write_bytes(bytes(range(256)) * 40)
    (corpus / "d-raises.txt").write_text("RAISE " + text(50))
    (corpus / "e-lies.txt").write_text("The envoy spoke in the evening at the gate of the port. Rusk said that LIE is in the words of it.")
    (corpus / "f-broken.zip").write_bytes(b"PK\x03\x04" + b"\0" * 100)
    (corpus / "g-link.txt").symlink_to("nowhere")
    report = run(record, corpus, corpus / "missing.txt", str(corpus / "*.none"))
    assert report.documents == 5
    found = {e.path.rsplit("/", 1)[-1]: e for e in report.refused}
    assert set(found) == {
        "a-french.txt", "b-empty.txt", "c-binary.txt", "d-raises.txt", "e-lies.txt", "f-broken.zip", "g-link.txt", "missing.txt", "*.none",
    }  # fmt: skip
    assert report.foreign == 1
    assert "not English" in str(found["a-french.txt"]) or "French" in str(found["a-french.txt"])
    assert "not sound" in str(found["e-lies.txt"])
    assert {p.rsplit("/", 1)[-1] for p, *_ in record.refusals()} == set(found)
    assert all(reason and when for _, _, reason, when in record.refusals())
    # What will be no better next time is passed over; the others are tried again, and their rows go when it helps.
    report = run(record, corpus)
    assert report.unchanged == 5 + 3
    (corpus / "d-raises.txt").write_text(text(50))
    (corpus / "g-link.txt").unlink()
    report = run(record, corpus)
    assert report.documents == 1
    left = {p.rsplit("/", 1)[-1] for p, *_ in record.refusals()}
    assert "d-raises.txt" not in left
    assert "e-lies.txt" in left


def test_a_text_on_which_readers_break_down_is_set_aside(record: Record, corpus: Path) -> None:
    (corpus / "2-crash.txt").write_text("CRASH " + text(60))
    report = run(record, corpus, workers=2)
    assert report.documents == 5
    assert [e.path.rsplit("/", 1)[-1] for e in report.refused] == ["2-crash.txt"]
    assert "broke down" in str(report.refused[0])
    order = [d.path for d in record.documents()]
    assert order == sorted(order, key=str)


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("corpus/1962-10-22-speech.txt", "1962-10-22"), ("a/20211202.html", "2021-12-02"), ("news/2021/12/02/7.txt", "2021-12-02"),
        ("2020-01-01/2021.12.02.zip#x_2021_11_30.txt", "2021-11-30"), ("2021-13-02.txt", None), ("1234567890.txt", None),
        ("2021-12.txt", None),
        ("99-12-02.txt", None), ("1815-02-30 1815-03-01", "1815-03-01"), ("", None),
    ],
)  # fmt: skip
def test_days_in_names(path: str, day: str | None) -> None:
    assert date_in(path) == day


def test_dated_by_name(record: Record, tmp_path: Path) -> None:
    folder = tmp_path / "dated"
    folder.mkdir()
    for n, name in enumerate(("1962-10-22-a.txt", "1962-10-24.txt", "undated.txt")):
        (folder / name).write_text(text(n))
    (folder / "own.jsonl").write_text(json.dumps({"text": text(7), "published": "1999-01-01"}))
    run(record, folder, published=BY_NAME)
    assert [d.published for d in record.documents()] == ["1962-10-22", "1962-10-24", "1999-01-01", None]
    assert record.timeline(Query(), by="day")[1].period == "1962-10-22"
    # Forgotten at first: another run gives what is there its days.
    other = Record.open(tmp_path / "other.db", "create")
    run(other, folder)
    run(other, folder, published=BY_NAME, rerun=True)
    assert {d.published for d in other.documents()} == {"1962-10-22", "1962-10-24", "1999-01-01", None}
    other.close()


@pytest.mark.parametrize("workers", [0, 1])
def test_a_text_that_never_ends_is_given_up(workers: int) -> None:
    texts = [Document(text(n), path=f"{n}") for n in range(3)]
    texts.insert(1, Document("HANG " + text(9), path="hangs"))
    with Pool(Fake(), workers, patience=2) as pool:
        got = [(d.path, a) for d, a in pool.read(texts) if isinstance(d, Document) and a is not None]
    assert [p for p, _ in got] == ["0", "hangs", "1", "2"]
    assert [len(a.statements) for _, a in got] == [4, 0, 4, 4]
    assert isinstance(got[1][1].error, OverrunError)
    assert str(got[1][1].error) == "hangs: reading it for statements took longer than 2 s"


def test_a_broken_installation_says_so(record: Record, corpus: Path) -> None:
    for workers in (0, 1):
        with pytest.raises(WeightsError, match="not there"):
            run(record, corpus, fake=no_weights, workers=workers)
    assert list(record.documents()) == []


def test_a_rerun_keeps_ids_and_corrections(record: Record, corpus: Path) -> None:
    run(record, corpus)
    ids = {s.id: s.act for s in record.statements()}
    one, other = sorted(ids)[:2]
    record.correct(one, "act", "THREATEN", who="a coder")
    record.correct(other, "status", "rejected", who="a coder")
    later = Fake("fake-2", act="DENY", skip="denied")
    gone = {s.id for s in record.statements() if s.cue[0].text == "denied"} - {one, other}
    assert counts(run(record, corpus, fake=later)) == (0, 0, 5, 0)  # not without being asked
    assert counts(run(record, corpus, fake=later, rerun=True)) == (5, 0, 0, 0)
    now = {s.id: s.act for s in record.statements(Query(status="all"))}
    assert set(now) == set(ids) - gone
    assert now[one] == "THREATEN"
    assert {a for i, a in now.items() if i not in (one, other)} == {"DENY"}
    assert record.note(other).status == "rejected"
    assert len(record.corrections()) == 2
    assert rows(record, "SELECT DISTINCT model FROM documents") == [("fake-2",)]
    # Once more, and nothing is left to be done: so a re-run that was stopped goes on where it was.
    assert counts(run(record, corpus, fake=later, rerun=True)) == (0, 5, 0, 0)
    record.undo(record.corrections(statement=one)[0].id, who="a coder")
    assert record.statement(one).act == "DENY"


def test_the_records_own_texts_are_read_again(record: Record, corpus: Path) -> None:
    run(record, corpus)
    for f in corpus.iterdir():
        f.unlink()
    later = Fake("fake-2", act="DENY")
    assert counts(reread(record, make_reader=later, workers=0)) == (5, 0, 0, 0)
    assert {s.act for s in record.statements()} == {"DENY"}
    assert counts(reread(record, make_reader=later, workers=0)) == (0, 0, 0, 0)


def test_progress_is_told_as_it_goes(record: Record, corpus: Path, tmp_path: Path) -> None:
    lines = tmp_path / "a.jsonl"
    lines.write_text("".join(json.dumps({"text": text(n, 40)}) + "\n" for n in range(100, 160)))
    seen: list[tuple[int, int]] = []
    report = run(record, corpus, lines, progress=lambda r: seen.append((r.documents, r.size)))
    assert seen == sorted(seen)
    assert seen[-1] == (65, report.size)
    whole = lines.stat().st_size + sum(f.stat().st_size for f in corpus.iterdir())
    assert report.size == whole
    assert len({size for _, size in seen}) >= 4  # within one big file too
    assert json.loads(json.dumps(report.to_dict()))["documents"] == 65


def test_names_that_are_no_text(record: Record, corpus: Path) -> None:
    odd = os.fsencode(corpus) + b"/\xff\xfe\n\x1b[31m.txt"
    try:
        with open(odd, "w") as f:
            f.write(text(70))
    except OSError:
        pytest.skip("this file system has no such names")
    assert counts(run(record, corpus)) == (6, 0, 0, 0)
    assert counts(run(record, corpus)) == (0, 0, 6, 0)
    (path,) = [d.path for d in record.documents() if "31m" in (d.path or "")]
    assert path is not None
    assert path.isprintable() or "\\udcff" in path
    path.encode()


def test_the_record_may_lie_among_its_texts(corpus: Path) -> None:
    with Record.open(corpus / "r.db", "create") as record:
        assert counts(run(record, corpus)) == (5, 0, 0, 0)
        assert counts(run(record, corpus)) == (0, 0, 5, 0)
        with pytest.raises(UsageError, match="itself"):
            run(record, corpus / "r.db")
        (corpus / "link").symlink_to("r.db")
        with pytest.raises(UsageError, match="itself"):
            run(record, corpus / "link")
        assert counts(run(record, corpus)) == (0, 0, 5, 0)


def test_links_in_circles(record: Record, corpus: Path) -> None:
    (corpus / "again").symlink_to(".")
    (corpus / "self").symlink_to("self")
    (corpus / "deep").mkdir()
    (corpus / "deep" / "up").symlink_to("..")
    report = run(record, corpus)
    assert report.documents == 5
    assert all("self" in e.path for e in report.refused)


class Counting:
    """An iterator that knows how far it was asked."""

    def __init__(self, items: list[Any]) -> None:
        self.items, self.at = items, 0

    def __iter__(self) -> Counting:
        return self

    def __next__(self) -> Any:
        if self.at == len(self.items):
            raise StopIteration
        self.at += 1
        return self.items[self.at - 1]


def test_only_so_much_is_held() -> None:
    from onrecord import Document

    source = Counting([Document(text(n)) for n in range(2000)])
    with Pool(Fake(), 0) as pool:
        got = pool.read(source)
        for n in range(100):
            item, answer = next(got)
            assert item is source.items[n]
            assert answer is not None
            assert len(answer.statements) == 4
            assert source.at <= n + 64
    # Other things are not held up behind a block that is not full, without bound.
    source = Counting([Document(text(0)), *range(10_000)])
    with Pool(Fake(), 0) as pool:
        got = pool.read(source)
        next(got)
        assert source.at < 2100
        assert [i for i, _ in got] == list(range(10_000))

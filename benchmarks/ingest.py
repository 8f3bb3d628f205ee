"""How fast a corpus comes into a record, how big the record gets, how much memory it takes.

`python -m benchmarks.ingest [--documents 60 | --all] [--workers N] [--rounds 3] [--writer] [--data ../shared/data]`

The reference is the same number of bare Readers, a process each, on the same texts in the same run, turn by turn: what they
read is thrown away. Both are timed from the start of their processes to the end, model loading included; on a machine that does
other things meanwhile, the ratio of CPU seconds is the one to look at. Texts are the White
House statements where the data folder is there, else the project's own example dispatches, repeated with a number each.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import re
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from onrecord.document import Document
from onrecord.record import Query, Record
from onrecord.record.ingest import Report, cores, ingest
from onrecord.record.pool import default_reader
from onrecord.record.quotes import quotes
from onrecord.statement import Span, Statement, statement_id

ROOT = Path(__file__).resolve().parent.parent


def corpus(data: Path, documents: int | None) -> list[dict[str, Any]]:
    """``documents`` objects with text and published, spread over the whole of the source; null: all."""
    source = data / "whitehouse" / "statements.jsonl.gz"
    if source.exists():
        with gzip.open(source, "rt", encoding="utf8") as f:
            found = [{"text": o["text"], "published": o["date"], "title": o["id"]} for o in map(json.loads, f) if (o["text"] or "").strip()]
    else:
        texts = [p.read_text(encoding="utf8") for p in sorted((ROOT / "examples" / "thirteen-days").glob("*.txt"))]
        found = [{"text": f"Number {n}. {texts[n % len(texts)]}", "published": "1962-10-24"} for n in range(documents or 200)]
    if documents is None or documents >= len(found):
        return found
    return [found[i * len(found) // documents] for i in range(documents)]


def _bare(texts: list[str], done: Any) -> None:
    reader = default_reader()
    done.put(sum(len(statements) for _, statements in reader.read_many(Document(t) for t in texts)))


def bare(texts: list[str], workers: int) -> float:
    """Seconds that ``workers`` bare Readers take, each a process with a share of the texts of about as many words."""
    shares: list[list[str]] = [[] for _ in range(workers)]
    sizes = [0] * workers
    for text in sorted(texts, key=len, reverse=True):
        least = sizes.index(min(sizes))
        shares[least].append(text)
        sizes[least] += len(text)
    context = multiprocessing.get_context("spawn")
    done = context.Queue()
    began = time.perf_counter()
    processes = [context.Process(target=_bare, args=(share, done)) for share in shares]
    for p in processes:
        p.start()
    for _ in processes:
        done.get()
    for p in processes:
        p.join()
    return time.perf_counter() - began


def filled(record: Path, texts: Path, workers: int, progress: Callable[[Report], None] = lambda report: None) -> tuple[float, Report]:
    """Seconds that an ingest takes, from making the record to closing it."""
    began = time.perf_counter()
    with Record.open(record, "create") as r:
        report = ingest(r, [texts], workers=workers, progress=progress)
    return time.perf_counter() - began, report


def used(*whose: int) -> float:
    """CPU seconds of this process and of its children that have ended, or of one of the two."""
    found = [resource.getrusage(w) for w in whose or (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in found)


class Memory:
    """Resident memory of this process and the largest of its readers, in MB, at parts of the way."""

    def __init__(self, size: int) -> None:
        self.size, self.at = size, 0
        self.seen: list[tuple[float, float, float]] = []
        self.own = psutil.Process()

    def __call__(self, report: Report) -> None:
        if report.documents + report.refusals >= self.size * (self.at + 1) / 8:
            self.at += 1
            readers = [p.memory_info().rss / 1e6 for p in self.own.children() if p.is_running()]
            self.seen.append((self.at / 8, self.own.memory_info().rss / 1e6, max(readers, default=0.0)))


def writer_alone(found: list[dict[str, Any]], steps: int = 10) -> None:
    """The record without the model: every sentence of the texts as a statement, and what each costs as the record grows."""
    with tempfile.TemporaryDirectory() as folder, Record.open(Path(folder) / "r.db", "create") as record:
        record.lean()
        print("documents, statements, CPU microseconds a statement since the line before, memory in MB")
        count, last, began = 0, 0, used(resource.RUSAGE_SELF)
        for n, o in enumerate(found, 1):
            d = Document(o["text"], published=o["published"])
            contents = [(Span(*m.span(), m[0]),) for m in re.finditer(r"[A-Z][^.!?]{30,300}[.!?]", d.text)]
            record.add(d, [Statement(statement_id(d.digest, (), (), c), d, "indirect", (), (), c, 0.5) for c in contents])
            count += len(contents)
            if n % max(1, len(found) // steps) == 0:
                now = used(resource.RUSAGE_SELF)
                print(
                    f"{n:8}{count:10}{(now - began) / max(1, count - last) * 1e6:8.0f}{psutil.Process().memory_info().rss / 1e6:8.0f}",
                    flush=True,
                )
                last, began = count, now


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--documents", type=int, default=60)
    p.add_argument("--all", action="store_true", help="every document of the source, one round")
    p.add_argument("--workers", type=int, default=cores())
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    p.add_argument("--keep", type=Path, help="leave the last round's record here")
    p.add_argument("--writer", action="store_true", help="only the writing, without a model: every sentence a statement")
    a = p.parse_args()
    found = corpus(a.data, None if a.all else a.documents)
    words = sum(len(o["text"].split()) for o in found)
    if a.writer:
        writer_alone(found)
        return
    print(f"{len(found)} documents, {words:,} words, {a.workers} workers; load {psutil.getloadavg()[0]:.1f}", flush=True)
    ratios, speeds, costs = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        texts = Path(folder) / "texts.jsonl"
        texts.write_text("".join(json.dumps(o, ensure_ascii=False) + "\n" for o in found), encoding="utf8")
        for n in range(1 if a.all else a.rounds):
            record = Path(folder) / f"{n}.db"
            memory = Memory(len(found))
            own, whole = used(resource.RUSAGE_SELF), used()
            ours, report = filled(record, texts, a.workers, memory)
            while multiprocessing.active_children():  # what they used counts once they have ended
                time.sleep(0.1)
            own, whole = used(resource.RUSAGE_SELF) - own, used() - whole
            spent = used()
            theirs = bare([o["text"] for o in found], a.workers)
            spent = used() - spent
            ratios.append(theirs / ours)
            costs.append(spent / whole)
            speeds.append(report.words / ours)
            print(
                f"round {n + 1}: ingest {words / ours:,.0f} words/s, bare readers {words / theirs:,.0f}, ratio {theirs / ours:.3f}; "
                f"CPU seconds {whole:.1f} (of them the writer {own:.1f}) against {spent:.1f}",
                flush=True,
            )
        with Record.open(record) as r:
            total, alone = r.count(Query()), r.count(Query(count="clusters"))
            again = quotes(r, limit=1)[1]
        size = record.stat().st_size
        rows = {
            "documents": report.documents,
            "refused": report.refusals,
            "statements": total,
            "clusters": alone,
            "quotes in two articles or more": again,
            "ingest, words per second (median)": median(speeds),
            "share of bare readers' speed (median)": median(ratios),
            "share of bare readers' speed (least)": min(ratios),
            "the same in CPU seconds (median)": median(costs),
            "MB per million words": size / report.words,
            "bytes of record per byte of text": size / sum(len(o["text"].encode()) for o in found),
        }
        for name, value in rows.items():
            print(f"{name:44}{value:14,.3f}")
        print("memory, MB: part of the way, this process, the largest reader")
        for part, own, reader in memory.seen:
            print(f"{part:10.3f}{own:10.0f}{reader:10.0f}")
        if a.keep:
            a.keep.write_bytes(record.read_bytes())


if __name__ == "__main__":
    main()

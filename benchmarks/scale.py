"""How reading scales with workers, and what a year of crawled news takes: `python -m benchmarks.scale [--documents 200]`.

Every worker is a Ray actor with one core and one model, which reads shards of White House statements (public domain; the example
dispatches, repeated, where the data folder is not there). Machines are noisy, so the runs take turns, and what is reported is
a ratio between runs of one round: the median of the rounds. Ray's start and the models' loading are outside the measured time, which
runs from the moment when every worker has finished a shard of its own to the end of the last shard: all shards have the same
number of words, and there are many of them. The ratio of the whole runs, loading and all, is given too.

The full measurement, on a machine that does nothing else: `python -m benchmarks.scale --documents 5945 --shards 96 --rounds 3`.
It should say at least 1.8 for two workers on two cores.
"""

from __future__ import annotations

import argparse
import gzip
import html
import json
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Any

from onrecord.document import Document
from onrecord.scale import Report, scale
from onrecord.scale.run import reader_of_one_core

ROOT = Path(__file__).resolve().parent.parent

# What the estimate takes for granted; each can be changed on the command line.
ASSUMED = {
    "pages": (
        140e6,
        "pages in a year of CC-NEWS: 11.5 to 11.7 million in each of March, April and May 2024 (counts of FineNews-unfiltered)",
    ),
    "english": (0.4, "share of them in English; the others are told by their language and not read"),
    "words": (450.0, "words in an English page, once its frame is off"),
    "gigabytes": (6000.0, "gigabytes of WARC to fetch"),
    "cores": (64, "cores of a machine; hyperthreads are no cores"),
    "machines": (8, "machines"),
    "efficiency": (0.95, "share of two workers' gain that further ones bring on one machine, up to its cores"),
}


@dataclass(frozen=True)
class Run:
    """One run: words a second while all workers work, and over the whole; seconds that a worker waits between files; the report."""

    steady: float
    whole: float
    waiting: float
    report: Report


def texts(data: Path, documents: int) -> list[str]:
    source = data / "whitehouse" / "statements.jsonl.gz"
    if source.exists():
        with gzip.open(source, "rt", encoding="utf8") as f:
            pool = [t for line in f if (t := (json.loads(line).get("text") or "").strip())]
    else:
        pool = [p.read_text(encoding="utf8") for p in sorted((ROOT / "examples" / "thirteen-days").glob("*.txt"))]
    step = max(1, len(pool) // documents)
    return [pool[i * step % len(pool)] + ("" if i < len(pool) else f"\n\nCopy {i}.\n") for i in range(documents)]


def write_shards(folder: Path, batch: list[str], shards: int) -> list[Path]:
    """JSON Lines with as good as the same number of words each: every text goes to the shard that has the fewest."""
    folder.mkdir()
    held: list[list[str]] = [[] for _ in range(shards)]
    words = [0] * shards
    for text in sorted(batch, key=lambda t: -len(t.split())):
        least = words.index(min(words))
        held[least].append(text)
        words[least] += len(text.split())
    paths = []
    for n, shard in enumerate(held):
        path = folder / f"{n:04}.jsonl"
        path.write_text("".join(json.dumps({"text": t, "published": "2021-12-02"}) + "\n" for t in shard), encoding="utf8")
        paths.append(path)
    return paths


def run(paths: list[Path], out: Path, workers: int) -> Run:
    import ray

    ray.init(num_cpus=workers, include_dashboard=False, object_store_memory=80 << 20, logging_level="ERROR", log_to_driver=False)
    marks: list[tuple[float, int]] = []
    busy: list[float] = []

    def note(r: Report) -> None:
        if r.done:
            marks.append((time.perf_counter(), r.words))
            busy.append(r.busy)

    try:
        began = time.perf_counter()
        report = scale(paths, out, workers=workers, progress=note)
        took = time.perf_counter() - began
    finally:
        ray.shutdown()
    assert report.done == len(paths), report.failed + report.aside
    # From the moment when each worker has brought back its first shard.
    (t0, w0), (t1, w1) = marks[workers - 1], marks[-1]
    waiting = max(0.0, (t1 - t0) * workers - (busy[-1] - busy[workers - 1])) / (len(paths) - workers)
    return Run((w1 - w0) / (t1 - t0), w1 / took, waiting, report)


def alone(batch: list[str]) -> float:
    """Seconds of processor that one reader on one core takes for the texts, with nothing round it."""
    reader = reader_of_one_core()
    documents = [Document(t, published="2021-12-02") for t in batch]
    list(reader.read_many(documents[:2]))
    began = time.process_time()
    for _ in reader.read_many(documents):
        pass
    return time.process_time() - began


def extraction(batch: list[str], folder: Path) -> float:
    """Seconds of one core to find the article in a crawled page (in a frame of links, as pages have), the worker's own start left out."""
    from onrecord.sources import open_source

    pages = [p for t in batch[:60] if len(p := _page(t)) < 1 << 20]
    path = folder / "crawl.warc"
    path.write_bytes(b"".join(_answer(n, p) for n, p in enumerate(pages)))
    times = []
    for _ in range(2):  # the first one loads the libraries
        began = time.perf_counter()
        got = sum(isinstance(d, Document) for d in open_source(path))
        times.append((time.perf_counter() - began) / max(1, got))
    return times[-1]


def _page(text: str) -> bytes:
    links = "".join(f'<li><a href="/section/{n}">Section {n}</a></li>' for n in range(60))
    body = "".join(f"<p>{html.escape(p)}</p>" for p in text.split("\n") if p.strip())
    aside = "".join(
        f'<div class="teaser"><a href="/story/{n}">Another story, number {n}</a><p>Read more of it.</p></div>' for n in range(30)
    )
    head = "<head><title>A statement</title><meta property='article:published_time' content='2021-12-02'></head>"
    return f"<html>{head}<body><nav><ul>{links}</ul></nav><main><article>{body}</article></main>{aside}</body></html>".encode()


def _answer(n: int, page: bytes) -> bytes:
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.org/{n}\r\nWARC-Date: 2021-12-02T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{n:012d}>\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


def measured(batch: list[str], shards: int, workers: list[int], rounds: int, *, bare_too: bool = True) -> dict[str, float]:
    out: dict[str, float] = {"documents": len(batch), "words": sum(len(t.split()) for t in batch)}
    with tempfile.TemporaryDirectory(prefix="onrecord-bench-") as folder:
        paths = write_shards(Path(folder) / "shards", batch, shards)
        runs: dict[int, list[Run]] = {w: [] for w in workers}
        bare = []
        for n in range(rounds):
            if bare_too:
                bare.append(alone(batch))
            for w in workers:
                runs[w].append(run(paths, Path(folder) / f"{n}-{w}", w))
        first, last = workers[0], workers[-1]
        for w in workers:
            out[f"{w} workers: words a second"] = median(r.steady for r in runs[w])
        pairs = list(zip(runs[first], runs[last], strict=True))
        out[f"{last} workers against {first} (median of rounds)"] = median(b.steady / a.steady for a, b in pairs)
        out[f"{last} workers against {first} (least of rounds)"] = min(b.steady / a.steady for a, b in pairs)
        out[f"{last} workers against {first}, with start and loading"] = median(b.whole / a.whole for a, b in pairs)
        if bare:
            out["one reader with no engine: ms of processor a document"] = median(bare) / len(batch) * 1000
            out["of it the engine's own, ms of processor a document"] = median(
                (r.report.cpu - s) / len(batch) * 1000 for r, s in zip(runs[first], bare, strict=True)
            )
        out["between two files of a worker, ms"] = median(r.waiting * 1000 for r in runs[first])
        reports = [r.report for w in workers for r in runs[w]]
        out["peak memory of a worker, MB"] = max(m for r in reports for m in r.memory.values()) / 1e6
        out["bytes of Parquet a million words"] = mean(r.written / r.words * 1e6 for r in reports)
        out["statements a thousand words"] = mean(r.statements / r.words * 1e3 for r in reports)
        out["a page of a crawl, ms to find its article"] = extraction(batch, Path(folder)) * 1000
    return out


def estimate(m: dict[str, float], a: argparse.Namespace) -> str:
    """What a year of CC-NEWS takes, by the figures measured and the assumptions given."""
    speed = m[next(k for k in m if k.endswith("workers: words a second"))]
    read = a.pages * a.english * a.words / speed
    # The page's article is found in a process beside the worker, but on the same cores.
    extract = a.pages * m["a page of a crawl, ms to find its article"] / 1000
    cores = a.machines * a.cores
    hours = (read + extract) / (cores * a.efficiency) / 3600
    lines = ["", "A year of CC-NEWS, on paper", ""]
    lines += [f"  assumed   {name} = {getattr(a, name):g}: {why}" for name, (_, why) in ASSUMED.items()]
    lines += [
        f"  measured  speed = {speed:,.0f} words a second of one worker on one core of this machine",
        f"  measured  page = {m['a page of a crawl, ms to find its article']:.1f} ms to find the article in a page",
        f"  measured  bytes = {m['bytes of Parquet a million words']:,.0f} of Parquet a million words",
        "",
        f"  reading   pages x english x words / speed = {read / 3600:,.0f} core-hours",
        f"  finding   pages x page = {extract / 3600:,.0f} core-hours",
        f"  together  {(read + extract) / 3600:,.0f} core-hours; with {a.machines:g} machines of {a.cores:g} cores at {a.efficiency:.0%}: "
        f"{hours:,.0f} hours ({hours / 24:,.1f} days)",
        f"  memory    {a.cores:g} workers x {m['peak memory of a worker, MB'] / 1000:.2f} GB = "
        f"{a.cores * m['peak memory of a worker, MB'] / 1000:,.0f} GB a machine, as much again for the processes that find the articles",
        f"  fetching  gigabytes / hours = {a.gigabytes * 8 / (hours * 3600):.2f} gigabits a second in all",
        f"  written   pages x english x words x bytes = {a.pages * a.english * a.words / 1e6 * m['bytes of Parquet a million words'] / 1e9:,.0f} GB",
    ]
    return "\n".join(lines)


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--documents", type=int, default=200)
    p.add_argument("--shards", type=int, default=24)
    p.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    p.add_argument("--rounds", type=int, default=1)
    p.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    p.add_argument("--no-bare", action="store_true", help="leave out the reader without an engine, which takes as long as one worker")
    p.add_argument("--json", type=Path, help="keep the figures in this file; with --from, take them from it and measure nothing")
    p.add_argument("--from", dest="kept", action="store_true")
    for name, (value, why) in ASSUMED.items():
        p.add_argument(f"--{name}", type=float, default=value, help=why)
    a = p.parse_args()
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    m: dict[str, Any]
    if a.kept:
        m = json.loads(a.json.read_text())
    else:
        m = measured(texts(a.data, a.documents), a.shards, a.workers, a.rounds, bare_too=not a.no_bare)
        if a.json:
            a.json.write_text(json.dumps(m, indent=1))
    for name, value in m.items():
        print(f"{name:52}{value:16,.3f}")
    print(estimate(m, a))


if __name__ == "__main__":
    main()

"""How exports grow with a record: `python -m benchmarks.export [--statements 8000] [--formats parquet,csv,…] [--keep FOLDER]`.

Two records, synthetic from the example dispatches (benchmarks/search_data.py), one of a quarter of the other's statements. Each format is
written from both in a process of its own. Printed: processor time at full size and as a multiple of going through the statements
without writing any (the reference, in the same run), the growth of time over the fourfold record (4 is linear), the peak of memory
at either size, and the bytes written. The full size is ``--statements 1000000 --keep /tmp/records``, which takes a long time to build
once. Exit code 1 when a format grows by more than 6 times, or its memory by more than the bound that it states.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from onrecord.export import FORMATS

#: Growth of time over four times the statements; start-up and noise aside it is 4.
GROWTH = 6.0
#: Memory, in MB, that may come on top over four times the statements: the searchable columns (some 60 bytes a statement), row groups.
SLACK = 150
#: These hold something for each document or statement, which their modules say.
HOLD = {"pdf": 25_000, "ftm": 300, "qdpx": 300}

_CHILD = """
import json, resource, sys, time
from onrecord.export import export
from onrecord.record import Query, Record
name, record, out = sys.argv[1:]
with Record.open(record) as r:
    started = time.process_time()
    if name == "(none)":
        with r.sparing():
            count = sum(1 for _ in r.statements(Query(sort="document")))
    elif name == "import":
        from onrecord.export.intake import import_parquet
        with Record.open(out + ".db", "create") as into:
            count = import_parquet(out.removesuffix("import") + "parquet", into).new_statements
    else:
        count = export(r, out, name)
    spent = time.process_time() - started
print(json.dumps([count, spent, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)]))
"""


def measure(name: str, record: Path, folder: Path) -> tuple[int, float, float, int]:
    """Statements, seconds of processor time, peak of memory in MB, and bytes written."""
    out = folder / f"{record.stem}.{name}"
    ran = subprocess.run([sys.executable, "-c", _CHILD, name, str(record), str(out)], capture_output=True, text=True, check=True)
    count, spent, peak = json.loads(ran.stdout)
    files = [p for p in (out.rglob("*") if out.is_dir() else [out]) if p.is_file()]
    size = sum(p.stat().st_size for p in files)
    if name != "parquet":
        for p in files:
            p.unlink()
    return count, spent, peak, size


def build_records(folder: Path, wanted: int) -> list[Path]:
    """Two records, of a quarter and of all of ``wanted`` statements; what is there already is used."""
    from benchmarks.search_data import base, build, synthetic

    out = []
    for n in (wanted // 4, wanted):
        path = folder / f"{n}.db"
        if not path.exists():
            pool = base(Path("none"), 0, folder / "pool.pickle")
            part = folder / f"{n}.part"
            part.unlink(missing_ok=True)
            build(part, synthetic(pool, n))
            part.rename(path)
        out.append(path)
    return out


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--statements", type=int, default=8000)
    parser.add_argument(
        "--formats", default=",".join([*(f for f in FORMATS if f != "pdf"), "import"]), help="comma-separated; pdf only if asked for"
    )
    parser.add_argument("--keep", type=Path, help="folder for the records, to use them again")
    options = parser.parse_args()
    bad = 0
    with tempfile.TemporaryDirectory() as scratch:
        kept = options.keep or Path(scratch)
        kept.mkdir(parents=True, exist_ok=True)
        small, large = build_records(kept, options.statements)
        folder = Path(scratch) / "out"
        folder.mkdir()
        through = [measure("(none)", r, folder) for r in (small, large)]
        reference = [spent for _, spent, *_ in through]
        print(
            f"{options.statements:,} statements; going through them: {reference[1]:.1f} s, {reference[1] / reference[0]:.1f} times a quarter; "
            f"{through[0][2]:.0f} MB and {through[1][2]:.0f} MB",
            flush=True,
        )
        print(f"{'format':<12} {'seconds':>8} {'× none':>7} {'growth':>7} {'MB ¼':>6} {'MB':>6} {'bytes a statement':>18}")
        for name in (n.strip() for n in options.formats.split(",")):
            (few, before, peak, _), (count, spent, most, size) = (measure(name, r, folder) for r in (small, large))
            growth, allowed = spent / before, SLACK + HOLD.get(name, 0) * (count - few) / 1e6
            wrong = growth > GROWTH or most - peak > allowed
            bad += wrong
            print(
                f"{name:<12} {spent:>8.1f} {spent / reference[1]:>7.2f} {growth:>7.2f} {peak:>6.0f} {most:>6.0f} {size / max(1, count):>18.0f}"
                + ("  ← beyond the bound" if wrong else ""),
                flush=True,
            )
    return int(bad > 0)


if __name__ == "__main__":
    raise SystemExit(main())

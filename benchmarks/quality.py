"""How well: `python -m benchmarks.quality [--data ../shared/data]`. The figures that the README quotes, on PolNeAR dev."""

from __future__ import annotations

import argparse
from pathlib import Path

from onrecord.cli import main as shell

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    shell(["evaluate", str(p.parse_args().data / "polnear" / "dev.jsonl.gz")])


if __name__ == "__main__":
    main()

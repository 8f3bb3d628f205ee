"""Coverage-guided fuzzing of the readers with atheris (Linux and macOS; ``pip install 'onrecord[fuzz]'``).

    python fuzz/coverage.py all --seconds 60              # every format in turn, and a table
    python fuzz/coverage.py rtf -max_total_time=300       # one; what follows the format goes to libFuzzer
    python fuzz/coverage.py rtf crash-1234                # one input again

The reader runs in this process, without a worker, beginning with sound files of our own: what it raises beyond SourceErrors, and
what takes over 10 seconds or 1 GiB, is a finding; its input is left in the folder ``build/fuzz``. ``fuzz/sources.py`` is the
other half: all formats, the way users' files are read.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOUND = ROOT / "build" / "fuzz"


def main() -> int:
    if sys.argv[1:2] == ["all"]:
        return every()
    try:
        import atheris
    except ImportError:
        sys.exit("fuzz/coverage.py needs atheris: pip install 'onrecord[fuzz]' (fuzz/sources.py does without)")
    with atheris.instrument_imports(include=["onrecord", "striprtf", "feedparser", "email", "trafilatura", "docx", "markdown_it"]):
        from onrecord.document import Document
        from onrecord.errors import SourceError
        from onrecord.sources import formats, open_source
    if len(sys.argv) < 2 or sys.argv[1] not in formats():
        sys.exit(f"usage: python fuzz/coverage.py FORMAT|all [libFuzzer options]; formats: {', '.join(formats())}")
    format_ = sys.argv.pop(1)

    def one(data: bytes) -> None:
        for got in open_source(io.BytesIO(data), name="fuzz", format=format_, isolate=False):
            assert isinstance(got, Document | SourceError), got
            if isinstance(got, Document):
                got.text.encode("utf-8", "surrogatepass")
                assert got.text.strip()
            else:
                assert "\n" not in str(got)

    list(open_source(io.BytesIO("Мы готовы к переговорам, сказал министр.".encode()), name="a.txt"))  # loads the language model
    corpus = FOUND / format_
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(sound(format_)):
        (corpus / f"seed-{number}").write_bytes(data)
    options = sys.argv[1:]
    files = [] if any(not o.startswith("-") for o in options) else [str(corpus)]
    atheris.Setup([sys.argv[0], "-timeout=10", "-rss_limit_mb=1024", f"-artifact_prefix={FOUND}/{format_}-", *options, *files], one)
    atheris.Fuzz()
    return 0


def sound(format_: str) -> list[bytes]:
    """The sound files that ``fuzz/sources.py`` damages, of one format."""
    sys.path.insert(0, str(Path(__file__).parent))
    from sources import seeds

    from onrecord.sources.detect import detect

    return [data for name, data in seeds().values() if detect(data[: 1 << 16], name).name == format_]


def every() -> int:
    from onrecord.sources.formats import BUILT_IN

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("all")
    parser.add_argument("--seconds", type=int, default=60, help="for each format")
    options = parser.parse_args()
    failed = 0
    print(f"{'format':10}{'inputs':>10}{'peak MiB':>10}  found", flush=True)
    for format_ in BUILT_IN:
        call = [sys.executable, __file__, format_.name, f"-max_total_time={options.seconds}", "-print_final_stats=1"]
        done = subprocess.run(call, capture_output=True, text=True, errors="replace", check=False)
        stats = dict(re.findall(r"stat::(\w+):\s+(\d+)", done.stderr))
        found = re.findall(r"Test unit written to (\S+)", done.stderr)
        if done.returncode and not found:
            found = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
        failed += bool(found)
        runs, peak = stats.get("number_of_executed_units", "-"), stats.get("peak_rss_mb", "-")
        print(f"{format_.name:10}{runs:>10}{peak:>10}  {', '.join(found) or 'nothing'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

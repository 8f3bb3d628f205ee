"""Coverage-guided fuzzing of one reader with atheris (Linux and macOS; ``pip install atheris``).

    python fuzz/coverage.py rtf -max_total_time=300       # what follows the format goes to libFuzzer
    python fuzz/coverage.py text corpus/ -runs=100000

The reader runs in this process, without a worker: what it raises beyond SourceErrors, and what takes over 10 seconds or
1 GB, is a finding. ``fuzz/sources.py`` is the other half: all formats, the way users' files are read.
"""

from __future__ import annotations

import io
import sys

try:
    import atheris
except ImportError:
    sys.exit("fuzz/coverage.py needs atheris: pip install atheris (fuzz/sources.py does without)")

with atheris.instrument_imports(include=["onrecord", "striprtf", "feedparser", "email", "trafilatura"]):
    from onrecord.document import Document
    from onrecord.errors import SourceError
    from onrecord.sources import formats, open_source


def main() -> None:
    known = formats()
    if len(sys.argv) < 2 or sys.argv[1] not in known:
        sys.exit(f"usage: python fuzz/coverage.py FORMAT [libFuzzer options]; formats: {', '.join(known)}")
    format_ = sys.argv.pop(1)

    def one(data: bytes) -> None:
        for got in open_source(io.BytesIO(data), name="fuzz", format=format_, isolate=False):
            assert isinstance(got, Document | SourceError), got
            if isinstance(got, Document):
                got.text.encode("utf-8", "surrogatepass")
                assert got.text.strip()
            else:
                assert "\n" not in str(got)

    atheris.Setup([sys.argv[0], "-timeout=10", "-rss_limit_mb=1024", *sys.argv[1:]], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()

# ruff: noqa: E402, E501
"""Throw damaged files of every format at the readers, the way users' files reach them.

    python fuzz/sources.py                                # 100,000 inputs, about 20 minutes on one core
    python fuzz/sources.py --inputs 2000 --only pdf,html  # quick
    python fuzz/sources.py --seed 7 --only pdf --at 1234  # one input again, and what came of it

Each input is a sound file of our own, damaged: bytes flipped, cut, doubled, spliced with another format's, filled with tokens that
parsers stumble over; archives and Word files are damaged inside and packed anew half of the time, so that damage gets past the
checksums. The same seed gives the same inputs.

A failure is: anything but Documents and SourceErrors comes out; an error of more than one line; an input that takes over 10
seconds; a process over 1 GB. A reader that breaks down or is stopped inside its worker is contained and counted apart.
Exit code 1 when anything failed.
"""

from __future__ import annotations

import argparse
import gzip
import io
import random
import resource
import sys
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests" / "sources"))

import made

from onrecord.document import Document
from onrecord.errors import DamagedError, OverrunError, SourceError
from onrecord.sources import open_source

SECONDS = 10.0
MEMORY = 1 << 30
SHORT = made.PARAGRAPHS[:2]


def seeds() -> dict[str, tuple[str, bytes]]:
    """Format -> name and bytes of a sound file."""
    return {
        "text": ("a.txt", made.TEXT.encode()),
        "utf16": ("a.txt", made.TEXT.encode("utf-16")),
        "cp1252": ("a.txt", made.TEXT.encode("cp1252")),
        "markdown": ("a.md", ("---\ntitle: x\n---\n# T\n\n> *a* [b](c) `d`\n\n" + made.TEXT).encode()),
        "html": ("a.html", made.html(SHORT)),
        "factiva": ("a.html", made.factiva_html()),
        "pdf": ("a.pdf", made.pdf(SHORT, columns=2)),
        "docx": ("a.docx", made.docx(SHORT)),
        "nexis": ("a.docx", made.docx(tuple(made.NEXIS), title=None)),
        "rtf": ("a.rtf", made.rtf(SHORT)),
        "lexis": ("a.txt", made.LEXIS.encode()),
        "coded": ("a.txt", made.FACTIVA_CODED.encode()),
        "mail": ("a.eml", made.email(SHORT, marked=True, attach=made.rtf(SHORT))),
        "mbox": ("a.mbox", made.mbox()),
        "mhtml": ("a.mhtml", made.mhtml()),
        "jsonl": ("a.jsonl", made.jsonl()),
        "json": ("a.json", b"[" + made.jsonl().replace(b"\n", b",", 1) + b"]"),
        "csv": ("a.csv", made.csv_table()),
        "parquet": ("a.parquet", made.parquet()),
        "rss": ("a.rss", made.rss()),
        "atom": ("a.atom", made.atom()),
        "warc": ("a.warc", made.warc()),
        "zip": ("a.zip", made.zipped({"a.txt": made.TEXT.encode(), "b.rtf": made.rtf(SHORT)})),
        "tar": ("a.tar", made.tarred({"a.txt": made.TEXT.encode(), "b.rtf": made.rtf(SHORT)})),
        "gzip": ("a.txt.gz", made.gzipped(made.TEXT.encode())),
        "bzip2": ("a.tar.bz2", made.tarred({"a.txt": made.TEXT.encode()}, "w:bz2")),
        "xz": ("a.tar.xz", made.tarred({"a.txt": made.TEXT.encode()}, "w:xz")),
    }


TOKENS = [
    b"\0", b"\xff" * 4, b"\xef\xbb\xbf", b"\xfe\xff", b"\r", b"\r\n\r\n", b"\n\n\n", b"<", b">", b"</p>", b"<div>" * 500, b"<table><tr><td>" * 200, b"<!--", b"]]>",
    b"<![CDATA[", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"&#xFFFFFFFF;", b"&lt;" * 300, b"{" * 400, b"[" * 400, b'{"a":' * 300, b'"', b"\\u0000", b"\\ud800",
    b"\\'" * 200, b"{\\" * 300, b"\\bin99999999 ", b"\\u-1?", b"\\par", b"%PDF-1.7", b"endobj", b"<< /Length 999999999 >>", b"/Kids [1 0 R]", b"obj", b"1 0 R",
    b"/Filter [/FlateDecode /FlateDecode]", b"-1", b"0", b"4294967295", b"9223372036854775808", b"1e999", b"NaN", b"PK\x03\x04", b"PK\x05\x06", b"WARC/1.0\r\n",
    b"Content-Length: -1\r\n", b"Content-Length: 99999999999\r\n", b"Content-Type: multipart/mixed; boundary=x\r\n", b"--x\r\n" * 50, b"=?utf-8?b?/////w==?=",
    b"=?x?q?=FF?=", b"From ", b"(" * 300, b")" * 50, b"> " * 200, b"*" * 300, b"`" * 200, b"[" * 100 + b"](" * 100, b"PAR1", b"\x1f\x8b", b"ustar", b"End of Document\n",
    b"Body\n", b"Length: 3 words\n", b"Document ABCDEF0020210101ehx00001\n", b"<a:b xmlns:a='" + b"x" * 500 + b"'/>", b"December 99, 2021", b"99999999-99-99", "\u202e".encode(),
    "\U000e0001".encode(), b"a" * 5000, b" " * 5000, b"\t" * 2000, b"-\n" * 500, b",;" * 500,
]  # fmt: skip


def damage(r: random.Random, data: bytes, others: list[bytes]) -> bytes:
    """One to six changes."""
    out = bytearray(data)
    for _ in range(r.choice((1, 1, 2, 3, 6))):
        n = max(1, len(out))
        at = r.randrange(n)
        span = r.choice((1, 2, 4, 16, 64, 256, 1024))
        match r.randrange(10):
            case 0:
                for _ in range(r.choice((1, 4, 32))):
                    i = r.randrange(max(1, len(out)))
                    if i < len(out):
                        out[i] ^= 1 << r.randrange(8)
            case 1:
                out[at : at + span] = r.randbytes(span)
            case 2:
                del out[at : at + span]
            case 3:
                out[at:at] = out[at : at + span] * r.choice((1, 2, 50))
            case 4:
                out[at:at] = r.choice(TOKENS)
            case 5:
                del out[at:]
            case 6:
                other = r.choice(others)
                i = r.randrange(max(1, len(other)))
                out[at : at + span] = other[i : i + span]
            case 7:
                token = r.choice(TOKENS)
                out[at : at + len(token)] = token
            case 8:
                out[at : at + span] = bytes([r.choice((0, 0x20, 0x7F, 0x80, 0xFF, 0x3C, 0x28))]) * span
            case 9:
                i = r.randrange(n)
                out[at : at + span], out[i : i + span] = out[i : i + span], out[at : at + span]
        if len(out) > 1 << 20:
            del out[1 << 20 :]
    return bytes(out)


def inside(r: random.Random, kind: str, data: bytes, others: list[bytes]) -> bytes:
    """Damage what is packed, and pack it anew."""
    if kind == "gzip":
        return gzip.compress(damage(r, gzip.decompress(data), others), 1)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        names = old.namelist()
        chosen = "word/document.xml" if "word/document.xml" in names and r.random() < 0.7 else r.choice(names)
        for name in names:
            new.writestr(name, damage(r, old.read(name), others) if name == chosen else old.read(name))
    return out.getvalue()


def make(seed: int, at: int, files: dict[str, tuple[str, bytes]], kinds: list[str]) -> tuple[str, str, bytes]:
    """Format, name and bytes of input ``at``."""
    r = random.Random(f"{seed}:{at}")
    kind = kinds[at % len(kinds)]
    name, data = files[kind]
    others = [d for _, d in files.values()]
    packed = kind in ("docx", "nexis", "zip", "gzip")
    return kind, name, inside(r, kind, data, others) if packed and r.random() < 0.5 else damage(r, data, others)


def peak(who: int) -> int:
    return resource.getrusage(who).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="formats, parted by commas")
    parser.add_argument("--at", type=int, help="run this input only, and say what comes of it")
    options = parser.parse_args()
    files = seeds()
    kinds = options.only.split(",") if options.only else list(files)
    outcomes: dict[str, Counter[str]] = {k: Counter() for k in kinds}
    slowest = (0.0, -1)
    failures = 0
    contained: list[str] = []
    # What is loaded once is no input's time: the language model, a worker and its libraries.
    for name, data in (*files.values(), ("a.txt", "Мы готовы к переговорам, сказал министр.".encode())):
        list(open_source(io.BytesIO(data), name=name))
    started = time.monotonic()
    for at in [options.at] if options.at is not None else range(options.inputs):
        kind, name, data = make(options.seed, at, files, kinds)
        begun = time.monotonic()
        try:
            got = list(open_source(io.BytesIO(data), name=name))
        except BaseException as e:
            if isinstance(e, KeyboardInterrupt):
                raise
            failures += 1
            print(f"FAILED {kind} --at {at}: raised {''.join(traceback.format_exception_only(e)).strip()[:300]}", flush=True)
            continue
        spent = time.monotonic() - begun
        slowest = max(slowest, (spent, at))
        if spent > SECONDS + 2:  # the worker is stopped at 10 s; what is over that is the harness's own time
            failures += 1
            print(f"FAILED {kind} --at {at}: took {spent:.1f} s", flush=True)
        outcome = (
            "documents"
            if got and all(isinstance(g, Document) for g in got)
            else ("some" if any(isinstance(g, Document) for g in got) else "refused")
        )
        for g in got:
            if isinstance(g, SourceError):
                if "\n" in str(g) or "\x1b" in str(g):
                    failures += 1
                    print(f"FAILED {kind} --at {at}: an error of more than one line: {g!r}", flush=True)
                if (isinstance(g, DamagedError) and "broke down" in g.reason) or (
                    isinstance(g, OverrunError) and ("stopped" in g.reason or "memory" in g.reason)
                ):
                    outcome = "contained"
                    contained.append(f"{kind} --at {at}: {g.reason}")
            elif not isinstance(g, Document) or not g.text.strip():
                failures += 1
                print(f"FAILED {kind} --at {at}: yielded {g!r}", flush=True)
        if not got:
            failures += 1
            print(f"FAILED {kind} --at {at}: neither a document nor an error", flush=True)
        outcomes[kind][outcome] += 1
        if options.at is not None:
            print(*got, sep="\n")
        elif (at + 1) % 5000 == 0:
            print(
                f"{at + 1:7} inputs, {time.monotonic() - started:.0f} s, {failures} failures, {len(contained)} contained",
                file=sys.stderr,
                flush=True,
            )
    from onrecord.sources import pool

    pool._stop_all()
    print(f"\n{'format':10}{'documents':>10}{'some':>8}{'refused':>9}{'contained':>11}")
    for kind, counts in outcomes.items():
        print(f"{kind:10}{counts['documents']:10}{counts['some']:8}{counts['refused']:9}{counts['contained']:11}")
    for line in contained[:40]:
        print("contained:", line)
    here, workers = peak(resource.RUSAGE_SELF), peak(resource.RUSAGE_CHILDREN)
    print(f"{sum(sum(c.values()) for c in outcomes.values())} inputs, {failures} failures, {len(contained)} contained in a worker")
    print(f"slowest {slowest[0]:.2f} s (--at {slowest[1]}); peak memory {here >> 20} MiB here, {workers >> 20} MiB in a worker")
    if max(here, workers) > MEMORY:
        failures += 1
        print("FAILED: over 1 GiB of memory")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

"""Write the golden record of the present version: `python -m tests.golden.make_record`, once a version, before it is released.

``record-vN.db.gz`` is a record as version N wrote it, with something in every table, and ``record-vN.json`` what was in it.
They are never written again: tests/record/test_golden.py opens each with every later version.
"""

from __future__ import annotations

import gzip
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from onrecord import Document, Span, Speaker, Statement
from onrecord.errors import DamagedError
from onrecord.record import Query, Record
from onrecord.record.schema import VERSION, VIEWS
from onrecord.statement import ActorRef, DateRef, statement_id

HERE = Path(__file__).parent

FIRST = (
    "MOSCOW, Oct. 23 - The Foreign Ministry said on Tuesday that the blockade was “an act of piracy” and demanded that Washington lift it. "
    "An embassy spokesman, who asked not to be named, told reporters that Khrushchev had promised Castro naïve ☃ things.\n"
)
SECOND = "A minister said the blockade was “an act of piracy” and would be answered if it went on.\n"


def statement(d: Document, source: str, cue: str, content: str, **known: Any) -> Statement:
    """A statement whose spans are the first places of these words in the text."""

    def at(words: str) -> tuple[Span, ...]:
        return (Span(i := d.text.index(words), i + len(words), words),) if words else ()

    roles = (at(source), at(cue), at(content))
    return Statement(
        statement_id(d.digest, *roles), d, known.pop("kind", "indirect"), *roles, confidence=known.pop("confidence", 0.75), **known
    )


def fill(record: Record) -> None:
    """Something in every table and column."""
    known = {"author": "A. Writer", "url": "http://news.example/a", "language": "en", "source_digest": "0" * 64, "reader": "html/1"}
    one = Document(FIRST, path="a.html", title="Piracy", published="1962-10-24", outlet="Gazette", **known)
    two = Document(SECOND, path="b.txt", reader="text/1")
    washington = FIRST.index("Washington")
    said = statement(
        one, "The Foreign Ministry", "said", "that the blockade was “an act of piracy”", kind="mixed",
        speaker=Speaker("Ministry of Foreign Affairs of the Soviet Union", "SUN.mfa", None, "SUN", "name", 0.9),
        act="ACCUSE", plover="ACCUSE", cameo="11", targets=(ActorRef("Washington", "USA", washington, washington + 10, "USA"),),
        date=DateRef("1962-10-23", "1962-10-24", "Tuesday"), polarity="positive", modality="actual",
    )  # fmt: skip
    demanded = statement(one, "The Foreign Ministry", "demanded", "that Washington lift it", act="DEMAND", plover="REQUEST", cameo="10")
    told = statement(
        one, "An embassy spokesman", "told", "that Khrushchev had promised Castro naïve ☃ things",
        addressees=(ActorRef("reporters", None, (i := FIRST.index("reporters")), i + 9),),
        speaker=Speaker("an embassy spokesman", role="spokesman", via="name"),
    )  # fmt: skip
    promised = statement(one, "Khrushchev", "promised", "naïve ☃ things", nested_in=told.id, date=DateRef(None, None, "Oct. 23"))
    again = statement(
        two, "A minister", "said", "the blockade was “an act of piracy” and would be answered", kind="mixed", confidence=0.5,
        condition=(Span(i := SECOND.index("if it"), i + 13, "if it went on"),),
    )  # fmt: skip
    run = record.start_run(model="0123456789ab", options={"workers": 2})
    record.add(one, [said, demanded, told, promised], run=run)
    record.add(two, [again], run=run)
    record.add(replace(two, path="c.txt", outlet="Herald"), [again], run=run)
    record.log_file("a.html", 1234, 5678, documents=1, refused=0, run=run)
    record.log_refusal(DamagedError("d.pdf", "it is cut short", "get it again"), run=run)
    record.end_run(run)
    record.correct(said.id, "act", "CRITICISE", who="anna", why="a bad mark, not a wrong")
    record.correct(demanded.id, "status", "accepted", who="anna")
    record.correct(again.id, "status", "rejected", who="ben")
    taken_back = record.correct(told.id, "kind", "direct", who="ben")
    record.undo(taken_back.id, who="ben", why="misread")
    start = FIRST.index("Castro")
    record.correct(promised.id, "content", [[start, start + len("Castro naïve ☃ things")]], who="anna")
    record.add_statement(statement(two, "A minister", "", "would be answered"), who="ben", why="missed")
    record.save_search("piracy", Query(text="piracy", act=("CRITICISE",)))


def content(record: Record) -> dict[str, Any]:
    """What is in a record, as far as its documented views and methods show it."""
    return {
        "statements": [s.to_dict() for s in record.statements(Query(status="all", sort="added"))],
        "corrections": [c.to_dict() for c in record.corrections()],
        "found": [s.id for s in record.search(Query(text="piracy", status="all", sort="added")).statements],
        "saved": [[s.name, s.query.to_dict(), s.total, s.new] for s in record.saved_searches()],
        "refused": [list(r) for r in record.refusals()],
        "views": {v: list(record.sql(f"SELECT * FROM {v} ORDER BY 1, 2, 3, 4").dicts()) for v in VIEWS},
    }


def main() -> int:
    target = HERE / f"record-v{VERSION}.db.gz"
    if target.exists() and "--again" not in sys.argv:
        print(f"{target.name} is there: a golden record is written once a version (--again before the version's first release)")
        return 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.db"
        with Record.open(path, "create") as record:
            fill(record)
            made = content(record)
        target.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    (HERE / f"record-v{VERSION}.json").write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

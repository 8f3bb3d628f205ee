"""The sentence that is read before the first text."""

from __future__ import annotations

import subprocess
import sys

from onrecord.rehearsal import rehearse


def test_it_is_read_to_the_end() -> None:
    (s,) = rehearse()
    s.check()
    assert [x.text for x in (*s.source, *s.cue, *s.content)] == ["France", "said", "“We will not wait,”"]
    assert (s.kind, s.polarity, s.modality) == ("direct", "negative", "future")
    assert s.act is not None
    assert s.date is not None
    assert s.speaker is not None


_AGAIN = """
from onrecord import lazy
from onrecord.enrich import prepare

prepare().join()
first, late = lazy._Lazy.__getattr__, []
lazy._Lazy.__getattr__ = lambda self, name: (late.append(self._made), first(self, name))[1]
from onrecord.rehearsal import rehearse

rehearse()
print(late)
"""


def test_what_it_needs_is_at_hand_once_it_was_prepared() -> None:
    done = subprocess.run([sys.executable, "-c", _AGAIN], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

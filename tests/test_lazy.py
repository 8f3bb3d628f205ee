"""Patterns that are compiled at their first use."""

from __future__ import annotations

import gc
import importlib
import pkgutil
import re

import pytest

import onrecord
from onrecord import lazy


def test_it_behaves_as_the_compiled_pattern() -> None:
    made = lazy.compile(r"(?P<day>\d+) (\w+)", re.IGNORECASE)
    m = made.match("24 October")
    assert m is not None
    assert m["day"] == "24"
    assert made.sub("x", "on 24 October") == "on x"
    assert (made.pattern, made.groups) == (r"(?P<day>\d+) (\w+)", 2)
    assert lazy.compile(rb"\d+").findall(b"1 22") == [b"1", b"22"]
    with pytest.raises(AttributeError):
        _ = made.nothing  # type: ignore[attr-defined]


def test_nothing_is_compiled_before_it_is_used() -> None:
    wrong = lazy.compile("(")
    with pytest.raises(re.error):
        wrong.search("")


def test_every_pattern_of_the_program_compiles() -> None:
    for module in pkgutil.walk_packages(onrecord.__path__, "onrecord."):
        if module.name.split(".")[1] in ("dates", "acts", "actors", "sources", "assemble"):
            importlib.import_module(module.name)
    made = [x for x in gc.get_objects() if type(x).__name__ == "_Lazy" and type(x).__module__ == "onrecord.lazy"]
    assert len(made) > 100
    for pattern in made:
        if pattern._made[0] != "(":
            re.compile(*pattern._made)

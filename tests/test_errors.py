"""Errors as values: what is raised in one process is told in another."""

from __future__ import annotations

import pickle

import pytest

from onrecord import errors


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_crosses_from_one_process_to_another(name: str) -> None:
    kind = getattr(errors, name)
    if issubclass(kind, errors.ActorFileError):
        made = kind("t.tsv", 7, "it is odd", "mend it")
    elif issubclass(kind, errors.SourceError | errors.RecordError | errors.OutputError):
        made = kind("a\nb.txt", "it is odd", "mend it")
    else:
        made = kind("it is odd")
    again = pickle.loads(pickle.dumps(made))
    assert type(again) is kind
    assert (str(again), vars(again)) == (str(made), vars(made))

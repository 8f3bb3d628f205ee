"""The options that choose statements of a record: one for each condition of a Query. Those of many values may be repeated: any of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import click

from onrecord.acts.codebook import codebook
from onrecord.errors import UsageError

__all__ = ["filters", "query", "record_option", "wrong"]

F = TypeVar("F", bound=Callable[..., Any])

_MANY = {
    "speaker": "Who speaks: words of the name, or an id; =NAME for just that.",
    "country": "For whom the speaker speaks: RUS, NATO.",
    "role": "Words of the speaker's role.",
    "act": "What the words do: THREATEN, DENY (docs/acts.md).",
    "about": "Whom it is about: words of the name, an id, or a code.",
    "to": "To whom it is said: words of the name, an id, or a code.",
    "kind": "direct, indirect or mixed.",
    "outlet": "Words of the outlet's name.",
    "document": "Id of a document.",
    "cluster": "Id of a statement: all that report the same words.",
}
_ONE = ("since", "until", "published_since", "published_until", "min_confidence", "max_confidence", "nested", "status")
_TYPED = ("speaker", "role", "target", "addressee", "outlet")
_NAMES = {"about": "target", "to": "addressee"}


def record_option(function: F) -> F:
    """``--record``: the record's file, by default ``ONRECORD_RECORD`` in the environment, else ``onrecord.db`` in the present folder."""
    made: F = click.option(
        "--record", "record", type=click.Path(path_type=Path), default="onrecord.db", show_default=True, envvar="ONRECORD_RECORD",
        show_envvar=True, help="The record's file.",
    )(function)  # fmt: skip
    return made


@contextmanager
def wrong() -> Iterator[None]:
    """Turn a call that makes no sense into click's own error, which ends with exit code 2."""
    try:
        yield
    except UsageError as e:
        raise click.UsageError(str(e)) from e


def filters(function: F) -> F:
    """All filters, as options whose values ``query`` takes."""
    options = [
        click.option(f"--{name}", *([f"--{_NAMES[name]}", name] if name in _NAMES else []), multiple=True, metavar="TEXT", help=text)
        for name, text in _MANY.items()
    ]
    options += [
        click.option("--since", metavar="DATE", help="Said on this day or later (2021, 2021-11, 2021-11-30)."),
        click.option("--until", metavar="DATE", help="Said on this day or earlier."),
        click.option("--published-since", metavar="DATE", help="Published on this day or later."),
        click.option("--published-until", metavar="DATE", help="Published on this day or earlier."),
        click.option("--max-confidence", type=click.FloatRange(0, 1), default=1.0, help="Leave out statements surer than this."),
        click.option("--min-confidence", type=click.FloatRange(0, 1), default=0.0, help="Leave out statements less sure than this."),
        click.option("--nested/--not-nested", default=None, help="Only statements within others, or none of them."),
        click.option("--status", type=click.Choice(["shown", "unreviewed", "accepted", "rejected", "replaced", "all"]), default="shown",
                     show_default=True, help="What people said of it; shown: all but rejected and replaced."),
        click.option("--sort", metavar="ORDER", help="newest, oldest, published, relevance, surest, unsurest, added, document."),
    ]  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function


def query(text: str | tuple[str, ...], given: dict[str, Any], *, sort: str = "document") -> Any:
    """The Query that the options ``given`` and the words ``text`` make; of several arguments, one with spaces in it is a phrase.

    Raises click's UsageError for values that make no sense.
    """
    from onrecord.record import Query

    wanted = {_NAMES.get(k, k): v for k, v in given.items() if k in _MANY}
    # Who types a name means all who have it; a facet's value means just that one.
    wanted |= {k: tuple(v.removeprefix("=") if v[:1] in ("=", "~") else f"~{v}" for v in wanted[k]) for k in _TYPED}
    wanted |= {k: given[k] for k in _ONE}
    if "count" in given:
        wanted["count"] = given["count"]
    for act in wanted["act"]:
        if act.upper() not in codebook():
            near = get_close_matches(act.upper(), codebook(), n=1, cutoff=0.5)
            raise click.UsageError(
                f"there is no act {act!r:.40}" + (f" (did you mean {near[0]}?)" if near else f"; there are {', '.join(codebook())}")
            )
    if not isinstance(text, str):
        text = " ".join(map(_phrase, text))
    with wrong():
        return Query(text=text, **wanted, sort=given["sort"] or sort)


def _phrase(argument: str) -> str:
    """The shell takes the quote marks of "red line" away: an argument of several plain words gets them back."""
    words = argument.split()
    plain = len(words) > 1 and not re.search(r"""["“”„«»()]|(?:^|\s)-|\*(?:\s|$)""", argument) and not {"AND", "OR", "NOT"} & set(words)
    return f'"{argument}"' if plain else argument

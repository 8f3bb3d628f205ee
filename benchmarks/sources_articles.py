"""Articles for the extraction benchmark: made up sentence by sentence, so that nobody's text is copied and no two lines are alike."""

from __future__ import annotations

import random
from dataclasses import dataclass

__all__ = ["Article", "article"]

_PLACES = "Geneva Vienna Riga Ankara Nairobi Lima Hanoi Oslo Tbilisi Dakar Quito Amman Jakarta Tallinn Bern Accra Astana Doha Muscat Zagreb".split()
_FIRST = (
    "Anna Boris Clara Dmitri Elena Farid Grace Hugo Irina Jonas Kenji Layla Marta Nikolai Olga Pavel Rosa Samir Tariq Yusuf Zoë".split()
)
_LAST = "Abara Brandt Castellan Dvorak Eklund Farouk Grigoryan Haddad Ilves Jansen Kovacs Lindqvist Mensah Novak Okafor Petrov Quiroga Rahimi Sørensen".split()
_ROLES = ("the foreign ministry’s spokeswoman", "the deputy prime minister", "the head of the delegation", "an official of the alliance", "the envoy",
          "the defence minister", "a diplomat who attended the meeting", "the governor of the region", "the council’s president")  # fmt: skip
_SAID = "said warned added insisted acknowledged announced stressed replied argued noted conceded".split()
_THINGS = ("the grain corridor", "the ceasefire", "the border crossing", "the sanctions list", "the long-term treaty", "the exchange of prisoners", "the gas contract",
           "the observers’ mandate", "the no-fly zone", "the reconstruction fund", "the inspection regime", "the fishing agreement")  # fmt: skip
_DID = ("would be reopened before the end of the month", "had never been accepted by his government", "depended on guarantees that nobody had given",
        "was a red line for the whole coalition", "could not be discussed under pressure", "had collapsed because of procedural objections",
        "should be verified by an independent commission", "remained the responsibility of both administrations", "was unacceptable in its present form",
        "needed the unanimous consent of the signatories", "had been misrepresented by foreign newspapers")  # fmt: skip
_WHEN = (
    "on Monday",
    "on Tuesday evening",
    "late on Wednesday",
    "on Thursday",
    "in a statement on Friday",
    "at the weekend",
    "after six hours of talks",
    "last week",
)
_COLOUR = ("Outside the building a small crowd waited in the rain with handwritten posters", "Markets reacted within minutes and the currency lost two per cent",
           "The hall had been searched twice before the ministers were let in", "Neither side published the text of the proposal",
           "Roughly 4,300 people had crossed the bridge since the morning, according to the Red Cross", "The two capitals have not exchanged ambassadors since 2014",
           "A previous round, held in the same hotel, had ended after forty minutes", "Local authorities counted 27 damaged buildings")  # fmt: skip


@dataclass(frozen=True)
class Article:
    """Headline, byline and paragraphs; ``related`` are headlines of others, for the clutter round the text."""

    title: str
    author: str
    place: str
    paragraphs: tuple[str, ...]
    related: tuple[str, ...]
    clutter: tuple[str, ...]


def _sentence(r: random.Random) -> str:
    thing, did = r.choice(_THINGS), r.choice(_DID)
    who = f"{r.choice(_FIRST)} {r.choice(_LAST)}"
    said, when, role = r.choice(_SAID), r.choice(_WHEN), r.choice(_ROLES)
    shape = r.randrange(6)
    if shape == 0:
        return f"“{thing[0].upper()}{thing[1:]} {did},” {said} {who}, {role}, {when}."
    if shape == 1:
        return f"{who}, {role}, {said} {when} that {thing} {did}."
    if shape == 2:
        return f"According to {role}, {thing} {did}, and “{r.choice(_DID)}”."
    if shape == 3:
        return f"{r.choice(_COLOUR)}, and {role} {said} that {thing} {did}."
    if shape == 4:
        return f"{r.choice(_COLOUR)}."
    return f"“We have repeated it {r.randrange(2, 90)} times: {thing} {did},” {who} {said} {when}."


def _title(r: random.Random) -> str:
    thing = r.choice(_THINGS)
    return f"{r.choice(_PLACES)} talks on {thing} {r.choice(['end without a deal', 'to resume', 'break down', 'enter a second day'])}"


def article(seed: int) -> Article:
    """The article of a number: the same one every time."""
    r = random.Random(seed)
    paragraphs = tuple(" ".join(_sentence(r) for _ in range(r.randrange(1, 5))) for _ in range(r.randrange(7, 16)))
    clutter = tuple(f"{_sentence(r)} {_sentence(r)}" for _ in range(6))
    return Article(
        _title(r), f"{r.choice(_FIRST)} {r.choice(_LAST)}", r.choice(_PLACES), paragraphs, tuple(_title(r) for _ in range(8)), clutter
    )

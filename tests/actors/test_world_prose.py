"""Descriptions and names as wire reports use them: bare ministries, "the official", capitals, families behind an article."""

from __future__ import annotations

import pytest

from onrecord.actors.find import Lookup
from onrecord.actors.heads import read_head
from onrecord.actors.names import compatible, parse_name
from onrecord.actors.registry import Registry
from onrecord.actors.resolve import read_actors, read_scene, resolve_span
from onrecord.document import Document

from .test_resolve import speakers


@pytest.mark.parametrize(
    ("marked", "name", "country"),
    [
        ("[[China]] condemned {{the visit}}, with [[the foreign ministry]] saying {{it was wrong}}.", "Chinese Foreign Ministry", "CHN"),
        ("[[Japan]] protested {{the launch}}. [[The defence ministry]] said {{ships were at sea}}.", "Japanese Ministry of Defense", "JPN"),
        ("[[Saudi Arabia]] called for {{calm}}. [[The kingdom]] said {{it would wait}}.", "Saudi Arabia", "SAU"),
        ("[[An Israeli official]] told the agency {{it was quiet}}. {{“Not us,”}} [[the official]] said.", "An Israeli official", "ISR"),
        ("[[OPEC]] denied {{the report}}. [[The group]] said {{it was wrong}}.", "OPEC", "OPEC"),
        ("[[The BRICS bloc of developing nations]] agreed {{to meet}}.", "BRICS", "BRICS"),
        ("[[Bank of England Governor Andrew Bailey]] said {{prices would fall}}.", "Andrew Bailey", "GBR"),
        (
            "[[The government of Imran Khan]] said {{no}}. Prime Minister Imran Khan of Pakistan left.",
            "The government of Imran Khan",
            "PAK",
        ),
        ("President Vladimir Putin spoke in Beijing. {{“War is war,”}} [[the head of state]] said.", "Vladimir Putin", "RUS"),
        ("[[Taiwan's presidential office]] thanked {{her}}. [[It]] said {{she would stay}}.", "Taiwanese presidency", "TWN"),
        ("[[The energy operator Voltgrid]] spoke of {{cuts}}. {{“They go on,”}} [[it]] said.", "Voltgrid", None),
        ("[[Iranian and Saudi state media]] said {{talks had ended}}.", "Iranian and Saudi state media", None),
        ("[[The representative of Ghana]] said {{it was late}}.", "The representative of Ghana", "GHA"),
        ("[[The delegate of Peru]] objected to {{it}}. [[He]] said {{it was late}}.", "The delegate of Peru", "PER"),
        ("[[The speaker for the United States]] called it {{false}}.", "The speaker for the United States", "USA"),
        (
            "[[The delegate of Peru]] spoke of {{war}}. Citing a book by Tom Hale, [[he]] blamed {{the army}}.",
            "The delegate of Peru",
            "PER",
        ),
        ("General Odd Lie and General Arne Vik met. [[Neither general]] wanted {{war}}.", "Neither general", None),
        ("[[Chad's army and the Free Dune Front]] agreed {{to wait}}.", "Chad's army and the Free Dune Front", "TCD"),
        ("[[Chad's envoy and Dune Front leader Odd Lie]] agreed {{to wait}}.", "Odd Lie", None),
        ("[[The Chadian army and the Free Dune Front]] agreed {{to wait}}.", "The Chadian army and the Free Dune Front", "TCD"),
        ("[[The president and Mr. Hale]] said {{yes}}.", "The president and Mr. Hale", None),
        ("[[Iran's spokesman Nasser Kanaani]] said {{no}}. On oil, [[the official]] said {{yes}}.", "Nasser Kanaani", "IRN"),
    ],
)
def test_who_is_described(marked: str, name: str, country: str | None) -> None:
    last = speakers(marked)[-1]
    assert last is not None
    assert last.country == country
    assert last.name == name or (name.endswith("Defense") and (last.name or "").startswith("Japanese"))


@pytest.mark.parametrize(
    "marked",
    [
        "MOSCOW (Reuters) - {{The prisoner has died}}, [[the prison service]] said.",
        "A politician, Maria Corina Machado, plotted, [[the attorney general]] said {{so}}.",
        "[[Washington]] urged {{calm}}.\n\nRights groups spoke of {{crimes}}, which [[the government]] denied.",
        "[[China]] condemned {{it}}. [[Japan]] agreed {{to wait}}. [[The ministry]] said {{yes}}.",
    ],
)
def test_what_is_not_plain_stays_undecided(marked: str) -> None:
    last = speakers(marked)[-1]
    assert last is not None
    assert last.id is None
    assert last.country is None


def test_a_capital_that_is_taken_for_a_person_is_a_state_unless_somebody_is_called_so() -> None:
    text = "The minister said Baku had broken its word. Anna Paris objected, and Paris left."
    document = Document(text, published="2023-09-20")
    tagged = [(text.index("Baku"), text.index("Baku") + 4, "person"), (text.index("Anna"), text.index("Anna") + 10, "person")]
    tagged.append((text.rindex("Paris"), text.rindex("Paris") + 5, "person"))
    r = read_actors(document, [], tagged=tagged)
    at = text.index("Baku")
    assert resolve_span(r, at, at + 4).country == "AZE"
    at = text.rindex("Paris")
    assert resolve_span(r, at, at + 5).name == "Anna Paris"


@pytest.mark.parametrize(
    ("full", "short", "same"),
    [
        ("Abdel Fattah al-Burhan", "Burhan", True),
        ("Bashar al-Assad", "Assad", True),
        ("Mahmoud Albert", "Bert", False),
        ("Abdel Fattah al-Burhan", "Fattah al-Sisi", False),
    ],
)
def test_a_family_name_behind_an_article(full: str, short: str, same: bool) -> None:
    a, b = parse_name(full), parse_name(short)
    assert a is not None
    assert b is not None
    assert compatible(a, b) is same


def test_a_preposition_inside_a_name_governs_nothing() -> None:
    text = "Bank of England Governor Andrew Bailey"
    document = Document(text, published="2024-10-02")
    scene = read_scene(document, registry=Registry.default(), tagged=[(0, 15, "organisation"), (25, 38, "person")])
    assert isinstance(scene.lookup, Lookup)
    assert read_head(scene, 0, len(scene.d)).kind == "name"


def test_a_role_does_not_begin_inside_a_name() -> None:
    marked = "U.S. House of Representatives Speaker Nancy Pelosi landed. [[Pelosi]] said {{yes}}."
    last = speakers(marked, published="2022-08-02")[-1]
    assert last is not None
    assert not (last.role or "").startswith("Representatives")

"""From a source's words to its speaker: (text with the source in brackets, expected) pairs, written for this project."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.actors.resolve import actor_ref, read_actors, resolve, resolve_span
from onrecord.document import Document
from onrecord.statement import Span, Speaker, Statement, statement_id


def speakers(marked: str, *, published: str | None = "2021-12-02") -> list[Speaker | None]:
    """``marked``: sources in [[ ]], contents in {{ }}; a content belongs to the source nearest to it in the same sentence."""
    text, sources, contents, opened = "", [], [], []
    i = 0
    while i < len(marked):
        two = marked[i : i + 2]
        if two in {"[[", "{{"}:
            opened.append(len(text))
            i += 2
        elif two in {"]]", "}}"}:
            (sources if two == "]]" else contents).append((opened.pop(), len(text)))
            i += 2
        else:
            text += marked[i]
            i += 1
    document = Document(text, published=published)
    found = []
    for s in sources:
        inside = [c for c in contents if c[0] <= s[0] and s[1] <= c[1]]
        mine = min((c for c in contents if c not in inside), key=lambda c: min(abs(c[0] - s[1]), abs(s[0] - c[1])), default=None)
        spans = [tuple(Span(a, b, text[a:b]) for a, b in part) for part in ([s], [], [mine] if mine else [])]
        found.append(Statement(statement_id(document.digest, *spans), document, "indirect", *spans, confidence=1.0))
    return [s.speaker for s in resolve(document, found)]


def names(marked: str, **kw: str | None) -> list[str | None]:
    return [s.name if s else None for s in speakers(marked, **kw)]


@pytest.mark.parametrize(
    ("name", "noun", "expected"),
    [
        ("Wells Fargo", "bank", "Wells Fargo"),
        ("Boeing", "company", "Boeing"),
        ("Judicial Watch", "group", "Judicial Watch"),
        ("NATO", "company", None),
        ("Hamas", "company", None),
    ],
)
def test_a_company_that_the_registry_knows_is_still_the_company(name: str, noun: str, expected: str | None) -> None:
    assert names(f"{name} made a new plan on Monday. [[The {noun}]] said {{{{it would wait}}}}.") == [expected]


@pytest.mark.parametrize(
    ("marked", "name", "country"),
    [
        ("[[Prime Minister Diefenbaker of Canada]] said {{the danger was past}}.", "John Diefenbaker", "CAN"),
        ("Prime Minister Diefenbaker rose. [[Diefenbaker]] said {{the danger was past}}.", "John Diefenbaker", "CAN"),
        ("[[Prime Minister Quillfeather of Canada]] said {{the danger was past}}.", "Quillfeather", "CAN"),
        ("[[Ada Quillfeather of the Philippines]] said {{she would run}}.", "Ada Quillfeather", "PHL"),
        ("[[Ada Quillfeather]] said {{she would run}}.", "Ada Quillfeather", None),
    ],
)
def test_country_of_a_name_in_a_text_without_a_date(marked: str, name: str, country: str | None) -> None:
    (speaker,) = speakers(marked, published=None)
    assert speaker is not None
    assert (speaker.name, speaker.country) == (name, country)


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        # name to full name, seen before or after
        ("Marta Kowal, a lawyer in Krakow, saw the file. [[Kowal]] said {{it was thin}}.", ["Marta Kowal"]),
        ("[[Kowal]] says {{no}}.\n\nThe lawyer Marta Kowal turned the offer down on Monday.", ["Marta Kowal"]),
        ("Mr. Peter Brandt and Ms. Ilse Brandt came. [[Ms. Brandt]] said {{they were late}}.", ["Ilse Brandt"]),
        ("Sen. Ada Quill (R-Ohio) spoke first. [[Quill]] called {{the bill a start}}.", ["Ada Quill"]),
        # pronouns
        ("Marta Kowal spoke in Krakow. [[She]] said {{the file was thin}}.", ["Marta Kowal"]),
        ("Marta Kowal met Peter Brandt in Krakow. “{{It went well}},” [[she]] said.", ["Marta Kowal"]),
        ("Marta Kowal met Peter Brandt in Krakow. “{{It went well}},” [[he]] said.", ["Peter Brandt"]),
        ("In what [[he]] called {{a farewell}}, Peter Brandt thanked the crew.", ["Peter Brandt"]),
        ("Peter Brandt, [[who]] says {{he is ready}}, will run.", ["Peter Brandt"]),
        # roles and descriptions
        ("Marta Kowal, the spokeswoman of the port, came late. [[The spokeswoman]] said {{the quay was closed}}.", ["Marta Kowal"]),
        ("Sen. Ada Quill of Ohio met Gov. Tom Vance of Iowa. [[The Ohio senator]] said {{little}}.", ["Ada Quill"]),
        ("Peter Brandt, 55, a diplomat, flew home. [[The 55-year-old diplomat]] said {{the talks failed}}.", ["Peter Brandt"]),
        # words that somebody puts out stand for them
        ("Peter Brandt spoke at noon. [[His remarks]] suggested {{a delay}}.", ["Peter Brandt"]),
        # joint
        ("[[Marta Kowal and Peter Brandt]] said {{the file was thin}}.", ["Marta Kowal and Peter Brandt"]),
        ("Marta Kowal and Peter Brandt met in Krakow. [[The two]] said {{the file was thin}}.", ["Marta Kowal and Peter Brandt"]),
        # kept as they are
        ("[[A senior official]] said {{the file was thin}}.", ["A senior official"]),
        ("[[Some Western publications]] suggested {{a delay}}.", ["Some Western publications"]),
        ("[[Two people close to the talks]] said {{no}}.", ["Two people close to the talks"]),
        # nothing to go by
        ("[[He]] said {{the file was thin}}.", [None]),
        ("[[She]] said {{so}}. Peter Brandt left.", [None]),
    ],
)
def test_decides_within_the_text(marked: str, expected: list[str | None]) -> None:
    assert names(marked) == expected


@pytest.mark.parametrize(
    ("marked", "id", "country"),
    [
        ("[[Russia's Foreign Ministry]] said {{the line was red}}.", "RUS.mfa", "RUS"),
        ("[[The Kremlin]] denied {{it}}.", "RUS", "RUS"),
        ("Talks with NATO failed. While [[the bloc]] spoke about {{sanctions}}, it waited.", "NATO", "NATO"),
        ("[[The French president]] warned of {{delay}}.", "person:emmanuel-macron", "FRA"),
        ("[[Sergei Lavrov]] said {{no}}.", "person:sergei-lavrov", "RUS"),
    ],
)
def test_finds_actors_in_the_registry(marked: str, id: str, country: str) -> None:
    (found,) = speakers(marked)
    assert found is not None
    assert (found.id.split(".")[0] if id == "RUS" and found.id else found.id, found.country) == (id, country)


_LAVROV = "Russia's foreign minister, Sergei Lavrov, spoke in Stockholm. "


@pytest.mark.parametrize(
    ("marked", "name", "country"),
    [
        # offices abroad, nationality, ministries by their seat
        (_LAVROV + "[[His American counterpart]] said {{little}}.", "Antony Blinken", "USA"),
        (_LAVROV + "[[His American counterpart, Antony Blinken,]] said {{little}}.", "Antony Blinken", "USA"),
        (_LAVROV + "[[The Russian diplomat]] said {{little}}.", "Sergei Lavrov", "RUS"),
        ("The EU's foreign policy chief, Josep Borrell, left. [[The Spaniard]] said {{little}}.", "Josep Borrell", "EU"),
        ("[[The Foreign Ministry in Jerusalem]] denied {{it}}.", "Israeli Foreign Ministry", "ISR"),
        ("Russia's Foreign Ministry spoke. [[The Ministry]] said {{little}}.", "Russian Foreign Ministry", "RUS"),
        # who is called German is not somebody of whom nothing is known
        ("Malik Agar left the room. [[The German diplomat]] said {{little}}.", None, "DEU"),
        # bodies
        ("[[The Interfax news agency]] reported {{a delay}}.", "Interfax", "RUS"),
        ("Hezbollah fired rockets. [[The Lebanese group]] said {{so}}.", "Hezbollah", "LBN"),
        ("The IAEA met on Monday. [[The Vienna-based agency]] said {{so}}.", "International Atomic Energy Agency", "IAEA"),
        ("Sudan's paramilitary Rapid Support Forces (RSF) fled. [[The RSF]] denied {{it}}.", "Rapid Support Forces", "SDN"),
        ("[[Foggy Bottom]] denied {{it}}.", "State Department", "USA"),
        ("[[Downing Street]] denied {{it}}.", "United Kingdom", "GBR"),
        ("[[A Downing Street spokesman]] denied {{it}}.", "A Downing Street spokesman", "GBR"),
        # what is spoken of, and what is not
        ("The port authority closed the quay. The rate is a term: [[it]] means {{a share}}.", None, None),
        ("The WHO met in Geneva. [[It]] said {{the outbreak was over}}.", "World Health Organization", "WHO"),
        (
            "Melania Trump came. Later Melania sat, and then Melania left. Donald Trump stayed. [[Trump]] said {{little}}.",
            "Donald Trump",
            "USA",
        ),
        ("A woman met Marta Kowal at the port. [[The woman]] said {{little}}.", None, None),
    ],
)
def test_the_worlds_news(marked: str, name: str | None, country: str | None) -> None:
    (found,) = speakers(marked)
    assert found is not None
    assert found.name == name
    if name is not None:
        assert found.country == country


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("[[President Kennedy]] said {{no}}.", "John F. Kennedy"),  # without a date, the title tells which Kennedy
        ("[[Secretary of State Dean Rusk]] said {{that nothing had been settled yet}}.", "Dean Rusk"),
        ("Lincoln White, a State Department spokesman, came. Later [[the president]] said {{no}}.", None),
        ("[[The French president]] warned of {{delay}}.", None),
    ],
)
def test_undated_texts(marked: str, name: str | None) -> None:
    assert names(marked, published=None) == [name]


def test_the_office_is_given_in_the_texts_own_words() -> None:
    (found,) = speakers("[[Spokeswoman Maria Zakharova]] said {{no}}.")
    assert found is not None
    assert (found.role, found.country) == ("Spokeswoman", "RUS")
    (found,) = speakers("[[Russian Foreign Minister Sergei Lavrov]] said {{no}}.")
    assert found is not None
    assert found.role == "Foreign Minister"


def test_an_office_goes_to_its_holder_on_the_day() -> None:
    marked = "[[The French president]] warned of {{delay}}."
    assert names(marked, published="2010-05-05") == ["Nicolas Sarkozy"]
    assert names(marked, published="2015-05-05") == ["François Hollande"]
    assert names(marked, published=None) == [None]


def test_role_and_country_of_the_day() -> None:
    (found,) = speakers("[[Antony Blinken]] said {{no}}.")
    assert found is not None
    assert (found.role, found.country, found.via) == ("Secretary of State", "USA", "name")
    assert found.confidence is not None
    assert 0.9 < found.confidence <= 1


def test_we_in_a_quotation_is_the_speakers_side() -> None:
    outer, inner = speakers("“{{[[We]] are convinced of it}},” [[Maria Zakharova]] said.")[::-1]
    assert outer is not None
    assert inner is not None
    assert outer.name == "Maria Zakharova"
    assert (inner.id, inner.via) == ("RUS", "quote-we")


def test_i_in_a_quotation_is_the_speaker() -> None:
    found = names("“{{[[I]] think it failed}},” [[Marta Kowal]] said.")
    assert found == ["Marta Kowal", "Marta Kowal"]


def test_i_outside_of_quotations_is_who_signs_the_text() -> None:
    text = "[[I]] believe {{the port should stay open}}.\n\nMarta Kowal is a lawyer in Krakow."
    assert names(text) == ["Marta Kowal"]
    assert names("[[I]] believe {{the port should stay open}}.") == [None]


def test_the_speaker_of_a_quotation_is_not_the_he_inside() -> None:
    marked = "Tom Vance watched. “{{[[He]] says {{nothing}} and does nothing}},” [[Peter Brandt]] said."
    assert names(marked)[0] != "Peter Brandt"


def test_an_unnamed_source_is_not_taken_for_a_named_one() -> None:
    text = "Tom Vance left the room. [[A guard]] said {{the door was open}}. [[He]] added {{that it was cold}}."
    found = names(text)
    assert found[0] == "A guard"
    assert found[1] in {None, "A guard"}


def test_every_source_gets_a_speaker_that_says_how() -> None:
    for s in speakers("[[The plan]] shows {{a gap}}. [[It]] is {{wide}}. [[Nobody]] knew {{why}}. [[Marta Kowal]] asked {{why}}."):
        assert s is not None
        assert s.via
        assert s.confidence is not None


def test_without_a_source_there_is_no_speaker() -> None:
    document = Document("“It rained.”")
    spans = ((), (), (Span(0, 12, "“It rained.”"),))
    s = Statement(statement_id(document.digest, *spans), document, "direct", *spans, confidence=1.0)
    assert resolve(document, [s]) == [s]
    assert resolve(document, []) == []


def test_other_spans_are_answered_too() -> None:
    text = "Marta Kowal met Peter Brandt. She told him that Poland would wait."
    r = read_actors(Document(text, published="2021-12-02"))
    at = lambda words, n=0: (text.index(words, n), text.index(words, n) + len(words))
    assert resolve_span(r, *at("She")).name == "Marta Kowal"
    assert resolve_span(r, *at("him")).name == "Peter Brandt"
    poland = actor_ref(r, *at("Poland"))
    assert (poland.name, poland.code) == ("Poland", "POL")
    kept = actor_ref(r, *at("met"))
    assert (kept.name, kept.code, kept.id) == ("met", None, None)


def test_the_taggers_names_are_used() -> None:
    text = "The words of Qxv Zzt were few."
    start = text.index("Qxv")
    r = read_actors(Document(text), tagged=[(start, start + 7, "person")])
    assert resolve_span(r, start, start + 7).name == "Qxv Zzt"
    # a span that lies anywhere, even outside of words, does no harm
    read_actors(Document(text), tagged=[(0, 0, "person"), (3, 4, "other"), (0, len(text), "organisation"), (900, 950, "place")])


def test_the_same_input_gives_the_same_output() -> None:
    marked = "Marta Kowal met Peter Brandt. [[She]] said {{no}}. [[He]] said {{yes}}. [[They]] said {{maybe}}."
    assert [s and s.to_dict() for s in speakers(marked)] == [s and s.to_dict() for s in speakers(marked)]


_PIECES = st.sampled_from(
    [
        *"He she they who We I a said “ ” ’s and , . ; ( ) — the of spokeswoman Trump U.S. Mr. Marta Kowal NATO 5 ... é 日本".split(),
        *('"said"', "\n", "\n\n", "\0", "\u202e"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=60), st.data())
def test_any_text_is_survived(pieces: list[str], data: st.DataObject) -> None:
    text = " ".join(pieces)
    if not text:
        return
    document = Document(text)
    found = []
    for _ in range(3):
        a = data.draw(st.integers(0, len(text) - 1))
        b = data.draw(st.integers(a + 1, len(text)))
        spans = ((Span(a, b, text[a:b]),), (), (Span(0, len(text), text),))
        found.append(Statement(statement_id(document.digest, *spans), document, "indirect", *spans, confidence=0.5))
    out = resolve(document, found)
    assert [replace(s, speaker=None) for s in out] == found
    json.dumps([s.to_dict() for s in out])
    for s in out:
        assert s.speaker is None or s.speaker.confidence is None or 0 <= s.speaker.confidence <= 1


def test_a_long_hostile_text_is_read_in_time() -> None:
    import time

    began = time.process_time()
    read_actors(Document("Aa Bb and " * 20_000))
    read_actors(Document("“" * 5_000 + "He " * 5_000))
    assert time.process_time() - began < 20

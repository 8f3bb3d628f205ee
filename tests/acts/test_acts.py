"""What statements do: pairs of a text, marked by hand, and what must be told of it. All texts are written for this test."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import onrecord
from onrecord.acts import ACTS, act, act_of, codebook, explain
from onrecord.acts.conditions import conditions
from onrecord.acts.lexicon import hits, lemma, words
from onrecord.acts.phrase import parties, phrase
from onrecord.acts.stance import modality, polarity
from onrecord.document import Document
from onrecord.statement import Span, Speaker, Statement, statement_id


def make(text: str, source: str, cue: str, content: str, speaker: Speaker | None = None) -> tuple[Document, Statement]:
    d = Document(text, published="2021-12-02")
    at = lambda w: (Span(text.index(w), text.index(w) + len(w), w),) if w else ()
    spans = at(source), at(cue), at(content)
    return d, Statement(statement_id(d.digest, *spans), d, "indirect", *spans, 0.9, speaker=speaker)


def done(*args: str, speaker: Speaker | None = None) -> Statement:
    d, s = make(*args, speaker=speaker)
    out = act(d, [s])[0]
    out.check()
    return out


ACT_CASES = [
    ("Kyiv accused Moscow of shelling a hospital.", "Kyiv", "accused", "Moscow of shelling a hospital", "ACCUSE"),
    ("The embassy declined to comment on the arrest.", "The embassy", "declined to comment", "on the arrest", "DECLINE"),
    ("Paris urged Ankara to return to talks.", "Paris", "urged", "Ankara to return to talks", "APPEAL"),
    ("The court ordered the release of the men.", "The court", "ordered", "the release of the men", "DEMAND"),
    ("Oslo pledged to send tanks.", "Oslo", "pledged", "to send tanks", "COMMIT"),
    ("Warsaw welcomed the ceasefire.", "Warsaw", "welcomed", "the ceasefire", "SUPPORT"),
    ("The army denied that it had fired.", "The army", "denied", "that it had fired", "DENY"),
    ("The general admitted that civilians had died.", "The general", "admitted", "that civilians had died", "ACKNOWLEDGE"),
    ("The council condemned the test.", "The council", "condemned", "the test", "CRITICISE"),
    ("Tehran rejected the offer.", "Tehran", "rejected", "the offer", "REJECT"),
    ("Brussels threatened sanctions against Minsk.", "Brussels", "threatened", "sanctions against Minsk", "THREATEN"),
    ("The two ministers discussed grain.", "The two ministers", "discussed", "grain", "CONSULT"),
    ("The king offered his condolences to the families.", "The king", "offered his condolences", "to the families", "EMPATHISE"),
    ("Analysts believe the talks will fail.", "Analysts", "believe", "the talks will fail", "ASSESS"),
    (
        "The alliance refused to guarantee that it would defend them.",
        "The alliance",
        "refused to guarantee",
        "that it would defend them",
        "REJECT",
    ),
]


@pytest.mark.parametrize(("text", "source", "cue", "content", "expected"), ACT_CASES)
def test_plain_cues_decide(text: str, source: str, cue: str, content: str, expected: str) -> None:
    s = done(text, source, cue, content)
    assert s.act == expected
    assert (s.plover, s.cameo) == (codebook()[expected].plover, codebook()[expected].cameo)


def test_codebook_has_the_sixteen_acts_and_the_docs_define_each(root: Path) -> None:
    assert len(ACTS) == 16
    page = (root / "docs/acts.md").read_text(encoding="utf8")
    for name, entry in codebook().items():
        assert f"### {name}\n" in page
        assert f"| {name} | {entry.plover or '–'} | {entry.cameo} |" in page


TARGETS = [
    ("Kyiv accused Moscow of shelling a hospital.", "Kyiv", "accused", "Moscow of shelling a hospital", ["Moscow"], []),
    ("The minister told Lavrov that NATO would regret it.", "The minister", "told", "that NATO would regret it", ["NATO"], ["Lavrov"]),
    ("Brussels threatened sanctions against Moscow.", "Brussels", "threatened", "sanctions against Moscow", ["Moscow"], []),
    ("Paris called on Ankara and Athens to talk.", "Paris", "called on", "Ankara and Athens to talk", ["Ankara", "Athens"], []),
    ("She criticised Hungary's decision to block the aid.", "She", "criticised", "Hungary's decision to block the aid", ["Hungary"], []),
    ("He declined to criticise the envoy.", "He", "declined", "to criticise the envoy", ["the envoy"], []),
    ("The ministry said it had not been told.", "The ministry", "said", "it had not been told", [], []),
]


@pytest.mark.parametrize(("text", "source", "cue", "content", "targets", "addressees"), TARGETS)
def test_parties(text: str, source: str, cue: str, content: str, targets: list[str], addressees: list[str]) -> None:
    s = done(text, source, cue, content)
    assert [text[t.start : t.end] for t in s.targets] == targets
    assert [text[t.start : t.end] for t in s.addressees] == addressees


def test_a_party_is_resolved_by_the_registry_and_an_unknown_one_stays_without_a_code() -> None:
    s = done("Kyiv accused Moscow and Gondwanaland of theft.", "Kyiv", "accused", "Moscow and Gondwanaland of theft")
    assert [(t.name, t.code) for t in s.targets] == [("Russia", "RUS"), ("Gondwanaland", None)]


def test_the_speaker_is_not_their_own_target() -> None:
    russia = done("Kyiv accused Moscow of theft.", "Kyiv", "accused", "Moscow of theft").targets[0]
    speaker = Speaker("Russia", id=russia.id, country="RUS")
    assert not done("Kyiv accused Moscow of theft.", "Kyiv", "accused", "Moscow of theft", speaker=speaker).targets


CONDITIONS = [
    (
        "They will strike unless the troops withdraw, he said.",
        "They will strike unless the troops withdraw",
        ["unless the troops withdraw"],
    ),
    ("If the talks fail, we will act.", "If the talks fail, we will act", ["If the talks fail"]),
    ("It would impose costs on Russia should it attack.", "It would impose costs on Russia should it attack", ["should it attack"]),
    ("It would help in case of armed conflict.", "It would help in case of armed conflict", ["in case of armed conflict"]),
    ("They must stop, otherwise there will be war.", "They must stop, otherwise there will be war", ["otherwise"]),
    ("The ban stays until they release him.", "The ban stays until they release him", ["until they release him"]),
    ("The ban stays until Thursday.", "The ban stays until Thursday", []),
    ("We will stand with them as long as it takes.", "We will stand with them as long as it takes", []),
    ("We will go even if they object.", "We will go even if they object", []),
    ("The aid was provided by Oslo.", "The aid was provided by Oslo", []),
]


@pytest.mark.parametrize(("text", "content", "expected"), CONDITIONS)
def test_conditions(text: str, content: str, expected: list[str]) -> None:
    d, s = make(text, "", "", content)
    assert [c.text for c in conditions(d, s)] == expected


def test_a_reported_question_is_no_condition_and_one_beside_the_content_is() -> None:
    d, s = make("She asked if he would go.", "She", "asked", "if he would go")
    assert conditions(d, s) == ()
    d, s = make("He warned of “grave consequences” if the border is crossed.", "He", "warned", "of “grave consequences”")
    assert [c.text for c in conditions(d, s)] == ["if the border is crossed"]


@pytest.mark.parametrize(
    ("cue", "content", "name", "expected"),
    [
        ("refused to guarantee", "that it would defend Kyiv", "REJECT", "negative"),
        ("did not rule out", "sanctions", "THREATEN", "open"),
        ("refused to rule out", "a strike", "THREATEN", "open"),
        ("would not say", "whether it was true", "DECLINE", "open"),
        ("denied", "the charge", "DENY", "negative"),
        ("said", "there is no crisis", "ASSERT", "negative"),
        ("said", "it will send aid", "COMMIT", "positive"),
    ],
)
def test_polarity(cue: str, content: str, name: str, expected: str) -> None:
    assert polarity(cue, content, name) == expected


@pytest.mark.parametrize(
    ("cue", "content", "name", "expected"),
    [
        ("said", "two people were killed", "ASSERT", "actual"),
        ("promised", "to send tanks", "COMMIT", "future"),
        ("said", "the talks will resume", "ASSESS", "future"),
        ("said", "this could destabilise Europe", "ASSESS", "hypothetical"),
        ("threatened", "to leave if they are taxed", "THREATEN", "hypothetical"),
    ],
)
def test_modality(cue: str, content: str, name: str, expected: str) -> None:
    assert modality(cue, content, name) == expected


def test_explain_names_the_act_its_reasons_and_every_party() -> None:
    s = done("Kyiv accused Moscow of shelling a hospital.", "Kyiv", "accused", "Moscow of shelling a hospital")
    found = explain(s)
    assert any(e.field == "act" and "accuse" in e.because for e in found)
    assert any(e.field == "targets" and e.value == "Moscow" for e in found)
    json.dumps([e.to_dict() for e in found])


def test_explain_says_so_when_the_act_was_corrected() -> None:
    from dataclasses import replace

    s = replace(done("Kyiv accused Moscow of theft.", "Kyiv", "accused", "Moscow of theft"), act="CRITICISE")
    told = [e.because for e in explain(s)]
    assert any("ACCUSE" in t for t in told)
    assert not any(t.startswith("next best") for t in told)  # the words' own choice is told already, and the second may be this very act
    assert any(e.because.startswith("next best") for e in explain(replace(s, act="ACCUSE")))


def test_without_content_there_is_no_act() -> None:
    d, s = make("He spoke.", "He", "spoke", "")
    assert act(d, [s]) == [s]
    assert explain(s)[0].value == "none"


def test_lemmas_and_hits() -> None:
    assert [lemma(w) for w in words("denied accusing urges told withdrew didn't")] == ["deny", "accuse", "urge", "tell", "withdraw", "not"]
    assert [h[:2] for h in hits(["call", "on"])] == [("APPEAL", "call_on")]


def test_a_phrase_ends_where_the_party_does() -> None:
    text = "the Department of State in Washington"
    assert text[slice(*phrase(text, 0, len(text)))] == "the Department of State"
    assert parties("the weather", 0, 11) == []


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.integers(0, 60), st.integers(1, 60), st.integers(1, 120))
def test_any_text_gives_sound_spans_and_the_same_twice(text: str, a: int, b: int, c: int) -> None:
    text = text + " he said if they would not go until it ended"
    cut = [min(a, len(text) - 3), min(a + b, len(text) - 2), min(a + b + c, len(text))]
    if not cut[0] < cut[1] < cut[2]:
        return
    d = Document(text)
    span = lambda s, e: (Span(s, e, text[s:e]),)
    s = Statement("0", d, "indirect", (), span(cut[0], cut[1]), span(cut[1], cut[2]), 1.0)
    out = act(d, [s])
    out[0].check()
    assert out == act(d, [s])


def test_hostile_length_is_bounded() -> None:
    text = "He said " + "if should until unless Should it " * 6000
    d = Document(text)
    s = Statement("0", d, "indirect", (Span(0, 2, "He"),), (Span(3, 7, "said"),), (Span(8, len(text), text[8:]),), 1.0)
    began = time.perf_counter()
    act(d, [s])
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "text",
    [
        "Russia warned of serious consequences if the sale goes ahead.",
        "The prime minister warned of countermeasures unless the troops leave.",
        "If the United States went ahead with piracy of this kind, he warned, the Soviet Union would have to defend itself.",
    ],
)
def test_the_head_leaves_a_plain_warning_a_threat(text: str) -> None:
    (s,) = onrecord.read(text)
    assert s.act == "THREATEN"
    assert s.condition


def test_labels_hold_no_text_of_polnear_and_held_documents_are_apart(root: Path) -> None:
    rows = [json.loads(line) for line in (root / "training/acts/labels/acts.jsonl").open(encoding="utf8")]
    assert len(rows) >= 1500
    assert all("words" not in r for r in rows if r["from"] != "whitehouse")
    held = {r["doc"] for r in rows if r["split"] == "held"}
    assert held
    assert not held & {r["doc"] for r in rows if r["split"] == "train"}
    assert {r["act"] for r in rows} == set(ACTS)


@pytest.fixture(scope="module")
def gold(shared: Path, root: Path) -> Iterator[ModuleType]:
    """The benchmark, with its gold's texts at hand."""
    if not (shared / "data/polnear/train.jsonl.gz").exists():
        pytest.skip("PolNeAR is not there")
    sys.path.insert(0, str(root))
    try:
        import benchmarks.acts

        yield benchmarks.acts
    finally:
        sys.path.remove(str(root))


def test_held_out_quality_does_not_fall(gold: ModuleType, shared: Path) -> None:
    rows = [r for r in gold.load(shared / "data") if r.held]
    scored = gold.macro([r.act for r in rows], [act_of(r.source, r.cue, r.content, quoted=r.quoted) for r in rows])
    assert scored["n"] == 425
    assert scored["accuracy"] >= 0.65  # measured 0.661, by words alone
    assert scored["macro_f1"] >= 0.675  # measured 0.688


def test_spans_do_not_get_worse(gold: ModuleType, shared: Path) -> None:
    targets, conditional = gold.Tally(), gold.Tally()
    for d, s, r in gold.statements(shared / "data", "parties.jsonl"):
        found = act(d, [s], resolve=lambda a, b: None)[0].targets
        targets.add([(x.start, x.end) for x in found], [tuple(x) for x in r["targets"]])
    for d, s, r in gold.statements(shared / "data", "conditions.jsonl"):
        conditional.add([(c.start, c.end) for c in conditions(d, s)], [tuple(x) for x in r["condition"]])
    assert 2 * targets.exact / (targets.found + targets.wanted) >= 0.60  # measured 0.629
    assert 2 * conditional.exact / (conditional.found + conditional.wanted) >= 0.82  # measured 0.835


def test_a_held_out_label_is_what_most_of_five_passes_say(root: Path) -> None:
    rows = [json.loads(line) for line in (root / "training/acts/labels/acts.jsonl").open(encoding="utf8")]
    assert all(r["act"] in ACTS and set(r.get("passes", ())) <= set(ACTS) for r in rows)
    held = [r["passes"] for r in rows if r["split"] == "held"]
    assert len(held) == 425
    assert {len(p) for p in held} == {5}
    assert all(p.count(r["act"]) == max(map(p.count, p)) for r, p in zip((r for r in rows if r["split"] == "held"), held, strict=True))

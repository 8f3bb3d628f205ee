"""PLV's roots: reading marked sentences, hints, and folds that keep near-copies together."""

from __future__ import annotations

from pathlib import Path

import pytest

np = pytest.importorskip("numpy")
for name in ("torch", "sklearn", "rapidfuzz", "safetensors"):
    pytest.importorskip(name, reason="training needs the extra 'training'")

from training.acts import plv as task  # noqa: E402
from training.acts.plv import Sentence, apart, chances, groups, unique  # noqa: E402
from training.acts.plv_features import AFTER, BEFORE, BETWEEN, SOURCE, TARGET, features, hints, regions  # noqa: E402


@pytest.mark.parametrize(
    ("marked", "where"),
    [
        ("On Monday <s>the king</s> met <t>the envoy</t> again.", [BEFORE, SOURCE, BETWEEN, TARGET, AFTER]),
        ("<t>The mine</t> was closed by <s>the state</s>", [TARGET, BETWEEN, SOURCE]),
        ("<s>Farmers</s> marched.", [SOURCE, BETWEEN]),
        ("Nobody is marked.", [BEFORE]),
    ],
)
def test_stretches_of_a_marked_sentence(marked: str, where: list[int]) -> None:
    found = regions(marked)
    assert [r for _, r in found] == where
    assert "".join(t for t, _ in found) == marked.replace("<s>", "").replace("</s>", "").replace("<t>", "").replace("</t>", "")


@pytest.mark.parametrize(
    ("text", "entry", "there"),
    [
        ("released nine hostages", "releas*", True),
        ("stepped down", "step*_down", True),
        ("step quickly down", "step*_down", False),
        ("sent much needed aid", "sent..aid", True),
        ("sent one two three four aid", "sent..aid", True),
        ("sent one two three four five aid", "sent..aid", False),
        ("aid sent", "sent..aid", False),
        ("the aide", "aid", False),
    ],
)
def test_entries_of_the_table(text: str, entry: str, there: bool) -> None:
    assert (entry in {e for _, _, e in hints(text.split())}) is there


def test_a_promise_before_a_deed_is_told_from_the_deed() -> None:
    done, promised = features("<s>A</s> released <t>B</t>."), features("<s>A</s> agreed to release <t>B</t>.")
    assert "agreed before YIELD" in promised
    assert "ahead of YIELD" not in done
    assert "refused YIELD" in features("<s>A</s> refused to release <t>B</t>.")


def test_the_source_gives_no_hints_and_the_target_no_name_to_its_neighbour() -> None:
    found = features("<s>The protest leader</s> met <t>envoys</t>.")
    assert not any(f.startswith("hint PROTEST") for f in found)
    assert "source protest" in found
    assert "words meet TARGET" in found


def test_odd_sentences_give_features_too() -> None:
    for marked in ("", "<s></s>", "<s>A</s>", "?!", "<t>B</t> <s>A</s>"):
        assert all(isinstance(v, float) for v in features(marked).values())


def test_near_copies_share_a_group() -> None:
    rows = [
        Sentence("<s>The state</s> agreed to lift its blockade of <t>the port</t> on Monday.", "AGREE"),
        Sentence("On Monday <s>the state</s> agreed to lift its blockade of <t>the old port</t>.", "AGREE"),
        Sentence("<s>Crowds</s> marched in <t>the capital</t>.", "PROTEST"),
    ]
    a, b, c = groups(rows)
    assert a == b != c
    assert apart(rows[1:], rows[:1]) == rows[2:]


def test_the_same_words_marked_otherwise_are_one_sentence() -> None:
    rows = [Sentence("<s>A</s> met <t>B</t>.", "CONSULT"), Sentence("<s>A</s>  met B!", "CONSULT")]
    assert unique(rows) == rows[:1]


def test_a_feature_of_unseen_rows_alone_says_nothing() -> None:
    x = np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0], [0, 1, 0], [1, 0, 5], [1, 0, 0]], dtype=np.float32)
    y = np.array(["a", "a", "b", "b", "?", "?"])
    odd, plain = chances(x, y, np.arange(4), np.array([4, 5]), np.ones(4), 1.0)
    assert odd == pytest.approx(plain)
    assert odd.argmax() == 0


def test_what_is_read(shared: Path) -> None:
    rows = unique(list(task.plv(shared / "data")))
    assert len(rows) == 1044
    assert len({r.root for r in rows}) == 15
    assert sum("<s>" in r.marked for r in rows) > 1030
    more = list(task.plover(shared / "data"))
    assert sum("<s>" in r.marked and "<t>" in r.marked for r in more) > len(more) / 2
    table = {root for word in ("arrested", "aid", "met") for _, root, _ in hints([word])}
    assert table <= {r.root for r in rows}

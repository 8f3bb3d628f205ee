"""English or not; the sentences are ours."""

from __future__ import annotations

import builtins
import io
from typing import Any

import pytest

from onrecord.document import Document
from onrecord.errors import LanguageError
from onrecord.sources import open_source, refusal
from onrecord.sources.language import detect_language

ENGLISH = "The minister said on Thursday that the talks would go on, and that nobody had been told of any new conditions for them."
OTHERS = {
    "de": "Der Minister sagte am Donnerstag, dass die Gespräche weitergehen und dass niemand von neuen Bedingungen gehört habe.",
    "fr": "Le ministre a dit jeudi que les discussions se poursuivraient et que personne ne lui avait parlé de nouvelles conditions.",
    "es": "El ministro dijo el jueves que las conversaciones seguirían y que nadie le había hablado de las nuevas condiciones.",
    "ru": "Министр заявил в четверг, что переговоры будут продолжены и что никто не сообщал ему о новых условиях.",
    "zh": "部长星期四表示,谈判将继续进行,没有人告诉他有任何新的条件。双方同意下周再次会面。",
    "ar": "قال الوزير يوم الخميس إن المحادثات ستستمر وإن أحدا لم يخبره بأي شروط جديدة للاتفاق.",
    "tr": "Bakan perşembe günü görüşmelerin devam edeceğini ve yeni koşullar için kimsenin bir şey söylemediğini açıkladı.",
}


def test_english() -> None:
    assert detect_language(ENGLISH) == "en"
    assert detect_language(ENGLISH, "fr") == "en"  # pages often declare what they are not
    assert detect_language("Kremlin: “Мы готовы”. " + ENGLISH * 3) == "en"


@pytest.mark.parametrize("code", OTHERS)
def test_others(code: str) -> None:
    assert detect_language(OTHERS[code]) == code


@pytest.mark.parametrize("code", ["de", "fr", "es", "ru", "zh", "ar"])
def test_others_without_the_library(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **options: Any) -> Any:
        if name == "py3langid":
            raise ImportError(name)
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    assert detect_language(OTHERS[code]) == code
    assert detect_language(ENGLISH) == "en"


def test_too_little_to_tell() -> None:
    assert detect_language("Nein.") is None
    assert detect_language("Nein.", "de-DE") == "de"
    assert detect_language("1234 5678") is None


@pytest.mark.parametrize(
    "text",
    ["NATO TO HOLD TALKS IN BRUSSELS ON UKRAINE", "Putin, Biden to speak by telephone Tuesday - Kremlin, White House", "U.S. says no."],
)
def test_headlines_are_not_refused(text: str) -> None:
    assert refusal(Document(text, language=detect_language(text))) is None


def test_a_text_in_another_language_is_recorded_and_refused_with_its_name() -> None:
    (document,) = open_source(io.BytesIO(OTHERS["ru"].encode()), name="a.txt")
    assert isinstance(document, Document)
    assert (document.text, document.language) == (OTHERS["ru"], "ru")
    why = refusal(document)
    assert isinstance(why, LanguageError)
    assert str(why).startswith("a.txt: it is in Russian, not in English")


def test_corpus_is_english(shared: Any) -> None:
    import gzip
    import json

    with gzip.open(shared / "data" / "polnear" / "dev.jsonl.gz", "rt", encoding="utf-8") as f:
        texts = [json.loads(line)["text"] for line in f]
    assert [t for t in texts if detect_language(t) != "en"] == []

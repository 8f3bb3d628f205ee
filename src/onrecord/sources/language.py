"""Is a text English, and if not, which language is it in?

Two steps. Function words decide whether it is English: in English prose every second or third word is one of a closed class
that other languages do not share. Only what is not English goes to a language identifier (py3langid, offline) for its name;
without that library the script, or other languages' function words, name the commonest ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from onrecord.document import Document
from onrecord.errors import LanguageError

__all__ = ["detect_language", "refusal"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# The commonest function words of each language; those that two languages share count for both.
_PROFILES = {
    "en": (
        "the of and to in that is was for on with as by at from it his be are has have had were which this not but an or who "
        "their its he they will would said after been about more than when she we you i there into over also out up if no what "
        "could him her them our all can"
    ),
    "fr": (
        "le la les des une est et dans pour que qui sur pas au avec par plus ce sont été cette aux ont il elle nous vous ne du "
        "en mais leur ses"
    ),
    "de": (
        "der die das und den von zu mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie "
        "nach wird bei einer um"
    ),
    "es": (
        "el la de que y los las del se por con para una su al es lo como más pero sus le ha o este sí porque esta entre cuando "
        "muy sin sobre en un"
    ),
    "it": "il di che la e per un una del della non sono con da gli le dei nel si alla ha come più anche al delle è lo i ma",
    "pt": ("o de que e do da em um para com não uma os no se na por mais as dos como mas ao ele das à seu sua ou quando muito é foi"),
    "nl": ("de het een van en in is dat op te zijn met voor niet aan er om hij ook als bij maar naar uit dan nog door over ze worden"),
    "pl": "w na i z się do że nie to jest o jak po przez od dla za są które przed ale był tym także",
    "sv": "och i att det som en på är av för med till den har inte om ett men var sig så de från vi ska",
    "tr": "ve bir bu da de için ile olarak çok daha olan gibi kadar sonra ne en ama değil her",
    "id": "yang dan di dengan untuk dari ini itu tidak pada dalam akan ke adalah juga telah oleh kami",
    "ro": "și de la în a cu o pe nu care din este un au mai pentru că să fi sunt prin",
}
_STOPS = {code: frozenset(words.split()) for code, words in _PROFILES.items()}
_SCRIPTS = {
    "CYRILLIC": "ru", "ARABIC": "ar", "HEBREW": "he", "GREEK": "el", "HANGUL": "ko", "HIRAGANA": "ja", "KATAKANA": "ja", "CJK": "zh",
    "DEVANAGARI": "hi", "THAI": "th", "ARMENIAN": "hy", "GEORGIAN": "ka",
}  # fmt: skip
_NAMES = {
    "fr": "French", "de": "German", "es": "Spanish", "it": "Italian", "pt": "Portuguese", "nl": "Dutch", "pl": "Polish", "sv":
    "Swedish", "tr": "Turkish", "id": "Indonesian", "ro": "Romanian", "ru": "Russian", "uk": "Ukrainian", "ar": "Arabic", "he":
    "Hebrew", "el": "Greek", "ko": "Korean", "ja": "Japanese", "zh": "Chinese", "hi": "Hindi", "th": "Thai", "fa": "Persian", "cs":
    "Czech", "hu": "Hungarian", "fi": "Finnish", "da": "Danish", "no": "Norwegian", "bg": "Bulgarian", "sr": "Serbian", "hr":
    "Croatian", "ur": "Urdu", "vi": "Vietnamese",
}  # fmt: skip
# English news holds 35 to 50 per cent function words of the list above, headlines and lists 10 to 25; other languages in
# Latin script below 8.
_ENGLISH = 0.16
_NOT_ENGLISH = 0.08
_SAMPLE = 20_000  # characters: from the beginning, the middle and the end
_FEW = 8  # words; with fewer nothing is decided


def detect_language(text: str, declared: str | None = None) -> str | None:
    """ISO 639-1 code of a text's main language, or null where there is too little to tell.

    ``und``: sure only that it is not English.

    ``declared`` (by a file's metadata) decides where the text does not.
    """
    code = declared.strip().lower().replace("_", "-").split("-")[0][:12] if declared else None
    code = {"english": "en", "eng": "en"}.get(code or "", code) or None
    sample = (
        text if len(text) <= _SAMPLE else "\n".join(text[at : at + _SAMPLE // 3] for at in (0, len(text) // 2, len(text) - _SAMPLE // 3))
    )
    letters = [c for c in sample if c.isalpha()]
    scripts = Counter(_script(c) for c in letters[:: max(1, len(letters) // 2000)])
    main, count = max(scripts.items(), key=lambda kv: (kv[1], kv[0]), default=("LATIN", 0))
    if main != "LATIN" and count > 0.5 * sum(scripts.values()) and len(letters) >= 12:
        return _identify(sample) or _SCRIPTS.get(main, "und")
    words = [w.lower() for w in _WORD.findall(sample)]
    if len(words) < _FEW:
        return code
    share = {lang: sum(w in stops for w in words) / len(words) for lang, stops in _STOPS.items()}
    best = max(share, key=lambda k: (share[k], k == "en", k))
    if share["en"] >= _ENGLISH and share["en"] >= share[best] - 0.02:
        return "en"
    if best != "en" and share[best] >= _ENGLISH and len(words) >= 12:
        return best
    if share["en"] >= _NOT_ENGLISH or len(words) < 30:
        return code or ("en" if best == "en" and share["en"] > 0 else None)
    return _identify(sample) or code or "und"


def _script(c: str) -> str:
    if c < "\u0250":
        return "LATIN"
    name = unicodedata.name(c, "LATIN").split(maxsplit=1)[0]
    return "LATIN" if name in ("MODIFIER", "FEMININE", "MASCULINE", "MICRO", "FULLWIDTH", "DOUBLE-STRUCK", "MATHEMATICAL") else name


def _identify(sample: str) -> str | None:
    try:
        import py3langid  # type: ignore[import-untyped,unused-ignore]
    except ImportError:
        return None
    code = str(py3langid.classify(sample[:4000])[0])
    # What has none of the English function words is not English, whatever the identifier makes of it (lists of names, code).
    return None if code in ("en", "zxx") else code


def refusal(document: Document) -> LanguageError | None:
    """Why a document is to be recorded and not read, or null. Text in a language that could not be told is read."""
    if document.language in (None, "en"):
        return None
    name = _NAMES.get(document.language or "", f"language {document.language!r}")
    words = "it is not in English" if document.language == "und" else f"it is in {name}, not in English"
    return LanguageError(document.path or "-", words, "onrecord reads English; no statement is looked for in it")

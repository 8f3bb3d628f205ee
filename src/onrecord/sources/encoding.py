"""Bytes to text: which encoding a plain text is in.

Certain signs come first (a byte-order mark, valid UTF-8); only then is an 8-bit encoding guessed, by decoding with each
likely one and asking whether the characters outside ASCII stand where such characters stand in prose.
"""

from __future__ import annotations

import codecs
import unicodedata

from onrecord import lazy

__all__ = ["decode"]

_BOMS = (  # UTF-32 before UTF-16: the little-endian mark of the one begins with that of the other
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# In order of likelihood for English news; an earlier one wins a tie. latin-1 itself is not here: it is cp1252 without the quotes.
_EIGHT_BIT = ("cp1252", "mac_roman", "cp1251", "koi8-r", "cp1250", "iso8859-7", "cp1256", "cp1255")
_HIGH = lazy.compile(rb"[\x80-\xff]")
_ASCII = bytes(range(0x80))
# Controls that no prose holds. Tab, the line breaks, form feed, file/group/record separators, SUB and ESC are let by.
_CONTROL = "".join(map(chr, (*range(8), *range(0x0E, 0x1A), 0x7F)))
_CONTROL_SHARE = 1 / 200
# Of the bytes above 0x7F, the share that must lie in valid UTF-8 sequences for a text to be UTF-8 with some damage.
_MOSTLY_UTF8 = 0.7
# What the guess looks at: enough high bytes to decide, not all of a huge file.
_WINDOWS = 400
_TYPOGRAPHIC = frozenset("“”‘’–—…•«»„‚‹›€£§©®™°´·½¼¾²³¿¡ \u00ad№")


def decode(data: bytes) -> tuple[str, str]:
    """Decode ``data`` and name the encoding. A byte-order mark is dropped; nothing else is changed.

    Raises ValueError, with the reason in words, when the bytes are not text or their encoding cannot be told.
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            try:
                return _prose(data[len(mark) :].decode(name)), name
            except UnicodeDecodeError:
                if name != "utf-8":
                    raise ValueError(f"it begins like {name.upper()} but is not valid {name.upper()}") from None
                data = data[len(mark) :]
    try:
        return _prose(data.decode("utf-8")), "utf-8"
    except UnicodeDecodeError:
        pass
    if wide := _wide(data):
        try:
            return _prose(data.decode(wide)), wide
        except UnicodeDecodeError:
            pass
    if data.count(0) > len(data) * _CONTROL_SHARE:
        raise ValueError("it is not text")
    if _mostly_utf8(data):
        return _prose(data.decode("utf-8", "onrecord_cp1252")), "utf-8 with cp1252"
    name = _guess(data)
    return _prose(data.decode(name, "replace")), name


def _prose(text: str) -> str:
    # Counted one by one: a list of them all would be eight times the size of the text.
    if sum(map(text.count, _CONTROL)) > len(text) * _CONTROL_SHARE:
        raise ValueError("it is not text")
    return text


def _wide(data: bytes) -> str | None:
    """UTF-16 or UTF-32 without its mark shows as zero bytes in every second place (or three of four)."""
    head = data[:4096]
    if len(head) < 4 or head.count(0) < len(head) * 0.3:
        return None
    zeros = [head[i::4].count(0) / max(1, len(head[i::4])) for i in range(4)]
    if min(zeros[1:]) > 0.6 and zeros[0] < 0.2:
        return "utf-32-le"
    if min(zeros[:3]) > 0.6 and zeros[3] < 0.2:
        return "utf-32-be"
    if min(zeros[1], zeros[3]) > 0.6 and max(zeros[0], zeros[2]) < 0.2:
        return "utf-16-le"
    if min(zeros[0], zeros[2]) > 0.6 and max(zeros[1], zeros[3]) < 0.2:
        return "utf-16-be"
    return None


def _mostly_utf8(data: bytes) -> bool:
    high = len(data.translate(None, _ASCII))
    sound = data.decode("utf-8", "ignore").encode("utf-8")
    return len(sound.translate(None, _ASCII)) >= high * _MOSTLY_UTF8


def _guess(data: bytes) -> str:
    at = [m.start() for _, m in zip(range(_WINDOWS), _HIGH.finditer(data), strict=False)]
    best, best_score = "", 0.0
    for name in _EIGHT_BIT:
        score = sum(_fits(data[max(0, i - 1) : i + 2].decode(name, "replace"), min(i, 1)) for i in at) / len(at)
        if score > best_score + 1e-9:
            best, best_score = name, score
    if best_score < 0.3:
        raise ValueError("its encoding could not be told")
    return best


def _fits(around: str, i: int) -> float:
    """Does the character at ``i`` stand where prose has it? From -1 (surely not) to 1."""
    c = around[i]
    before = around[i - 1] if i else " "
    after = around[i + 1] if i + 1 < len(around) else " "
    if c in "“„«‘‚‹":
        return 1.0 if not before.isalnum() and not after.isspace() else (0.2 if c in "„«" else -0.5)
    if c in "”»’›…":
        return 1.0 if not before.isspace() else -0.5
    if c in "–—•":
        return 1.0 if before.isspace() == after.isspace() or c == "•" else 0.0
    if c in _TYPOGRAPHIC:
        return 0.3
    if c.isalpha():
        script = _script(c)
        near = [_script(x) for x in (before, after) if x.isalpha()]
        if any(s != script for s in near):
            return -1.0
        if script == "LATIN":
            if any(x > "\x7f" and x.isalpha() for x in (before, after)):  # two accented letters side by side: Cyrillic or Greek misread
                return -0.3
            # Western European letters are far commoner in English news than any other; capitals inside words do not occur.
            return -0.6 if c.isupper() and before.islower() else (0.9 if c.lower() in "áàâäãåæçéèêëíìîïñóòôöõøœúùûüß" else 0.5)
        return -0.6 if c.isupper() and before.islower() else 0.7
    return -1.0 if c == "\ufffd" or not c.isprintable() else -0.3


def _script(c: str) -> str:
    return "LATIN" if c < "\u0250" else unicodedata.name(c, "?").split()[0]


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    bad = error.object[error.start : error.end]
    return bad.decode("cp1252", "replace"), error.end


codecs.register_error("onrecord_cp1252", _as_cp1252)

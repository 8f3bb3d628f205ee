"""Whom a statement is directed at, and to whom it is said: spans found around the cue and at the head of the content.

Nothing here is learned. ``data/frames.tsv`` says for each cue word where its other party stands ("accused *Tehran* of",
"told *Lavrov* that", "sanctions against *Moscow*"); where the cue names nobody, the party that the content is about is
taken. Speakers are never their own target.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from onrecord import lazy
from onrecord.acts.codebook import rows, word_set
from onrecord.acts.conditions import conditions
from onrecord.acts.lexicon import lemma
from onrecord.acts.phrase import Known, Party, parties, phrase
from onrecord.document import Document
from onrecord.statement import Span, Statement

__all__ = ["Found", "find"]

_WORD = lazy.compile(r"[^\W_]+(?:['’][^\W_]+)*")
#: How far beyond the cue a preposition is looked for, in words and in code points.
_REACH, _ROOM = 9, 220
#: Acts whose target may stand anywhere in the content, and not only at its head.
DIRECTED = frozenset({"ACCUSE", "CRITICISE", "THREATEN", "DEMAND", "SUPPORT", "EMPATHISE"})
#: Acts whose target may be the party that the content is about. A plain report, a promise or a denial has none by that.
ABOUT = DIRECTED | frozenset({"ASSESS", "APPEAL", "REJECT"})
_PLACE_BEFORE = word_set("place_before") | frozenset(("between",))
_PARTY_VERBS = word_set("party_verbs")
_AIMED = lazy.compile(rf"\b(?:{'|'.join(sorted(word_set('against_nouns')))})\s+(against|on)\s+", re.IGNORECASE)
_CLEFT = lazy.compile(r"\b[Ii]t\s+(?:is|was)\s+(?:not\s+)?(?=[A-Z]|the\b)")
_WILL = frozenset("will would shall 'll can could may might must to".split())
_THIRD = frozenset("he she they it his her their its".split())
_PRONOUNS = word_set("pronouns")
_REFUSALS = word_set("refusals")
_SELF = frozenset("i me my we us our ours myself ourselves mine".split())
_OPENERS = word_set("openers")
_BE = frozenset("is are was were be been being 's 're get got gets".split())
_PREPOSITIONS = frozenset("against of on at from with for to by".split())
_END = lazy.compile(
    r"(?<!\bMr)(?<!\bDr)(?<!\bMs)(?<!\bSt)(?<!\bMrs)(?<!\bSen)(?<!\bGov)(?<!\bRep)(?<!\bGen)(?<!\bCol)(?<!\b[A-Z])[.?!](?:[\"'”’)]*)(?=\s+[\"“‘'(]?[A-Z])|\n\s*\n"
)


class Found(NamedTuple):
    """A party and why it was taken: ``why`` is a few words for ``--why``."""

    party: Party
    why: str


@cache
def _frames() -> tuple[dict[str, set[str]], list[tuple[tuple[str, ...], str]]]:
    """one-word lemma -> its frames; phrases with theirs."""
    single: dict[str, set[str]] = {}
    phrases: list[tuple[tuple[str, ...], str]] = []
    for frame, line in rows("frames.tsv"):
        for entry in line.split():
            parts = tuple(entry.split("_"))
            if len(parts) == 1:
                single.setdefault(parts[0], set()).add(frame)
            else:
                phrases.append((parts, frame))
    return single, phrases


def sentence_end(text: str, at: int) -> int:
    """Where the sentence that holds ``at`` ends, at most ``_ROOM`` code points on."""
    m = _END.search(text, at, min(len(text), at + _ROOM))
    return m.start() if m else min(len(text), at + _ROOM)


def find(document: Document, s: Statement, act: str | None, known: Known | None = None) -> tuple[list[Found], list[Found]]:
    """Targets and addressees of one statement, in text order, without repeats."""
    text = document.text
    targets: list[Found] = []
    addressees: list[Found] = []
    own = {(x.start, x.end) for x in s.source}
    passive = False
    if s.cue:
        cue_words = [(m.group().lower().replace("’", "'"), m.start(), m.end()) for c in s.cue for m in _WORD.finditer(text, c.start, c.end)]
        lemmas = [lemma(w) for w, *_ in cue_words]
        passive = _passive(cue_words)
        end = max(sentence_end(text, s.cue[-1].end), s.cue[-1].end)
        if passive and "quote" not in lemmas and "cite" not in lemmas:
            met = [Found(p, f"subject of “{s.cue[0].text}”") for p in _subject(text, s, known)]
            frames = {frame for word in lemmas for frame in _frames()[0].get(word, ())}
            told = bool(frames & {"address", "both", "to>"})
            addressees += met if told else []
            targets += met if not told or frames & {"object", "both"} else []
        if not (passive and (targets or addressees)):
            for frame, word, at in _matched(cue_words, lemmas):
                found = _by_frame(text, frame, word, at, s.cue[-1].end, _reach(s, frame, cue_words, end), known)
                side = addressees if frame in ("address", "to>") else targets
                side += found
                if frame == "both":
                    addressees += found
    if not targets and s.content and s.cue:
        targets += _antecedent(text, s, known)
    if not targets and s.content and s.cue:
        targets += _of_infinitive(text, s, known)
    if not targets and s.content and act is not None:
        targets += _of_deed(text, s, act, known) or _aimed_at(text, s, known)
    if not targets and s.content and act in ABOUT:
        targets += _about(document, s, act, known)

    def keep(found: list[Found]) -> list[Found]:
        free = [f for f in found if not any(f.party.start < e and b < f.party.end for b, e in own)]
        return _unique([f for f in free if not _is_speaker(text, f.party, s)])

    return keep(targets), keep(addressees)


def _passive(words: Sequence[tuple[str, int, int]]) -> bool:
    lows = [w for w, *_ in words]
    return any(a in _BE and b.endswith(("ed", "en", "sued", "told", "shot")) for a, b in zip(lows, lows[1:], strict=False)) or any(
        a in _BE and c.endswith("ed") and b.endswith("ly") for a, b, c in zip(lows, lows[1:], lows[2:], strict=False)
    )


def _reach(s: Statement, frame: str, cue_words: Sequence[tuple[str, int, int]], end: int) -> int:
    """How far a frame's other party may stand: who is told "to" or "of" comes before what is told, unless the cue has the preposition."""
    if frame not in ("to>", "of") or any(w == frame.rstrip(">") for w, *_ in cue_words):
        return end
    return min((c.start for c in s.content if c.start >= s.cue[-1].end), default=end)


_WHO = word_set("who")
_ADVERB = re.compile(r"\s*(?:then|also|later|earlier|since|yet|however|meanwhile|and|but)\s+", re.IGNORECASE)
_ELIDED = re.compile(r"(?:,\s+|\s+)(?:and|but)\s+$")
_RELATIVE = re.compile(r",\s+(?:who|which|whose)\b[^.;:?!“”\"\n]{2,100},\s*$")


def _subject(text: str, s: Statement, known: Known | None) -> list[Party]:
    """The party before a passive cue: "*Marquez* is accused of plotting". Content fragments before the cue hold it where annotated so."""
    start = s.cue[0].start
    before = [c for c in s.content if c.end <= start + 1]
    if not any(lemma(w.group().lower()) in _WHO for c in s.cue for w in _WORD.finditer(c.text)):
        return []
    if before:
        c = before[-1]
        return parties(text, *phrase(text, c.start, c.end), known)
    # last run of words before the cue in the same clause; "who …," between them goes over, "but has been told" looks to its sentence
    floor = max(0, start - 200)
    if relative := _RELATIVE.search(text, floor, start):
        start = relative.start()
    if elided := _ELIDED.search(text, floor, start):
        lo = max((m.end() for m in re.finditer(r"[.;:?!“”\"]\s|\n", text[floor : elided.start()])), default=0) + floor
        found = parties(text, *phrase(text, lo, elided.start()), known)[:1]
        return found if found and _verb_follows(text, found[0].end, elided.start()) else []
    left = max((m.end() for m in re.finditer(r"[.;:?!,“”\"—]|\n|\b(?:that|because|while|when)\s", text[floor:start])), default=0) + floor
    lo, hi = phrase(text, left, start)
    while lo == hi and left < start and (m := _ADVERB.match(text, left, start)):  # "Earlier on Monday the envoy was told"
        left = m.end()
        lo, hi = phrase(text, left, start)
    return parties(text, lo, hi, known)[:1] if hi > lo and hi >= start - 2 else []


def _matched(words: Sequence[tuple[str, int, int]], lemmas: Sequence[str]) -> list[tuple[str, str, int]]:
    """(frame, cue word, offset after the cue word) for the cue's words, the last word with a frame deciding."""
    single, phrases = _frames()
    out: list[tuple[str, str, int]] = []
    for i in range(len(lemmas) - 1, -1, -1):
        for parts, frame in phrases:
            if parts[0] not in (lemmas[i], words[i][0]):
                continue
            if tuple(lemmas[i : i + len(parts)]) == parts or tuple(w for w, *_ in words[i : i + len(parts)]) == parts:
                return [(frame, words[i][0], words[i + len(parts) - 1][2])]
        if lemmas[i] in single and words[i][0] not in _BE:
            after = lemmas[i + 1] if i + 1 < len(lemmas) else ""
            order = sorted(single[lemmas[i]], key=lambda f: (f not in ("object", "both"), f))
            if after in _PREPOSITIONS:
                order = [f for f in order if f == after] or [f for f in order if f not in ("object", "both", "address")]
                if not order:
                    continue
            return [(f, words[i][0], words[i][2]) for f in order]
    return out


def _by_frame(text: str, frame: str, word: str, at: int, cue_end: int, end: int, known: Known | None) -> list[Found]:
    if frame in ("object", "both", "address"):
        lo, hi = phrase(text, at, end)
        # "accused the *Justice Department*", but "support for", "told in an interview"
        # nor "he warned, *the Union* would …", where another clause begins
        if lo == hi or re.search(r"[\"“”:;,]", text[at:lo].strip() or ""):
            return []
        if frame != "object" and _THING.fullmatch(text, lo, hi):
            return []
        return [Found(p, f"object of “{word}”") for p in parties(text, lo, hi, known)]
    prep = frame.rstrip(">")
    reach = _REACH if not frame.endswith(">") else 4
    for n, m in enumerate(_WORD.finditer(text, at, end)):
        if n >= reach or re.search(r"[.;:?!“”\"]", text[at : m.start()]):
            break
        if m.group().lower() == prep:
            lo, hi = phrase(text, m.end(), end)
            found = parties(text, lo, hi, known) if hi > lo else []
            if frame.endswith(">") and text[lo:hi].isalpha() and text[lo:hi].islower() and not _may_be_told(text[lo:hi]):
                return []  # "offered to *host* talks" is a verb
            if frame.endswith(">") and hi < len(text) and not found:
                break
            return [Found(p, f"“{word} … {prep}”") for p in found]
        if m.group().lower() in ("that", "which", "who"):
            break
    return []


_NAME_BEFORE = lazy.compile(r"((?:(?:the|a|an)\s+)?(?:[A-Z][\w’'.-]*\s+)*[A-Z][\w’'.-]*),?\s*$")


def _antecedent(text: str, s: Statement, known: Known | None) -> list[Found]:
    """ "*Hamas*, which he accuses of": the name before a relative pronoun that is the object of the cue."""
    if not any(
        frame in ("object", "both")
        for c in s.cue
        for m in _WORD.finditer(c.text)
        for frame in _frames()[0].get(lemma(m.group().lower()), ())
    ):
        return []
    for c in s.content:
        if c.text.lower() in ("which", "whom", "who") and c.end <= s.cue[0].start:
            m = _NAME_BEFORE.search(text, max(0, c.start - 80), c.start)
            found = parties(text, m.start(1), m.end(1), known)[-1:] if m else []
            return [Found(p, f"what “{c.text}” takes up") for p in found]
    return []


# A body without an article that is promised or offered and not spoken to: "promises *interim government*".
_THING = lazy.compile(
    r"(?!(?:the|an?|his|her|its|their|our|this|that)\s)(?:[a-z]+\s+)+(?:government|administration|army|force|police|court|council|committee|commission|parliament)"
)


def _may_be_told(word: str) -> bool:
    """A pronoun or a bare plural ("to reporters"); a lone singular after "to" is a verb."""
    return word.endswith(("s", "men", "people")) or word in _PRONOUNS


def _of_infinitive(text: str, s: Statement, known: Known | None) -> list[Found]:
    """ "refused to criticise *the envoy*": the content opens with an infinitive, whose verb has the target."""
    c = s.content[0]
    if not any(lemma(w.group().lower()) in _REFUSALS for x in s.cue for w in _WORD.finditer(x.text)):
        return []
    found = [(m.group().lower(), m.start(), m.end()) for m in list(_WORD.finditer(text, c.start, min(c.end, c.start + 80)))[:4]]
    if len(found) < 2 or found[0][0] != "to":
        return []
    words = found[1:3]
    for frame, word, at in _matched(words, [lemma(w) for w, *_ in words]):
        if frame not in ("address", "to>"):
            return _by_frame(text, frame, word, at, c.start, c.end, known)
    return []


def _of_deed(text: str, s: Statement, act: str, known: Known | None) -> list[Found]:
    """ "vowed to defend *Kyiv*", "we will punish *the rebels*": the speaker's own deed, announced or refused, and its object."""
    if act not in ("COMMIT", "THREATEN", "REJECT", "CONCEDE", "SUPPORT"):
        return []
    c = s.content[0]
    found = [(m.group().lower().replace("’", "'"), m.end()) for m in list(_WORD.finditer(text, c.start, min(c.end, c.start + 90)))[:8]]
    lows = [w for w, _ in found]
    k = next((k for k, w in enumerate(lows) if w not in _OPENERS), len(lows))
    if k < len(lows) and (lows[k] in _SELF or lows[k] in _THIRD or lows[k].split("'")[0] in _SELF):
        k += "'" not in lows[k]
    if k >= len(lows) or not (lows[k] in _WILL or lows[k].endswith(("'ll", "n't"))):
        return []
    k += 1
    while k < len(lows) and lows[k] in ("not", "never", "also", "be", "continue", "to"):
        k += 1
    if k >= len(lows):
        return []
    verb, at = lemma(lows[k]), found[k][1]
    if verb == "stand" and lows[k + 1 : k + 2] in (["by"], ["with"]):
        verb, at = "support", found[k + 1][1]
    if verb not in _PARTY_VERBS:
        return []
    lo, hi = phrase(text, at, c.end)
    return [Found(p, f"object of “{lows[k]}”") for p in parties(text, lo, hi, known)] if hi > lo else []


def _aimed_at(text: str, s: Statement, known: Known | None) -> list[Found]:
    """ "potential sanctions against *Moscow*": a measure that is spoken of, and whom it is aimed at."""
    for c in s.content:
        for m in list(_AIMED.finditer(text, c.start, min(c.end, c.start + 240)))[:4]:
            lo, hi = phrase(text, m.end(), c.end)
            found = parties(text, lo, hi, known) if hi > lo else []
            if found:
                return [Found(p, f"“{m.group().strip()}”") for p in found]
    return []


def _about(document: Document, s: Statement, act: str, known: Known | None) -> list[Found]:
    """The party that the content is about: its first clause's subject; for directed acts, else the first party named in it."""
    text = document.text
    held = conditions(document, s)
    for c in s.content if act in DIRECTED else ():
        cleft = _CLEFT.search(text, c.start, min(c.end, c.start + 400))
        if cleft:  # "it is *NATO* that has approached us"
            lo, hi = phrase(text, cleft.end(), c.end)
            found = parties(text, lo, hi, known)[:1] if hi > lo else []
            if found and re.match(r"\s+(?:that|who|which)\b", text[hi : hi + 8]):
                return [Found(found[0], "singled out by “it is … that”")]
    for k, c in enumerate(s.content):
        at = c.start
        for m in _WORD.finditer(text, c.start, c.end):
            inside = next((x for x in held if x.start <= m.start() < x.end), None)
            if inside or m.group().lower() in _OPENERS:
                at = max(at, inside.end if inside else m.end())
                continue
            at = m.start()
            break
        lo, hi = phrase(text, at, c.end)
        if hi > lo:
            quoted = any(mark in text[c.start : lo] or text[c.start - 1 : c.start] == mark for mark in '“"')
            found = [p for p in parties(text, lo, hi, known) if _may_be_target(text[p.start : p.end], quoted)]
            # "if *Moscow* attacks, the Union would respond": a threat is aimed at whoever would meet its condition
            if act == "THREATEN" and (held_by := _of_condition(text, held, known)):
                return [held_by]
            # the subject of a threat or a refusal is as a rule the speaker's own side, but for a name
            if found and act in ("THREATEN", "REJECT") and found[0].kind != "name":
                found = []
            if found and (act in DIRECTED or _verb_follows(text, hi, c.end)):
                return [Found(p, "subject of what is said") for p in found]
        if act in DIRECTED:
            hit = _first_named(text, lo, c, held, known)
            if hit:
                return [hit]
        if k >= 1 or act not in DIRECTED:
            break
    return []


def _of_condition(text: str, held: Sequence[Span], known: Known | None) -> Found | None:
    """The party by name that is the subject of a condition."""
    for x in held:
        m = _WORD.search(text, x.start, x.end)
        if m is None or m.group().lower() not in ("if", "unless", "should", "until", "once"):
            continue
        lo, hi = phrase(text, m.end(), x.end)
        found = [p for p in (parties(text, lo, hi, known) if hi > lo else []) if p.kind == "name"]
        if found and _verb_follows(text, hi, x.end):
            return Found(found[0], "subject of the condition")
    return None


_OWN = lazy.compile(
    r"(?:his|her|its|their|our|my)\s+(?:\w+\s+)?(?:country|government|nation|army|people|side|troops|forces|party|state|office|ministry|administration)$"
)


def _may_be_target(words: str, quoted: bool) -> bool:
    """Outside quotation marks "he" and "they" at the head of what is said are as a rule the speaker."""
    low = words if words == "US" else words.lower()
    if _OWN.match(low):
        return False
    return low not in _SELF and (quoted or low not in _THIRD)


def _verb_follows(text: str, at: int, end: int) -> bool:
    m = _WORD.search(text, at, end)
    return bool(m) and m is not None and (m.start() - at) <= 2


_WATER = lazy.compile(r"\s+(?:Sea|Strait|Ocean|Gulf|River|Peninsula|Delta|Valley|Canal|Island|Islands|Bay)\b")


def _first_named(text: str, at: int, c: Span, held: Sequence[Span], known: Known | None) -> Found | None:
    for m in _WORD.finditer(text, max(at, c.start), min(c.end, c.start + 260)):
        word = m.group()
        if any(x.start <= m.start() < x.end for x in held):
            continue  # who stands in the condition is not whom it is aimed at
        if word[0].isupper() and m.start() > c.start and (word == "US" or word.lower() not in _SELF) and lemma(word.lower()) not in ("i",):
            if _WATER.match(text, m.end()) or _WATER.match(f" {word}"):
                continue
            before = text[: m.start()].rstrip()[-1:]
            if before and before in "“\"‘'.?!":
                continue
            prior = list(_WORD.finditer(text, max(c.start, m.start() - 24), m.start()))
            if (prior and prior[-1].group().lower() in _PLACE_BEFORE) or (
                len(prior) > 1 and prior[-1].group().lower() == "the" and prior[-2].group().lower() in _PLACE_BEFORE
            ):
                continue
            start = prior[-1].start() if prior and prior[-1].group().lower() in ("the", "a", "an") else m.start()
            lo, hi = phrase(text, start, c.end)
            found = parties(text, lo, hi, known)
            if found:
                return Found(found[0], "first party named in what is said")
    return None


def _is_speaker(text: str, p: Party, s: Statement) -> bool:
    """A pronoun of the first person, or the speaker's own name."""
    words = text[p.start : p.end]
    if words != "US" and words.lower() in _SELF:
        return True
    for x in s.source:
        if words == x.text or (p.kind == "name" and words in x.text):
            return True
    return bool(s.speaker and s.speaker.name and words == s.speaker.name)


def _unique(found: Sequence[Found]) -> list[Found]:
    seen: set[tuple[int, int]] = set()
    out = []
    for f in sorted(found, key=lambda f: (f.party.start, -f.party.end)):
        key = (f.party.start, f.party.end)
        if key not in seen and not any(a <= key[0] and key[1] <= b for a, b in seen):
            seen.add(key)
            out.append(f)
    return out

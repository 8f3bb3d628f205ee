"""What "who", "which", "they" and "it" stand for: by rules, as texts say too little of them to learn from.

Each function reads the sweep so far (who has spoken, what each sentence is about) and changes nothing. Where what
stands near does not decide, it says so: a null answer is better than the wrong body.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from onrecord.actors.coref import Scene
from onrecord.actors.lexicon import BODY_NOUNS, DEFINITE, FUNCTION_WORDS, PERSON_NOUNS, PLURAL_PERSON, POSSESSIVES, PREPOSITIONS, is_verb
from onrecord.actors.registry import fold
from onrecord.actors.resolved import Resolved

if TYPE_CHECKING:
    from onrecord.actors.sweep import Sweep

__all__ = ["antecedent", "it", "they"]

#: Types of entity that "it" and "they" may mean.
_BODIES = frozenset({"organisation", "state", "other", "speaker"})
_ANYONE = frozenset({"some", "those", "many", "others", "someone", "anyone", "everyone", "one", "few", "most", "all", "several"})
_OPENERS = frozenset({"the", "a", "an", "this", "that", "these", "those", "such", "its", "his", "her", "their"})


def antecedent(sweep: Sweep, word: int) -> Resolved:
    """ "Who", "which": what stands right before, past an apposition."""
    scene = sweep.scene
    d = scene.d
    lo = d.sentence_of(word)[0]
    wants = d.low[word]
    i = word - 1
    while i >= lo and d.words[i] in {",", ")", "—", "–", "-"}:
        if d.words[i] == ")":
            i = next((j for j in range(i, lo - 1, -1) if d.words[j] == "("), lo) - 1
            continue
        i -= 1
    if i >= lo and d.low[i] in _ANYONE:
        return Resolved("anonymous", 0.8, name=phrase_ending(scene, i))
    limit = max(lo, i - 14)
    noun = -1
    j = i
    while j >= limit:
        k = scene.name_at(j)
        if k >= 0 and scene.found[k].kind not in {"adjective", "demonym"}:
            f = scene.found[k]
            number = scene.of[k]
            type_ = scene.entities[number].type if number >= 0 else f.type
            if wants in {"who", "whom", "whose"} and type_ != "person":
                j = f.lo - 1
                continue
            if noun >= 0 and f.hi < len(d) and d.words[f.hi] not in {",", "("} and f.hi - 1 != i:
                if f.hi <= noun and not is_verb(d.low[f.hi]) and f.hi - noun < 6:  # "a Clinton campaign assistant"
                    j = f.lo - 1
                    continue
                break
            if wants == "which" and type_ == "person":
                break
            if number < 0:
                break
            if noun < 0 and f.hi - 1 == i and f.hi < word and joined_before(scene, k) >= 0 and wants in {"who", "which"}:
                return Resolved("pronoun", 0.4)
            if noun >= 0 and d.low[noun].endswith("s") and d.low[noun] not in PERSON_NOUNS:
                first = joined_before(scene, k)  # "China and the United States, the two largest polluters, which"
                if first >= 0 and scene.of[first] >= 0:
                    return Resolved("joint", 0.7, (scene.of[first], number))
            return Resolved("pronoun", 0.9 if f.hi - 1 == i else 0.75, (number,))
        w = d.low[j]
        if noun < 0 and (w in PERSON_NOUNS or w in PLURAL_PERSON or (w in BODY_NOUNS and wants != "who")):
            noun = j
            if (w in PLURAL_PERSON or (w.endswith("s") and w not in PERSON_NOUNS)) and not _apposed(scene, j, limit):
                return Resolved("anonymous", 0.8, name=phrase_ending(scene, j))
        elif noun < 0 and j == i and d.words[j][0].islower() and w not in FUNCTION_WORDS and wants != "who":
            if not _apposed(scene, j, limit):
                return Resolved("anonymous", 0.5, name=phrase_ending(scene, j))
            noun = j
        elif is_verb(w) and w not in PERSON_NOUNS and d.words[j][0].islower() and noun >= 0:
            break
        j -= 1
    if noun >= 0:
        return _described(sweep, noun)
    return Resolved("pronoun", 0.0)


def _apposed(scene: Scene, noun: int, limit: int) -> bool:
    """Whether the phrase that ends with word ``noun`` stands after a name and a comma."""
    d = scene.d
    i = noun
    while (
        i > limit and (d.words[i][0].isalnum() or d.low[i] in {"'s", "’s", "-"}) and d.low[i] not in PREPOSITIONS and scene.name_at(i) < 0
    ):
        i -= 1
    return i > 0 and d.words[i] == "," and scene.name_at(i - 1) >= 0


def _described(sweep: Sweep, noun: int) -> Resolved:
    """The phrase that a relative pronoun takes up: somebody whom the text or an office tells, else the words as they stand."""
    d = sweep.scene.d
    name = phrase_ending(sweep.scene, noun)
    opens = name.split(" ", 1)[0].lower()
    if opens in DEFINITE or opens in POSSESSIVES:
        found = sweep.decide(noun + 1 - len(name.split()), noun + 1) if d.low[noun] in PERSON_NOUNS else Resolved("none", 0.0)
        if found.via != "anonymous" and (found.entities or found.actor):
            return Resolved("pronoun", round(0.9 * found.confidence, 3), found.entities, found.actor, None, found.role, found.country)
    return Resolved("anonymous", 0.7, name=name)


def they(sweep: Sweep, word: int) -> Resolved:
    """ "They": the group, body or pair that spoke last, or that the sentence before is about."""
    scene = sweep.scene
    d = scene.d
    s = d.sentence[word]
    both = pair(sweep, word)
    crowd = _plural_before(scene, word)
    subject = sweep.subjects.get(s, -1)
    if subject >= 0 and scene.entities[subject].type in _BODIES and sweep.last[subject].word < word and crowd < 0 and not both:
        return Resolved("pronoun", 0.65, (subject,))
    for at, value in reversed(sweep.history):
        if at >= word:
            continue
        gap = s - d.sentence[at]
        if gap > 2 or crowd > at:
            break
        if both and both[0] > at:
            break
        if len(value.entities) > 1:
            return Resolved("joint", 0.75, value.entities)
        if value.via == "anonymous" and value.name and gap <= 2:
            return Resolved("pronoun", 0.7, name=value.name, country=value.country)
        if len(value.entities) == 1 and scene.entities[value.entities[0]].type in _BODIES and gap <= 1:
            return Resolved("pronoun", 0.65, value.entities)
    if both and crowd < both[0]:
        return Resolved("joint", 0.7, (both[1], both[2]))
    if crowd >= 0:
        return Resolved("pronoun", 0.5, name=phrase_ending(scene, crowd))
    subject = sweep.subjects.get(s - 1, -1)
    if subject >= 0 and scene.entities[subject].type in _BODIES and sweep.last[subject].word < word:
        return Resolved("pronoun", 0.6, (subject,))
    spoke = [v.entities[0] for at, v in sweep.history[-4:] if at < word and 0 < s - d.sentence[at] <= 2 and len(v.entities) == 1]
    spoke = list(dict.fromkeys(n for n in spoke if scene.entities[n].type == "person"))
    if len(spoke) == 2:
        return Resolved("joint", 0.65, (spoke[0], spoke[1]))
    return Resolved("pronoun", 0.3)


def _plural_before(scene: Scene, word: int) -> int:
    """The last plural noun for people before word ``word`` in its sentence that no preposition makes part of a name; else -1."""
    d = scene.d
    for i in range(word - 1, d.sentence_of(word)[0] - 1, -1):
        if d.low[i] in PLURAL_PERSON and d.low[i] != "others" and scene.name_at(i) < 0:
            following = d.low[i + 1]
            if i + 1 == word or following in FUNCTION_WORDS or not following[0].isalpha() or is_verb(following):
                return i
    return -1


def pair(sweep: Sweep, word: int) -> tuple[int, int, int] | None:
    """The last "A and B" of persons or bodies in this sentence or the one before: word, and the two entities."""
    scene = sweep.scene
    d = scene.d
    s = d.sentence[word]
    at = bisect_left(sweep.references, (word,)) - 1
    while at > 0:
        w, number, subject, _ = sweep.references[at]
        if s - d.sentence[w] > 1:
            return None
        k = scene.name_at(w)
        j = joined_before(scene, k)
        if j >= 0 and scene.of[j] >= 0 and scene.of[j] != number:
            first = scene.of[j]
            if scene.entities[first].type == scene.entities[number].type and (
                subject or sweep.place(scene.found[j].title, scene.found[j].hi)[0]
            ):
                return scene.found[j].lo, first, number
        at -= 1
    return None


def it(sweep: Sweep, word: int) -> Resolved:
    """ "It": the body that spoke last or is the subject before, where nothing else is near."""
    scene = sweep.scene
    d = scene.d
    s = d.sentence[word]
    inside = _relative(sweep, word)
    if inside >= 0:
        return Resolved("pronoun", 0.6, (inside,))
    other = _thing_opens(scene, word)
    subject = sweep.subjects.get(s, -1)
    if subject >= 0 and sweep.last[subject].word >= word:
        subject = -1
    for at, value in reversed(sweep.history):
        if at >= word:
            continue
        gap = s - d.sentence[at]
        if gap > 1 or (gap == 1 and other):
            break
        if gap == 1 and subject >= 0 and scene.entities[subject].type in _BODIES:
            break
        if len(value.entities) == 1 and scene.entities[value.entities[0]].type in _BODIES:
            return Resolved("pronoun", 0.7, value.entities)
        if value.actor is not None and value.actor.type != "person":  # "Taiwan's presidential office thanked her. It said"
            return Resolved("pronoun", 0.68, actor=value.actor)
        if value.via == "anonymous" and value.name and fold(value.name).split()[-1:] and fold(value.name).split()[-1] in BODY_NOUNS:
            return Resolved("pronoun", 0.66, name=value.name, country=value.country)
        spoke = scene.entities[value.entities[0]] if len(value.entities) == 1 else None
        bare = spoke is not None and spoke.actor is None and spoke.gender is None and spoke.parsed is not None and not spoke.parsed.given
        if bare and (gap == 0 or d.paragraph[at] == d.paragraph[word]):
            return Resolved("pronoun", 0.6, value.entities)  # "Maersk said it welcomed": what "it" takes up is no person
        break
    if subject < 0 and not other:
        subject = sweep.subjects.get(s - 1, -1)
    if subject >= 0 and scene.entities[subject].type in _BODIES and sweep.last[subject].word < word and not (other and subject < 0):
        return Resolved("pronoun", 0.62, (subject,))
    return Resolved("pronoun", 0.3)


def _relative(sweep: Sweep, word: int) -> int:
    """ "The target it pledged": the body named last before the noun that the clause hangs on; else -1."""
    scene = sweep.scene
    d = scene.d
    lo = d.sentence_of(word)[0]
    before = d.low[word - 1] if word > lo else ""
    if (
        d.low[word] != "it"
        or before.endswith("ing")
        or not before[:1].isalpha()
        or before in FUNCTION_WORDS
        or is_verb(before)
        or before.endswith("ly")
        or scene.name_at(word - 1) >= 0
    ):
        return -1
    at = bisect_left(sweep.references, (word,)) - 1
    while at >= 0 and sweep.references[at][0] >= lo:
        number = sweep.references[at][1]
        if scene.entities[number].type in _BODIES:
            return number
        if scene.entities[number].type == "person":
            return -1
        at -= 1
    return -1


def _thing_opens(scene: Scene, word: int) -> bool:
    """Whether the sentence is about a thing before the pronoun comes: "The rate is a term: it refers to ..."."""
    d = scene.d
    lo = d.sentence_of(word)[0]
    while lo < word and not d.words[lo][0].isalnum():
        lo += 1
    if lo >= word or d.low[lo] not in _OPENERS:
        return False
    for i in range(lo + 1, min(word, lo + 5)):
        if scene.name_at(i) >= 0 or d.low[i] in BODY_NOUNS or d.low[i] in PERSON_NOUNS or d.low[i] in PLURAL_PERSON:
            return False
        if d.low[i] in PREPOSITIONS or is_verb(d.low[i]):
            return True
    return True


def joined_before(scene: Scene, k: int) -> int:
    """Index of the name that "and" joins to the left of name ``k``, or -1."""
    if k < 0:
        return -1
    d = scene.d
    i = scene.found[k].title - 1
    while i > 0 and d.low[i] in {"the", "former", "president", "sen", "."}:
        i -= 1
    if i > 0 and d.low[i] in {"and", "&"}:
        j = scene.name_at(i - 1)
        if j >= 0 and scene.found[j].hi == i:
            return j
    return -1


def phrase_ending(scene: Scene, i: int) -> str:
    """The noun phrase that ends with word ``i``."""
    d = scene.d
    lo = i
    start = d.sentence_of(i)[0]
    while lo > start and i - lo < 6:
        w = d.low[lo - 1]
        if not d.words[lo - 1][0].isalnum() or w in PREPOSITIONS or is_verb(w) or w in {"and", "or", "but", "that"}:
            break
        lo -= 1
        if w in {"the", "a", "an", "some", "many", "several", "those", "these"}:
            break
    return " ".join(d.text[d.starts[lo] : d.ends[i]].split())

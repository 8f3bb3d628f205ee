"""One pass through a text that decides every pronoun and every source from what stands before it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from onrecord.actors.actor import Actor
from onrecord.actors.anaphora import antecedent, it, they
from onrecord.actors.coref import Entity, Scene
from onrecord.actors.definite import home_organ, repeated, taken_up
from onrecord.actors.heads import Head, read_head
from onrecord.actors.lexicon import (
    FEMININE,
    FUNCTION_WORDS,
    MASCULINE,
    PERSON_NOUNS,
    PLURAL_PERSON,
    PREPOSITIONS,
    PRONOUNS,
    is_verb,
)
from onrecord.actors.ranker import Candidate, Context, Reference, rank
from onrecord.actors.resolved import Resolved
from onrecord.actors.roles import Answer, Seen, agrees, civil_general, is_delegate, is_epithet, match_role, national
from onrecord.statement import Statement

__all__ = ["Sweep"]

#: Bodies of a state that are named by who leads them.
_OF_SOMEBODY = frozenset({"government", "administration", "regime", "cabinet", "presidency", "office"})

#: Least probability of the best candidate for a pronoun that is a source; and for one that only keeps the thread.
SURE, THREAD, EPITHET = 0.5, 0.4, 0.75
#: Types of entity that "he" may mean; a name of unknown type only after it has spoken.
_PERSONAL = frozenset({"person", "anonymous", "speaker"})
_SUBORDINATORS = frozenset({"when", "while", "as", "although", "though", "if", "because", "asked", "speaking", "where", "even"})
_NO_PARTICIPLES = frozenset({"during", "following", "according", "regarding", "concerning", "king", "nothing", "everything", "something"})
#: Sentences back that a pronoun, and that a description, may look.
REACH, FAR = 8, 40


class Sweep:
    """The decisions of one text. ``values``: of each statement given, what its source means; null where it has none."""

    def __init__(self, scene: Scene, statements: Sequence[Statement], *, trace: bool = False) -> None:
        self.scene = scene
        self.statements = statements
        self.values: list[Resolved | None] = [None] * len(statements)
        d = scene.d
        self.sources = [self._words(s.source) for s in statements]
        self.contents = [[d.span(c.start, c.end) for c in s.content] for s in statements]
        self.inner = self._cover()
        index = {s.id: i for i, s in enumerate(statements)}
        self.outer = [index.get(s.nested_in or "", -1) for s in statements]
        self.heads: list[Head | None] = [read_head(scene, *w) if w else None for w in self.sources]
        self.starts_source: dict[int, list[int]] = {}
        for i, w in enumerate(self.sources):
            if w:
                self.starts_source.setdefault(w[0], []).append(i)
        self.source_words = {i for w in self.sources if w for i in range(*w)}
        self.step = self._steps()
        self.references: list[tuple[int, int, bool, bool]] = []  # word, entity, subject, modifier: of names, in order
        for k, f in enumerate(scene.found):
            if scene.of[k] >= 0:
                subject, modifier = self.place(f.title, f.hi)
                self.references.append((f.lo, scene.of[k], subject, modifier))
        self.references.sort()
        people = [e for e in scene.entities if e.type == "person"]
        self.main = max(people, key=lambda e: (len(e.places), -e.number)).number if people else -1
        self.last: dict[int, Reference] = {}
        self.count: dict[int, int] = {}
        self.pronouns: dict[int, tuple[int, float]] = {}  # word -> entity (-1: none), probability
        self.subjects: dict[int, int] = {}  # sentence -> its first subject
        self.groups: list[tuple[int, str]] = []  # word, text: plural sources met
        self.speaker = -1
        self.speaker_sentence = -99
        self.history: list[tuple[int, Resolved]] = []  # word, value: sources decided, in order
        self.author = self._byline()
        self.trace: list[tuple[int, Context, list[Candidate]]] | None = [] if trace else None  # for training
        self._prepare()
        self._run()

    # -- the text before the sweep -------------------------------------------------------------------------------------

    def _words(self, spans: Sequence[object]) -> tuple[int, int] | None:
        if not spans:
            return None
        first = spans[0]
        lo, hi = self.scene.d.span(first.start, first.end)  # type: ignore[attr-defined]
        return (lo, hi) if lo < hi else None

    def _cover(self) -> list[int]:
        """Of each word, the innermost statement whose content it is in, or -1."""
        out = [-1] * len(self.scene.d)
        parts = [(hi - lo, lo, hi, i) for i, spans in enumerate(self.contents) for lo, hi in spans if lo < hi]
        for size, lo, hi, i in sorted(parts, reverse=True):
            out[lo:hi] = [i] * size
        return out

    def _steps(self) -> list[int]:
        """Of each sentence, how many before it are not wholly quoted: a long quotation does not take its speaker far away."""
        d = self.scene.d
        out, n = [], 0
        for s, lo in enumerate(d.first):
            hi = d.first[s + 1] if s + 1 < len(d.first) else len(d)
            out.append(n)
            n += not (d.quote[lo] >= 0 and d.quote[hi - 1] >= 0)
        return out

    def _gap(self, word: int, sentence: int) -> int:
        """Sentences from ``sentence`` to the one of ``word``; seen from outside of quotation marks, quoted ones do not count."""
        s = self.scene.d.sentence[word]
        if self.scene.d.quote[word] >= 0 or s <= sentence:
            return s - sentence
        return max(1, self.step[s] - self.step[sentence])

    def place(self, lo: int, hi: int) -> tuple[bool, bool]:
        """Whether the name at words ``lo`` to ``hi`` looks like a subject, and whether it only modifies another noun."""
        d = self.scene.d
        before = d.low[lo - 1] if lo else "."
        after = d.low[hi] if hi < len(d) else "."
        if after in {"'s", "’s"}:
            return False, True
        if after[0].isalpha() and after not in FUNCTION_WORDS and not is_verb(after) and not after.endswith("ly"):
            return False, True
        if lo in self.starts_source or (lo - 1 in self.starts_source and before == "the"):
            return True, False
        if before in PREPOSITIONS:
            return False, False
        if is_verb(after) or (after.endswith("ly") and hi + 1 < len(d) and is_verb(d.low[hi + 1])):
            return True, False
        if after in {",", "(", "who", "and"} and (
            lo == d.first[d.sentence[lo]] or before in {",", "and", "but", "that", "while", "when", "as"}
        ):
            return True, False
        return False, after[0].isalpha() and after not in FUNCTION_WORDS and not is_verb(after)

    def _byline(self) -> int:
        """Who signs the text: the person with whom its last paragraph opens ("Name is the former mayor of ..."), or -1."""
        d = self.scene.d
        if not len(d):
            return -1
        lo = next((i for i in range(len(d) - 1, -1, -1) if d.paragraph[i] != d.paragraph[-1]), -1) + 1
        k = self.scene.name_at(lo) if lo else -1
        if k < 0:
            k = next((x for x in {self.scene.name_at(i) for i in range(lo, min(lo + 4, len(d)))} if x >= 0), -1) if lo else -1
        if k < 0 or self.scene.of[k] < 0 or len(d) - lo > 60:
            return -1
        f = self.scene.found[k]
        e = self.scene.entities[self.scene.of[k]]
        after = d.low[f.hi : f.hi + 8]
        signs = {"is", "was", "chairs", "writes", "serves", "teaches", "directs", "edits", "heads", "represents", "hosts"}
        if e.type != "person" or f.title != lo or f.hi - f.lo < 2 or not signs & set(after):
            return -1
        return e.number

    def _prepare(self) -> None:
        """Sources that are names need nothing before them: decide those first."""
        for i, head in enumerate(self.heads):
            if head is not None and head.kind in {"name", "joint"}:
                self.values[i] = self._by_name(head)

    # -- the sweep -----------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        d = self.scene.d
        third = {"he", "him", "his", "himself", "she", "her", "hers", "herself"}
        events = [(i, 1, 0) for i, w in enumerate(d.low) if w in third]
        events += [(word, 0, n) for n, (word, _, _, _) in enumerate(self.references)]
        events += [(lo, 2, i) for lo, group in self.starts_source.items() for i in group]
        for word, kind, n in sorted(events):
            if kind == 0:
                _, number, subject, modifier = self.references[n]
                self._refer(number, word, subject, modifier, False)
            elif kind == 1:
                self._pronoun(word)
            else:
                head = self.heads[n]
                if head is None:
                    continue
                if self.values[n] is None and not self._first_person(head):
                    self.values[n] = self._decide(head, n)
                value = self.values[n]
                if value is not None:
                    self._spoke(value, head)
        for n, head in enumerate(self.heads):
            if head is not None and self.values[n] is None:
                self.values[n] = self._decide(head, n)

    def _first_person(self, head: Head) -> bool:
        if head.kind == "pronoun":
            return PRONOUNS[self.scene.d.low[head.word]][0] == 1
        return head.owner <= -2 and PRONOUNS[self.scene.d.low[-2 - head.owner]][0] == 1

    def _refer(self, number: int, word: int, subject: bool, modifier: bool, pronoun: bool) -> None:
        d = self.scene.d
        s = d.sentence[word]
        self.last[number] = Reference(word, s, d.paragraph[word], d.quote[word], subject, modifier, pronoun)
        self.count[number] = self.count.get(number, 0) + 1
        if subject and d.quote[word] < 0:
            self.subjects.setdefault(s, number)

    def _spoke(self, value: Resolved, head: Head) -> None:
        self.history.append((head.lo, value))
        d = self.scene.d
        if d.quote[head.lo] >= 0 and self.inner[head.lo] >= 0:
            return
        self.speaker_sentence = d.sentence[head.lo]
        if len(value.entities) == 1:
            self.speaker = value.entities[0]
            if self.scene.entities[self.speaker].type == "other":
                self.scene.entities[self.speaker].type = "speaker"
            if value.via not in {"pronoun", "name", "alias"}:
                self._refer(self.speaker, head.lo, True, False, False)
        elif value.name and value.via == "anonymous" and not head.plural:
            self.speaker = self._anonymous(value, head)
        else:
            self.speaker = -1

    def _anonymous(self, value: Resolved, head: Head) -> int:
        """A source without a name can be taken up by "he": it becomes an entity of its own."""
        d = self.scene.d
        noun = d.low[head.word]
        if noun not in PERSON_NOUNS:
            return -1
        here = self.last.get(self.speaker)
        if here is not None and here.word == head.lo and self.scene.entities[self.speaker].type == "anonymous":
            return self.speaker  # one source of two statements
        e = Entity(len(self.scene.entities), "anonymous", value.name or "")
        e.role, e.country = value.role, value.country
        e.gender = "m" if noun in MASCULINE else "f" if noun in FEMININE else None
        e.nouns = {noun, *(d.low[i] for i in head.modifiers)}
        self.scene.entities.append(e)
        self._refer(e.number, head.lo, True, False, False)
        return e.number

    # -- he and she ----------------------------------------------------------------------------------------------------

    def _context(self, word: int) -> Context:
        d = self.scene.d
        case = PRONOUNS[d.low[word]][3] if d.low[word] in PRONOUNS else "s"
        following = d.low[word + 1] if word + 1 < len(d) else "."
        possessive = case == "p" and d.low[word] != "hers" and following[0].isalpha() and following not in PREPOSITIONS
        s = d.sentence[word]
        source = word in self.source_words
        c = Context(word, s, d.paragraph[word], d.quote[word], case == "s", possessive, source)
        c.last_speaker = self.speaker
        c.last_speaker_gap = self._gap(word, self.speaker_sentence) if self.speaker_sentence >= 0 else 99
        c.centre = self.subjects.get(s, self.subjects.get(s - 1, -1))
        c.main = self.main
        c.opening = self._opening(word)
        c.total = sum(self.count.values())
        around = self.inner[word]
        if around >= 0:
            value = self.values[around]
            if value is not None and len(value.entities) == 1:
                c.encloses = value.entities[0]
        if source:
            for i in self.starts_source.get(word, ()):
                for lo, hi in self.contents[i]:
                    at = bisect_left(self.references, (lo,))
                    while at < len(self.references) and self.references[at][0] < hi:
                        c.in_content.add(self.references[at][1])
                        at += 1
        return c

    def _opening(self, word: int) -> bool:
        """Whether the pronoun stands in a clause that leads up to the main one: "In what he called a rant, ..."."""
        d = self.scene.d
        lo = d.sentence_of(word)[0]
        if d.words[lo] in {'"', "“"} or word == lo:
            return False
        return (d.low[lo] in PREPOSITIONS or d.low[lo] in _SUBORDINATORS) and "," not in d.words[lo:word]

    def candidates(self, context: Context, gender: str | None) -> list[Candidate]:
        """Persons met before (and, in the same sentence, after) whom a pronoun of that gender (null: any) may mean."""
        d = self.scene.d
        out = []
        quoted = context.quote >= 0
        own = self._around(context.word) if quoted else ()
        for number, ref in self.last.items():
            e = self.scene.entities[number]
            if e.type not in _PERSONAL or (gender and e.gender and e.gender != gender):
                continue
            gap = self._gap(context.word, ref.sentence)
            if gap > REACH:
                continue
            if quoted and number in own and context.quote == d.quote[context.word] and self._direct(context.word):
                continue
            first = self.subjects.get(ref.sentence, -1) == number
            out.append(Candidate(number, ref, self.count[number], e.gender is not None, False, first, gap))
        if not quoted:
            have = {c.number for c in out}
            end = d.sentence_of(context.word)[1]
            at = bisect_left(self.references, (context.word,))
            while at < len(self.references) and self.references[at][0] < end:
                word, number, subject, modifier = self.references[at]
                at += 1
                e = self.scene.entities[number]
                if number in have or e.type != "person" or (gender and e.gender and e.gender != gender) or d.quote[word] >= 0:
                    continue
                have.add(number)
                ref = Reference(word, d.sentence[word], d.paragraph[word], d.quote[word], subject, modifier, False)
                out.append(Candidate(number, ref, self.count.get(number, 0), e.gender is not None, True, False, 0))
        return out

    def _around(self, word: int) -> list[int]:
        """Who speaks the words around a word, the innermost first: inside their own quotation none of them is "he"."""
        out, i = [], self.inner[word]
        while i >= 0:
            value = self.values[i]
            if value is not None and len(value.entities) == 1:
                out.append(value.entities[0])
            i = self.outer[i]
        return out

    def _direct(self, word: int) -> bool:
        """Whether the word stands between quotation marks within the content that it is part of."""
        i = self.inner[word]
        if i < 0:
            return False
        return any(lo <= word < hi and self.scene.d.quote[lo] in {self.scene.d.quote[word], -1} for lo, hi in self.contents[i])

    def _pronoun(self, word: int) -> tuple[int, float]:
        if word in self.pronouns:
            return self.pronouns[word]
        gender = PRONOUNS[self.scene.d.low[word]][2]
        context = self._context(word)
        pool = self.candidates(context, gender)
        lo = self.scene.d.sentence_of(word)[0]
        if self._after_participle(lo, word):  # "Citing X, he ...": not X
            pool = [c for c in pool if not (lo < c.last.word < word)] or pool
        if self.scene.d.low[lo:word] == ["in", "what"]:  # "In what he called a rant, X ..."
            pool = [c for c in pool if c.after] or pool
        if self.trace is not None:
            self.trace.append((word, context, pool))
        number, p = -1, 0.0
        if pool:
            ranked = rank(context, pool)
            p, number = ranked[0]
            if p < THREAD:
                number = -1
            else:
                subject = context.subject
                e = self.scene.entities[number]
                if e.gender is None and p > 0.7:
                    e.gender = gender
                self._refer(number, word, subject, context.possessive, True)
        self.pronouns[word] = (number, p)
        return number, p

    def _after_participle(self, lo: int, word: int) -> bool:
        """Whether a participle opens the sentence and the pronoun is the subject of the clause that it leads to."""
        d = self.scene.d
        first = d.low[lo]
        return word - lo > 2 and first.endswith("ing") and first not in _NO_PARTICIPLES and d.words[word - 1] == ","

    # -- phrases -------------------------------------------------------------------------------------------------------

    def decide(self, lo: int, hi: int) -> Resolved:
        """What the phrase of words ``lo`` to ``hi`` means. After the sweep, what stands after the phrase counts as known too."""
        return self._decide(read_head(self.scene, lo, hi), -1)

    def phrase_text(self, head: Head) -> str:
        """The words of a phrase, on one line."""
        d = self.scene.d
        if head.lo >= head.hi:
            return ""
        return " ".join(d.text[d.starts[head.lo] : d.ends[head.hi - 1]].split())

    def _decide(self, head: Head, statement: int) -> Resolved:
        if head.kind in {"name", "joint"}:
            return self._by_name(head)
        if head.kind == "pronoun":
            return self._by_pronoun(head.word, head)
        if head.kind == "product":
            return self._by_owner(head)
        if head.kind == "role":
            return self._by_role(head)
        if head.kind == "anonymous":
            return self._kept(head)
        return Resolved("none", 0.0)

    def _by_name(self, head: Head) -> Resolved:
        scene = self.scene
        if not head.names:
            return Resolved("joint", 0.8, name=self.phrase_text(head), country=self._country(head))
        numbers = tuple(dict.fromkeys(scene.of[k] for k in head.names if scene.of[k] >= 0))
        if not numbers:
            return Resolved("name", 0.0)
        if len(numbers) > 1:
            return Resolved("joint", 0.9, numbers)
        f = scene.found[head.names[0]]
        e = scene.entities[numbers[0]]
        text = scene.d.text[scene.d.starts[f.lo] : scene.d.ends[f.hi - 1]]
        if f.kind in {"metonym", "capital"}:
            return Resolved("metonym", 0.85, numbers)
        if e.actor is not None and e.actor.type == "outlet":
            return Resolved("outlet", 0.95, numbers)
        if e.type == "person" and f.hi - f.lo == 1 and e.parsed is not None and not e.parsed.given and e.actor is None:
            return Resolved("name", 0.6, numbers)
        same = " ".join(text.split()) == e.name
        return Resolved("name" if same else "alias", 0.97 if same else 0.94, numbers)

    def _by_owner(self, head: Head) -> Resolved:
        """ "His comments", "Trump's remarks": the one whose they are."""
        if head.owner >= 0:
            number = self.scene.of[head.owner]
            if number >= 0:
                return Resolved("alias", 0.85, (number,))
            return Resolved("name", 0.0)
        word = -2 - head.owner
        found = self._by_pronoun(word, head)
        return Resolved(found.via, found.confidence * 0.95, found.entities, found.actor, found.name, found.role, found.country)

    def _by_pronoun(self, word: int, head: Head) -> Resolved:
        person, number, gender, case = PRONOUNS[self.scene.d.low[word]]
        if person == 1:
            return self._speaking(word, number)
        if person == 2:
            return Resolved("pronoun", 0.0)
        if case == "r":
            return antecedent(self, word)
        if number == "sg" and gender in {"m", "f"}:
            e, p = self._pronoun(word)
            if e < 0 or p < SURE:
                return Resolved("pronoun", round(p, 3))
            entity = self.scene.entities[e]
            if entity.type == "anonymous":
                return Resolved("pronoun", p, name=entity.name, role=entity.role, country=entity.country)
            return Resolved("pronoun", p, (e,))
        if number == "pl":
            return they(self, word)
        return it(self, word)

    def _speaking(self, word: int, number: str) -> Resolved:
        """ "I" and "we": whoever speaks the words around them; "we", the side that they speak for."""
        i = self.inner[word]
        if i < 0:
            if self.scene.d.quote[word] < 0 and number == "sg" and self.author >= 0:
                return Resolved("pronoun", 0.8, (self.author,))
            return Resolved("pronoun", 0.0)
        value = self.values[i]
        if value is None or not (value.entities or value.actor or value.name):
            return Resolved("quote-we" if number == "pl" else "pronoun", 0.0)
        if number == "sg":
            return Resolved("pronoun", 0.9 * value.confidence, value.entities, value.actor, value.name, value.role, value.country)
        side = self._side(value)
        if side is not None:
            return Resolved("quote-we", 0.7, actor=side)
        if value.entities and len(value.entities) == 1 and self.scene.entities[value.entities[0]].type == "person":
            return Resolved("quote-we", 0.3)
        return Resolved("quote-we", 0.7 * value.confidence, value.entities, value.actor, value.name, value.role, value.country)

    def _side(self, value: Resolved) -> Actor | None:
        """The state or organisation that somebody speaks for by office."""
        scene = self.scene
        registry = scene.lookup.registry
        actor = value.actor
        if value.entities:
            actor = scene.entities[value.entities[0]].actor
        if actor is None or actor.type != "person":
            return None
        role = actor.role_on(scene.lookup.on)
        body = registry.get(role.organ) if role and role.organ else None
        if body is not None and body.type in {"group", "organisation"}:
            return body
        code = role.country if role else None
        return registry.get(code) if code else None

    # -- roles ---------------------------------------------------------------------------------------------------------

    def _owner(self, head: Head) -> int:
        if head.owner >= 0:
            return self.scene.of[head.owner]
        if head.owner <= -2:
            found = self._by_pronoun(-2 - head.owner, head)
            return found.entities[0] if len(found.entities) == 1 else -1
        return -1

    def _seen(self, head: Head, number: int) -> Seen | None:
        d = self.scene.d
        s = d.sentence[head.lo]
        ref = self.last.get(number)
        if ref is None or ref.word > head.lo:
            places = self.scene.entities[number].places
            if not places:
                return None
            before = [p for p in places if p[0] < head.lo]
            if not before:
                return Seen(-1, False)
            return Seen(s - d.sentence[before[-1][0]], False)
        gap = s - ref.sentence
        return Seen(gap, number == self.speaker, gap <= 1 and self._alone(s, number)) if gap <= FAR else None

    def _alone(self, sentence: int, number: int) -> bool:
        """Whether no other person is met in this sentence and the one before."""
        for other, ref in self.last.items():
            if other != number and sentence - ref.sentence <= 1 and self.scene.entities[other].type in {"person", "anonymous"}:
                return False
        return True

    def _by_role(self, head: Head) -> Resolved:
        scene = self.scene
        k = scene.name_at(head.word)
        f = scene.found[k] if k >= 0 else None
        if f is not None and f.actor is not None and f.actor.code and f.kind in {"demonym", "adjective"} and head.definite:
            word = scene.d.low[head.word]
            told = "f" if word.endswith("woman") else "m" if word.endswith("man") and f.kind == "demonym" else None
            same = national(scene, f.actor.code, told, lambda n: self._seen(head, n))
            return Resolved("role", same.confidence, same.entities, country=f.actor.code)
        again = repeated(self, head)
        if again is not None:
            return again
        answer: Answer = match_role(scene, head, lambda n: self._seen(head, n), self._owner(head))
        role = scene.d.low[head.word]
        if answer.anonymous:
            return self._kept(head)
        if answer.actor is not None:
            via = "role" if answer.actor.type == "person" else "description"
            return Resolved(via, answer.confidence, actor=answer.actor, role=role if answer.actor.type == "person" else None)
        if answer.entities:
            one = scene.entities[answer.entities[0]]
            via = "joint" if len(answer.entities) > 1 else "role" if one.type == "person" else "description"
            return Resolved(via, answer.confidence, answer.entities)
        if not head.plural and head.owner == -1 and not head.after and (head.definite or scene.d.sentence[head.lo] not in scene.d.titled):
            found = self._by_epithet(head)
            if found is not None:
                return found
        if head.definite is None and head.owner == -1 and scene.d.sentence[head.lo] not in scene.d.titled:
            return self._kept(head)
        found = taken_up(self, head) or home_organ(self, head)
        if found is not None:
            return found
        if (head.owner >= 0 and role not in PERSON_NOUNS) or is_delegate(scene, head):
            return self._kept(head)
        return Resolved("role", 0.0, role=role if role in PERSON_NOUNS else None, country=self._country(head))

    def _by_epithet(self, head: Head) -> Resolved | None:
        """ "The cautious candidate": the person just spoken of, where no word of it speaks against them."""
        scene = self.scene
        noun = scene.d.low[head.word]
        if not is_epithet(noun) or civil_general(scene, head):
            return None
        context = self._context(head.lo)
        context.subject, context.possessive, context.source = True, False, head.lo in self.source_words
        gender = "m" if noun in MASCULINE else "f" if noun in FEMININE else None
        pool = [c for c in self.candidates(context, gender) if agrees(scene, head, scene.entities[c.number]) and not c.after]
        if not pool:
            return None
        p, number = rank(context, pool)[0]
        if p < EPITHET or scene.entities[number].type != "person":
            return None
        return Resolved("role", round(0.9 * p, 3), (number,))

    def _country(self, head: Head) -> str | None:
        """The state or organisation that the phrase itself names; null where it names two ("Iranian and Saudi media")."""
        d = self.scene.d
        if head.owner >= 0 and self.scene.of[head.owner] >= 0:
            owner = self.scene.entities[self.scene.of[head.owner]]
            if owner.country:
                return owner.country
        for i in range(head.lo, head.hi):
            if d.words[i] == "," and i > head.word:
                break
            k = self.scene.name_at(i)
            compound = k >= 0 and self.scene.found[k].hi < len(d) and d.words[self.scene.found[k].hi] in {"-", "‐", "‑"}
            if k >= 0 and not compound:
                actor = self.scene.found[k].actor
                if actor is not None and actor.type in {"state", "organ", "organisation"}:
                    f = self.scene.found[k]
                    other = self.scene.name_at(f.hi + 1) if f.hi + 1 < head.hi and d.low[f.hi] == "and" else -1
                    second = self.scene.found[other].actor if other >= 0 else None
                    return actor.code if second is None or second.type != "state" or second.code == actor.code else None
        if head.word >= 0 and d.low[head.word] in _OF_SOMEBODY:
            owners = {self.scene.entities[n].country for n in (self.scene.of[k] for k in head.after) if n >= 0}
            return owners.pop() if len(owners) == 1 else None  # "the government of Alberto Fernandez"
        return None

    def _kept(self, head: Head) -> Resolved:
        """A source without a name stays as it is."""
        text = self.phrase_text(head)
        noun = self.scene.d.low[head.word] if head.word >= 0 else ""
        role = noun if noun in PERSON_NOUNS or noun in PLURAL_PERSON else None
        return Resolved("anonymous", 0.9, name=text or None, role=role, country=self._country(head))

"""What the tagger gets wrong about one statement's spans in ways that a rule sees: sources of passives, labels, rumours.

Everything here works on offsets of one text and knows nothing of probabilities; ``onrecord.assemble`` decides where it applies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from onrecord import lazy
from onrecord.segment import Interval

__all__ = [
    "Rumour",
    "agent",
    "asides",
    "before_tail",
    "both_clauses",
    "disowned",
    "is_label",
    "is_no_report",
    "is_passive",
    "quoted_by_another",
    "rumours",
    "second_report",
    "trimmed",
    "what_was_refused",
    "without_connective",
    "without_first_clause",
]

# "Russia has been assured that": who is told something is not who says it. In PolNeAR train 66 cues are such passives; a
# name before one is its source in four, all of them "is assured of winning".
_PASSIVE = lazy.compile(
    r"\b(?:is|are|was|were|been|being|be)\s+(?:\w+\s+){0,2}(?:told|informed|promised|warned|advised|asked|urged|ordered|reminded|notified|briefed"
    r"|instructed|questioned|pressed|accused|charged|blamed|criti[cs]i[sz]ed|assured(?!\s+of\b))\b",
    re.IGNORECASE,
)
# Words of a noun phrase after "by", up to a preposition or a verb that goes on with the sentence.
_BY = lazy.compile(
    r"\s+(?:\w+ly\s+)?(?:by\s+)((?:(?!(?:to|that|of|for|against|with|on|as|over|from|after|before|because|about|not|when|while|who|which|if|in|at|during"
    r"|was|were|is|are|has|have|had|said|says)\b)[\w’'.&-]+(?:\s+of\s+(?=(?:the\s+)?[A-Z])|\s+)?){1,8})",
)


def is_passive(text: str, cue: Interval) -> bool:
    """Does the cue report that somebody was told, asked or accused, so that the name before it is not its source?"""
    return _PASSIVE.search(text, *cue) is not None


def agent(text: str, cue: Interval) -> Interval | None:
    """Who is named by "by" right after a passive cue: "has been accused *by Washington* of"."""
    start = cue[1] - 3 if text[max(0, cue[1] - 3) : cue[1]] == " by" else cue[1]
    m = _BY.match(text, start, min(len(text), start + 160))
    if m is None:
        return None
    found = m.group(1).rstrip(" \t\r\n.,;:")
    words = found.split()
    if (
        not words
        or not (any(w[0].isupper() for w in words) or words[-1].endswith("s") or words[0].lower() in _ARTICLES)
        or words[0].endswith("ing")
    ):
        return None
    return m.start(1), m.start(1) + len(found)


_ARTICLES = frozenset("the a an its his her their our my".split())
_QUOTED = lazy.compile(
    r"\b(?:is|was|were|been)\s+(?:also\s+|later\s+|earlier\s+)?(?:quoted|cited|reported(?=\s+(?:by\s+[^,.;:“”\"\n]{2,60}?\s+)?as\s+\w+ing\b))"
)
_AS_SAYING = lazy.compile(r"(?:\s+(?:on\s+\w+\s+)?by\s+[^,.;:“”\"\n]{2,60}?)?(?:\s+on\s+\w+)?\s+as\s+\w+ing\b")


def quoted_by_another(
    text: str, source: Sequence[Interval], cue: Interval, content: Sequence[Interval], sentence: Callable[[int], Interval]
) -> tuple[Interval, Interval] | None:
    """Source and cue of "*the minister* was quoted by the agency as saying that", where the source found is the agency; else null.

    ``sentence`` gives the sentence that holds an offset.
    """
    m = _QUOTED.search(text, cue[0], min(len(text), cue[1] + 90))  # "reported" looks on to "as saying"
    if m is None or m.end() > cue[1] or any(s[0] < m.start() for s in source):
        return None
    before = next((c for c in content if c[1] <= cue[0] and not text[c[1] : cue[0]].strip(" ,\n")), None)
    subject = before or trimmed(text, (sentence(cue[0])[0], cue[0]))
    if subject[1] <= subject[0] or len(text[slice(*subject)].split()) > 14 or re.search(r"[“”\":;]", text[slice(*subject)]):
        return None
    end = cue[1]
    if more := _AS_SAYING.match(text, m.end(), min(len(text), m.end() + 120)):
        end = max(end, more.end())
    return subject, (cue[0], end)


# What stands before a headline's colon and is no speaker. What follows is the paper's own.
_LABEL = lazy.compile(
    r"(?:explainer|explained|analysis|exclusive|factbox|timeline|breaking(?:\s+news)?|update(?:\s+\d)?|opinion|live(?:\s+(?:updates?|blog))?|watch|"
    r"video|photos?|in pictures|fact[ -]check|profile|commentary|editorial|q&a|background|recap|wrapup(?:\s+\d)?|review|newsmaker|insight|"
    r"special report|read more|related|correction|note|summary|podcast)",
    re.IGNORECASE,
)


def is_label(text: str, source: Sequence[Interval], cue: Interval) -> bool:
    """Is the source the kind of piece that a headline announces ("Explainer: ..."), and not somebody who speaks?"""
    return text[slice(*cue)].strip() == ":" and len(source) == 1 and _LABEL.fullmatch(text[slice(*source[0])].strip()) is not None


_KNOWN = lazy.compile(r"(?:(?:\w+\s+)?(?:becomes?|became)|better|best|widely|well|also)\s+known(?:\s+(?:as|for))?", re.IGNORECASE)
# In PolNeAR train and dev 106 of these stand in the text, and four are cues; of "dismissed", which is said of claims, more than half are.
_DEED = lazy.compile(
    r"(?:(?:has|have|had|is|are|was|were|been|be|to|will)\s+)*"
    r"(?:(?:fire[sd]|sack(?:s|ed)?|expel(?:s|led)?|oust(?:s|ed)?|arrest(?:s|ed)?|detain(?:s|ed)?|blacklist(?:s|ed)?|sanctioned)|(?P<claim>dismiss(?:es|ed)?))",
    re.IGNORECASE,
)
_PERSON = lazy.compile(r"(?:the\s+|its\s+|his\s+|her\s+)?(?:[A-Z][\w.’'-]+\s+){1,6}[A-Z][\w.’'-]+")
_COMMENT = lazy.compile(r"(?:to|for)\s+(?:a\s+)?comment\b", re.IGNORECASE)


def is_no_report(text: str, cue: Interval, content: Sequence[Interval]) -> bool:
    """Does the cue report nothing: "*became known* for", "better known as", "when *asked to comment*", "*expelled* two envoys"?"""
    words = text[slice(*cue)]
    if (deed := _DEED.fullmatch(words.strip())) is not None:
        return not deed["claim"] or (len(content) == 1 and _PERSON.fullmatch(text, *content[0]) is not None)
    if _KNOWN.fullmatch(words.strip()):
        return not any(re.match(r"(?:that|how|why|what)\b", text[s:e]) for s, e in content)  # "It became known *that* …" is a report
    return words.endswith("asked") and len(content) == 1 and _COMMENT.fullmatch(text, *content[0]) is not None


def before_tail(text: str, source: int, sentence: Callable[[int], Interval]) -> Interval | None:
    """The words of a sentence before its attribution ("*The charge is false*, the minister said"), or null where it does not end with one.

    ``source``: where the source begins; ``sentence`` gives the sentence that holds an offset.
    """
    start, comma = sentence(source)[0], source
    while comma > start and text[comma - 1].isspace():
        comma -= 1
    if text[comma - 1 : comma] != "," or len(text[start:comma].split()) < _TAIL_WORDS:
        return None
    return start, comma - 1


# Fewer words before the comma are an opening ("On Thursday, the minister said") and not what is said.
_TAIL_WORDS = 5
_CONDITION = lazy.compile(r"[\"“]?(?:If|Unless|Should|Until|Once|Were|In\s+case)\b[^.?!“”\"]{6,200}?(?=,?\s*$)")
_MODAL = lazy.compile(r"\b(?:would|will|must|could|may|might|shall|won['’]t|can|cannot)\b", re.IGNORECASE)

_WARNS = lazy.compile(
    r"\b(?:warn|sa(?:id|ys?)\b|told|tells|add(?:s|ed)|wrote|writes|insist|predict|announce|caution|threaten|declar|argue|vow|stress|believe|think|reiterat)",
    re.IGNORECASE,
)


def both_clauses(text: str, source: Sequence[Interval], cue: Interval, content: list[Interval], sentence: Interval) -> list[Interval]:
    """ "*If the ship sails*, he warned, *they would fire*": a content that is one clause of such a sentence, with the other one."""
    if not source or not content or not _WARNS.search(text, *cue):
        return content
    start, (lo, hi) = min(source)[0], sentence
    if not (lo < start and max(source)[1] <= cue[0] and all(lo <= s and e <= hi for s, e in content)):
        return content
    head = _CONDITION.match(text, lo, start)
    if head is None or text[head.end() : start].strip(" ,\n"):
        return content
    if all(s >= cue[1] for s, _ in content) and _MODAL.search(text, *content[0]):
        return [(lo, head.end()), *content]
    rest = trimmed(text, (cue[1], hi - (text[hi - 1] in ".!")))
    if all(e <= start for _, e in content) and _MODAL.search(text, *rest) and not re.search(r"[“”\";]", text[slice(*rest)]):
        return [*content, rest]
    return content


_BUT = lazy.compile(r",\s+(?:but|while|whereas)\s+")


def without_first_clause(text: str, source: Interval) -> Interval:
    """ "Most allies back her, but *Hungary's leader*": a source holds no clause of its own before a "but"."""
    breaks = [m.end() for m in _BUT.finditer(text, *source)]
    return (breaks[-1], source[1]) if breaks else source


# In PolNeAR train 26 indirect contents before their cue leave such a word out, five take it in. "But" is left out by 53 and taken
# in by 19, and where the tagger takes it in it is mostly right; "so", "now" and "instead" belong to what is said.
_CONNECTIVE = lazy.compile(r"(?:And|However|Still|Moreover|In addition)\b,?\s+(?=\w)")


def without_connective(text: str, cue: Interval, content: list[Interval]) -> list[Interval]:
    """ "But *the goal is not revenue*, according to her": the word that joins an indirect content to the story is the writer's."""
    m = _CONNECTIVE.match(text, *content[0]) if content and content[0][0] < cue[0] else None
    return [(m.end(), content[0][1]), *content[1:]] if m else content


_REFUSED = lazy.compile(r"\b(?:refus|declin)(?:e|ed|es|ing)$")
_TO_SAY_THAT = lazy.compile(r"\s+(to\s+(?:\w+ly\s+)?\w+)\s+(that)\s")


def what_was_refused(text: str, cue: Interval, content: list[Interval]) -> tuple[Interval, list[Interval]]:
    """ "*refused to guarantee* that it would": the cue is also what was not said, as in "refusing to acknowledge that" (PolNeAR train)."""
    m = _TO_SAY_THAT.match(text, cue[1]) if content and _REFUSED.search(text[cue[0] : cue[1]]) else None
    if m is None or content[0][0] != m.start(1) or content[0][1] <= m.end():
        return cue, content
    return (cue[0], m.end(1)), [(m.start(2), content[0][1]), *content[1:]]


def trimmed(text: str, span: Interval) -> Interval:
    """The span without white space and commas at its ends."""
    start, end = span
    while start < end and (text[start].isspace() or text[start] == ","):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] == ","):
        end -= 1
    return start, end


class Rumour(NamedTuple):
    """A report that a noun alone makes: "constant reports of a build-up". ``source`` is whose it is, where the text says."""

    source: Interval | None
    cue: Interval
    content: Interval


# The look ahead spares most words the trial of each noun: the scan of a text takes half the time.
_NOUN = lazy.compile(
    r"\b(?=[racswfi])(?P<noun>reports|rumou?rs|claims|allegations|accusations|speculation|suggestions|warnings|fears|complaints|"
    r"(?:claim|allegation|accusation|rumou?r|warning|fear|suggestion|assertion|insinuation)(?=\s+that\b))\s+(?:(?P<of>of)|(?=that\b))\s*",
    re.IGNORECASE,
)
_DESCRIBED = lazy.compile(
    r"(?:(?:constant|repeated|persistent|unconfirmed|recent|new|early|initial|numerous|growing|widespread|conflicting|frequent|false|baseless|unfounded|wild|"
    r"mounting|renewed|public|media|press|news|local|regular|credible|disputed|earlier|several|many|some|more|further|multiple|various|continuing|ongoing)\s+)+$",
    re.IGNORECASE,
)
# "He reports that", "The Tribune claims that": verbs.
_SUBJECT = lazy.compile(r"\b(?:he|she|it|who|which|that|[A-Z][\w’'-]*(?<!['’]s))\s+$")
_OWNER = lazy.compile(r"((?:[A-Z][\w.-]+\s+){0,3}[A-Z][\w.-]+)['’]s?\s+$")
# Where the thing reported ends: at a mark, before a relative clause, or before a verb of the sentence that holds the noun.
_STOP = lazy.compile(
    r"[.;:?!,“”\"—–]|\n\s*\n|\s-\s|\s(?=(?:which|who|but|while|although|though|because|when|after|before)\s)|"
    r"\s(?=(?:(?:has|have|had|is|are|was|were|will|would|could|may|might|did|do|does|can|cannot)|emerged|surfaced|spread|circulated|came|persisted|appeared|grew|began|prompted|led)\b)"
)
# A clause's own verb: in "claims that the army *had* fired", what follows "that" goes on past the first one.
_CLAUSE_STOP = lazy.compile(r"[.;:?!,“”\"—–]|\n\s*\n|\s-\s|\s(?=(?:which|but|while|although|though)\s)")


def rumours(text: str) -> Iterator[Rumour]:
    """Every such noun with what it reports, wherever it stands; whether another statement has it is the caller's to see."""
    for m in _NOUN.finditer(text):
        stop = (_STOP if m["of"] else _CLAUSE_STOP).search(text, m.end(), min(len(text), m.end() + 240))
        if stop is None:
            continue
        content = trimmed(text, (m.end(), stop.start()))
        if len(text[slice(*content)].split()) < (1 if m["of"] else 3):
            continue
        if m["noun"].lower() in ("reports", "claims") and _SUBJECT.search(text, max(0, m.start() - 40), m.start()):
            continue
        described = _DESCRIBED.search(text, max(0, m.start() - 60), m.start())
        start = described.start() if described else m.start()
        owner = _OWNER.search(text, max(0, start - 60), start)
        yield Rumour((owner.start(1), owner.end(1)) if owner else None, (start, m.end("of") if m["of"] else m.end("noun")), content)


_AND_SAID = lazy.compile(
    r"(?<!\s),?\s+(?:and|but)\s+(?P<cue>(?:(?:has|have|had|also|later|then|instead)\s+)*(?:called\s+(?:on|for|upon)|appealed\s+(?:for|to)|urged|demanded|pledged|vowed|"
    r"promised|warned(?:\s+(?:of|against))?|condemned|praised|thanked|insisted|said|added|accused|denied|rejected|critici[sz]ed|denounced|welcomed|announced|"
    r"offered|threatened|blamed|refused|declined|called|suggested|defended|argued|predicted|noted|declared|explained|described|stressed))"
    r"\s+(?=[\w“\"‘'])"
)
# The same in the present, where the first cue is in the present too: "blames the rebels *and denies* shelling".
_AND_SAYS = lazy.compile(
    r"(?<!\s),?\s+(?:and|but)\s+(?P<cue>(?:(?:also|now)\s+)?(?:calls\s+(?:on|for|upon)|appeals\s+(?:for|to)|urges|demands|pledges|vows|promises|warns"
    r"(?:\s+(?:of|against))?|condemns|praises|thanks|insists|accuses|denies|rejects|rules\s+out|critici[sz]es|denounces|welcomes|announces|offers|threatens"
    r"|blames|refuses|declines))\s+(?=[\w“\"‘'])"
)
_PRESENT = lazy.compile(
    r"(?:\w+\s+)?(?!was\b|has\b|is\b|does\b|its\b|his\b)\w+[^s\W]s(?:\s+(?:on|for|of|to|that|against|out))?", re.IGNORECASE
)
# What says nothing itself: "said that *the claim* was untrue and urged" is two reports.
_LIFELESS = lazy.compile(
    r"(?:that\s+)?(?:the|this|that|these|those|such|any|all|an?|his|her|its|their)\s+(?:[\w’'-]+\s+){0,2}?(?:claim|allegation|accusation|charge|report|story|attack|strike|move|decision|plan|"
    r"talk|deal|agreement|accord|truce|ceasefire|sanction|war|crisis|situation|law|vote|election|result|killing|drill|exercise|incident|raid|violence|"
    r"conflict|statement|remark|rumou?r|proposal|offer|price|measure|visit|launch|flight|ship|plane|missile|border|road|port|airspace)s?\s+"
    r"(?:is|are|was|were|had|has|have|will|would|could|can|must|should|did|does)\b",
    re.IGNORECASE,
)
# "They were concerned, *calling for* restraint": a participle behind a clause about the speakers themselves is theirs.
_PARTICIPLE = (
    r"(?P<cue>(?:calling\s+(?:on|for|upon)|appealing\s+(?:for|to)|urging|demanding|pledging|vowing|promising|warning(?:\s+(?:of|against))?|condemning|"
    r"praising|thanking|accusing|denying|rejecting|critici[sz]ing|denouncing|welcoming|threatening|blaming))\s+(?=[\w“\"‘'])"
)
_CALLING = lazy.compile(r",\s+" + _PARTICIPLE)
_OBJECT = lazy.compile(r"(?:him|her|them|it)\b", re.IGNORECASE)
_DEEDS = frozenset({"threatening", "demanding", "accusing", "blaming", "promising"})
_PRONOUNS = frozenset({"he", "she", "it", "they", "i", "we", "you", "who"})
# What takes a clause without "that": its subject's verb may look like the speaker's own ("fears the army blocks aid *and threatens*").
_TAKES_CLAUSE = lazy.compile(
    r"(?:fear|claim|alleg|argu|insist|suggest|reveal|hop|know|find|feel|see|hear|show|note|state|report)(?:s|es|ed)$"
)
_CLAUSE = lazy.compile(
    r"\w\s+\w+(?:s|ed)\s+(?!(?:and|or|of|in|on|at|for|to|from|with|by|near|against|over|between|across|under|after)\b)\w"
)
# Lifeless things do some of what speakers do: "the war had killed thousands *and threatened* more", "the law denied bail".
_THINGS_DO = lazy.compile(r"(?:(?:also|now)\s+)?(?:threaten|promis|offer|demand|den[iy]|refus)")
# Of what happens, that is all: a strike denies and promises nothing.
_HAPPENS = lazy.compile(
    r"(?:that\s+)?(?:[\w’'-]+\s+){1,3}?(?:attack|strike|killing|war|crisis|drill|exercise|incident|raid|violence|conflict|launch|flight|ship|plane|"
    r"missile|border|road|port|airspace|situation|visit)s?\b"
)
# "They were heartbroken", and not "they were outside the gate": how the speakers are.
_STATE = lazy.compile(r"\b(?:is|are|was|were)\s+(?:\w+\s+)?(?!\w+ing$|(?:out|in)side$|there$|here$)\w+$")
_THING_SAID = lazy.compile(
    r"(?:had|has|have)\s+(?:\w+ly\s+)?(?!been\b|not\b)(?:blam|accus|condemn|critici|prais|call|urg|warn|demand|denounc|reject|welcom|said)\w*"
)
_IS = lazy.compile(r"\b(?:is|are|was|were)$|\b(?:had|has|have)\s+been\b")
_OF_ITSELF = lazy.compile(r"(?:that\s+)?(?P<who>he|she|it|they)\s+(?:is|are|was|were|had|has|have|would|will|did|does|do)\b", re.IGNORECASE)
_PLAIN_SAYING = lazy.compile(r"\b(?:sa(?:y|ys|id|ying)|told|tells?|add(?:s|ed|ing)|think|thought|believes?|believed)\b", re.IGNORECASE)
_FINITE = lazy.compile(
    r"\b(?:that|who|which|is|are|was|were|be|has|have|had|will|would|can|could|may|might|should|must|does|did|do)\b", re.IGNORECASE
)
_AND_SAYING = lazy.compile(r"(?<!\s),?\s+and\s+" + _PARTICIPLE)
# "The ball, *he went on*, is in their court": an attribution put between commas, or behind one at a sentence's end.
_ASIDE = lazy.compile(
    r",[\"”’]?\s+(?P<who>he|she|they|(?:[A-Z][\w’'-]+\s+){0,2}[A-Z][\w’'-]+)\s+"
    r"(?P<cue>(?:(?:has|also|later|then|further)\s+)*(?:sa(?:id|ys)|add(?:ed|s)|went\s+on|goes\s+on|continu(?:ed|es)|argue[sd]|explain(?:ed|s)|not(?:ed|es)|insist(?:ed|s)|"
    r"warn(?:ed|s)|recall(?:ed|s)|conclude[sd]|point(?:ed|s)\s+out|stress(?:ed|es)|claim(?:ed|s)|wr(?:ote|ites)))(?=,\s|\.\s|\.$)"
)


def asides(text: str, sentence: Callable[[int], Interval]) -> Iterator[tuple[Interval, Interval, list[Interval]]]:
    """Source, cue and content of every attribution that stands between the two halves of what is said, or behind it.

    ``sentence`` gives the sentence that holds an offset. Whether another statement has any of it is the caller's to see.
    """
    for m in _ASIDE.finditer(text):
        start, end = sentence(m.start())
        if end - start > _LONG:
            continue
        stop = end - (text[end - 1] in ".!")
        said = [x for x in (trimmed(text, (start, m.start())), trimmed(text, (m.end(), stop))) if x[0] < x[1]]
        if not said or m.end() > end or said[0][0] >= m.start() or _LEADS.match(text, *said[0]):
            continue
        if _ADVERBIAL.match(text, *said[1]) if len(said) > 1 else _WENT.search(m["cue"]) and not _VERB.search(text, *said[0]):
            continue
        if not re.search(r"[“”\";]", text[start : m.start()] + text[m.end() : stop]):
            yield m.span("who"), m.span("cue"), said


# "On Monday, he said", "When he arrived, she said", "Meanwhile, he added": what leads up to an attribution is not said.
_LEADS = lazy.compile(
    r"(?:on|in|at|after|before|during|since|by|as|when|while|with|for|from|to|asked|speaking|although|though|meanwhile|however|but|and|according|"
    r"then|later|earlier|still|instead|despite|under|because|once|until|following|\w+ly|\w+ing|\w+ed)\b",
    re.IGNORECASE,
)
# "A year later, he went on, *alone*, to Paris": what was done, and how; nothing is said.
_ADVERBIAL = lazy.compile(
    r"(?:in|at|to|on|for|by|with|from|among|without|under|over|after|before|alone|again|once|step|every|\w+ing|\w+ly)\b[^,]*,",
    re.IGNORECASE,
)
# "A smith by training, he continued".
_WENT = lazy.compile(r"(?:continue[ds]|went\s+on|goes\s+on)$")
_VERB = lazy.compile(
    r"\s(?:\w+(?:s|ed|n't)|was|were|are|be|been|had|have|will|would|can|could|may|might|must|should|did|do|left|went|came|made|took)\b"
)
# No sentence of news: a table or a list, which would be searched once for every comma.
_LONG = 1500
_CLAIM = lazy.compile(r"(?:(?:an?|the|such)\s+)?(?:\w+\s+){0,2}?(?:allegation|claim|accusation|charge|assertion|report)s?", re.IGNORECASE)
_DISOWNED = lazy.compile(
    r"that\s+(?P<who>[^,.;:“”\"]{2,80}?)\s+(?P<cue>(?:(?:has|have|had)\s+)?(?:(?:\w+ly|always|long|since)\s+)?"
    r"(?:denied|denies|deny|rejected|rejects|reject|dismissed|dismisses|dismiss|disputed|disputes|dispute|refuted|refutes))\W*"
)


def disowned(text: str, cue: Interval, content: Sequence[Interval]) -> tuple[Interval, Interval, Interval] | None:
    """ "An accusation that *the minister flatly denied*": no report by the noun, but a denial; its source, cue and content, or null."""
    if len(content) != 1 or _CLAIM.fullmatch(text, *cue) is None:
        return None
    m = _DISOWNED.fullmatch(text, *content[0])
    return None if m is None else (m.span("who"), m.span("cue"), cue)


# "he would order a review", "Washington was pausing aid": a verb in the past after "and" is then not this one's fellow.
_UNDER_WAY = lazy.compile(
    r"(?:that\s+)?(?:[\w’'.-]+\s+){1,6}?(?:would|will|(?:was|were|is|are)\s+\w+ing)\b|(?:that\s+)?(?:he|she|it|they)\s+(?:was|were|is|are)\b",
    re.IGNORECASE,
)


def second_report(text: str, cue: Interval, content: Interval, source: str = "") -> tuple[int, Interval, int] | None:
    """ "rejected the charge *and appealed for* unity": the first content's end, the second cue, its content's start; or null.

    ``source``: the words that name the speaker, who is not "they" where it is "she".
    """
    for pattern in _second_patterns(text, cue, content):
        m = pattern.search(text, *content)
        if m is None or not text[m.end() : content[1]].strip():
            continue
        first = text[content[0] : m.start()]
        if first.strip() and _balanced(first) and _may_end(pattern, first, text[slice(*cue)], m["cue"]):
            if pattern is _CALLING and not _is_speakers(first, source.strip().lower(), m["cue"], text[m.end() : content[1]]):
                continue
            return m.start(), m.span("cue"), m.end()
    return None


def _second_patterns(text: str, cue: Interval, content: Interval) -> Iterator[re.Pattern[str]]:
    words = text[slice(*cue)]
    yield _AND_SAYING if words.endswith("ing") else _AND_SAYS if _PRESENT.fullmatch(words.strip()) else _AND_SAID
    if _PLAIN_SAYING.search(words) and _OF_ITSELF.match(text, *content):
        yield _CALLING


def _balanced(first: str) -> bool:
    """Does no quotation run on over the end of these words?"""
    return first.count('"') % 2 == 0 and first.count("“") == first.count("”")


def _is_speakers(first: str, source: str, cue: str, rest: str) -> bool:
    """Is the participle the speaker's: "he said *he* was worried, calling for", but not "she said *they* were outside, demanding"?"""
    about = _OF_ITSELF.match(first)
    who = about["who"].lower() if about is not None else ""
    if source in _PRONOUNS:
        return source == who or source in {"who", "i", "we", "you"}
    found = _OBJECT.match(rest)  # "she was followed by two men, warning her": not she, and as little the speaker
    if found is not None and found[0].lower() == {"he": "him", "she": "her", "they": "them", "it": "it"}.get(who):
        return False
    return cue not in _DEEDS or (cue != "threatening" and _STATE.search(first) is not None)


def _may_end(pattern: re.Pattern[str], first: str, cue: str, second: str) -> bool:
    """May the first report end with these words, so that what follows is the speaker's second one?"""
    if second.endswith("said"):
        return True  # in PolNeAR train the same source's in 57 of 61
    if pattern in (_AND_SAYING, _CALLING):
        return True
    if not _PLAIN_SAYING.search(cue) and len(first.split()) <= 14 and not _FINITE.search(first):
        return not (_TAKES_CLAUSE.search(cue) and _CLAUSE.search(first))
    if (m := _LIFELESS.match(first)) is not None:
        does = _HAPPENS.match(first) is None or "threaten" in second
        return (not (does and _THINGS_DO.match(second)) or _IS.search(first, 0, m.end()) is not None) and not _THING_SAID.search(first)
    return _UNDER_WAY.match(first) is not None and not re.search(r"\b(?:who|which|that)\b", first.removeprefix("that"))

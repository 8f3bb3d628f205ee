"""Statements to label: PolNeAR train's gold attributions, and White House sentences that match simple cue patterns.

    python -m training.acts.candidates --data ../shared/data --out pool.jsonl

Both are drawn by stratum. A stratum is what the words *hint* at (``STRATA``), never a label: the draw makes rare acts
frequent enough to learn, and the stratum stays in the label file so that a reader can weight it away. ``random`` is an
unstratified draw from what the others left.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from onrecord.segment import paragraphs, sentences

Row = dict[str, Any]

#: stratum -> what its cue (or, for a neutral cue, the beginning of its content) holds. Tried in order.
STRATA = {
    "threaten": r"threat|warn|retaliat|consequences|hold \w+ accountable|pay a price|not hesitate|ultimatum|sanctions",
    "concede": r"conced|back(ed|ing|s)? (down|off|away)|withdr|drop(s|ped)\b|relent|walk(ed|ing)? back|revers|surrender|g[ai]ve (in|up)|yield|lift(ed|ing)? |releas(ed|e) (prison|hostage)|suspend|step(ped)? (down|aside)",
    "consult": r"discuss|\bm[ee]et\b|\bmet\b|\btalks\b|negotiat|debat|consult|conversation|spoke (with|to|by)|exchang|conferred",
    "empathise": r"condolen|sympath|congratulat|thoughts|mourn|griev|\bsorry\b|pray|heartfelt|sorrow|sadden|solidarity|wish(ed|es)? ",
    "decline": r"declin|n.t (say|comment|respond|mention|answer|discuss|address|elaborat|specif)|not (immediately )?(say|comment|respond|mention|answer|discuss|elaborat|specif)|no comment|silen(t|ce)|never mention|without (naming|mention|saying|elaborat)|ignor|dodg|avoid",
    "deny": r"\bden(y|ied|ies|ying|ial)|dismiss|disput|refut|\bnot true\b|\bfalse\b|no truth|rebut|contradict",
    "acknowledge": r"acknowledg|admi(t|ss)|apolog|confirm|confess|claim(ed|s)? responsib|mistake|regret",
    "reject": r"reject|refus|oppos|turn(ed|s)? down|rul(e|es|ed|ing) out|\bagainst\b|veto|resist|never (accept|support|vote)|not (support|endorse|accept|vote)|n.t (support|endorse|accept|vote)",
    "accuse": r"accus|\bblam|alleg|charg(e|ed|ing)|\bsued|lied|\bl(ie|ies|ying|iar)\b|corrupt|violat|illegal|rigged|failed to",
    "criticise": r"critic|slam|blast|mock|condemn|denounc|attack|decr(y|ied)|ridicul|assail|lament|complain|outrag|disgrac|unacceptable|deplor|strongly oppose",
    "demand": r"demand|order(ed|s|ing)\b|insist|requir|direct(ed|s|ing) |instruct|\bmust\b|ban(ned|s|ning)?\b|rul(ed|es|ing)|command",
    "appeal": r"urg(e|es|ed|ing)\b|call(ed|s|ing)? (on|upon|for)|\bask|suggest|propos|encourag|recommend|invit|appeal|implor|plead|request|should",
    "commit": r"promis|vow|pledg|\bplan|agree|offer|commit|intend|\bwe will\b|\bi will\b|i.ll|we.ll|guarantee|resol|announc",
    "support": r"endors|prais|support|\bback|defend|welcom|thank|applaud|commend|appreciat|celebrat|reaffirm|gratitude",
    "assess": r"believ|think|thought|expect|hope|hoping|fear|predict|view|feel|worr|doubt|confiden|concern|expressed",
}
#: Cues that leave the force to the content.
NEUTRAL = re.compile(
    r"^(\W*|.*\b(said|says?|saying|told|tell(s|ing)?|wrote|writes?|writing|add(s|ed|ing)?|continued|tweet(s|ed|ing)?|according to|replied|responded|stated|"
    r"remarked|notes?|noted|noting|posted|spoke|recalled|explain(s|ed|ing)?|declar(ed|es|ing)|announc(ed|es|ing))\b.*)$"
)
_COMPILED = {k: re.compile(v) for k, v in STRATA.items()}


def stratum(cue: str, content: str) -> str:
    """The first stratum whose pattern the cue holds; for a neutral cue, the first that the content's beginning holds."""
    low = cue.lower()
    for name, pattern in _COMPILED.items():
        if pattern.search(low):
            return name
    if NEUTRAL.match(low):
        for name, pattern in _COMPILED.items():
            if pattern.search(content[:120].lower()):
                return f"said:{name}"
        return "said"
    return "other"


def _row(source: str, doc: str, text: str, spans: dict[str, list[list[int]]]) -> Row:
    words = lambda role: " ".join(text[s:e] for s, e in spans[role])
    return {"from": source, "doc": doc, **spans, "stratum": stratum(words("cue"), words("content"))}


def polnear(data: Path) -> Iterator[tuple[Row, str]]:
    """Gold statements of PolNeAR train with a cue and a content, first reading only."""
    with gzip.open(data / "polnear/train.jsonl.gz", "rt", encoding="utf8") as f:
        for line in f:
            d = json.loads(line)
            for a in d["readings"][0]["attributions"]:
                if a["cue"] and a["content"]:
                    yield _row("polnear", d["id"], d["text"], {k: a[k] or [] for k in ("source", "cue", "content")}), d["text"]


_VERBS = (
    r"said|added|noted|stated|explained|announced|emphasized|stressed|underscored|highlighted|reiterated|reaffirmed|affirmed|expressed(?: \w+){0,2} "
    r"(?:concerns?|condolences|sympathy|support|gratitude|appreciation|hope|confidence|regret|solidarity|outrage|interest|alarm)|conveyed|offered|extended|condemn(?:s|ed)?|denounced|"
    r"deplore[sd]?|criticized|warn(?:s|ed)?|threatened|urge[sd]?|call(?:s|ed)? (?:on|upon|for)|asked|encourage[sd]?|invited|proposed|recommended|requested|demand(?:s|ed)?|"
    r"directed|ordered|instructed|requires|insisted|pledge[sd]?|committed|promised|vowed|agreed|intend[s]?(?: to)?|plan(?:s|ned)? to|welcome[sd]?|prais(?:es|ed)|commend(?:s|ed)?|thank(?:s|ed)?|"
    r"applaud(?:s|ed)?|congratulate[sd]?|endorse[sd]?|support[s]?|discussed|reviewed|consulted|exchanged views|spoke|met|rejected|refused|opposes?|opposed|denied|"
    r"acknowledged|admitted|confirmed|recognized|accused|blamed|believes?|thinks?|expects?|hopes?|mourns?|grieve[sd]?|join(?:s|ed)?|regret[s]?|applauded|looks? forward to|looked forward to|"
    r"stand(?:s)? (?:with|by)|shared|declared|concluded|declined|recalled|argued|claims?|claimed|suggested|appreciate[sd]?|will (?:continue to|not|never|hold|impose|respond|defend|keep|work)|remain[s]? (?:committed|concerned)"
)
_SUBJECT = (
    r"(?:(?:The )?(?:President|Vice President|First Lady|Leaders?|leaders?|National Security Advisor|Prime Minister|Secretary|Chancellor|Chairman|Administration|United States|G7|Quad|"
    r"participants|Russian?|Putin|Mr\.|Ms\.|Both|two|Presidents|Ministers?|Israel|Hamas|Iran|China|Ukraine|White House|Senate|Congress|Republicans?|Taliban|PRC|Beijing|Moscow)[\w.’' -]{0,60}?|We|I|They|He|She|They both)"
)
_SENTENCE = re.compile(
    rf"(?P<source>\b{_SUBJECT})\s+(?P<cue>(?:(?:also|then|further|strongly|again|both|once more|jointly|unequivocally|publicly|warmly|deeply|have|has|had)\s+){{0,2}}(?:{_VERBS}))\s+(?P<content>\S.{{18,}})",
    re.DOTALL,
)


def whitehouse(data: Path) -> Iterator[tuple[Row, str]]:
    """Sentences of White House texts that open with a subject and a verb of saying, wanting or doing by words."""
    with gzip.open(data / "whitehouse/statements.jsonl.gz", "rt", encoding="utf8") as f:
        for line in f:
            d = json.loads(line)
            text = d["text"]
            for para in paragraphs(text):
                if para[1] - para[0] > 6000:
                    continue
                for start, end in sentences(text, para):
                    m = _SENTENCE.match(text, start, end)
                    if m and end - start < 700:
                        spans = {k: [[*m.span(k)]] for k in ("source", "cue", "content")}
                        a, b = spans["content"][0]
                        while b > a and (text[b - 1].isspace() or text[b - 1] in ".*"):
                            b -= 1
                        spans["content"] = [[a, b]]
                        yield _row("whitehouse", d["id"], text, spans), text


def draw(rows: list[Row], *, each: int, plain: int, rng: random.Random, per_document: int = 3) -> list[Row]:
    """``each`` rows of every stratum and ``plain`` of all that is left, at most ``per_document`` a document and stratum kind."""
    rng.shuffle(rows)
    taken: list[Row] = []
    used: dict[str, int] = {}
    counts: dict[str, int] = {}
    left = []
    for r in rows:
        key = r["stratum"]
        want = each if not key.startswith("said:") else max(each // 2, 1)
        if key not in ("said", "other") and counts.get(key, 0) < want and used.get(r["doc"], 0) < per_document:
            counts[key] = counts.get(key, 0) + 1
            used[r["doc"]] = used.get(r["doc"], 0) + 1
            taken.append({**r, "draw": "stratum"})
        else:
            left.append(r)
    taken += [{**r, "draw": "random"} for r in left[:plain]]
    return taken


#: A second draw, for acts that the first left with few labels: cues that hint at giving way, threatening, ordering, grieving or silence.
RARE = {
    "concede": r"conced(es?|ed|ing) (defeat|the|his|her|victory)|back(s|ed|ing)? (down|off|away|out)|withdr[ae]w|drop(s|ped|ping)? (out|his|her|its|their|the|plan|opposition)|relent|retreat|"
    r"revers|surrender|\bg[ai]v(e|es|ing|en) (in|up|way)|\bbow(s|ed|ing)? |\bcav(e|ed|es|ing)\b|soften|abandon|scrap|lift(s|ed|ing)? |releas|eas(e|ed|es|ing) |compromis|resign|"
    r"suspend|step(s|ped|ping)? (down|aside)|allow|accept|agreed? to|recant|disavow|budge|\bend(s|ed|ing)? ",
    "threaten": r"threat|retaliat|ultimatum|warned|warns|warning|vow\w* to (sue|fight|block|punish|deport|ban|destroy|target)|will (sue|punish|respond|hold|impose|block)",
    "demand": r"demand|order(s|ed|ing)?\b|mandat|requir|\bban\b|banned|prohibit|forbid|forbad|insist\w* (that|on)|instruct|\bmust\b|decree",
    "empathise": r"condolen|sympath|congratulat|mourn|griev|pray|heartbroken|sadden|sorrow|consol|comfort|tribute|best wishes|solidarity",
    "decline": r"declin|no comment|silent|silence|(would|did|does|do|has|have|is|are)(n.t| not) (say|comment|respond|answer|disclos|elaborat|specif|reveal|address|discuss|mention)|"
    r"refus\w* to (say|comment|answer|disclos|name|discuss|identify)|duck|sidestep|mum\b",
    "consult": r"\bm[ee]t with|\bmet\b|\btalks\b|negotiat|consult|spoke with|confer|huddl|in discussions|discuss\w* with|exchang",
}


#: A third draw, all of it: cues of giving way, and contents that announce it.
GIVING_WAY = re.compile(
    r"conced(e|es|ed|ing) (defeat|the|his|her|victory|to)|back(s|ed|ing)? (down|off|away|out)|backtrack|withdr[ae]w|\bdrop(s|ped|ping)? |relent|retreat|revers|surrender|\bg[ai]v(e|es|ing|en) (in|up|way|ground)|\bbow(s|ed|ing)? |\bcav(e|ed|es|ing)\b|soften|abandon|scrap|eas(e|ed|es|ing) (up|off)|compromis|resign|suspend|step(s|ped|ping)? (down|aside)|recant|budge|walk(s|ed|ing)? back|acquiesc|capitulat|reluctant|rescind|retract|revoke|repeal|flip-flop|changed (his|her|their) (mind|position|tune)|reconsider|no longer|shift(s|ed|ing)? (his|her|their)|renounc|yield|moderat(ed|ing)|pull(s|ed|ing)? (back|out)|dial(ed|ing)? back|forc(ed|es)? .* to|pressur|finally agree|concession|give in",
    re.I,
)
GIVEN_WAY = re.compile(
    r"\b(would|will|to|had|was|were|is|are) (now )?(withdraw|drop|dropp|suspend|suspending|dropping|end(ing)? (his|her|the) (campaign|bid)|step(ping)? (down|aside)|resign|releas|lift(ing)? |eas(e|ing) |back(ing)? (down|off)|give up|pull(ing)? out)",
    re.I,
)
_ANNOUNCING = {
    "polnear": re.compile(r"sa(id|ys)|told|announc|decid|plan|agree"),
    "whitehouse": re.compile(r"sa(id|ys)|told|announc|agree|commit|confirm"),
}


def third(rows: list[Row], texts: dict[str, str], seen: set[str]) -> list[Row]:
    """Every row of ``rows`` that ``GIVING_WAY`` or ``GIVEN_WAY`` finds, none of them in ``seen``."""
    out = []
    for r in rows:
        text = texts[r["doc"]]
        cue, content = (" ".join(text[s:e] for s, e in r[k]) for k in ("cue", "content"))
        by_cue = r["from"] == "polnear" and GIVING_WAY.search(cue + " ")
        key = identity(r, text)
        if key not in seen and (by_cue or (GIVEN_WAY.search(content[:100]) and _ANNOUNCING[r["from"]].search(cue))):
            seen.add(key)
            out.append({**r, "stratum": "rare:concede" if by_cue else "rare:concede-content", "draw": "third"})
    return out


def second(rows: list[Row], texts: dict[str, str], seen: set[str], *, each: int, rng: random.Random) -> list[Row]:
    """Up to ``each`` rows a pattern of ``RARE``, the cue alone deciding, none of them in ``seen``."""
    rows = sorted(rows, key=lambda r: (r["doc"], r["cue"]))
    rng.shuffle(rows)
    counts = dict.fromkeys(RARE, 0)
    out = []
    for r in rows:
        cue = " ".join(texts[r["doc"]][s:e].lower() for s, e in r["cue"])
        name = next((k for k, v in RARE.items() if re.search(v, cue + " ")), None)
        key = identity(r, texts[r["doc"]])
        if name and counts[name] < each and key not in seen:
            counts[name] += 1
            seen.add(key)
            out.append({**r, "stratum": f"rare:{name}", "draw": "second"})
    return out


def identity(row: Row, text: str) -> str:
    """Cue and content in lower case: two statements with the same words are one statement to label."""
    return " ".join(text[s:e].lower() for s, e in (*row["cue"], *row["content"]))


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--out", type=Path, required=True)
    p.add_argument("--seed", type=int, default=4)
    p.add_argument("--second", action="store_true", help="add the second draw, for rare acts")
    p.add_argument("--third", action="store_true", help="add the third draw, for CONCEDE")
    a = p.parse_args()
    rng = random.Random(a.seed)
    seconds: list[Row] = []
    thirds: list[tuple[list[Row], dict[str, str]]] = []
    every: set[str] = set()
    with a.out.open("w", encoding="utf8") as out:
        for make, each, plain in ((polnear, 44, 260), (whitehouse, 26, 120)):
            texts: dict[str, str] = {}
            rows = []
            for row, text in make(a.data):
                texts[row["doc"]] = text
                rows.append(row)
            seen: set[str] = set()
            for r in draw(rows, each=each, plain=plain, rng=rng):
                text = texts[r["doc"]]
                key = identity(r, text)
                if key not in seen:
                    seen.add(key)
                    out.write(json.dumps(r) + "\n")
            thirds.append((rows, texts))
            if a.second:
                seconds += second(rows, texts, seen, each=45 if make is polnear else 12, rng=random.Random(a.seed + 1))
            every |= seen
        for r in seconds:
            out.write(json.dumps(r) + "\n")
        for rows, texts in thirds if a.third else ():
            for r in third(sorted(rows, key=lambda r: (r["doc"], r["cue"])), texts, every):
                out.write(json.dumps(r) + "\n")


if __name__ == "__main__":
    main()

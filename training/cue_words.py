"""Write weights/cue_words.txt: word forms that are often the head of a cue in PolNeAR train.

python -m training.cue_words --data ../shared/data --out src/onrecord/tagger/weights/cue_words.txt
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from pathlib import Path

from training.data import read_jsonl

WORD = re.compile(r"\w+")
# Function words are in cues but do not make them.
SKIP = {
    "a",
    "an",
    "the",
    "to",
    "of",
    "in",
    "on",
    "at",
    "for",
    "from",
    "by",
    "with",
    "as",
    "about",
    "that",
    "has",
    "have",
    "had",
    "be",
    "is",
    "was",
    "are",
    "were",
    "been",
    "being",
    "do",
    "does",
    "did",
    "not",
    "n",
    "t",
    "s",
}
LEAST, SHARE = 6, 0.12


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--out", type=Path, required=True)
    a = p.parse_args()
    everywhere: Counter[str] = Counter()
    cues: Counter[str] = Counter()
    for d in read_jsonl(a.data / "polnear" / "train.jsonl.gz"):
        everywhere.update(w.lower() for w in WORD.findall(d["text"]))
        for at in d["readings"][0]["attributions"] if d["readings"] else []:
            for s, e in at["cue"]:
                cues.update(w.lower() for w in WORD.findall(d["text"][s:e]))
    words = sorted(w for w, n in cues.items() if n >= LEAST and n >= SHARE * everywhere[w] and w not in SKIP)
    head = f"# Made by training.cue_words: forms in a cue at least {LEAST} times and in {SHARE:.0%} of their occurrences, PolNeAR train\n"
    a.out.write_text(head + "\n".join(words) + "\n", encoding="utf8")
    print(len(words), "words")


if __name__ == "__main__":
    main()

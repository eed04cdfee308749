"""How well similar questions are found: precision and recall over labelled pairs in English, Chinese and across.

Every third pair is held out: thresholds and ideas were chosen with the others alone.
Run: `python -m tests.questions.pairs` (`--wrong` lists the seen pairs that are taken wrongly; the held ones stay unseen).
"""

import argparse
import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from models import similar
from models.similar_terms import terms

FILE = Path(__file__).with_name("pairs.csv")


@dataclass(frozen=True)
class Pair:
    """Two questions, and whether they ask the same."""

    same: bool
    one: str
    other: str
    held: bool

    @property
    def tongue(self) -> str:
        han = [any("\u3400" <= letter <= "\u9fff" for letter in text) for text in (self.one, self.other)]
        return "across" if han[0] != han[1] else "Chinese" if han[0] else "English"

    @property
    def likeness(self) -> float:
        return similar.likeness(self.one, terms(self.one), self.other, terms(self.other))

    @property
    def found(self) -> bool:
        return self.likeness >= similar.SIMILAR_FROM


@dataclass(frozen=True)
class Figures:
    """Precision and recall over some pairs."""

    pairs: int
    precision: float
    recall: float


def pairs() -> list[Pair]:
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [Pair(row["same"] == "1", row["one"], row["other"], number % 3 == 2) for number, row in enumerate(rows)]


def figures(some: Iterable[Pair]) -> Figures:
    taken = list(some)
    right = sum(pair.same and pair.found for pair in taken)
    found, same = sum(pair.found for pair in taken), sum(pair.same for pair in taken)
    return Figures(len(taken), right / found if found else 1.0, right / same if same else 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true")
    arguments = parser.parse_args()
    every = pairs()
    for held, called in ((False, "seen"), (True, "held out")):
        for tongue in ("English", "Chinese", "across", "all"):
            some = [pair for pair in every if pair.held == held and tongue in {pair.tongue, "all"}]
            told = figures(some)
            print(f"{called:9} {tongue:8} {told.pairs:4} pairs  precision {told.precision:.3f}  recall {told.recall:.3f}")
    if arguments.wrong:
        for pair in every:
            if not pair.held and pair.same != pair.found:
                print(f"{pair.likeness:.2f} {'same' if pair.same else 'not '} {pair.one} | {pair.other}")


if __name__ == "__main__":
    main()

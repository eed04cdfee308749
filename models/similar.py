"""How like two questions are: one number for all languages, from shared terms and from spelling.

Invariants: pure and symmetric; a question is as like itself as can be (1.0). The figures are in tests/questions.
"""

import math
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from models.similar_terms import Terms

SIMILAR_FROM = 0.5  # offered as asked before
SAME_FROM = 0.6  # told to the owner as asked often
SPELT = 0.35  # how much spelling counts where both are written in one script


def likeness(one: str, one_terms: Terms, other: str, other_terms: Terms) -> float:
    """0 (nothing in common) to 1 (the same question)."""
    return (1 - SPELT) * _overlap(one_terms, other_terms) + SPELT * fuzz.token_set_ratio(one, other) / 100


def _overlap(one: Terms, other: Terms) -> float:
    """Weighted Dice: what both have, of what they have in all."""
    total = sum(one.values()) + sum(other.values())
    shared = sum(min(weight, other[term]) for term, weight in one.items() if term in other)
    return 2 * shared / total if total else 0.0


def rough(wanted: Terms, postings: Mapping[str, Sequence[int]], asked: int) -> dict[int, float]:
    """A first score for every question that shares a term: weight times rarity, summed."""
    scores: dict[int, float] = {}
    for term, question_ids in postings.items():
        weight = wanted[term] * math.log1p(max(asked, len(question_ids)) / len(question_ids))
        for question_id in question_ids:
            scores[question_id] = scores.get(question_id, 0.0) + weight
    return scores

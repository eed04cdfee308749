"""How like two questions are: one number for all languages, from the terms they share; by spelling where they name no idea.

Invariants: pure and symmetric; a question is as like itself as can be (1.0). The figures: `python -m tests.questions.pairs`.
"""

import math
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from models.similar_terms import Terms

SIMILAR_FROM = 0.45  # offered as asked before
SAME_FROM = 0.6  # told to the owner as asked often
SPELT = 0.5  # how much spelling counts where an idea is missing


def likeness(one: str, one_terms: Terms, other: str, other_terms: Terms) -> float:
    """0 (nothing in common) to 1 (the same question)."""
    if one.casefold() == other.casefold():
        return 1.0
    shared = overlap(one_terms, other_terms)
    if _names_idea(one_terms) and _names_idea(other_terms):
        return shared
    spelt = fuzz.token_sort_ratio(one.casefold(), other.casefold()) / 100
    return (1 - SPELT) * shared + SPELT * spelt


def overlap(one: Terms, other: Terms) -> float:
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


def _names_idea(terms: Terms) -> bool:
    return any(term.startswith("=") for term in terms)

"""Which questions were asked before: a circle's questions by their terms, a product's own before its category's.

Invariants: what a question is found by follows its words; only what this circle may see and somebody answered is offered;
the ranking is the same in every language (similar.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from heapq import nlargest

from sqlalchemy import ForeignKey, Index, Select, Text, bindparam, cast, delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import similar
from models.catalogue import Product
from models.columns import BigId, table_of
from models.questions import ALIVE, Question, question_table
from models.rows import insert_into, number_of
from models.similar_terms import Terms, terms
from models.states import WordsState


class QuestionTerm(SQLModel, table=True):
    """One term of one question's words."""

    __tablename__ = "question_terms"
    __table_args__ = (Index("ix_question_terms_question", "question_id"),)

    circle_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    term: str = Field(primary_key=True)
    product_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("products.id")])
    question_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("questions.id")])


term_table = table_of(QuestionTerm)

OFFERED = 3  # similar questions shown before a new one is asked
LOOKED_AT = 60  # the best by shared terms are compared word by word


@dataclass(frozen=True)
class Similar:
    """A question that was asked before. `score` 0..1; `answers` the circle can read."""

    question_id: int
    product_id: int
    words: str
    score: float
    answers: int


def put(session: Session, question: Question) -> None:
    """The question can be found by its words, as they are now."""
    question_id = number_of(question.id)
    forget(session, question_id)
    place = {"circle_id": question.circle_id, "product_id": question.product_id, "question_id": question_id}
    rows = [{**place, "term": term} for term in terms(question.words)]
    if rows:
        session.execute(insert_into(session, term_table).on_conflict_do_nothing(), rows)


def forget(session: Session, question_id: int) -> None:
    """It is found no more."""
    session.execute(delete(term_table).where(term_table.c.question_id == question_id))


def look(session: Session, circle_id: int, product_id: int, words: str, limit: int = OFFERED) -> list[Similar]:
    """Questions like this one that were answered, the likest first; those about the product itself before its category's."""
    wanted = terms(words)
    if not wanted:
        return []
    postings, own = _postings(session, circle_id, product_id, wanted)
    rough = similar.rough(wanted, postings, _asked(session, circle_id))
    found = _likest(session, {number: score for number, score in rough.items() if number in own}, words, limit)
    if len(found) < limit:
        kin = {number: score for number, score in rough.items() if number not in own}
        found += _likest(session, kin, words, limit - len(found))
    return found


def alike(rows: Sequence[tuple[int, int, str]]) -> dict[int, list[int]]:
    """Questions (id, product, words) that ask the same about the same product, under the first of them."""
    groups: dict[int, list[int]] = {}
    firsts: list[tuple[int, int, str, Terms]] = []
    for question_id, product_id, words in rows:
        own = terms(words)
        first = next(
            (f for f in firsts if f[1] == product_id and similar.likeness(words, own, f[2], f[3]) >= similar.SAME_FROM), None
        )
        if first is None:
            firsts.append((question_id, product_id, words, own))
        groups.setdefault(question_id if first is None else first[0], []).append(question_id)
    return groups


def _same_kind(session: Session, product_id: int) -> list[int]:
    """The product and the others of its category."""
    return list(session.scalars(_KIND, {"of_product": product_id})) or [product_id]


_PRODUCTS = table_of(Product)
_KIN = _PRODUCTS.alias()
_KIND = (
    select(_KIN.c.id)
    .join(_PRODUCTS, (_KIN.c.shop_id == _PRODUCTS.c.shop_id) & (_KIN.c.category == _PRODUCTS.c.category))
    .where(_PRODUCTS.c.id == bindparam("of_product"))
)


def _likest(session: Session, rough: Mapping[int, float], words: str, limit: int) -> list[Similar]:
    """The likest of these, looked for among those that share the most terms."""
    best = nlargest(4 * LOOKED_AT, rough, key=lambda question_id: (rough[question_id], question_id))
    found: list[Similar] = []
    for start in range(0, len(best), LOOKED_AT):
        found += _compared(session, best[start : start + LOOKED_AT], words)
        if len(found) >= limit:
            break
    return sorted(found, key=lambda one: (-one.score, -one.question_id))[:limit]


def _postings(
    session: Session, circle_id: int, product_id: int, wanted: Iterable[str]
) -> tuple[dict[str, list[int]], set[int]]:
    """For each term, the questions about the product and its like that have it; and which are about the product itself."""
    where = {"in_circle": circle_id, "of": _same_kind(session, product_id), "wanted": list(wanted)}
    found: dict[str, list[int]] = {}
    own: set[int] = set()
    for term, about, numbers in session.execute(_POSTINGS, where):
        question_ids = list(map(int, numbers.split(",")))
        found.setdefault(term, []).extend(question_ids)
        if about == product_id:
            own.update(question_ids)
    return found, own


_T = term_table.c
_POSTINGS = (  # a row a term and product: thousands of questions as rows of their own cost more than all that follows
    select(_T.term, _T.product_id, func.aggregate_strings(cast(_T.question_id, Text), ","))
    .where(_T.circle_id == bindparam("in_circle"), _T.product_id.in_(bindparam("of", expanding=True)))
    .where(_T.term.in_(bindparam("wanted", expanding=True)))
    .group_by(_T.term, _T.product_id)
)


def _asked(session: Session, circle_id: int) -> int:
    return int(session.execute(_COUNT, {"in_circle": circle_id}).scalar_one())


_COUNT = select(func.count()).select_from(question_table).where(question_table.c.circle_id == bindparam("in_circle"))


def _compared(session: Session, question_ids: Sequence[int], words: str) -> list[Similar]:
    """Those that are alike indeed, public, and answered."""
    own, found = terms(words), list[Similar]()
    for question_id, product_id, asked, answers in session.execute(_answered(), {"among": question_ids}):
        score = similar.likeness(words, own, asked, terms(asked))
        if score >= similar.SIMILAR_FROM:
            found.append(Similar(question_id, product_id, asked, score, answers))
    return found


@cache
def _answered() -> Select[int, int, str, int]:
    """What the circle may read of these questions, with how many answers; built once."""
    answers, q = SQLModel.metadata.tables["answers"], question_table.c  # by name: answers stand above what they are found by
    return (
        select(q.id, q.product_id, q.words, func.count())
        .join(answers, (answers.c.question_id == q.id) & (answers.c.state == WordsState.SHOWN))
        .where(q.id.in_(bindparam("among", expanding=True)), q.public.is_(True), q.state.in_(ALIVE))
        .group_by(q.id, q.product_id, q.words)
    )

"""Which questions were asked before: a circle's questions by their terms, a product's own before its category's.

Invariants: what a question is found by follows its words; only what this circle may see and somebody answered is offered;
the ranking is the same in every language (similar.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest

from sqlalchemy import ForeignKey, Index, delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import similar
from models.catalogue import Product
from models.columns import BigId, table_of
from models.questions import ALIVE, Question, question_table
from models.rows import insert_into, load, number_of
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
    product, products = load(session, Product, product_id), table_of(Product)
    if product.category is None:
        return [product_id]
    kin = products.c.shop_id == product.shop_id, products.c.category == product.category
    return list(session.scalars(select(products.c.id).where(*kin)))


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
    t, kind = term_table.c, _same_kind(session, product_id)
    place = t.circle_id == circle_id, t.product_id.in_(kind), t.term.in_(list(wanted))
    found: dict[str, list[int]] = {}
    own: set[int] = set()
    for term, question_id, about in session.execute(select(t.term, t.question_id, t.product_id).where(*place)).all():
        found.setdefault(term, []).append(question_id)
        if about == product_id:
            own.add(question_id)
    return found, own


def _asked(session: Session, circle_id: int) -> int:
    query = select(func.count()).select_from(question_table).where(question_table.c.circle_id == circle_id)
    return int(session.execute(query).scalar_one())


def _compared(session: Session, question_ids: Sequence[int], words: str) -> list[Similar]:
    """Those that are alike indeed, public, and answered."""
    answers: Mapping[int, int] = _answers(session, question_ids)
    seen = question_table.c.id.in_(list(answers)), question_table.c.public.is_(True), question_table.c.state.in_(ALIVE)
    query = select(question_table.c.id, question_table.c.product_id, question_table.c.words).where(*seen)
    own, found = terms(words), list[Similar]()
    for question_id, product_id, asked in session.execute(query):
        score = similar.likeness(words, own, asked, terms(asked))
        if score >= similar.SIMILAR_FROM:
            found.append(Similar(question_id, product_id, asked, score, answers[question_id]))
    return found


def _answers(session: Session, question_ids: Sequence[int]) -> dict[int, int]:
    answers = SQLModel.metadata.tables["answers"]  # by name: answers stand above what they are found by
    shown = answers.c.question_id.in_(question_ids), answers.c.state == WordsState.SHOWN
    query = select(answers.c.question_id, func.count()).where(*shown).group_by(answers.c.question_id)
    return {row[0]: int(row[1]) for row in session.execute(query)}

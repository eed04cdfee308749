"""What people see of questions and answers: under a product, on a card as a count, in `/find`.

Invariants: a circle sees its own questions alone, and only those their askers made public; the newest critical answer is
always among those shown; votes show from five; the shop's answers stand last, badged and unranked.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from models.answers import answer_table
from models.answers_votes import SHOWN_FROM, knows
from models.catalogue import Product
from models.columns import table_of
from models.people import Person
from models.questions import ALIVE, BUYER, question_table
from models.states import WordsState

people, products = table_of(Person), table_of(Product)
SHOWN_AT_ONCE = 4  # answers under a product


@dataclass(frozen=True)
class ShownAnswer:
    """An answer as somebody may read it. `votes` is None while fewer than five found it helpful; `by` "buyer" or "shop"."""

    answer_id: int
    question_id: int
    question: str
    person_id: int
    name: str
    by_initial: bool  # they stand on cards by an initial
    by: str
    words: str
    photo_file_id: str | None
    bought: int
    bought_kind: int
    critical: bool
    votes: int | None
    created_at: datetime
    edited: bool
    category: str | None  # of the product
    knows: int  # helpful answers of theirs about the category; 0 while they are too few to say so


_QUERY = (
    select(
        answer_table.c.id, answer_table.c.question_id, question_table.c.words.label("question"), answer_table.c.person_id,
        people.c.name, people.c.by_initial, answer_table.c.by, answer_table.c.words, answer_table.c.photo_file_id,
        answer_table.c.bought, answer_table.c.bought_kind, answer_table.c.critical, answer_table.c.votes, answer_table.c.created_at,
        answer_table.c.edited_at, products.c.category, answer_table.c.shop_id,
    )
    .join(products, products.c.id == answer_table.c.product_id)
    .join(question_table, question_table.c.id == answer_table.c.question_id)
    .join(people, people.c.id == answer_table.c.person_id)
    .where(answer_table.c.state == WordsState.SHOWN, question_table.c.state.in_(ALIVE))
)  # fmt: skip


def under(session: Session, circle_id: int, product_id: int, limit: int = SHOWN_AT_ONCE) -> list[ShownAnswer]:
    """What the circle sees under a product: the most helpful first, the newest critical one whatever its votes."""
    here = answer_table.c.circle_id == circle_id, answer_table.c.product_id == product_id, question_table.c.public.is_(True)
    rows = session.execute(_QUERY.where(*here).order_by(answer_table.c.id.desc()).limit(200)).all()
    return _chosen([_shown(session, row) for row in rows], [row.votes for row in rows], limit)


def of_question(session: Session, question_id: int, viewer_id: int) -> list[ShownAnswer]:
    """A question's answers, the shop's last: for its asker always, for others where it is public."""
    visible = question_table.c.public.is_(True) | (question_table.c.asker_id == viewer_id)
    rows = session.execute(_QUERY.where(answer_table.c.question_id == question_id, visible).order_by(answer_table.c.id)).all()
    return _chosen([_shown(session, row) for row in rows], [row.votes for row in rows], len(rows))


def one(session: Session, answer_id: int) -> ShownAnswer | None:
    """One answer, for whoever was sent it; None once nobody may read it."""
    row = session.execute(_QUERY.where(answer_table.c.id == answer_id)).one_or_none()
    return None if row is None else _shown(session, row)


def count(session: Session, circle_id: int, product_id: int) -> int:
    """How many answers the circle can read under a product: what a card says as "4 answers"."""
    return counts(session, circle_id, [product_id]).get(product_id, 0)


def counts(session: Session, circle_id: int, product_ids: Collection[int]) -> dict[int, int]:
    """The same for several products; one without answers is left out."""
    visible: tuple[ColumnElement[bool], ...] = (
        answer_table.c.circle_id == circle_id, answer_table.c.product_id.in_(product_ids),
        answer_table.c.state == WordsState.SHOWN, question_table.c.public.is_(True), question_table.c.state.in_(ALIVE),
    )  # fmt: skip
    query = (
        select(answer_table.c.product_id, func.count())
        .join(question_table, question_table.c.id == answer_table.c.question_id)
        .where(*visible).group_by(answer_table.c.product_id)
    )  # fmt: skip
    return {row[0]: int(row[1]) for row in session.execute(query)}


def recent(session: Session, circle_id: int, since: datetime, limit: int = 10) -> list[ShownAnswer]:
    """What was answered in the circle since then, newest first: for the digest."""
    here = answer_table.c.circle_id == circle_id, answer_table.c.created_at >= since, question_table.c.public.is_(True)
    rows = session.execute(_QUERY.where(*here).order_by(answer_table.c.id.desc()).limit(limit)).all()
    return [_shown(session, row) for row in rows]


def _chosen(found: list[ShownAnswer], votes: list[int], limit: int) -> list[ShownAnswer]:
    """Buyers' answers by votes, then newest; the newest critical one takes the last place if it would fall out."""
    ranked = sorted(zip(found, votes, strict=True), key=lambda pair: (-pair[1], -pair[0].answer_id))
    buyers = [answer for answer, _ in ranked if answer.by == BUYER]
    critical = max((answer for answer in buyers if answer.critical), key=lambda answer: answer.answer_id, default=None)
    top = buyers[:limit]
    if critical is not None and top and critical not in top:
        top = [*top[:-1], critical]
    return top + [answer for answer, _ in ranked if answer.by != BUYER][: max(1, limit - len(top))]


def _shown(session: Session, row: "Row[*tuple[object, ...]]") -> ShownAnswer:
    fields = dict(row._mapping)
    edited_at, votes = fields.pop("edited_at"), fields.pop("votes")
    shop_id = fields.pop("shop_id")
    known = knows(session, row.person_id, shop_id, row.category) if row.by == BUYER else 0
    answer = ShownAnswer(answer_id=fields.pop("id"), votes=None, edited=edited_at is not None, knows=known, **fields)
    return replace(answer, votes=votes if votes >= SHOWN_FROM else None)

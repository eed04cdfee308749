"""Helpful votes, and the standing that they earn: shown, never spendable.

Invariants: one vote a member and answer; nobody votes for their own words, a seller for none; the shop's answers are
never ranked, so they take no votes; `votes` on the answer is the number of its rows.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import circles, shops
from models.answers import Answer, answer_table
from models.catalogue import Product
from models.columns import BigId, Instant, table_of
from models.errors import DomainError
from models.facts import AnswerHelpful, AnyFact
from models.questions import BUYER, SHOP, Question
from models.rows import find, hold, insert_into, load
from models.states import WordsState


class Vote(SQLModel, table=True):
    """Somebody found an answer helpful."""

    __tablename__ = "answer_votes"

    answer_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("answers.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    at: datetime = Field(sa_type=Instant)


vote_table = table_of(Vote)

SHOWN_FROM = 5  # votes; fewer are not shown
HELPS_FROM = 2  # votes; the asker's own is enough alone
KNOWS_FROM = 3  # helpful answers about a category, to be called one who knows it


@dataclass(frozen=True)
class Standing:
    """ "Knows fruit, 12 helpful answers"."""

    category: str
    helpful: int


def vote(session: Session, answer_id: int, person_id: int, now: datetime) -> list[AnyFact]:
    """This answer helped them. Said twice, it counts once.

    Raises not_a_member, own_words, sellers_do_not_vote, shop_not_ranked, answer_gone, gone.
    """
    answer = _votable(session, answer_id, person_id)
    row = insert_into(session, vote_table).values(answer_id=answer_id, person_id=person_id, at=now)
    session.execute(row.on_conflict_do_nothing())
    _count(session, answer)
    question = load(session, Question, answer.question_id)
    if answer.helpful_at is not None or (answer.votes < HELPS_FROM and person_id != question.asker_id):
        return []
    answer.helpful_at = now
    session.flush()
    return [AnswerHelpful(answer.person_id, None, answer.question_id, answer_id)]


def unvote(session: Session, answer_id: int, person_id: int) -> None:
    """They take their vote back. What it brought its author stays. Raises gone."""
    answer = hold(session, Answer, answer_id)
    session.execute(delete(vote_table).where(vote_table.c.answer_id == answer_id, vote_table.c.person_id == person_id))
    _count(session, answer)


def voted(session: Session, answer_id: int, person_id: int) -> bool:
    """Whether this person found it helpful."""
    mine = vote_table.c.answer_id == answer_id, vote_table.c.person_id == person_id
    return session.execute(select(vote_table.c.at).where(*mine)).first() is not None


def standings(session: Session, person_id: int, shop_id: int) -> list[Standing]:
    """What this person is known to know in a shop, the most first."""
    products = table_of(Product)
    mine = answer_table.c.person_id == person_id, answer_table.c.shop_id == shop_id, answer_table.c.by == BUYER
    helped = answer_table.c.helpful_at.is_not(None), answer_table.c.state == WordsState.SHOWN
    count = func.count()
    query = (
        select(products.c.category, count).join(products, products.c.id == answer_table.c.product_id)
        .where(*mine, *helped, products.c.category.is_not(None)).group_by(products.c.category)
        .having(count >= KNOWS_FROM).order_by(count.desc(), products.c.category)
    )  # fmt: skip
    return [Standing(category, int(helpful)) for category, helpful in session.execute(query)]


def knows(session: Session, person_id: int, shop_id: int, category: str | None) -> int:
    """How many helpful answers somebody gave about a category; 0 below KNOWS_FROM, or where there is none."""
    found = {standing.category: standing.helpful for standing in standings(session, person_id, shop_id)} if category else {}
    return found.get(category or "", 0)


def _votable(session: Session, answer_id: int, person_id: int) -> Answer:
    if find(session, Answer, answer_id) is None:
        raise DomainError("gone", what="answers")
    answer = hold(session, Answer, answer_id)
    if answer.state != WordsState.SHOWN:
        raise DomainError("answer_gone")
    if not circles.is_member(session, answer.circle_id, person_id):
        raise DomainError("not_a_member")
    if answer.by == SHOP:
        raise DomainError("shop_not_ranked")
    if answer.person_id == person_id:
        raise DomainError("own_words")
    if shops.owns(session, answer.shop_id, person_id):
        raise DomainError("sellers_do_not_vote")
    return answer


def _count(session: Session, answer: Answer) -> None:
    votes = select(func.count()).select_from(vote_table).where(vote_table.c.answer_id == answer.id)
    answer.votes = int(session.execute(votes).scalar_one())
    session.flush()

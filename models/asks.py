"""Asks: a question put to one buyer, who answers, says "not me", mutes, or lets it pass.

Invariants: nobody is asked the same question twice, nor twice on one local day (both unique); an ask is answered by the
person it was put to and by nobody else; what was ended counts for nothing. Who is asked, and when, is asks_waves.py.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import (
    Column,
    ColumnElement,
    Date,
    Float,
    ForeignKey,
    Index,
    UniqueConstraint,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import circles, mutes
from models.catalogue import Product
from models.columns import BigId, Document, Instant, table_of
from models.errors import DomainError
from models.facts import AnyFact, BackAnswered, BackAsked
from models.orders import Order, order_table
from models.people import Person
from models.questions import ALIVE, ENOUGH, Question, answered, question_table
from models.questions_words import checked, has_contact
from models.rows import find, fresh, hold, load, number_of
from models.states import ASK, AskState, OrderState, advance


class Ask(SQLModel, table=True):
    """One question put to one buyer. `why`: {"code", "params"}, what /why says of it; `score`: asks_score.py."""

    __tablename__ = "asks"
    __table_args__ = (
        UniqueConstraint("question_id", "person_id"),
        UniqueConstraint("person_id", "day"),
        Index("ix_asks_person", "person_id", "put_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    question_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("questions.id")])
    person_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    asker_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    wave: int
    state: str  # states.AskState
    day: date = Field(sa_column=Column(Date, nullable=False))  # the local day of who is asked
    put_at: datetime = Field(sa_type=Instant)
    due_at: datetime | None = Field(default=None, sa_type=Instant, index=True)  # ignored from then on; None once it is over
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    explored: bool = False  # one of the places for people not tried yet
    score: float = Field(default=0.0, sa_column=Column(Float, nullable=False))
    why: dict[str, object] = Field(default_factory=dict, sa_type=Document)
    # the one question back, by either side
    back_by: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    back_words: str = ""
    back_at: datetime | None = Field(default=None, sa_type=Instant)
    back_reply: str = ""
    back_replied_at: datetime | None = Field(default=None, sa_type=Instant)


ask_table = table_of(Ask)

IGNORED_AFTER = timedelta(hours=48)
BACK_MOST = 300  # characters of a question back and of its answer
LIVE = (AskState.PUT, AskState.IGNORED, AskState.DECLINED)  # may still be answered


def of_person(session: Session, ask_id: int, person_id: int) -> Ask:
    """The ask, held for a change, by whom it was put to. Raises not_yours for anybody else, gone."""
    if find(session, Ask, ask_id) is None:
        raise DomainError("gone", what="asks")
    ask = hold(session, Ask, ask_id)
    if ask.person_id != person_id:
        raise DomainError("not_yours")
    return ask


def latest(session: Session, person_id: int) -> Ask | None:
    """The last ask that was put to this person, whatever came of it: what `/why` explains."""
    rows = fresh(session, select(Ask).where(ask_table.c.person_id == person_id).order_by(ask_table.c.id.desc()).limit(1))
    return rows[0] if rows else None


def decline(session: Session, ask_id: int, person_id: int, now: datetime) -> list[AnyFact]:
    """"Not me". Said twice, it is done once. Raises not_yours, ask_over, gone."""
    ask = of_person(session, ask_id, person_id)
    if ask.state == AskState.DECLINED:
        return []
    require_live(ask)
    settle(session, ask, AskState.DECLINED, now)
    return []


def mute(session: Session, ask_id: int, person_id: int, scope: str, now: datetime) -> list[AnyFact]:
    """Mutes what the ask is about, `scope` "item", "category" or "asks" (every question), and declines it where it is open.

    Raises not_yours, gone.
    """
    ask = of_person(session, ask_id, person_id)
    product = load(session, Product, load(session, Question, ask.question_id).product_id)
    keys = {"item": mutes.item(number_of(product.id)), "asks": mutes.ASKS}
    if product.category is not None:
        keys["category"] = mutes.category(product.shop_id, product.category)
    mutes.mute(session, person_id, keys.get(scope, keys["item"]), now)
    if ask.state in {AskState.PUT, AskState.IGNORED}:
        settle(session, ask, AskState.DECLINED, now)
    return []


def expire(session: Session, ask_id: int, now: datetime) -> list[AnyFact]:
    """Nothing came back: ignored, if an answer was still wanted and theirs to give; else it just ends."""
    ask = hold(session, Ask, ask_id)
    if ask.state != AskState.PUT or ask.due_at is None or ask.due_at > now:
        return []
    question = load(session, Question, ask.question_id)
    wanted = question.state in ALIVE and answered(session, ask.question_id) < ENOUGH
    theirs = wanted and knows(session, question, ask.person_id)
    settle(session, ask, AskState.IGNORED if theirs else AskState.ENDED, now)
    return []


def ask_back(session: Session, ask_id: int, person_id: int, words: str, now: datetime) -> list[AnyFact]:
    """The one question back about an ask: by who was asked, or by the asker about the answer.

    Raises not_yours, ask_over, back_once, question_empty, question_long, back_contact, nobody_asks (a campaign put it).
    """
    ask = hold(session, Ask, ask_id)
    if person_id not in {ask.person_id, ask.asker_id}:
        raise DomainError("not_yours")
    if ask.asker_id is None:
        raise DomainError("nobody_asks")
    if ask.state == AskState.ENDED or load(session, Question, ask.question_id).state not in ALIVE:
        raise DomainError("ask_over")
    if ask.back_by is not None:
        raise DomainError("back_once")
    ask.back_by, ask.back_words, ask.back_at = person_id, _plain(words, "question"), now
    session.flush()
    other = ask.asker_id if person_id == ask.person_id else ask.person_id
    return [BackAsked(other, None, ask.question_id, ask_id)]


def answer_back(session: Session, ask_id: int, person_id: int, words: str, now: datetime) -> list[AnyFact]:
    """What the other side says to the question back.

    Raises not_yours, no_question_back, answer_empty, answer_long, back_contact.
    """
    ask = hold(session, Ask, ask_id)
    other = ask.asker_id if ask.back_by == ask.person_id else ask.person_id
    if ask.back_by is None or ask.back_replied_at is not None:
        raise DomainError("no_question_back")
    if person_id != other:
        raise DomainError("not_yours")
    ask.back_reply, ask.back_replied_at = _plain(words, "answer"), now
    session.flush()
    return [BackAnswered(ask.back_by, None, ask.question_id, ask_id)]


def _plain(words: str, what: str) -> str:
    """What two people say to each other here is seen by nobody else, so a contact cannot wait for a look: it is refused."""
    clean = checked(words, what, BACK_MOST)
    if has_contact(clean):
        raise DomainError("back_contact")
    return clean


def require_live(ask: Ask) -> None:
    """Raises ask_over for an ask that was answered or has ended."""
    if ask.state not in LIVE:
        raise DomainError("ask_over")


def settle(session: Session, ask: Ask, state: AskState, now: datetime) -> None:
    """What came of the ask."""
    ask.state, ask.settled_at, ask.due_at = advance(ASK, ask.state, state), now, None
    session.flush()


def knows(session: Session, question: Question, person_id: int) -> bool:
    """Whether the person can still speak about it: in the circle, reachable, with goods of the category not refunded."""
    person = load(session, Person, person_id)
    if person.started_at is None or person.unreachable_at is not None or person.erased_at is not None:
        return False
    if not circles.is_member(session, question.circle_id, person_id):
        return False
    product = load(session, Product, question.product_id)
    products = table_of(Product)
    same: ColumnElement[bool] = products.c.id == question.product_id
    if product.category is not None:
        same = or_(same, (products.c.shop_id == product.shop_id) & (products.c.category == product.category))
    query = select(order_table.c.id).join(products, products.c.id == order_table.c.product_id).where(
        order_table.c.person_id == person_id, order_table.c.collected_at.is_not(None),
        order_table.c.state != OrderState.REFUNDED, same,
    ).limit(1)  # fmt: skip
    return session.execute(query).first() is not None


def end(session: Session, person_id: int, now: datetime, circle_id: int | None = None) -> int:
    """Their open asks end: they left this circle, or, without one, blocked the bot or are gone. How many ended.

    What they asked themselves goes to nobody further (questions.is_heard); who was asked may still answer.
    """
    return _end(session, [ask_table.c.person_id == person_id], now, circle_id)


def end_refunded(session: Session, order_id: int, now: datetime) -> int:
    """Their open asks about what they have not any more end; nothing happens for an order that was not refunded."""
    order = load(session, Order, order_id)
    if order.state != OrderState.REFUNDED:
        return 0
    open_ones = ask_table.c.person_id == order.person_id, ask_table.c.state.in_((AskState.PUT, AskState.IGNORED))
    lost = [
        number_of(ask.id) for ask in fresh(session, select(Ask).where(*open_ones))
        if not knows(session, load(session, Question, ask.question_id), ask.person_id)
    ]  # fmt: skip
    return _end(session, [ask_table.c.id.in_(lost)], now, None)


def end_circle(session: Session, circle_id: int, now: datetime) -> int:
    """The bot is not there any more: nothing asked there needs an answer, and nobody more is asked."""
    session.flush()
    coming = question_table.c.circle_id == circle_id, question_table.c.next_wave_at.is_not(None)
    session.execute(update(question_table).where(*coming).values(next_wave_at=None))
    return _end(session, [], now, circle_id)


def end_question(session: Session, question_id: int, now: datetime) -> int:
    """Nobody needs to answer it any more."""
    return _end(session, [ask_table.c.question_id == question_id], now, None)


def _end(session: Session, which: list[ColumnElement[bool]], now: datetime, circle_id: int | None) -> int:
    session.flush()
    if circle_id is not None:
        here = select(question_table.c.id).where(question_table.c.circle_id == circle_id)
        which = [*which, ask_table.c.question_id.in_(here)]
    ending = update(ask_table).where(*which, ask_table.c.state.in_((AskState.PUT, AskState.IGNORED)))
    ended = ending.values(state=AskState.ENDED, settled_at=now, due_at=None).returning(ask_table.c.id)
    return len(session.execute(ended).all())

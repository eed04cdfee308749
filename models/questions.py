"""Questions about a product: of a member to those who bought it, or to the shop; of a campaign to recent receivers.

Invariants: a question belongs to one circle and is seen there alone, and only once its asker consented (`public`); while
it waits for buyers, `next_wave_at` says when more are asked (asks_waves.py); it waits for the shop in state "shop"; whose
asker is not there any more goes to nobody further (`is_heard`).
What conversations call: questions_asking (ask, consent, withdraw), asks (decline, ask_back), answers (give, edit, delete,
give_as_shop), answers_shown (what people see), moderation, showcases, similar_index (what was asked before).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Index, exists, func, or_, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import shops
from models.catalogue import Product
from models.circles import circle_table, membership_table
from models.columns import BigId, Document, Instant, Texts, table_of
from models.errors import DomainError
from models.facts import AnyFact, QuestionToShop, QuestionWaits, QuestionWithShop
from models.people import person_table
from models.rows import fresh, hold, load, number_of
from models.states import QUESTION, CircleState, QuestionState, WordsState, advance


class Question(SQLModel, table=True):
    """One question. Times are instants; `asker_id` is None for a campaign's."""

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint("asked_of IN ('buyers', 'shop')", name="asked_of"),
        Index("ix_questions_product", "circle_id", "product_id", "state"),
        Index("ix_questions_waiting", "shop_id", "state", "asked_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    circle_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    product_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("products.id")])
    round_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])  # whose card
    asker_id: int | None = Field(default=None, sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    asking_key: str | None = Field(default=None, unique=True)  # what may ask it once: "run:17:3:9"
    asked_of: str  # BUYERS or SHOP
    state: str  # states.QuestionState
    words: str
    photo_file_id: str | None = None
    public: bool | None = None  # may the circle see it; None: the asker has not said
    asked_at: datetime = Field(sa_type=Instant)
    deadline: datetime | None = Field(default=None, sa_type=Instant)  # of the group buy it is about
    waves: int = 0  # that were sent
    next_wave_at: datetime | None = Field(default=None, sa_type=Instant, index=True)
    shop_at: datetime | None = Field(default=None, sa_type=Instant, index=True)  # goes to the shop then if nobody answered
    nudge_at: datetime | None = Field(default=None, sa_type=Instant, index=True)  # the owners are reminded once
    to_shop_at: datetime | None = Field(default=None, sa_type=Instant)
    to_shop_why: str | None = None
    told_at: datetime | None = Field(default=None, sa_type=Instant)  # its first answer, in the circle
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    # what held when it was asked, so that a later wave needs no configuration
    quiet_from: int = 1320  # minutes of the local day
    quiet_to: int = 480
    seed: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    kept_out: list[int] = Field(default_factory=list, sa_type=Document)  # staff: people's ids
    nudge_after: int = 86_400  # seconds


question_table = table_of(Question)

BUYERS, SHOP = "buyers", "shop"  # whom a question is asked of
BUYER = "buyer"  # by whom an answer is; else SHOP
SHOP_AFTER = timedelta(hours=24)  # from when the shop may answer what was asked of buyers
ENOUGH = 2  # answers of buyers; then nobody more is asked
ALIVE = (QuestionState.OPEN, QuestionState.SHOP, QuestionState.ANSWERED)
WAITING = (QuestionState.OPEN, QuestionState.SHOP)


@dataclass(frozen=True)
class Waits:
    """A question without an answer, as its owner sees it. `like` counts those that ask the same and wait too, itself included."""

    question_id: int
    circle_id: int
    product_id: int
    product: Texts
    words: str
    asked_at: datetime
    waits: timedelta
    asked_of: str
    may_answer: bool
    asked_people: int
    like: int = 1


def by_id(session: Session, question_id: int) -> Question:
    """The question as it is now. Raises gone."""
    return load(session, Question, question_id)


def held(session: Session, question_id: int) -> Question:
    """The question, held for a change. Raises gone."""
    return hold(session, Question, question_id)


def may_shop_answer(question: Question, now: datetime) -> bool:
    """At once what was asked of it or waits for it; else after 24 h."""
    if question.state not in ALIVE:
        return False
    return question.asked_of == SHOP or question.state == QuestionState.SHOP or now >= question.asked_at + SHOP_AFTER


def is_heard(session: Session, question: Question) -> bool:
    """Whether an answer reaches somebody: the bot is in the circle, and who asked is there too and can be written to.

    A campaign's question is heard by its circle.
    """
    here = select(question_table.c.id).where(question_table.c.id == question.id, *_HEARD)
    session.flush()
    return session.execute(here).first() is not None


_C, _M, _P = circle_table.c, membership_table.c, person_table.c
_ASKER_THERE = (
    exists()
    .where(_M.circle_id == question_table.c.circle_id, _M.person_id == question_table.c.asker_id, _M.left_at.is_(None))
    .where(_P.id == question_table.c.asker_id, _P.unreachable_at.is_(None), _P.erased_at.is_(None))
)
_HEARD = (
    exists().where(_C.id == question_table.c.circle_id, _C.state == CircleState.APPROVED),
    or_(question_table.c.asker_id.is_(None), _ASKER_THERE),
)


def to_shop(session: Session, question: Question, why: str, now: datetime) -> list[AnyFact]:
    """The question waits for the shop from now on, openly: its asker hears it. `why`: asked, nobody, silent."""
    if question.to_shop_at is None:
        question.to_shop_at, question.to_shop_why = now, why
    question.state, question.shop_at = advance(QUESTION, question.state, QuestionState.SHOP), None
    question.nudge_at = question.to_shop_at + timedelta(seconds=question.nudge_after)
    session.flush()
    question_id = number_of(question.id)
    facts: list[AnyFact] = [QuestionToShop(question.shop_id, question_id, why)]
    if question.asker_id is not None and why != "asked":
        facts.append(QuestionWithShop(question.asker_id, question.circle_id, question_id, why))
    return facts


def overdue(session: Session, question_id: int, now: datetime) -> list[AnyFact]:
    """Nobody answered within 24 h, or before the deadline: the shop is asked. Before its time it does nothing."""
    question = held(session, question_id)
    if question.shop_at is None or question.shop_at > now:
        return []
    question.shop_at = None
    session.flush()
    wanted = question.state == QuestionState.OPEN and is_heard(session, question)
    return to_shop(session, question, "silent", now) if wanted else []


def nudge(session: Session, question_id: int, now: datetime) -> list[AnyFact]:
    """The owners are reminded once of a question that waits longer than its set time."""
    question = held(session, question_id)
    if question.nudge_at is None or question.nudge_at > now:
        return []
    question.nudge_at = None
    session.flush()
    if question.state not in WAITING or not is_heard(session, question):
        return []
    hours = int((now - question.asked_at).total_seconds() // 3600)
    return [QuestionWaits(question.shop_id, question_id, hours)]


def close(session: Session, question: Question, now: datetime) -> None:
    """Nobody is asked any more and nobody may answer; what was answered goes with it."""
    question.state, question.ended_at = advance(QUESTION, question.state, QuestionState.CLOSED), now
    question.next_wave_at, question.shop_at, question.nudge_at = None, None, None
    session.flush()


def waiting(session: Session, shop_id: int, by: int, now: datetime, limit: int = 20) -> list[Waits]:
    """An owner's unanswered questions that somebody waits for, oldest first; alike ones stand together under the oldest.

    Raises not_yours.
    """
    from models import similar_index  # noqa: PLC0415  # it stands above the questions it compares

    shops.require_owner(session, shop_id, by)
    q = question_table.c
    here = q.shop_id == shop_id, q.state.in_(WAITING), q.asker_id.is_not(None), *_HEARD
    rows = fresh(session, select(Question).where(*here).order_by(q.asked_at, q.id).limit(200))
    asked = _asked(session, [number_of(row.id) for row in rows])
    groups = similar_index.alike([(number_of(row.id), row.product_id, row.words) for row in rows])
    firsts = [(row, len(groups[number_of(row.id)])) for row in rows if number_of(row.id) in groups]
    return [_waits(session, row, asked.get(number_of(row.id), 0), like, now) for row, like in firsts[:limit]]


def _asked(session: Session, question_ids: Sequence[int]) -> dict[int, int]:
    asks = SQLModel.metadata.tables["asks"]  # by name: asks stand above questions
    query = select(asks.c.question_id, func.count()).where(asks.c.question_id.in_(question_ids)).group_by(asks.c.question_id)
    return {row[0]: int(row[1]) for row in session.execute(query)}


def _waits(session: Session, row: Question, asked: int, like: int, now: datetime) -> Waits:
    title = load(session, Product, row.product_id).title
    return Waits(
        number_of(row.id), row.circle_id, row.product_id, title, row.words, row.asked_at, now - row.asked_at, row.asked_of,
        may_shop_answer(row, now), asked, like,
    )  # fmt: skip


def answered(session: Session, question_id: int) -> int:
    """How many buyers' answers to it stand, those that wait for a look included."""
    answers = SQLModel.metadata.tables["answers"]  # by name: answers stand above questions
    stand = answers.c.by == BUYER, answers.c.state.in_((WordsState.SHOWN, WordsState.HELD))
    query = select(func.count()).select_from(answers).where(answers.c.question_id == question_id, *stand)
    return int(session.execute(query).scalar_one())


def require_alive(question: Question) -> None:
    """Raises question_closed for one that takes no answers."""
    if question.state not in ALIVE:
        raise DomainError("question_closed")

"""Answers: what a buyer or the shop says to a question.

Invariants: one answer a person and question; a buyer answers what was put to them and nothing else; words with a link or
contact wait until a person looks; an answer is seen in the circle only where its question may be (`public`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import asks, boards, events, paths, questions, shops
from models.catalogue import Product
from models.columns import BigId, Instant, table_of
from models.errors import DomainError
from models.event_slots import Event
from models.facts import AnswerEdited, AnswerGiven, AnswersChanged, AnswerTold, AnswerToldAside, AnyFact, WordsHeld
from models.group_buys import rounds
from models.orders import order_table
from models.questions import BUYER, ENOUGH, SHOP, Question
from models.questions_words import ANSWER_MOST, checked, has_contact
from models.rows import find, fresh, hold, load, number_of
from models.states import QUESTION, WORDS, AskState, OrderState, QuestionState, RoundState, WordsState, advance


class Answer(SQLModel, table=True):
    """One answer, with its author's badge as it was then: `bought` this product, `bought_kind` its category, in orders."""

    __tablename__ = "answers"
    __table_args__ = (
        UniqueConstraint("question_id", "person_id"),
        CheckConstraint("by IN ('buyer', 'shop')", name="by"),
        Index("ix_answers_product", "circle_id", "product_id", "state"),
        Index("ix_answers_person", "person_id", "helpful_at"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    question_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("questions.id")])
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    circle_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    product_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("products.id")])
    person_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    ask_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("asks.id")])
    by: str  # BUYER or SHOP
    state: str  # states.WordsState
    words: str
    photo_file_id: str | None = None
    bought: int = 0
    bought_kind: int = 0
    critical: bool = False
    votes: int = 0  # who found it helpful
    helpful_at: datetime | None = Field(default=None, sa_type=Instant)  # it helped: the asker says so, or two others do
    created_at: datetime = Field(sa_type=Instant)
    edited_at: datetime | None = Field(default=None, sa_type=Instant)


answer_table = table_of(Answer)

STAND = (WordsState.SHOWN, WordsState.HELD)
FORGET_AFTER = timedelta(days=7)  # an old question whose answer is taken back bothers nobody


@dataclass(frozen=True)
class Badge:
    """How often the author had received this product, and anything of its category; whether they would not again."""

    bought: int
    bought_kind: int
    not_again: bool


def give(
    session: Session, ask_id: int, person_id: int, words: str, photo_file_id: str | None, now: datetime,
    *, critical: bool | None = None,
) -> tuple[int, list[AnyFact]]:  # fmt: skip
    """A buyer answers what was put to them; the answer's id. `critical`: as they say, else by their "not again".

    Raises not_yours, ask_over, question_closed, answer_empty, answer_long, photo_without_words, gone.
    """
    ask = asks.of_person(session, ask_id, person_id)
    asks.require_live(ask)
    question = questions.held(session, ask.question_id)
    questions.require_alive(question)
    if not asks.knows(session, question, person_id):
        raise DomainError("ask_over")
    clean = checked(words, "answer", ANSWER_MOST, photo=photo_file_id is not None)
    badge = badge_of(session, question, person_id)
    answer = _written(question, person_id, BUYER, clean, photo_file_id, now)
    answer.ask_id, answer.bought, answer.bought_kind = ask_id, badge.bought, badge.bought_kind
    answer.critical = badge.not_again if critical is None else critical
    session.add(answer)
    asks.settle(session, ask, AskState.ANSWERED, now)
    return number_of(answer.id), _said(session, question, answer, now)


def give_as_shop(
    session: Session, question_id: int, person_id: int, words: str, photo_file_id: str | None, now: datetime
) -> tuple[int, list[AnyFact]]:
    """An owner answers: at once what was asked of the shop or waits for it, else after 24 h. Badged, never ranked.

    Raises not_yours, shop_waits(hours), question_closed, answered_already, answer_empty, answer_long, photo_without_words.
    """
    question = questions.held(session, question_id)
    require_shop(session, question, person_id, now)
    mine = answer_table.c.question_id == question_id, answer_table.c.person_id == person_id
    if session.execute(select(answer_table.c.id).where(*mine)).first() is not None:
        raise DomainError("answered_already")
    clean = checked(words, "answer", ANSWER_MOST, photo=photo_file_id is not None)
    answer = _written(question, person_id, SHOP, clean, photo_file_id, now)
    answer.state = WordsState.SHOWN  # the shop's contacts are no secret
    session.add(answer)
    session.flush()
    return number_of(answer.id), _said(session, question, answer, now)


def require_shop(session: Session, question: Question, person_id: int, now: datetime) -> None:
    """Raises not_yours, question_closed, shop_waits(hours) for who may not answer it as the shop now."""
    shops.require_owner(session, question.shop_id, person_id)
    questions.require_alive(question)
    if not questions.may_shop_answer(question, now):
        left = question.asked_at + questions.SHOP_AFTER - now
        raise DomainError("shop_waits", hours=-(-int(left.total_seconds()) // 3600))


def edit(
    session: Session, answer_id: int, person_id: int, words: str, photo_file_id: str | None, now: datetime
) -> list[AnyFact]:
    """The author says it otherwise; a photo that is not named anew stays. Raises not_yours, answer_gone and as `give`."""
    answer = of_author(session, answer_id, person_id)
    answer.words = checked(words, "answer", ANSWER_MOST, photo=photo_file_id is not None)
    answer.photo_file_id, answer.edited_at = photo_file_id or answer.photo_file_id, now
    question = questions.held(session, answer.question_id)
    was, contact = answer.state, answer.by == BUYER and has_contact(answer.words)
    if contact and was == WordsState.SHOWN:
        answer.state = advance(WORDS, was, WordsState.HELD)
    if not contact and was == WordsState.HELD:
        answer.state = advance(WORDS, was, WordsState.SHOWN)
    session.flush()
    if answer.state != was:
        return _said(session, question, answer, now) + changed(session, question)
    follow(session, question, now)
    if was == WordsState.SHOWN and question.asker_id is not None:
        return [AnswerEdited(question.asker_id, None, answer.question_id, answer_id)]
    return []


def delete(session: Session, answer_id: int, person_id: int, now: datetime) -> list[AnyFact]:
    """The author takes it back: the words are gone. Raises not_yours, answer_gone, gone."""
    answer = of_author(session, answer_id, person_id)
    return take_away(session, answer, WordsState.DELETED, now)


def take_away(session: Session, answer: Answer, state: WordsState, now: datetime) -> list[AnyFact]:
    """Deleted, removed or hidden: nobody sees it; a question without any other answer waits again."""
    answer.state = advance(WORDS, answer.state, state)
    if state == WordsState.DELETED:
        answer.words, answer.photo_file_id = "", None
    question = questions.held(session, answer.question_id)
    session.flush()
    follow(session, question, now)
    facts = changed(session, question)
    if question.state == QuestionState.ANSWERED and not _any_shown(session, answer.question_id):
        if question.asked_at > now - FORGET_AFTER and questions.is_heard(session, question):
            return facts + questions.to_shop(session, question, "silent", now)
        questions.close(session, question, now)
    return facts


def restore(session: Session, answer: Answer, now: datetime) -> list[AnyFact]:
    """A person looked and shows it."""
    answer.state = advance(WORDS, answer.state, WordsState.SHOWN)
    session.flush()
    return publish(session, questions.held(session, answer.question_id), answer, now)


def of_author(session: Session, answer_id: int, person_id: int) -> Answer:
    """The answer, held for a change by its author. Raises not_yours, answer_gone, gone."""
    if find(session, Answer, answer_id) is None:
        raise DomainError("gone", what="answers")
    answer = hold(session, Answer, answer_id)
    if answer.person_id != person_id:
        raise DomainError("not_yours")
    if answer.state in {WordsState.DELETED, WordsState.REMOVED}:
        raise DomainError("answer_gone")
    return answer


def publish(session: Session, question: Question, answer: Answer, now: datetime) -> list[AnyFact]:
    """It may be seen: the asker hears it in private, the circle once a question, the cards count it."""
    if question.state in {QuestionState.OPEN, QuestionState.SHOP}:
        question.state, question.nudge_at = advance(QUESTION, question.state, QuestionState.ANSWERED), None
    question.shop_at = None
    session.flush()
    facts: list[AnyFact] = []
    question_id, answer_id = number_of(question.id), number_of(answer.id)
    if question.asker_id is not None and question.asker_id != answer.person_id:
        facts.append(AnswerGiven(question.asker_id, None, question_id, answer_id))
        place = (question.asker_id, question.circle_id, question.shop_id)
        events.heard(session, Event.ANSWERED, *place, board_of(question_id), now)
        if answer.by == BUYER:
            paths.answer_read(session, question.asker_id, question.product_id, now)
    if question.public:
        facts += tell(session, question, answer_id, now) + changed(session, question)
    return facts


def tell(session: Session, question: Question, answer_id: int, now: datetime) -> list[AnyFact]:
    """The circle hears of the question's first answer, once."""
    if question.told_at is not None:
        follow(session, question, now)
        return []
    question.told_at = now
    session.flush()
    question_id = number_of(question.id)
    boards.post(session, question.circle_id, board_of(question_id), now)
    if question.round_id is not None:
        return [AnswerTold(question.round_id, question_id, answer_id)]
    return [AnswerToldAside(question.circle_id, question_id, answer_id)]


def board_of(question_id: int) -> str:
    """What the board in the circle shows the question as."""
    return f"question:{question_id}"


def follow(session: Session, question: Question, now: datetime) -> None:
    """What the circle was told of the question is not so any more."""
    if question.told_at is not None:
        boards.mark(session, board_of(number_of(question.id)), now)


def changed(session: Session, question: Question) -> list[AnyFact]:
    """The open cards of the product in this circle count answers."""
    there = rounds.c.circle_id == question.circle_id, rounds.c.product_id == question.product_id
    live = rounds.c.state.in_((RoundState.OPEN, RoundState.DECIDING, RoundState.LOCKED))
    return [AnswersChanged(round_id) for round_id in session.scalars(select(rounds.c.id).where(*there, live))]


def badge_of(session: Session, question: Question, person_id: int) -> Badge:
    """What the person has received, by their orders that were not refunded."""
    products = table_of(Product)
    category = load(session, Product, question.product_id).category
    got = order_table.c.collected_at.is_not(None), order_table.c.state != OrderState.REFUNDED
    query = select(order_table.c.product_id, order_table.c.again).join(
        products, products.c.id == order_table.c.product_id
    ).where(
        order_table.c.person_id == person_id, order_table.c.shop_id == question.shop_id, *got,
        (products.c.id == question.product_id) | (products.c.category == category),
    ).order_by(order_table.c.collected_at)  # fmt: skip
    rows = session.execute(query).all()
    again = [row.again for row in rows if row.product_id == question.product_id]
    said = [yes for yes in again if yes is not None]
    return Badge(len(again), len(rows), bool(said) and not said[-1])


def _written(
    question: Question, person_id: int, by: str, words: str, photo_file_id: str | None, now: datetime
) -> Answer:
    state = WordsState.HELD if has_contact(words) else WordsState.SHOWN
    return Answer(
        question_id=number_of(question.id), shop_id=question.shop_id, circle_id=question.circle_id,
        product_id=question.product_id, person_id=person_id, by=by, state=state, words=words,
        photo_file_id=photo_file_id, created_at=now,
    )  # fmt: skip


def _said(session: Session, question: Question, answer: Answer, now: datetime) -> list[AnyFact]:
    """What a new or changed answer brings: it is shown, or a person looks first; enough of them ends the asking."""
    session.flush()
    if questions.answered(session, answer.question_id) >= ENOUGH:
        question.next_wave_at = None
        session.flush()
    if answer.state == WordsState.SHOWN:
        return publish(session, question, answer, now)
    return [WordsHeld(question.shop_id, "answer", number_of(answer.id), "contact")]


def _any_shown(session: Session, question_id: int) -> bool:
    shown = answer_table.c.question_id == question_id, answer_table.c.state == WordsState.SHOWN
    return int(session.execute(select(func.count()).select_from(answer_table).where(*shown)).scalar_one()) > 0


def of_question(session: Session, question_id: int) -> list[Answer]:
    """The answers that stand, oldest first, the shop's last."""
    stand = answer_table.c.question_id == question_id, answer_table.c.state.in_(STAND)
    return list(fresh(session, select(Answer).where(*stand).order_by(answer_table.c.by, answer_table.c.id)))

"""Asking: a question is put in, routed to buyers or to the shop, made public, withdrawn.

Invariants: what is asked is checked and, with a link or contact in it, waits for a person before anybody is asked; a
member asks in a circle they are in, about what its shop sells; nobody floods.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import answers, asks, asks_waves, circles, moderation, questions, shops, similar_index
from models.catalogue import Product
from models.circles import Circle
from models.errors import DomainError
from models.facts import AnyFact, WordsHeld
from models.group_buys import Round
from models.moderation import Kind
from models.questions import BUYERS, SHOP, Question, question_table
from models.questions_words import QUESTION_MOST, checked, has_contact
from models.rows import find, fresh, load, number_of
from models.states import QUESTION, QuestionState, RoundState, WordsState, advance

A_DAY = 5  # questions one member may ask in 24 h
AT_ONCE = 3  # of one member that wait for an answer


@dataclass(frozen=True)
class House:
    """What bot.toml says, as far as asking goes. Quiet hours in minutes of the local day; `staff` are people's ids."""

    quiet_from: int = 22 * 60
    quiet_to: int = 8 * 60
    staff: tuple[int, ...] = ()
    seed: int = 0
    nudge_after: timedelta = timedelta(hours=24)


@dataclass(frozen=True)
class Asking:
    """A question as it is asked. `public`: its asker's word on the circle seeing it, None while they have not said."""

    circle_id: int
    product_id: int
    words: str
    of: str = BUYERS
    round_id: int | None = None
    photo_file_id: str | None = None
    public: bool | None = None


_DEFAULT = House()


def ask(
    session: Session, asking: Asking, person_id: int, now: datetime, house: House = _DEFAULT
) -> tuple[int, list[AnyFact]]:
    """A member asks buyers or the shop; the question's id. Look at `similar_index.look` first.

    Raises not_a_member, gone, question_empty, question_long, photo_without_words, questions_enough(most).
    """
    if not circles.is_member(session, asking.circle_id, person_id):
        raise DomainError("not_a_member")
    clean = checked(asking.words, "question", QUESTION_MOST, photo=asking.photo_file_id is not None)
    _require_moderate(session, person_id, now)
    question = _put(session, asking, clean, person_id, None, now, house)
    if has_contact(clean):
        question.state = QuestionState.HELD
        session.flush()
        return number_of(question.id), [WordsHeld(question.shop_id, "question", number_of(question.id), "contact")]
    return number_of(question.id), _start(session, question, now)


def ask_by_campaign(
    session: Session, asking: Asking, key: str, now: datetime, house: House = _DEFAULT, people: tuple[int, ...] | None = None
) -> tuple[int, list[AnyFact]] | None:
    """A campaign asks buyers ("how was it"); None if `key` asked before. `people`: who is asked, within everybody's limits;
    None: whoever the ranking names. It is public from the start, and says so to who is asked.
    """
    known = select(question_table.c.id).where(question_table.c.asking_key == key)
    if session.execute(known).first() is not None:
        return None
    clean = checked(asking.words, "question", QUESTION_MOST)
    question = _put(session, asking, clean, None, key, now, house)
    question.public, question.shop_at, question.nudge_at = True, None, None
    session.flush()
    if people is None:
        return number_of(question.id), asks_waves.send(session, number_of(question.id), now)
    return number_of(question.id), asks_waves.send_to(session, number_of(question.id), people, now)


def consent(session: Session, question_id: int, person_id: int, public: bool, now: datetime) -> list[AnyFact]:
    """The asker says whether the circle may see it; what was answered already is told then. Raises not_yours, gone."""
    question = _own(session, question_id, person_id)
    was, question.public = question.public, public
    session.flush()
    if was != public:
        answers.follow(session, question, now)
    if was == public or question.state not in questions.ALIVE:
        return []
    shown = [answer for answer in answers.of_question(session, question_id) if answer.state == WordsState.SHOWN]
    facts = answers.changed(session, question) if shown else []
    return [*answers.tell(session, question, number_of(shown[0].id), now), *facts] if public and shown else facts


def withdraw(session: Session, question_id: int, person_id: int, now: datetime) -> list[AnyFact]:
    """The asker takes it back: nobody is asked any more, nobody sees it. Raises not_yours, question_closed, gone."""
    question = _own(session, question_id, person_id)
    if question.state in {QuestionState.CLOSED, QuestionState.REFUSED}:
        raise DomainError("question_closed")
    return end(session, question, now)


def edit(
    session: Session, question_id: int, person_id: int, words: str, photo: str | None, now: datetime
) -> list[AnyFact]:
    """The asker says it otherwise, while nobody has answered; a photo takes the place of the one there was.

    What waits for a look because of a contact is asked once there is none; what members reported waits all the same.
    Raises not_yours, question_closed, question_answered and as `ask`.
    """
    question = _own(session, question_id, person_id)
    require_editable(session, question)
    waits = question.state == QuestionState.HELD
    question.words = checked(words, "question", QUESTION_MOST, photo=photo is not None)
    question.photo_file_id = photo or question.photo_file_id
    similar_index.put(session, question)
    session.flush()
    if has_contact(question.words):
        return [] if waits else _hold(session, question)
    return resume(session, question, now) if waits else []


def require_editable(session: Session, question: Question) -> None:
    """Raises question_answered, question_closed: for what is over and for what members reported."""
    if question.state == QuestionState.ANSWERED:
        raise DomainError("question_answered")
    if question.state != QuestionState.HELD or moderation.is_reported(session, Kind.QUESTION, number_of(question.id)):
        questions.require_alive(question)


def _hold(session: Session, question: Question) -> list[AnyFact]:
    """A person looks at it first."""
    question.state, question.next_wave_at = advance(QUESTION, question.state, QuestionState.HELD), None
    session.flush()
    return [WordsHeld(question.shop_id, "question", number_of(question.id), "contact")]


def end(session: Session, question: Question, now: datetime) -> list[AnyFact]:
    """A question is over before its time: its asks end and it is found no more."""
    was_answered = question.state == QuestionState.ANSWERED
    questions.close(session, question, now)
    asks.end_question(session, number_of(question.id), now)
    similar_index.forget(session, number_of(question.id))
    answers.follow(session, question, now)
    return answers.changed(session, question) if was_answered else []


def resume(session: Session, question: Question, now: datetime) -> list[AnyFact]:
    """What waited for a look may be asked, unless nobody waits for it any more; after a wave the next keeps its distance."""
    shown = any(answer.state == WordsState.SHOWN for answer in answers.of_question(session, number_of(question.id)))
    if shown:
        question.state = advance(QUESTION, question.state, QuestionState.ANSWERED)
        session.flush()
        answers.follow(session, question, now)
        return answers.changed(session, question)
    if not questions.is_heard(session, question):
        return end(session, question, now)
    if question.asked_of == SHOP or question.to_shop_at is not None:
        return questions.to_shop(session, question, question.to_shop_why or "asked", now)
    question.state = advance(QUESTION, question.state, QuestionState.OPEN)
    if question.waves:
        question.next_wave_at = now + asks_waves.gap(question, now)
    session.flush()
    return asks_waves.send(session, number_of(question.id), now)


def of_asker(session: Session, person_id: int, limit: int = 10) -> list[Question]:
    """A member's own questions, newest first."""
    mine = select(Question).where(question_table.c.asker_id == person_id)
    return list(fresh(session, mine.order_by(question_table.c.id.desc()).limit(limit)))


def _own(session: Session, question_id: int, person_id: int) -> Question:
    if find(session, Question, question_id) is None:
        raise DomainError("gone", what="questions")
    question = questions.held(session, question_id)
    if question.asker_id != person_id:
        raise DomainError("not_yours")
    return question


def _require_moderate(session: Session, person_id: int, now: datetime) -> None:
    mine = question_table.c.asker_id == person_id
    day = func.count().filter(question_table.c.asked_at > now - timedelta(hours=24))
    open_now = func.count().filter(question_table.c.state.in_((*questions.WAITING, QuestionState.HELD)))
    asked, waiting = session.execute(select(day, open_now).where(mine)).one()
    if asked >= A_DAY or waiting >= AT_ONCE:
        raise DomainError("questions_enough", most=A_DAY if asked >= A_DAY else AT_ONCE)


def _put(
    session: Session, asking: Asking, words: str, person_id: int | None, key: str | None, now: datetime, house: House
) -> Question:
    circle, product = find(session, Circle, asking.circle_id), find(session, Product, asking.product_id)
    if circle is None or product is None or circle.shop_id != product.shop_id:
        raise DomainError("gone", what="products")
    deadline = _deadline(session, asking, now)
    to_shop = [now + questions.SHOP_AFTER, *([deadline] if deadline is not None else [])]
    question = Question(
        shop_id=product.shop_id, circle_id=asking.circle_id, product_id=asking.product_id, round_id=asking.round_id,
        asker_id=person_id, asking_key=key, asked_of=asking.of, state=QuestionState.OPEN, words=words,
        photo_file_id=asking.photo_file_id, public=asking.public, asked_at=now, deadline=deadline, shop_at=min(to_shop),
        nudge_at=now + house.nudge_after, quiet_from=house.quiet_from, quiet_to=house.quiet_to, seed=house.seed,
        kept_out=sorted({*house.staff, *shops.owners(session, product.shop_id)}),
        nudge_after=int(house.nudge_after.total_seconds()),
    )  # fmt: skip
    session.add(question)
    session.flush()
    similar_index.put(session, question)
    return question


def _deadline(session: Session, asking: Asking, now: datetime) -> datetime | None:
    """When the group buy closes; none for one that is over. Raises gone for a card of another circle or product."""
    if asking.round_id is None:
        return None
    row = load(session, Round, asking.round_id)
    if row.circle_id != asking.circle_id or row.product_id != asking.product_id:
        raise DomainError("gone", what="rounds")
    return row.closes_at if row.state == RoundState.OPEN and row.closes_at > now else None


def _start(session: Session, question: Question, now: datetime) -> list[AnyFact]:
    if question.asked_of == SHOP:
        return questions.to_shop(session, question, "asked", now)
    return asks_waves.send(session, number_of(question.id), now)

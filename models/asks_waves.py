"""Waves: three people are asked, three more later, three more after that, until two have answered.

Invariants: a wave is one transaction, so a crash sends all of it or nothing, and the row that holds its due time sends it
again; a question asks nobody twice; at night the wave waits for the first to wake; nobody to ask means the shop, openly.
Chance (a fifth of the places go to people not tried yet) comes from the question's seed, so a wave can be recomputed.
"""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import asks_candidates, questions
from models.asks import IGNORED_AFTER, ask_table
from models.asks_candidates import Candidate, Found
from models.asks_limits import asleep, fresh_to, local_day, rested, wakes
from models.asks_score import Basket, parts, score
from models.facts import AnyFact, AskPut
from models.people import person_table
from models.questions import ENOUGH, Question
from models.rows import insert_into, number_of
from models.states import AskState, QuestionState

PLACES = 3  # in a wave
WAVES = 3
GAPS = (timedelta(hours=2), timedelta(hours=12))  # after the first wave, after the second
OF_WHAT_IS_LEFT = 5  # or this part of the time to the deadline, whichever is less
SHORTEST = timedelta(minutes=1)
EXPLORED = 0.2  # of the places


@dataclass(frozen=True)
class Place:
    """Somebody chosen, and why."""

    candidate: Candidate
    score: float
    explored: bool


def send(session: Session, question_id: int, now: datetime) -> list[AnyFact]:
    """The next wave, if it is due and wanted; nobody to ask: the question goes to the shop."""
    question = questions.held(session, question_id)
    if question.state not in questions.ALIVE or question.waves >= WAVES or not _wanted(session, question, now):
        question.next_wave_at = None
        session.flush()
        return []
    if question.next_wave_at is not None and question.next_wave_at > now:
        return []
    found = asks_candidates.find_all(session, question, now)
    facts, sleepers = _put(session, question, found, PLACES, now)
    if not facts and sleepers:
        question.next_wave_at = min(sleepers)
        session.flush()
        return []
    return [*facts, *_go_on(session, question, found, bool(facts), now)]


def send_to(session: Session, question_id: int, people: Collection[int], now: datetime) -> list[AnyFact]:
    """One wave to people whom a campaign names, within everybody's limits; who sleeps or was asked lately is left out."""
    question = questions.held(session, question_id)
    found = asks_candidates.find_all(session, question, now, only=people)
    facts, _ = _put(session, question, found, len(people), now)
    question.waves, question.next_wave_at = WAVES, None
    session.flush()
    return facts


def _wanted(session: Session, question: Question, now: datetime) -> bool:
    if question.asked_of != questions.BUYERS or (question.deadline is not None and question.deadline <= now):
        return False
    if not questions.is_heard(session, question):
        return False
    return questions.answered(session, number_of(question.id)) < ENOUGH


def _go_on(session: Session, question: Question, found: Found, sent: bool, now: datetime) -> list[AnyFact]:
    """When the next wave comes, if somebody could still be asked; to the shop, if nobody was."""
    question.waves += 1
    more = question.waves < WAVES and (sent or bool(found.candidates))
    question.next_wave_at = now + gap(question, now) if more else None
    session.flush()
    asked = session.execute(select(ask_table.c.id).where(ask_table.c.question_id == question.id).limit(1)).first()
    if asked is None and question.state == QuestionState.OPEN and question.asker_id is not None:
        return questions.to_shop(session, question, "nobody", now)
    return []


def gap(question: Question, now: datetime) -> timedelta:
    """From the wave just sent to the next."""
    usual = GAPS[min(question.waves, len(GAPS)) - 1]
    if question.deadline is None:
        return usual
    return max(SHORTEST, min(usual, (question.deadline - now) / OF_WHAT_IS_LEFT))


def _put(
    session: Session, question: Question, found: Found, places: int, now: datetime
) -> tuple[list[AnyFact], list[datetime]]:
    """Asks the best who are awake; who is asleep is told by when they wake."""
    rested_ones = [one for one in found.candidates if rested(one.past, now)]
    sleepers = [wakes(one.night, now) for one in rested_ones if asleep(one.night, now)]
    awake = [one for one in rested_ones if not asleep(one.night, now)]
    chosen = choose(question, awake, found, places, now)
    _lock(session, chosen)
    facts = [fact for place in chosen for fact in _ask(session, question, place, found.asker, now)]
    return facts, sleepers


def choose(question: Question, awake: Sequence[Candidate], found: Found, places: int, now: datetime) -> list[Place]:
    """The places of a wave: the product's receivers before its category's, by score; a fifth for people not tried yet."""
    chance = Random(f"{question.seed}:{question.id}:{question.waves}")  # noqa: S311  # recomputed, not kept secret
    scored = [(score(parts(one.known, found.asker, now)), one) for one in awake]
    order = sorted(scored, key=lambda it: (not _new_to(it[1], question, now), not it[1].of_product, -it[0], it[1].person_id))
    chosen: list[Place] = []
    for _ in range(min(places, len(order))):
        untried = [pair for pair in order if not pair[1].tried and _new_to(pair[1], question, now)]
        explores = chance.random() < EXPLORED and bool(untried)
        pair = chance.choice(untried) if explores else order[0]
        order.remove(pair)
        chosen.append(Place(pair[1], pair[0], explores))
    return chosen


def _new_to(one: Candidate, question: Question, now: datetime) -> bool:
    return fresh_to(one.past, question.asker_id, now)


def _lock(session: Session, chosen: Sequence[Place]) -> None:
    """On PostgreSQL two questions at the same moment wait for each other here, person by person in one order."""
    ids = sorted(place.candidate.person_id for place in chosen)
    if ids:
        session.execute(select(person_table.c.id).where(person_table.c.id.in_(ids)).order_by(person_table.c.id).with_for_update())


def _ask(session: Session, question: Question, place: Place, asker: Basket, now: datetime) -> list[AnyFact]:
    """Puts the question to one person, unless somebody else's reached them this very moment."""
    one = place.candidate
    latest = select(ask_table.c.put_at).where(ask_table.c.person_id == one.person_id).order_by(ask_table.c.put_at.desc()).limit(1)
    last: datetime | None = session.execute(latest).scalar_one_or_none()
    if last is not None and (not one.past or last > one.past[0].put_at):
        return []
    row = {
        "question_id": question.id, "person_id": one.person_id, "asker_id": question.asker_id, "wave": question.waves + 1,
        "state": AskState.PUT, "day": local_day(one.night, now), "put_at": now, "due_at": now + IGNORED_AFTER,
        "explored": place.explored, "score": round(place.score, 6), "why": why(question, place, asker, now), "back_words": "",
        "back_reply": "",
    }  # fmt: skip
    put = insert_into(session, ask_table).values(row).on_conflict_do_nothing().returning(ask_table.c.id)
    ask_id = session.execute(put).scalar_one_or_none()
    if ask_id is None:
        return []
    return [AskPut(one.person_id, None, number_of(question.id), ask_id, first=not one.tried)]


def why(question: Question, place: Place, asker: Basket, now: datetime) -> dict[str, object]:
    """What `/why` says: a code with the values its sentence needs; the parts of the score for who wants to recompute it."""
    known = place.candidate.known
    code = "why_received" if place.candidate.of_product else "why_received_kind"
    count = known.of_product if place.candidate.of_product else known.of_category
    received = {name: round(value, 4) for name, value in asdict(parts(known, asker, now)).items()}
    params = {"count": count, "product_id": question.product_id, "explored": place.explored}
    return {"code": code, "params": params, "parts": received}

"""Moderation: reports hide, links and contacts wait, a person decides, and who decided what is kept.

Invariants: two members' reports hide words until a person looks; a seller's report counts for the queue and not towards
the two, so no shop hides what is said of it; nobody decides on their own words; decisions are never changed or deleted;
what was looked at is hidden only by two new reports.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import answers, circles, questions, shops, showcases
from models.answers import Answer, answer_table
from models.columns import BigId, Instant, table_of
from models.errors import DomainError
from models.facts import AnyFact, WordsDecided, WordsHeld
from models.questions import Question, question_table
from models.rows import fresh, hold, insert_into, load
from models.showcases import Showcase, showcase_table
from models.states import QUESTION, QuestionState, WordsState, advance


class Kind(StrEnum):
    """Whose words."""

    QUESTION = "question"
    ANSWER = "answer"
    SHOWCASE = "showcase"


class Report(SQLModel, table=True):
    """A member says that words do not belong here. `seller`: an owner of the shop does, which hides nothing."""

    __tablename__ = "reports"
    __table_args__ = (UniqueConstraint("kind", "subject_id", "person_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    kind: str  # Kind
    subject_id: int = Field(sa_type=BigId)
    person_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    seller: bool = False
    reason: str = ""
    at: datetime = Field(sa_type=Instant)


class Decision(SQLModel, table=True):
    """What a person decided about words, and why they had to look."""

    __tablename__ = "moderation_decisions"
    __table_args__ = (Index("ix_moderation_decisions_subject", "kind", "subject_id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    circle_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    kind: str  # Kind
    subject_id: int = Field(sa_type=BigId)
    why: str  # "contact", "reports", or "owner": somebody acted unasked
    decision: str  # SHOWN or REMOVED
    by: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    as_admin: bool = False  # an admin of the circle rather than an owner
    note: str = ""
    at: datetime = Field(sa_type=Instant)


report_table, decision_table = table_of(Report), table_of(Decision)

HIDE_FROM = 2  # members' reports
REASON_MOST = 200  # characters
SHOWN, REMOVED = "shown", "removed"
Subject = Question | Answer | Showcase


@dataclass(frozen=True)
class Waiting:
    """Words that wait for a person to look. `why`: "contact" or "reports"."""

    kind: Kind
    subject_id: int
    circle_id: int
    author_id: int | None
    words: str
    photo_file_id: str | None
    why: str
    reports: int


def report(session: Session, kind: Kind, subject_id: int, person_id: int, reason: str, now: datetime) -> list[AnyFact]:
    """A member says that words do not belong here; the second member's report hides them. Said twice, it counts once.

    Raises not_a_member, own_words, answer_gone (nobody sees them any more), gone.
    """
    subject = _held(session, kind, subject_id)
    if not circles.is_member(session, subject.circle_id, person_id):
        raise DomainError("not_a_member")
    if author_of(subject) == person_id:
        raise DomainError("own_words")
    if not _visible(subject):
        raise DomainError("answer_gone")
    seller = shops.owns(session, subject.shop_id, person_id)
    row = {"kind": kind, "subject_id": subject_id, "person_id": person_id, "seller": seller, "at": now}
    said = insert_into(session, report_table).values(**row, reason=reason[:REASON_MOST])
    unique = ["kind", "subject_id", "person_id"]
    session.execute(said.on_conflict_do_update(index_elements=unique, set_={"at": now, "reason": reason[:REASON_MOST]}))
    if not is_reported(session, kind, subject_id):
        return []
    return [*_hide(session, subject, now), WordsHeld(subject.shop_id, kind, subject_id, "reports")]


def decide(
    session: Session, kind: Kind, subject_id: int, by: int, decision: str, now: datetime, *, admin: bool = False, note: str = ""
) -> list[AnyFact]:
    """A person looked: `decision` is SHOWN or REMOVED. `admin`: the caller has seen that they are an admin of the circle.

    Raises not_yours, own_words, answer_gone, gone.
    """
    subject = _held(session, kind, subject_id)
    if not admin:
        shops.require_owner(session, subject.shop_id, by)
    if author_of(subject) == by:
        raise DomainError("own_words")
    if subject.state in _OVER:
        raise DomainError("answer_gone")
    why = _why(session, kind, subject_id, subject)
    if why == "owner" and decision == SHOWN:
        return []
    facts = _show(session, subject, now) if decision == SHOWN else _remove(session, subject, now)
    session.add(Decision(
        shop_id=subject.shop_id, circle_id=subject.circle_id, kind=kind, subject_id=subject_id, why=why, decision=decision,
        by=by, as_admin=admin, note=note[:REASON_MOST], at=now,
    ))  # fmt: skip
    session.flush()
    author = author_of(subject)
    told = [] if author is None else [WordsDecided(author, None, kind, subject_id, decision)]
    return [*facts, *told]


def queue(session: Session, by: int, *, shop_id: int | None = None, circle_id: int | None = None) -> list[Waiting]:
    """What waits for a look, oldest first: a shop's for its owner (raises not_yours), a circle's for its admin."""
    if shop_id is not None:
        shops.require_owner(session, shop_id, by)
    found: list[Waiting] = []
    for kind, table, states in _KINDS:
        place = table.c.shop_id == shop_id if shop_id is not None else table.c.circle_id == circle_id
        waiting = select(table.c.id).where(place, table.c.state.in_(states)).order_by(table.c.id).limit(50)
        rows = [subject(session, kind, subject_id) for subject_id in session.scalars(waiting).all()]
        found += [_waiting(session, kind, row) for row in rows if author_of(row) != by]
    return found


def record(session: Session, kind: Kind, subject_id: int) -> list[Decision]:
    """Who decided what about these words, oldest first."""
    about = decision_table.c.kind == kind, decision_table.c.subject_id == subject_id
    return list(fresh(session, select(Decision).where(*about).order_by(decision_table.c.id)))


def lately(session: Session, shop_id: int, by: int, limit: int = 5) -> list[Decision]:
    """The last decisions about words at a shop, newest first, for its owners. Raises not_yours."""
    shops.require_owner(session, shop_id, by)
    here = select(Decision).where(decision_table.c.shop_id == shop_id)
    return list(fresh(session, here.order_by(decision_table.c.id.desc()).limit(limit)))


def subject(session: Session, kind: Kind, subject_id: int) -> Subject:
    """The words of that kind and number, in whatever state. Raises gone."""
    if kind == Kind.QUESTION:
        return load(session, Question, subject_id)
    return load(session, Answer, subject_id) if kind == Kind.ANSWER else load(session, Showcase, subject_id)


def is_reported(session: Session, kind: Kind, subject_id: int) -> bool:
    """Whether two members reported these words since a person last looked."""
    return _reports(session, kind, subject_id, sellers=False) >= HIDE_FROM


def author_of(subject: Subject) -> int | None:
    """Whose words they are; None for a campaign's question."""
    return subject.asker_id if isinstance(subject, Question) else subject.person_id


_OVER = (QuestionState.CLOSED, QuestionState.REFUSED, WordsState.REMOVED, WordsState.DELETED)
_KINDS = (
    (Kind.QUESTION, question_table, (QuestionState.HELD,)),
    (Kind.ANSWER, answer_table, (WordsState.HELD, WordsState.HIDDEN)),
    (Kind.SHOWCASE, showcase_table, (WordsState.HELD, WordsState.HIDDEN)),
)


def _held(session: Session, kind: Kind, subject_id: int) -> Subject:
    if kind == Kind.QUESTION:
        return hold(session, Question, subject_id)
    return hold(session, Answer, subject_id) if kind == Kind.ANSWER else hold(session, Showcase, subject_id)


def _visible(subject: Subject) -> bool:
    return subject.state in questions.ALIVE if isinstance(subject, Question) else subject.state == WordsState.SHOWN


def _waiting(session: Session, kind: Kind, row: Subject) -> Waiting:
    row_id = row.id or 0
    why = _why(session, kind, row_id, row)
    reports = _reports(session, kind, row_id, sellers=True)
    return Waiting(kind, row_id, row.circle_id, author_of(row), row.words, row.photo_file_id, why, reports)


def _why(session: Session, kind: Kind, subject_id: int, subject: Subject) -> str:
    if is_reported(session, kind, subject_id):
        return "reports"
    return "contact" if subject.state in {WordsState.HELD, QuestionState.HELD} else "owner"


def _reports(session: Session, kind: Kind, subject_id: int, *, sellers: bool) -> int:
    """Reports since a person last looked."""
    about = report_table.c.kind == kind, report_table.c.subject_id == subject_id
    looked = select(func.max(decision_table.c.at)).where(
        decision_table.c.kind == kind, decision_table.c.subject_id == subject_id, decision_table.c.decision == SHOWN
    )
    last: datetime | None = session.execute(looked).scalar_one()
    query = select(func.count()).select_from(report_table).where(*about)
    query = query if last is None else query.where(report_table.c.at > last)
    query = query if sellers else query.where(report_table.c.seller.is_(False))
    return int(session.execute(query).scalar_one())


def _hide(session: Session, subject: Subject, now: datetime) -> list[AnyFact]:
    if isinstance(subject, Question):
        subject.state, subject.next_wave_at = advance(QUESTION, subject.state, QuestionState.HELD), None
        session.flush()
        answers.follow(session, subject, now)
        return answers.changed(session, subject)
    if isinstance(subject, Answer):
        return answers.take_away(session, subject, WordsState.HIDDEN, now)
    showcases.take_away(session, subject, WordsState.HIDDEN, now)
    return []


def _show(session: Session, subject: Subject, now: datetime) -> list[AnyFact]:
    from models import questions_asking  # noqa: PLC0415  # it stands above moderation: it routes

    if isinstance(subject, Question):
        return questions_asking.resume(session, subject, now)
    return answers.restore(session, subject, now) if isinstance(subject, Answer) else showcases.restore(session, subject, now)


def _remove(session: Session, subject: Subject, now: datetime) -> list[AnyFact]:
    if isinstance(subject, Answer):
        return answers.take_away(session, subject, WordsState.REMOVED, now)
    if isinstance(subject, Showcase):
        showcases.take_away(session, subject, WordsState.REMOVED, now)
        return []
    if subject.state != QuestionState.HELD:
        subject.state = advance(QUESTION, subject.state, QuestionState.HELD)
    subject.state, subject.ended_at = advance(QUESTION, subject.state, QuestionState.REFUSED), now
    subject.next_wave_at, subject.shop_at, subject.nudge_at = None, None, None
    session.flush()
    answers.follow(session, subject, now)
    return answers.changed(session, subject)

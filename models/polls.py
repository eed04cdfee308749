"""Members' polls that open a group buy when enough want it (the campaign kind demand_poll).

Invariants: one poll a run and circle; one vote a member, the last one counts, and a vote joins nobody; a poll opens its
group buy at most once, on the terms it was posted with; its time runs from when it stands in the chat.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Select, UniqueConstraint, func, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import circles, group_buys, outbox
from models.campaigns import campaigns, runs
from models.catalogue import products
from models.circles import circle_table, membership_table
from models.columns import BigId, Document, Instant, table_of
from models.deliveries import OutboxRow
from models.errors import DomainError
from models.facts import AnyFact, PollEnded, PollReached
from models.group_buys import Terms
from models.outbox import OUTBOX, Message, OutboxState, Priority, Route
from models.people import person_table
from models.prices import steps
from models.rows import find, hold, insert_into, number_of
from models.states import POLL, CircleState, PollState, advance

TEMPLATE = "demand_poll"  # of the poll in the outbox
RUNNING = (PollState.OPEN, PollState.UNSURE)


class DemandPoll(SQLModel, table=True):
    """A poll in one circle. `terms`: of the group buy it opens, as the campaign had them when it was posted."""

    __tablename__ = "demand_polls"
    __table_args__ = (UniqueConstraint("run_id", "circle_id"), Index("ix_demand_polls_due", "state", "closes_at"))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    run_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("runs.id")])
    circle_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    product_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("products.id")])
    needed: int
    closes_at: datetime = Field(sa_type=Instant)
    poll_id: str | None = Field(default=None, unique=True)  # Telegram's, once it stands
    message_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    state: str = PollState.OPEN
    terms: dict[str, object] = Field(default_factory=dict, sa_type=Document)
    round_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("rounds.id")])
    created_at: datetime = Field(sa_type=Instant)


class PollVote(SQLModel, table=True):
    """What one member answered last."""

    __tablename__ = "poll_votes"

    poll_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("demand_polls.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    wants: bool
    at: datetime = Field(sa_type=Instant)


polls, votes = table_of(DemandPoll), table_of(PollVote)


@dataclass(frozen=True)
class Asked:
    """What a poll asks for and opens. `lasts` and `closes_after` are lengths: of the poll, and of its group buy."""

    run_id: int
    needed: int
    lasts: timedelta
    closes_after: timedelta
    posted_by: datetime  # a poll that does not stand by then is not posted any more


def put(session: Session, asked: Asked, terms: Terms, now: datetime) -> int:
    """A poll that is to be posted; the same run and circle have one. `terms.closes_at` is set when it opens."""
    kept = asdict(terms) | {"ladder": [step.as_json() for step in terms.ladder]}
    kept |= {"lasts": int(asked.lasts.total_seconds()), "closes_after": int(asked.closes_after.total_seconds())}
    for moment in ("closes_at", "opens_at"):
        kept.pop(moment)
    row = insert_into(session, polls).values(
        run_id=asked.run_id, circle_id=terms.circle_id, product_id=terms.product_id, needed=asked.needed,
        closes_at=asked.posted_by + asked.lasts, state=PollState.OPEN, terms=kept, created_at=now,
    )  # fmt: skip
    session.execute(row.on_conflict_do_nothing(index_elements=["run_id", "circle_id"]))
    mine = (polls.c.run_id == asked.run_id, polls.c.circle_id == terms.circle_id)
    return int(session.execute(select(polls.c.id).where(*mine)).scalar_one())


def posted(session: Session, row: OutboxRow, message: Mapping[str, object], now: datetime) -> None:
    """The poll stands in its chat: votes are known by Telegram's id from now on, and its time runs."""
    poll, poll_id = message.get("poll"), row.params.get("poll")
    if row.template != TEMPLATE or not isinstance(poll, Mapping) or not isinstance(poll_id, int):
        return
    held = hold(session, DemandPoll, poll_id)
    held.poll_id, held.message_id = str(poll["id"]), int(str(message["message_id"]))
    if held.state == PollState.OPEN:
        held.closes_at = now + timedelta(seconds=int(str(held.terms["lasts"])))
    session.flush()


@dataclass(frozen=True)
class Place:
    """Where a poll stands, and whether somebody is known to be there."""

    poll_id: int
    chat_id: int
    inside: bool


def place(session: Session, poll_id: str, telegram_id: int) -> Place | None:
    """The poll of a vote by Telegram's ids; None if it is none of those known."""
    row = session.execute(places(telegram_id).where(polls.c.poll_id == poll_id)).one_or_none()
    return None if row is None else Place(*row)


def places(telegram_id: int) -> Select[int, int, bool]:
    """Of polls: their id, their chat, and whether this person is known to be in it."""
    m = membership_table.c
    mine = (person_table.c.telegram_id == telegram_id, m.circle_id == polls.c.circle_id, m.left_at.is_(None))
    inside = select(m.person_id).join(person_table, person_table.c.id == m.person_id).where(*mine).exists()
    return select(polls.c.id, circle_table.c.chat_id, inside).join(circle_table, circle_table.c.id == polls.c.circle_id)


def on_its_way(session: Session) -> bool:
    """Whether a poll has left whose id is not written down yet: a vote may be quicker."""
    leaving = (OUTBOX.c.template == TEMPLATE, OUTBOX.c.state == OutboxState.SENDING)
    return session.execute(select(OUTBOX.c.id).where(*leaving).limit(1)).first() is not None


def vote(
    session: Session, poll_id: int, person_id: int, wants: bool, now: datetime, *, joins: bool = False
) -> list[AnyFact]:
    """A member says whether they want it; who takes the vote back does not. Enough of them open the group buy.

    `joins`: Telegram says that they are in the circle. Raises DomainError("not_a_member") for who is not: a poll can be
    passed on to other chats.
    """
    poll = hold(session, DemandPoll, poll_id)
    if joins:
        circles.join(session, poll.circle_id, person_id, now)
    if not circles.is_member(session, poll.circle_id, person_id):
        raise DomainError("not_a_member")
    if poll.state != PollState.OPEN:
        return []
    said: dict[str, object] = {"poll_id": poll_id, "person_id": person_id, "wants": wants, "at": now}
    row = insert_into(session, votes).values(said)
    session.execute(row.on_conflict_do_update(index_elements=["poll_id", "person_id"], set_=said))
    return _open(session, poll, now) if count(session, poll) >= poll.needed else []


def count(session: Session, poll: DemandPoll) -> int:
    """How many of those in the circle now want it."""
    inside = (membership_table.c.person_id == votes.c.person_id, membership_table.c.circle_id == poll.circle_id)
    query = select(func.count()).select_from(votes.join(membership_table, inside[0] & inside[1]))
    query = query.where(votes.c.poll_id == poll.id, votes.c.wants, membership_table.c.left_at.is_(None))
    return int(session.execute(query).scalar_one())


def end(session: Session, poll_id: int, now: datetime) -> list[AnyFact]:
    """Its time is over: the poll is stopped and the owner hears how many there were. Before its time it does nothing."""
    poll = hold(session, DemandPoll, poll_id)
    if poll.state not in RUNNING or poll.closes_at > now:
        return []
    poll.state = advance(POLL, poll.state, PollState.ENDED)
    session.flush()
    if poll.poll_id is None:  # it never stood in the chat, for all we know
        return []
    _stop(session, poll, now)
    return [PollEnded(poll.circle_id, poll_id, count(session, poll), poll.needed)]


def under_way(session: Session, key: str) -> Sequence[int]:
    """The polls of a campaign that stand open in their chats."""
    of_campaign = (campaigns.c.key == key, polls.c.state == PollState.OPEN, polls.c.poll_id.is_not(None))
    query = select(polls.c.id).join(runs, runs.c.id == polls.c.run_id).join(campaigns, campaigns.c.id == runs.c.campaign_id)
    return session.scalars(query.where(*of_campaign).order_by(polls.c.id)).all()


def wanted(session: Session, poll_id: int) -> bool:
    """Whether somebody wants it; nobody else can say so until the transaction ends."""
    return count(session, hold(session, DemandPoll, poll_id)) > 0


def withdraw(session: Session, poll_ids: Sequence[int], now: datetime) -> bool:
    """Stops polls that nobody wants anything in; False, and nothing changed, if somebody does."""
    if any(wanted(session, poll_id) for poll_id in poll_ids):
        return False
    for poll_id in poll_ids:
        poll = hold(session, DemandPoll, poll_id)
        poll.state = advance(POLL, poll.state, PollState.ENDED)
        session.flush()
        _stop(session, poll, now)
    return True


def _open(session: Session, poll: DemandPoll, now: datetime) -> list[AnyFact]:
    """Enough want it: the group buy opens, unless the shop can no longer sell it here."""
    there = find(session, circles.Circle, poll.circle_id)
    sold_out = session.execute(select(products.c.stock_left).where(products.c.id == poll.product_id)).scalar_one() == 0
    if there is None or there.state != CircleState.APPROVED or there.shop_id != poll.terms["shop_id"] or sold_out:
        return []
    there_are = count(session, poll)
    poll.round_id, facts = group_buys.open_round(session, _terms(poll, now), now)
    poll.state = advance(POLL, poll.state, PollState.REACHED)
    session.flush()
    _stop(session, poll, now)
    return [*facts, PollReached(poll.round_id, number_of(poll.id), there_are)]


def _terms(poll: DemandPoll, now: datetime) -> Terms:
    """What `put` kept, with the deadline counted from now."""
    kept = {key: value for key, value in poll.terms.items() if key not in {"lasts", "closes_after", "ladder"}}
    closes_at = now + timedelta(seconds=int(str(poll.terms["closes_after"])))
    ladder = steps(poll.terms["ladder"])  # type: ignore[arg-type]  # `put` wrote it
    return Terms(**kept, ladder=ladder, closes_at=closes_at)  # type: ignore[arg-type]  # asdict of Terms, by `put`


def _stop(session: Session, poll: DemandPoll, now: datetime) -> None:
    """Its result stays in the chat, and nobody can vote any more. Of one that was lost nobody knows the message."""
    if poll.message_id is None:
        return
    act = Message(
        route=Route.ACT, template="stop_poll", circle_id=poll.circle_id, params={"message_id": poll.message_id},
        dedup=f"stop_poll:{poll.id}", priority=Priority.TRANSACTIONAL,
    )  # fmt: skip
    outbox.enqueue(session, [act], now)

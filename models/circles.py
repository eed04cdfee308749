"""Circles: the group chats a shop has approved, and who is in them. A chat's Telegram id stands in this one column.

Invariants: a shop sells only in an approved circle; a group buy is seen and joined by members of its circle alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Index, select, text, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import events, shops
from models.columns import BigId, Document, Instant, table_of
from models.errors import DomainError
from models.event_slots import Event
from models.facts import AnyFact, CircleApproved, CircleAsked, CircleRefused, RightsMissing
from models.rows import fresh, hold, number_of, on_both
from models.states import CIRCLE, CircleState, advance


class Circle(SQLModel, table=True):
    """One group chat. `rights`: the bot's admin rights there by Telegram's names (empty when it is no admin)."""

    __tablename__ = "circles"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    shop_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])  # None until approved
    chat_id: int = Field(sa_column=Column(BigInteger, unique=True, nullable=False))
    title: str
    state: str  # states.CircleState
    kind: str = "supergroup"  # Telegram's chat type
    is_forum: bool = False
    language: str | None = None
    timezone: str | None = None
    pickup: list[str] = Field(default_factory=list, sa_type=Document)
    tags: list[str] = Field(default_factory=list, sa_type=Document)
    is_admin: bool = False
    rights: list[str] = Field(default_factory=list, sa_type=Document)
    added_by: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime | None = Field(default=None, sa_type=Instant)  # when its state, rights or title last did


_STAYS = text("left_at IS NULL")


class Membership(SQLModel, table=True):
    """A person in a circle: whoever joins or speaks there. `left_at` is set when they leave and cleared when they return."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "ix_memberships_there", "person_id", "circle_id", "joined_at", "left_at", sqlite_where=_STAYS, postgresql_where=_STAYS
        ),
    )

    circle_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    joined_at: datetime = Field(sa_type=Instant)
    left_at: datetime | None = Field(default=None, sa_type=Instant)


circle_table = table_of(Circle)
membership_table = table_of(Membership)

ADMIN = "admin"  # seeing a bare +1, messages only one member sees, who comes and goes
WANTED = ("can_pin_messages",)  # owners are told where these lack; what else is used (docs/running.md) is used where it is there


@dataclass(frozen=True)
class Chat:
    """A group chat as an update shows it, with the bot's standing there."""

    chat_id: int
    title: str
    kind: str = "supergroup"
    is_forum: bool = False
    is_admin: bool = False
    rights: tuple[str, ...] = ()


@dataclass(frozen=True)
class Named:
    """A circle as bot.toml names it."""

    chat_id: int
    name: str
    shop_id: int
    tags: Sequence[str] = field(default=())
    language: str | None = None
    timezone: str | None = None
    pickup: Sequence[str] = field(default=())


def by_chat(session: Session, chat_id: int) -> Circle | None:
    """The circle of a chat, in whatever state."""
    rows = fresh(session, select(Circle).where(circle_table.c.chat_id == chat_id))
    return rows[0] if rows else None


def by_id(session: Session, circle_id: int) -> Circle | None:
    """The circle, in whatever state."""
    rows = fresh(session, select(Circle).where(circle_table.c.id == circle_id))
    return rows[0] if rows else None


def approved(session: Session) -> list[tuple[int, int]]:
    """Every circle a shop sells in: its id and its chat's."""
    query = select(circle_table.c.id, circle_table.c.chat_id).where(circle_table.c.state == CircleState.APPROVED)
    return [(row.id, row.chat_id) for row in session.execute(query.order_by(circle_table.c.id))]


def put(session: Session, named: Named, now: datetime) -> int:
    """Makes an approved circle say what bot.toml says; returns its id. A circle the bot left keeps its state."""
    circle = by_chat(session, named.chat_id)
    if circle is None:
        circle = Circle(chat_id=named.chat_id, title=named.name, state=CircleState.APPROVED, created_at=now)
    elif circle.state in {CircleState.ASKED, CircleState.REFUSED}:
        circle.state = advance(CIRCLE, circle.state, CircleState.APPROVED)
    circle.shop_id, circle.title, circle.tags = named.shop_id, named.name, list(named.tags)
    circle.language, circle.timezone, circle.pickup = named.language, named.timezone, list(named.pickup)
    session.add(circle)
    session.flush()
    return number_of(circle.id)


def added(session: Session, chat: Chat, by: int, now: datetime) -> tuple[int, list[AnyFact]]:
    """Somebody added the bot: an owner's circle is approved, for anybody else's the owners are asked."""
    circle_id = ask(session, chat, by, now)
    circle = hold(session, Circle, circle_id)
    if circle.state == CircleState.APPROVED:  # named in bot.toml, or added anew while the bot never left
        return circle_id, [CircleApproved(circle_id, lacks(circle))]
    if len(shops.of_owner(session, by)) == 1:
        return circle_id, approve(session, circle_id, None, by, now)
    return circle_id, [CircleAsked(circle_id, by)]


def ask(session: Session, chat: Chat, by: int, now: datetime) -> int:
    """The chat as a circle that waits for an owner's word; one that was approved stays so. Returns its id."""
    circle = by_chat(session, chat.chat_id)
    if circle is None:
        circle = Circle(chat_id=chat.chat_id, title=chat.title, state=CircleState.ASKED, added_by=by, created_at=now)
    elif circle.state in {CircleState.GONE, CircleState.REFUSED}:
        circle.state = advance(CIRCLE, circle.state, CircleState.ASKED)
        circle.added_by = by
    circle.title, circle.kind, circle.is_forum = chat.title, chat.kind, chat.is_forum
    circle.is_admin, circle.rights = chat.is_admin, list(chat.rights)
    session.add(circle)
    session.flush()
    return number_of(circle.id)


def approve(session: Session, circle_id: int, shop_id: int | None, by: int, now: datetime) -> list[AnyFact]:
    """An owner lets their shop sell here; without `shop_id` it is their only one. Raises not_yours, which_shop."""
    shop_id = _only_shop(session, by) if shop_id is None else shop_id
    shops.require_owner(session, shop_id, by)
    circle = hold(session, Circle, circle_id)
    if circle.state == CircleState.APPROVED and circle.shop_id == shop_id:
        return []
    if circle.shop_id is not None and circle.shop_id != shop_id and circle.state == CircleState.APPROVED:
        raise DomainError("not_yours")
    circle.state = advance(CIRCLE, circle.state, CircleState.APPROVED)
    circle.shop_id, circle.changed_at = shop_id, now
    session.flush()
    return [CircleApproved(circle_id, lacks(circle))]


def _only_shop(session: Session, by: int) -> int:
    own = shops.of_owner(session, by)
    if not own:
        raise DomainError("not_yours")
    if len(own) > 1:
        raise DomainError("which_shop", shops=[shop.name for shop in own])
    return number_of(own[0].id)


def refuse(session: Session, circle_id: int, by: int, now: datetime) -> list[AnyFact]:
    """An owner says no; the bot leaves. Raises not_yours."""
    circle = hold(session, Circle, circle_id)
    allowed = shops.owners(session, circle.shop_id) if circle.shop_id is not None else shops.all_owners(session)
    if by not in allowed:
        raise DomainError("not_yours")
    if circle.state == CircleState.REFUSED:
        return []
    circle.state, circle.changed_at = advance(CIRCLE, circle.state, CircleState.REFUSED), now
    session.flush()
    return [CircleRefused(circle_id)]


def gone(session: Session, circle_id: int, now: datetime) -> None:
    """The bot is no longer in the chat: nobody there is asked any more."""
    from models import asks  # noqa: PLC0415  # asks stand above circles

    circle = hold(session, Circle, circle_id)
    if circle.state != CircleState.GONE:
        circle.state = advance(CIRCLE, circle.state, CircleState.GONE)
    circle.is_admin, circle.rights, circle.changed_at = False, [], now
    session.flush()
    asks.end_circle(session, circle_id, now)


def migrate(session: Session, old_chat_id: int, new_chat_id: int) -> None:
    """The group became a supergroup: its id changes in the one place where it stands. Said twice, it is done once."""
    taken = by_chat(session, new_chat_id)
    circle = by_chat(session, old_chat_id)
    if circle is None:
        return
    if taken is not None:
        _make_way(session, taken)
    circle.chat_id, circle.kind = new_chat_id, "supergroup"
    session.flush()


def _make_way(session: Session, stray: Circle) -> None:
    """A row that an update of the new chat made before the move was known; nothing can have been sold in it yet."""
    if stray.state == CircleState.APPROVED:
        raise DomainError("chat_taken", chat_id=stray.chat_id)
    stray.chat_id = -number_of(stray.id)  # no chat of Telegram's has such a small number; the row stays for what names it
    stray.state = CircleState.GONE
    session.flush()


def retitle(session: Session, circle_id: int, title: str, now: datetime) -> None:
    """The chat got a new title."""
    session.execute(update(circle_table).where(circle_table.c.id == circle_id).values(title=title, changed_at=now))


def lacks(circle: Circle) -> tuple[str, ...]:
    """Which of the things the bot uses it does not have here."""
    if not circle.is_admin:
        return (ADMIN, *WANTED)
    return tuple(right for right in WANTED if right not in circle.rights)


def set_rights(
    session: Session, circle_id: int, is_admin: bool, rights: Sequence[str], now: datetime
) -> list[AnyFact]:
    """The bot's standing in the chat; a fact when something it uses was taken away."""
    circle = hold(session, Circle, circle_id)
    before = set(lacks(circle))
    circle.is_admin, circle.rights, circle.changed_at = is_admin, sorted(rights), now
    session.flush()
    after = lacks(circle)
    if circle.state == CircleState.APPROVED and set(after) - before:
        return [RightsMissing(circle_id, after)]
    return []


_JOIN = on_both(
    lambda insert: insert(membership_table)
    .on_conflict_do_update(index_elements=["circle_id", "person_id"], set_={"left_at": None})
    .returning(membership_table.c.joined_at)
)


def join(session: Session, circle_id: int, person_id: int, now: datetime) -> None:
    """Whoever joins or speaks here is a member; who returns is one again."""
    connection = session.connection()
    mine = {"circle_id": circle_id, "person_id": person_id, "joined_at": now, "left_at": None}
    if connection.execute(_JOIN[connection.dialect.name], mine).scalar_one() == now:
        _came(session, circle_id, person_id, now)


def _came(session: Session, circle_id: int, person_id: int, now: datetime) -> None:
    """For the first time: campaigns that wait for newcomers hear of it."""
    query = select(circle_table.c.shop_id).where(
        circle_table.c.id == circle_id, circle_table.c.state == CircleState.APPROVED
    )
    shop_id = session.execute(query).scalar_one_or_none()
    if shop_id is not None:
        events.heard(session, Event.JOINED, person_id, circle_id, shop_id, f"circle:{circle_id}", now)


def leave(session: Session, circle_id: int, person_id: int, now: datetime) -> None:
    """They left the chat. Seats and orders stay: what was promised is still owed."""
    mine = (membership_table.c.circle_id == circle_id, membership_table.c.person_id == person_id)
    session.execute(update(membership_table).where(*mine, membership_table.c.left_at.is_(None)).values(left_at=now))


def is_member(session: Session, circle_id: int, person_id: int) -> bool:
    """Whether this person is in the circle now."""
    query = select(membership_table.c.left_at).where(
        membership_table.c.circle_id == circle_id, membership_table.c.person_id == person_id
    )
    row = session.execute(query).one_or_none()
    return row is not None and row.left_at is None


def of_member(session: Session, person_id: int) -> list[Circle]:
    """The approved circles this person is in."""
    mine = select(membership_table.c.circle_id).where(
        membership_table.c.person_id == person_id, membership_table.c.left_at.is_(None)
    )
    approved = circle_table.c.state == CircleState.APPROVED
    return list(fresh(session, select(Circle).where(circle_table.c.id.in_(mine), approved).order_by(circle_table.c.id)))

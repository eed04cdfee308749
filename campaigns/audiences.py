"""Who is in a campaign's audience: members of its circles for whom every condition of bot.toml's `audience` holds.

Invariants: one SELECT whatever the conditions; nobody twice, however many circles they are in; who was erased or has left
is in none. Whether the bot may write to them is the fan-out's to decide: it counts whom it could not reach.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from bot.core import i18n
from bot.core.config import Campaign, Catalogue
from bot.core.config.audience import Audience
from campaigns.conditions import Among, Asked, Condition, conditions
from campaigns.whys import why
from models.circles import circle_table
from models.people import person_table
from models.states import CircleState

FEW = 20_000  # people of a set up to which a page looks at all of them: some 10 ms, and as much as each of 2 % of a million


@dataclass(frozen=True, slots=True)
class Member:
    """One member, and the condition that says most about why they are in it: its code and plain values."""

    person_id: int
    why: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many an audience has, and how many of them pressed start and did not block the bot."""

    all: int
    reachable: int


@dataclass(frozen=True, slots=True)
class Example:
    """One member of an audience by name, for `tuan preview` and an owner's look before a broadcast."""

    name: str
    why: Mapping[str, object]


def circle_ids(session: Session, shop_id: int, campaign: Campaign, catalogue: Catalogue) -> list[int]:
    """Approved circles of the shop that a campaign names, by bot.toml's names and tags or by the chats' own; rising."""
    chats = {circle.chat_id for circle in catalogue.circles_of(campaign)}
    return list(_named(session, shop_id, campaign.circles, chats))


def members(
    session: Session, shop_id: int, circle_ids: Sequence[int], audience: Audience, now: datetime, *,
    after: int = 0, limit: int | None = None, default: str = i18n.DEFAULT,
) -> list[Member]:  # fmt: skip
    """The members with ids above `after`, rising, at most `limit`; fewer than that mean that there are no more.

    `default` is the language of those whose own the bot does not speak.
    """
    asked = Asked(shop_id, circle_ids, audience, now, default)
    reason, person = why(asked), person_table.c.id
    query = select(person, *reason.columns()).where(person > after, *_page(session, asked, after, limit))
    return [Member(row.id, reason.of(row)) for row in session.execute(query.order_by(person).limit(limit))]


def count(
    session: Session, shop_id: int, circle_ids: Sequence[int], audience: Audience, now: datetime, *,
    default: str = i18n.DEFAULT,
) -> Counted:  # fmt: skip
    """How many are in it. Measured: at most 2 s out of a million members with five million orders (benchmarks/audiences.py)."""
    asked, c = Asked(shop_id, circle_ids, audience, now, default), person_table.c
    reachable = and_(c.started_at.is_not(None), c.unreachable_at.is_(None))
    query = select(func.count(), func.count().filter(reachable)).select_from(person_table)
    found, reached = session.execute(query.where(*_all(session, asked))).one()
    return Counted(int(found), int(reached))


def examples(
    session: Session, shop_id: int, circle_ids: Sequence[int], audience: Audience, now: datetime, most: int = 5, *,
    default: str = i18n.DEFAULT,
) -> list[Example]:  # fmt: skip
    """The first few by name, with why each is in it."""
    found = members(session, shop_id, circle_ids, audience, now, limit=most, default=default)
    c = person_table.c
    called = select(c.id, c.name).where(c.id.in_([one.person_id for one in found]))
    names = {row.id: row.name for row in session.execute(called)}
    return [Example(names[one.person_id], one.why) for one in found]


def _named(session: Session, shop_id: int, words: Sequence[str], chats: set[int]) -> Iterator[int]:
    wanted, c = set(words), circle_table.c
    approved = select(c.id, c.chat_id, c.title, c.tags).where(c.shop_id == shop_id, c.state == CircleState.APPROVED)
    for circle_id, chat_id, title, tags in session.execute(approved.order_by(c.id)):
        if "*" in wanted or chat_id in chats or title in wanted or wanted & {f"#{tag}" for tag in tags}:
            yield circle_id


def _all(session: Session, asked: Asked) -> list[ColumnElement[bool]]:
    """The conditions as they are quickest for everybody."""
    whole = session.get_bind().dialect.name == "sqlite"
    return [one.whole() if whole else one.each() for one in conditions(asked)]


def _page(session: Session, asked: Asked, after: int, limit: int | None) -> list[ColumnElement[bool]]:
    """The conditions as they are quickest for a page: a set of few is gone through, of the others each person is asked."""
    if session.get_bind().dialect.name != "sqlite":
        return [one.each() for one in conditions(asked)]
    if limit is None:
        return _all(session, asked)
    return [one.whole(after) if _few(session, one, after) else one.each() for one in conditions(asked)]


def _few(session: Session, condition: Condition, after: int) -> bool:
    if not isinstance(condition, Among) or condition.negated or not condition.indexed:
        return False
    ids = condition.ids.where(condition.person > after).limit(FEW + 1).subquery()
    return int(session.execute(select(func.count()).select_from(ids)).scalar_one()) <= FEW

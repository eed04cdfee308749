"""How a member's quiet stands: what they muted, their hours and zone, and what they may want to mute. Reads only.

Invariant: what is offered for muting is what they bought or what was offered in their circles, and nothing of anybody else.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import mutes
from models.catalogue import products
from models.circles import circle_table, membership_table
from models.columns import Texts
from models.errors import DomainError
from models.group_buys import rounds
from models.orders import order_table
from models.people import Person
from models.rows import load
from models.shops import shop_table

LONG = 10  # items of a list that people read on a phone
_ITEM = select(products.c.id, products.c.shop_id, products.c.title, products.c.category)


@dataclass(frozen=True)
class Item:
    """A product that can be muted, or its category with it."""

    product_id: int
    shop_id: int
    title: Texts
    category: str | None

    @property
    def key(self) -> str:
        """What muting the product writes down."""
        return mutes.item(self.product_id)

    @property
    def category_key(self) -> str | None:
        """What muting its category writes down; None if it has none."""
        return mutes.category(self.shop_id, self.category) if self.category else None


@dataclass(frozen=True)
class Quiet:
    """What a member chose. Hours are minutes of the local day: None for bot.toml's, equal ones for none at all."""

    muted: frozenset[str]
    hours: tuple[int, int] | None
    timezone: str | None  # their own
    zone: str | None  # in which they are told times: their own, else their circle's
    items: tuple[Item, ...]  # muted ones
    categories: tuple[str, ...]  # muted ones

    @property
    def everything(self) -> bool:
        return mutes.ALL in self.muted

    @property
    def asks(self) -> bool:
        return mutes.ASKS in self.muted


def of(session: Session, person_id: int) -> Quiet:
    """How things stand with this member."""
    person, muted = load(session, Person, person_id), mutes.of(session, person_id)
    hours = None if person.quiet_from is None or person.quiet_to is None else (person.quiet_from, person.quiet_to)
    items = _items(session, _ITEM.where(products.c.id.in_(_ids(muted))).order_by(products.c.id))
    named = sorted({key.split(":", 2)[2] for key in muted if key.startswith("category:")})
    zone = person.timezone or _zone(session, person_id)
    return Quiet(muted, hours, person.timezone, zone, tuple(items), tuple(named))


def near(session: Session, person_id: int) -> list[Item]:
    """What they may want to mute or hear of again: what they bought, what was offered to them, what is muted by now."""
    found = {item.product_id: item for item in _met(session, person_id)}
    for key in sorted(mutes.of(session, person_id)):
        for item in _muted_by(session, key):
            found.setdefault(item.product_id, item)
    return list(found.values())


def _met(session: Session, person_id: int) -> list[Item]:
    """What they bought, then what was offered in their circles, the latest first."""
    mine = select(membership_table.c.circle_id).where(
        membership_table.c.person_id == person_id, membership_table.c.left_at.is_(None)
    )
    bought = select(order_table.c.product_id, func.max(order_table.c.id).label("last"))
    bought = bought.where(order_table.c.person_id == person_id).group_by(order_table.c.product_id)
    seen = select(rounds.c.product_id, func.max(rounds.c.id).label("last"))
    seen = seen.where(rounds.c.circle_id.in_(mine)).group_by(rounds.c.product_id)
    found: dict[int, Item] = {}
    for way in (bought.subquery(), seen.subquery()):
        latest = _ITEM.join(way, way.c.product_id == products.c.id).order_by(way.c.last.desc()).limit(LONG)
        found.update({item.product_id: item for item in _items(session, latest) if item.product_id not in found})
    return list(found.values())[:LONG]


def _muted_by(session: Session, key: str) -> list[Item]:
    """The product behind a muted key; of a category one of its products."""
    kind, _, named = key.partition(":")
    if kind == "item":
        return _items(session, _ITEM.where(products.c.id == int(named)))
    if kind != "category":
        return []
    shop_id, _, category = named.partition(":")
    within = (products.c.shop_id == int(shop_id), products.c.category == category)
    return _items(session, _ITEM.where(*within).order_by(products.c.id).limit(1))


def item(session: Session, product_id: int) -> Item:
    """One product. Raises DomainError("gone")."""
    found = _items(session, _ITEM.where(products.c.id == product_id))
    if not found:
        raise DomainError("gone", what="products")
    return found[0]


def _items(session: Session, query: "Select[*tuple[object, ...]]") -> list[Item]:
    return [Item(row.id, row.shop_id, row.title, row.category) for row in session.execute(query)]


def _ids(keys: Iterable[str]) -> list[int]:
    return [int(key.removeprefix("item:")) for key in keys if key.startswith("item:")]


def _zone(session: Session, person_id: int) -> str | None:
    """Of the first circle they are in, else of its shop."""
    told = func.coalesce(circle_table.c.timezone, shop_table.c.timezone)
    query = (
        select(told).join(shop_table, shop_table.c.id == circle_table.c.shop_id)
        .join(membership_table, membership_table.c.circle_id == circle_table.c.id)
        .where(membership_table.c.person_id == person_id, membership_table.c.left_at.is_(None))
        .order_by(circle_table.c.id).limit(1)
    )  # fmt: skip
    found: str | None = session.execute(query).scalar_one_or_none()
    return found

"""Shops and who owns them. A shop's words come from bot.toml; its row exists so that everything it sells can point at it.

Invariant: authority over a shop's money and rounds is `owns`, and nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import people
from models.columns import BigId, Document, Texts, table_of
from models.errors import DomainError
from models.rows import fresh, load, number_of


class Shop(SQLModel, table=True):
    """One seller with one currency. Money of everything below it is in that currency's minor units."""

    __tablename__ = "shops"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True)  # bot.toml's id
    name: str
    currency: str  # ISO 4217
    timezone: str
    pay_to: Texts = Field(default_factory=dict, sa_type=Document)
    pay_qr: str | None = None  # path inside the folder of bot.toml
    pickup: list[str] = Field(default_factory=list, sa_type=Document)
    return_window: int = 7 * 86_400  # seconds
    wants_needed: int = 5  # voices for a wish at which the owners are asked


class ShopOwner(SQLModel, table=True):
    """An owner of a shop, by bot.toml."""

    __tablename__ = "shop_owners"

    shop_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])


shop_table = table_of(Shop)
owner_table = table_of(ShopOwner)


@dataclass(frozen=True)
class Terms:
    """A shop as bot.toml has it; `owners` are Telegram ids."""

    key: str
    name: str
    currency: str
    timezone: str
    owners: Sequence[int]
    pay_to: Texts = field(default_factory=dict)
    pay_qr: str | None = None
    pickup: Sequence[str] = ()
    return_window: int = 7 * 86_400
    wants_needed: int = 5


def put(session: Session, terms: Terms, now: datetime) -> int:
    """Makes the shop say what bot.toml says, its owners included; returns its id."""
    rows = fresh(session, select(Shop).where(shop_table.c.key == terms.key))
    shop = rows[0] if rows else Shop(key=terms.key, name=terms.name, currency=terms.currency, timezone=terms.timezone)
    if rows and shop.currency != terms.currency:
        raise DomainError("currency_fixed", shop=terms.key, currency=shop.currency)
    shop.name, shop.timezone, shop.return_window = terms.name, terms.timezone, terms.return_window
    shop.pay_to, shop.pay_qr, shop.pickup = dict(terms.pay_to), terms.pay_qr, list(terms.pickup)
    shop.wants_needed = terms.wants_needed
    session.add(shop)
    session.flush()
    shop_id = number_of(shop.id)
    _set_owners(session, shop_id, [people.known(session, telegram_id, now) for telegram_id in terms.owners])
    return shop_id


def _set_owners(session: Session, shop_id: int, wanted: Sequence[int]) -> None:
    session.execute(
        delete(owner_table).where(owner_table.c.shop_id == shop_id, owner_table.c.person_id.not_in(list(wanted)))
    )
    missing = set(wanted) - set(owners(session, shop_id))
    session.add_all(ShopOwner(shop_id=shop_id, person_id=person_id) for person_id in sorted(missing))
    session.flush()


def by_id(session: Session, shop_id: int) -> Shop:
    """The shop. Raises DomainError("gone") when there is none."""
    return load(session, Shop, shop_id)


def owns(session: Session, shop_id: int, person_id: int) -> bool:
    """Whether this person sells here."""
    return person_id in owners(session, shop_id)


def require_owner(session: Session, shop_id: int, person_id: int) -> None:
    """Raises DomainError("not_yours") for anybody but an owner of the shop."""
    if not owns(session, shop_id, person_id):
        raise DomainError("not_yours")


def owners(session: Session, shop_id: int) -> list[int]:
    """The people who own the shop."""
    query = select(owner_table.c.person_id).where(owner_table.c.shop_id == shop_id).order_by(owner_table.c.person_id)
    return list(session.scalars(query))


def all_owners(session: Session) -> list[int]:
    """The people who own any shop."""
    return list(session.scalars(select(owner_table.c.person_id).distinct().order_by(owner_table.c.person_id)))


def of_owner(session: Session, person_id: int) -> list[Shop]:
    """The shops this person owns."""
    mine = select(owner_table.c.shop_id).where(owner_table.c.person_id == person_id)
    return list(fresh(session, select(Shop).where(shop_table.c.id.in_(mine)).order_by(shop_table.c.id)))

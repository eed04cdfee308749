"""A circle to tell stories in: Orchard Lane sells to Office 3F; Ann, Bao, Chen and the rest are named when they first act."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from models import group_buys, joins
from models.catalogue import Product
from models.circles import Circle, Membership
from models.columns import table_of
from models.facts import AnyFact
from models.group_buys import Round, Terms
from models.people import Person
from models.prices import Step
from models.seats import Seat, Way
from models.shops import Shop, ShopOwner
from models.states import CircleState
from models.wishes import Change, How
from tests.engines import sharing
from tests.templates import lay

FRIDAY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
LADDER = (Step(3, 3600), Step(8, 3200))


def engine_of(url: str) -> Engine:
    """An engine with every table there; foreign keys hold on SQLite too, which does not wait for the disk."""
    engine = create_engine(lay(url).replace("postgresql://", "postgresql+psycopg://"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _by_hand)
    return sharing(engine)


def _by_hand(raw: sqlite3.Connection, _: object) -> None:
    raw.executescript("PRAGMA foreign_keys=ON; PRAGMA synchronous=OFF")


class Scene:
    """One open group buy of honey oranges at 39.90, 3 people 36.00, 8 people 32.00, and the people around it."""

    def __init__(self, session: Session, *, stock: int | None = None, options: tuple[str, ...] = (), **terms: object) -> None:
        self.session = session
        self.now = FRIDAY
        self.people: dict[str, int] = {}
        self.shop = self._add(Shop(key="orchard", name="Orchard Lane", currency="CNY", timezone="Asia/Shanghai"))
        self.circle = self._add(Circle(
            shop_id=self.shop, chat_id=-1001, title="Office 3F", state=CircleState.APPROVED, is_admin=True, created_at=self.now
        ))
        self.product = self._add(Product(
            shop_id=self.shop, key="oranges", title={"en": "Honey oranges, 5 kg"}, price=3990,
            stock_opening=stock, stock_left=stock, options=list(options),
        ))
        self.owner = self.person("Li Wei")
        self._add(ShopOwner(shop_id=self.shop, person_id=self.owner))
        base = Terms(
            shop_id=self.shop, circle_id=self.circle, product_id=self.product, price=3990, ladder=LADDER,
            closes_at=self.now + timedelta(hours=24), minimum=3, per_member=5,
        )
        self.terms = replace(base, **terms)  # type: ignore[arg-type]
        self.round, self.opened = group_buys.open_round(session, self.terms, self.now)

    def _add(self, row: SQLModel) -> int:
        self.session.add(row)
        self.session.flush()
        return getattr(row, "id", None) or 0

    def person(self, name: str, *, member: bool = True) -> int:
        """The id of the person of that name, who is in the circle unless told otherwise."""
        if name not in self.people:
            number = 1001 + len(self.people)
            self.people[name] = self._add(Person(telegram_id=number, name=name, seen_at=self.now, started_at=self.now))
            if member:
                self._add(Membership(circle_id=self.circle, person_id=self.people[name], joined_at=self.now))
        return self.people[name]

    def joins(self, name: str, pieces: int = 1, option: str = "", note: str = "", message: int | None = None) -> list[AnyFact]:
        how = How(Way.TYPED if message else Way.TAPPED, message_id=message)
        return self.changes(name, Change("add", pieces, option, note), how)

    def sets(self, name: str, pieces: int, option: str = "") -> list[AnyFact]:
        return self.changes(name, Change("set", pieces, option))

    def leaves(self, name: str) -> list[AnyFact]:
        return self.changes(name, Change("leave"))

    def changes(self, name: str, wish: Change, how: How = How(Way.TAPPED)) -> list[AnyFact]:  # noqa: B008  # frozen
        return joins.change(self.session, self.round, self.person(name), wish, how, self.now)

    def edits(self, name: str, message: int, wish: Change | None) -> list[AnyFact]:
        return joins.replace(self.session, self.round, self.person(name), message, wish, self.now)

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)

    @property
    def row(self) -> Round:
        self.session.flush()
        return self.session.get_one(Round, self.round, populate_existing=True)

    @property
    def price(self) -> int:
        return group_buys.price(self.row)

    @property
    def stock_left(self) -> int | None:
        return self.session.get_one(Product, self.product, populate_existing=True).stock_left

    def seat(self, name: str) -> Seat | None:
        seats = table_of(Seat)
        query = self.session.query(Seat).where(seats.c.round_id == self.round, seats.c.person_id == self.person(name))
        return query.populate_existing().one_or_none()

"""A village to find people in: Orchard Lane sells to two circles; who is in them, and who collected what and when."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from bot.core.config.audience import Audience
from campaigns import audiences
from models import buyer_totals
from models.catalogue import Product
from models.circles import Circle, Membership
from models.group_buys import Round
from models.orders import Order
from models.people import Person
from models.seats import Seat
from models.shops import Shop
from models.states import CircleState, OrderState, RoundState, SeatState

DAY = timedelta(days=1)
PRODUCTS = {"oranges": "fruit", "pears": "fruit", "eggs": "dairy"}


class Village:
    """The office and the stairwell, three products in two categories; everybody pressed start unless told otherwise."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now = session, now
        self.shop = self.add(Shop(key="orchard", name="Orchard Lane", currency="CNY", timezone="Asia/Shanghai"))
        self.circles = {name: self._circle(name, -1001 - number) for number, name in enumerate(("office", "stairwell"))}
        self.products = {key: self._product(key, category) for key, category in PRODUCTS.items()}
        self.people: dict[str, int] = {}
        self.orders: list[Order] = []

    def add(self, row: SQLModel) -> int:
        self.session.add(row)
        self.session.flush()
        return getattr(row, "id", None) or 0

    def _circle(self, name: str, chat_id: int) -> int:
        return self.add(Circle(shop_id=self.shop, chat_id=chat_id, title=name, state=CircleState.APPROVED, created_at=self.now))

    def _product(self, key: str, category: str) -> int:
        return self.add(Product(shop_id=self.shop, key=key, title={"en": key}, price=3990, category=category))

    def comes(
        self, name: str, *circles: str, days: int = 100, language: str | None = None, started: bool = True,
        blocked: bool = False,
    ) -> int:  # fmt: skip
        """A person in these circles (the office, if none is named) since so many days."""
        self.people[name] = person = self.add(Person(
            telegram_id=1001 + len(self.people), name=name, language=language, seen_at=self.now,
            started_at=self.now if started else None, unreachable_at=self.now if blocked else None,
        ))  # fmt: skip
        for circle in circles or ("office",):
            self.add(Membership(circle_id=self.circles[circle], person_id=person, joined_at=self.now - days * DAY))
        return person

    def buys(self, name: str, product: str = "oranges", *, days: float = 10, total: int = 3990, path: str = "self") -> Order:
        """An order that was collected so many days ago."""
        order = self.orders_one(name, product, total=total, path=path)
        order.collected_at, order.state = self.now - days * DAY, OrderState.COMPLETED
        buyer_totals.follow(self.session, order)
        return order

    def orders_one(self, name: str, product: str = "oranges", *, total: int = 3990, path: str = "self") -> Order:
        """An order that nobody has collected yet."""
        circle, person, then = self.circles["office"], self.people[name], self.now - DAY
        terms = {"shop_id": self.shop, "circle_id": circle, "product_id": self.products[product]}
        deal = self.add(Round(**terms, price=3990, state=RoundState.DONE, closes_at=then, created_at=then))
        seat = self.add(Seat(
            round_id=deal, person_id=person, state=SeatState.HELD, quantity=1, place=1, told=3990, joined_at=then, changed_at=then,
        ))  # fmt: skip
        order = Order(
            **terms, round_id=deal, seat_id=seat, person_id=person, state=OrderState.PAID, quantity=1, unit_price=total,
            total=total, created_at=then, path=path,
        )  # fmt: skip
        self.add(order)
        self.orders.append(order)
        return order

    def refunds(self, order: Order) -> None:
        order.state = OrderState.REFUNDED
        buyer_totals.follow(self.session, order)

    def found(self, *circles: str, limit: int | None = None, after: int = 0, **conditions: object) -> dict[str, dict[str, object]]:
        """Who is in an audience, by name, with why."""
        names = {person: name for name, person in self.people.items()}
        there, audience = self.ids(*circles), Audience.model_validate(conditions)
        found = audiences.members(self.session, self.shop, there, audience, self.now, after=after, limit=limit)
        return {names[member.person_id]: dict(member.why) for member in found}

    def counted(self, *circles: str, **conditions: object) -> tuple[int, int]:
        """How many are in it, and how many of them can be written to."""
        audience = Audience.model_validate(conditions)
        counted = audiences.count(self.session, self.shop, self.ids(*circles), audience, self.now)
        return counted.all, counted.reachable

    def ids(self, *circles: str) -> list[int]:
        return [self.circles[name] for name in circles or self.circles]

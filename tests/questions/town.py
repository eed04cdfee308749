"""A circle in which people have bought before: Orchard Lane's fruit and bread, who received what, and who asks whom."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from models import answers, asks, deadlines, notices, questions_asking
from models.answers import Answer
from models.asks import Ask, ask_table
from models.catalogue import Product
from models.circles import Circle, Membership
from models.facts import AnyFact
from models.group_buys import Round
from models.orders import Order
from models.people import Person
from models.questions import Question, question_table
from models.questions_asking import Asking, House
from models.seats import Seat
from models.shops import Shop, ShopOwner
from models.states import CircleState, OrderState, RoundState, SeatState

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # noon in Shanghai, where nobody sleeps

_OURS = [kind for kind in deadlines.KINDS if kind.of in {ask_table.c.id, question_table.c.id}]
_TIMES = union_all(*(select(func.min(kind.due).label("at")).where(*kind.where) for kind in _OURS)).subquery()
_DUE = select(func.min(_TIMES.c.at))


class Town:
    """Orchard Lane in Office 3F. People are named when they first act; who buys has received it, long settled."""

    def __init__(self, session: Session, *, now: datetime = NOON, tells: bool = True) -> None:
        self.session, self.now, self.tells, self.house = session, now, tells, House()
        self.people: dict[str, int] = {}
        self.products: dict[str, int] = {}
        self.facts: list[AnyFact] = []
        self.shop = self.add(Shop(key="orchard", name="Orchard Lane", currency="CNY", timezone="Asia/Shanghai"))
        self.circle = self.circle_named("Office 3F")
        for key, category in (("oranges", "fruit"), ("pears", "fruit"), ("bread", "bakery"), ("soap", None)):
            self.products[key] = self.add(Product(
                shop_id=self.shop, key=key, title={"en": key.title(), "zh_CN": key}, price=3990, category=category
            ))  # fmt: skip
        self.owner = self.person("Li Wei")
        self.add(ShopOwner(shop_id=self.shop, person_id=self.owner))

    def add(self, row: object) -> int:
        self.session.add(row)
        self.session.flush()
        return getattr(row, "id", None) or 0

    def circle_named(self, title: str, timezone: str | None = None) -> int:
        chat = -1001 - len(self.people) - len(title)
        return self.add(Circle(
            shop_id=self.shop, chat_id=chat, title=title, state=CircleState.APPROVED, timezone=timezone, created_at=self.now
        ))  # fmt: skip

    def person(self, name: str, *, timezone: str | None = None, started: bool = True, circle: int | None = None) -> int:
        if name not in self.people:
            started_at = self.now if started else None
            self.people[name] = self.add(Person(
                telegram_id=1001 + len(self.people), name=name, timezone=timezone, seen_at=self.now, started_at=started_at
            ))  # fmt: skip
            place = circle or self.circle
            self.add(Membership(circle_id=place, person_id=self.people[name], joined_at=self.now))
        return self.people[name]

    def named(self, person_id: int) -> str:
        return next(name for name, number in self.people.items() if number == person_id)

    def received(
        self, name: str, product: str = "oranges", times: int = 1, *, days: float = 10, circle: int | None = None,
        state: OrderState = OrderState.COMPLETED, again: bool | None = None,
    ) -> list[int]:  # fmt: skip
        """Orders of a product that were handed over, the last of them `days` ago."""
        place, person, made = circle or self.circle, self.person(name), list[int]()
        for number in range(times):
            at = self.now - timedelta(days=days + 7 * (times - 1 - number))
            row = self.add(Round(
                shop_id=self.shop, circle_id=place, product_id=self.products[product], state=RoundState.DONE, price=3990,
                created_at=at, closes_at=at, locked_at=at, final_price=3990, members=1, pieces=1,
            ))  # fmt: skip
            seat = self.add(Seat(
                round_id=row, person_id=person, place=1, state=SeatState.HELD, quantity=1, told=3990,
                joined_at=at, changed_at=at,
            ))  # fmt: skip
            made.append(self.add(Order(
                shop_id=self.shop, circle_id=place, round_id=row, product_id=self.products[product], seat_id=seat,
                person_id=person, state=state, quantity=1, unit_price=3990, total=3990, created_at=at, paid_at=at,
                collected_at=at, completed_at=at, again=again,
            )))  # fmt: skip
        return made

    def told(self, facts: list[AnyFact]) -> list[AnyFact]:
        self.facts += facts
        if self.tells:
            notices.notify(self.session, facts, self.now)
        return facts

    def asks(self, name: str, words: str = "Are they sweet?", product: str = "oranges", **asking: object) -> int:
        asked = Asking(self.circle, self.products[product], words, **asking)  # type: ignore[arg-type]  # a test's shorthand
        question_id, facts = questions_asking.ask(self.session, asked, self.person(name), self.now, self.house)
        self.told(facts)
        return question_id

    def answers(self, name: str, question_id: int, words: str = "Very sweet.", **more: object) -> int:
        ask = self.ask_of(name, question_id)
        answer_id, facts = answers.give(
            self.session, ask.id or 0, self.person(name), words, None, self.now, **more  # type: ignore[arg-type]
        )
        self.told(facts)
        return answer_id

    def declines(self, name: str, question_id: int) -> None:
        self.told(asks.decline(self.session, self.ask_of(name, question_id).id or 0, self.person(name), self.now))

    def ask_of(self, name: str, question_id: int) -> Ask:
        mine = ask_table.c.question_id == question_id, ask_table.c.person_id == self.person(name)
        return self.session.query(Ask).where(*mine).populate_existing().one()

    def asked(self, question_id: int) -> list[str]:
        """Who was asked, by name, in the order of asking."""
        self.session.flush()
        query = self.session.query(ask_table.c.person_id).where(ask_table.c.question_id == question_id).order_by(ask_table.c.id)
        return [self.named(row.person_id) for row in query]

    def question(self, question_id: int) -> Question:
        self.session.flush()
        return self.session.get_one(Question, question_id, populate_existing=True)

    def answer(self, answer_id: int) -> Answer:
        self.session.flush()
        return self.session.get_one(Answer, answer_id, populate_existing=True)

    def passes(self, **time: float) -> list[AnyFact]:
        """Time passes, in steps as what is due falls due; what that brought."""
        end, found = self.now + timedelta(**time), list[AnyFact]()
        while (due := self.next_due()) is not None and due <= end:
            self.now = max(self.now, due)
            found += self.told(deadlines.sweep(self.session, self.now))
        self.now = end
        return found

    def next_due(self) -> datetime | None:
        """When a question or an ask is due next: the rest of the house sleeps here, and asking it costs more than the story."""
        self.session.flush()
        return self.session.scalar(_DUE)

    def of(self, kind: type, facts: Iterable[AnyFact] | None = None) -> list[AnyFact]:
        return [fact for fact in (self.facts if facts is None else facts) if isinstance(fact, kind)]

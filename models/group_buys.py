"""A group buy (round): one product offered to one circle until a deadline, and its terms.

Invariants: `members` and `pieces` equal the sums over held seats; `final_price` is set exactly when it locked; a
circle's card shows what this row says.
"""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import catalogue, outbox
from models.cards import Card
from models.catalogue import Product
from models.columns import BigId, Document, Instant, Texts, table_of
from models.errors import DomainError
from models.facts import AnyFact, RoundOpened
from models.prices import Step, price_now, steps
from models.prices import check as check_ladder
from models.states import ROUND, RoundState, advance


class Round(SQLModel, table=True):
    """The group buy's row: its terms as they were when it opened, its counters, its times."""

    __tablename__ = "rounds"
    __table_args__ = (
        CheckConstraint("members >= 0 AND pieces >= 0", name="counts_not_negative"),
        CheckConstraint("count_by IN ('members', 'pieces')", name="count_by"),
        CheckConstraint("collect IN ('after_lock', 'upfront')", name="collect"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    circle_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("circles.id")])
    product_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("products.id")])
    opening_key: str | None = Field(default=None, unique=True)  # what may open it once: "run:17:3", "sell:<update id>"
    state: str = Field(index=True)  # states.RoundState
    # the terms
    price: int = Field(sa_type=BigInteger)  # of one piece, before any step
    ladder: list[dict[str, object]] = Field(default_factory=list, sa_type=Document)  # prices.Step as JSON
    count_by: str = "members"
    minimum: int = 1
    per_member: int | None = None
    options: list[str] = Field(default_factory=list, sa_type=Document)
    collect: str = "after_lock"
    pay_within: int = 86_400  # seconds
    offer_within: int = 7_200  # seconds a waitlist offer stands
    accept_from: float | None = None  # share of the minimum from which the owner may accept a short group
    leader_discount: int = Field(default=0, sa_type=BigInteger)
    delivery_fee: int = Field(default=0, sa_type=BigInteger)  # an order; a ladder step may make it free
    text: Texts = Field(default_factory=dict, sa_type=Document)
    thread_id: int | None = None  # forum topic
    # how it stands
    members: int = 0
    pieces: int = 0
    next_place: int = 1  # the place the next seat gets in the order of joining
    step_told: int = 0  # the highest step that was announced in the circle
    leader_id: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    opened_by: int | None = Field(default=None, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])
    told_floor: int | None = Field(default=None, sa_type=BigInteger)  # the lowest price told to a seat still held
    count_at_end: int | None = None  # members or pieces when it failed or was recalled
    final_price: int | None = Field(default=None, sa_type=BigInteger)
    accepted_short: bool = False
    created_at: datetime = Field(sa_type=Instant)
    opens_at: datetime | None = Field(default=None, sa_type=Instant)
    opened_at: datetime | None = Field(default=None, sa_type=Instant)
    closes_at: datetime = Field(sa_type=Instant, index=True)
    decide_by: datetime | None = Field(default=None, sa_type=Instant)
    locked_at: datetime | None = Field(default=None, sa_type=Instant)
    arrived_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    thanked_at: datetime | None = Field(default=None, sa_type=Instant)  # the shop thanks its buyers once


rounds = table_of(Round)
MEMBERS, PIECES = "members", "pieces"


@dataclass(frozen=True)
class Terms:
    """What a group buy is opened with. Times are instants, lengths seconds, money minor units."""

    shop_id: int
    circle_id: int
    product_id: int
    price: int
    closes_at: datetime
    ladder: tuple[Step, ...] = ()
    count_by: str = MEMBERS
    minimum: int = 1
    per_member: int | None = None
    collect: str = "after_lock"
    pay_within: int = 86_400
    offer_within: int = 7_200
    accept_from: float | None = None
    leader_discount: int = 0
    delivery_fee: int = 0
    text: Texts = field(default_factory=dict)
    thread_id: int | None = None
    leader_id: int | None = None
    opened_by: int | None = None
    opens_at: datetime | None = None
    opening_key: str | None = None

    def check(self, now: datetime) -> None:
        """Raises DomainError for terms that nobody could keep."""
        check_ladder(self.price, self.ladder)
        if self.price <= 0:
            raise DomainError("price_not_positive")
        if self.minimum < 1 or (self.per_member is not None and self.per_member < 1):
            raise DomainError("count_not_positive")
        if self.closes_at <= max(now, self.opens_at or now):
            raise DomainError("closes_before_it_opens", closes_at=self.closes_at)


def open_round(session: Session, terms: Terms, now: datetime) -> tuple[int, list[AnyFact]]:
    """Opens a group buy, or schedules it when `opens_at` lies ahead. The same `opening_key` opens once; its round is returned."""
    if terms.opening_key is not None:
        known = session.execute(select(rounds.c.id).where(rounds.c.opening_key == terms.opening_key)).scalar_one_or_none()
        if known is not None:
            return known, []
    terms.check(now)
    product = session.get_one(Product, terms.product_id)
    later = terms.opens_at is not None and terms.opens_at > now
    words = asdict(terms) | {"ladder": [step.as_json() for step in terms.ladder]}
    row = Round(
        **words, options=product.options, created_at=now,
        state=RoundState.SCHEDULED if later else RoundState.OPEN, opened_at=None if later else now,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add(Card(round_id=row.id, circle_id=terms.circle_id, has_photo=bool(product.photo or product.photo_file_id)))
    session.flush()
    return row.id, [] if later else [RoundOpened(row.id)]


def open_scheduled(session: Session, round_id: int, now: datetime) -> list[AnyFact]:
    """Opens a scheduled group buy whose time has come; nothing if it is not (or no longer) scheduled."""
    row = locked_row(session, round_id)
    if row.state != RoundState.SCHEDULED or row.opens_at is None or row.opens_at > now:
        return []
    row.state = advance(ROUND, row.state, RoundState.OPEN)
    row.opened_at = now
    session.flush()
    return [RoundOpened(round_id)]


def locked_row(session: Session, round_id: int) -> Round:
    """The row, held against every other writer until the transaction ends. Raises DomainError("no_such_round")."""
    row = session.execute(
        select(Round).where(rounds.c.id == round_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise DomainError("no_such_round")
    return row


def count(row: Round) -> int:
    """What the ladder and the minimum count: members or pieces."""
    return row.members if row.count_by == MEMBERS else row.pieces


def price(row: Round) -> int:
    """One piece, now or as it was locked, minor units."""
    if row.final_price is not None:
        return row.final_price
    return price_now(row.price, steps(row.ladder), count(row), row.told_floor)


def put_back(session: Session, product_id: int, pieces: int, now: datetime) -> None:
    """Returns pieces to stock; if there were none, the product's open cards show that there are some again."""
    if catalogue.put_back(session, product_id, pieces) == pieces:
        stock_turned(session, product_id, now)


def stock_turned(session: Session, product_id: int, now: datetime) -> None:
    """The last piece went, or one is there again: every open card of the product shows it."""
    of_product = (rounds.c.product_id == product_id, rounds.c.state == RoundState.OPEN)
    for round_id in session.scalars(select(rounds.c.id).where(*of_product).order_by(rounds.c.id)).all():
        outbox.mark_card(session, round_id, now)


@dataclass(frozen=True)
class OpenHere:
    """An open group buy as a circle's list shows it."""

    round_id: int
    title: Texts
    thread_id: int | None


def here(session: Session, circle_id: int, thread_id: int | None = None) -> list[OpenHere]:
    """The open group buys of a circle, oldest first; of one forum topic if `thread_id` is given."""
    products = table_of(Product)
    query = (
        select(rounds.c.id, products.c.title, rounds.c.thread_id)
        .join(products, products.c.id == rounds.c.product_id)
        .where(rounds.c.circle_id == circle_id, rounds.c.state == RoundState.OPEN)
        .order_by(rounds.c.id)
    )
    if thread_id is not None:
        query = query.where(rounds.c.thread_id == thread_id)
    return [OpenHere(row.id, row.title, row.thread_id) for row in session.execute(query)]


def by_card(session: Session, circle_id: int, message_id: int) -> int | None:
    """The round whose card this message of the circle is; None if it is none (any more)."""
    cards = table_of(Card)
    return session.execute(
        select(cards.c.round_id).where(cards.c.circle_id == circle_id, cards.c.message_id == message_id)
    ).scalar_one_or_none()

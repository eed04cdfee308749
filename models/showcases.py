"""Showcases (晒单): what came, as its buyer shows it: a photo with words after delivery.

Invariants: one an order, by its buyer, after handing over; rewarded for being there, whatever it says (`ShowcaseMade`);
the circle sees it only with its author's consent, on a board (models/boards.py) that goes with it; under the product it
stands for the circle of the order; what was refunded is shown by nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models import boards, ledger, orders
from models.columns import BigId, Instant, table_of
from models.errors import DomainError
from models.facts import AnyFact, PointsCredited, ShowcaseMade, ShowcaseTold, WordsHeld
from models.orders import Order, order_table
from models.people import Person
from models.questions_words import ANSWER_MOST, checked, has_contact
from models.rows import find, fresh, hold, number_of
from models.states import WORDS, OrderState, WordsState, advance


class Showcase(SQLModel, table=True):
    """A photo with words about one order. `public`: the circle may see it."""

    __tablename__ = "showcases"
    __table_args__ = (Index("ix_showcases_product", "circle_id", "product_id", "state"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    circle_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("circles.id")])
    product_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("products.id")])
    order_id: int = Field(unique=True, sa_type=BigId, sa_column_args=[ForeignKey("orders.id")])
    person_id: int = Field(sa_type=BigId, index=True, sa_column_args=[ForeignKey("people.id")])
    state: str  # states.WordsState
    words: str
    photo_file_id: str | None = None  # None once it was taken back
    public: bool = False
    told_at: datetime | None = Field(default=None, sa_type=Instant)  # in the circle, once
    created_at: datetime = Field(sa_type=Instant)
    edited_at: datetime | None = Field(default=None, sa_type=Instant)


showcase_table = table_of(Showcase)


@dataclass(frozen=True)
class ShownShowcase:
    """A showcase as the circle may see it."""

    showcase_id: int
    person_id: int
    name: str
    words: str
    photo_file_id: str
    created_at: datetime


def make(
    session: Session, order_id: int, person_id: int, words: str, photo_file_id: str | None, public: bool, now: datetime
) -> tuple[int, list[AnyFact]]:
    """A buyer shows what came; the showcase's id. The reward hangs on `ShowcaseMade`, which comes once an order.

    Raises not_yours, not_collected, order_ended (refunded), shown_already, photo_needed, answer_empty, photo_without_words,
    answer_long, gone.
    """
    _, order = orders.held(session, order_id)
    may_make(session, order, person_id)
    if photo_file_id is None:
        raise DomainError("photo_needed")
    clean = checked(words, "answer", ANSWER_MOST, photo=True)
    showcase = Showcase(
        shop_id=order.shop_id, circle_id=order.circle_id, product_id=order.product_id, order_id=order_id,
        person_id=person_id, state=WordsState.HELD if has_contact(clean) else WordsState.SHOWN, words=clean,
        photo_file_id=photo_file_id, public=public, created_at=now,
    )  # fmt: skip
    session.add(showcase)
    session.flush()
    showcase_id = number_of(showcase.id)
    made = ShowcaseMade(person_id, None, showcase_id, order.shop_id, order.product_id, order_id)
    return showcase_id, [made, *_said(session, showcase, now)]


def may_make(session: Session, order: Order, person_id: int) -> None:
    """Raises not_yours, not_collected, order_ended (refunded), shown_already."""
    orders.require_own(order, person_id)
    if order.state == OrderState.REFUNDED:
        raise DomainError("order_ended", number=order.number, state=order.state)
    if order.collected_at is None:
        raise DomainError("not_collected", number=order.number)
    if session.execute(select(showcase_table.c.id).where(showcase_table.c.order_id == order.id)).first() is not None:
        raise DomainError("shown_already", number=order.number)


def wanted(session: Session, order_id: int, person_id: int) -> bool:
    """Whether this person could show this order now."""
    order = find(session, Order, order_id)
    try:
        if order is not None:
            may_make(session, order, person_id)
    except DomainError:
        return False
    return order is not None


def thank(session: Session, showcase_id: int, points: int, now: datetime) -> list[AnyFact]:
    """The points that were promised for showing this order, once, whatever was said of it; 0 promises nothing."""
    showcase = hold(session, Showcase, showcase_id)
    if points <= 0:
        return []
    shop_id, person_id = showcase.shop_id, showcase.person_id
    ledger.transfer(
        session, reason=f"showcase:{showcase.order_id}", debit=ledger.shop(shop_id, ledger.Unit.POINTS),
        credit=ledger.points(shop_id, person_id), amount=points, now=now,
    )  # fmt: skip
    return [PointsCredited(person_id, None, shop_id, points, "showcase")]


def consent(session: Session, showcase_id: int, person_id: int, public: bool, now: datetime) -> list[AnyFact]:
    """The author lets the circle see it, or no longer. Raises not_yours, answer_gone, gone."""
    showcase = of_author(session, showcase_id, person_id)
    showcase.public = public
    session.flush()
    follow(session, showcase, now)
    return _tell(session, showcase, now)


def edit(session: Session, showcase_id: int, person_id: int, words: str, now: datetime) -> list[AnyFact]:
    """The author says it otherwise. Raises not_yours, answer_gone, answer_empty, answer_long, gone."""
    showcase = of_author(session, showcase_id, person_id)
    showcase.words, showcase.edited_at = checked(words, "answer", ANSWER_MOST, photo=True), now
    target = WordsState.HELD if has_contact(showcase.words) else WordsState.SHOWN
    if showcase.state in {WordsState.HIDDEN, target}:
        session.flush()
        follow(session, showcase, now)
        return []
    showcase.state = advance(WORDS, showcase.state, target)
    session.flush()
    follow(session, showcase, now)
    return _said(session, showcase, now)


def delete(session: Session, showcase_id: int, person_id: int, now: datetime) -> None:
    """The author takes it back: words and photo are gone. What it was rewarded with stays. Raises not_yours, answer_gone."""
    take_away(session, of_author(session, showcase_id, person_id), WordsState.DELETED, now)


def under(session: Session, circle_id: int, product_id: int, limit: int = 5) -> Sequence[ShownShowcase]:
    """What the circle sees under a product, newest first."""
    people, s, o = table_of(Person), showcase_table.c, order_table.c
    seen = s.circle_id == circle_id, s.product_id == product_id, s.state == WordsState.SHOWN, s.public.is_(True)
    kept = order_table, (o.id == s.order_id) & (o.state != OrderState.REFUNDED)
    query = select(s.id, s.person_id, people.c.name, s.words, s.photo_file_id, s.created_at).join(
        people, people.c.id == s.person_id
    ).join(*kept)  # fmt: skip
    return [ShownShowcase(*row) for row in session.execute(query.where(*seen).order_by(s.id.desc()).limit(limit))]


def is_seen(session: Session, showcase: Showcase) -> bool:
    """Whether the circle may see it now."""
    order = find(session, Order, showcase.order_id)
    kept = order is not None and order.state != OrderState.REFUNDED
    return kept and showcase.public and showcase.state == WordsState.SHOWN


def take_away(session: Session, showcase: Showcase, state: WordsState, now: datetime) -> None:
    """Deleted, removed or hidden: nobody sees it."""
    showcase.state = advance(WORDS, showcase.state, state)
    if state == WordsState.DELETED:
        showcase.words, showcase.photo_file_id = "", None
    session.flush()
    follow(session, showcase, now)


def refunded(session: Session, order_id: int, now: datetime) -> None:
    """What its order's goods were is no longer shown."""
    for showcase in fresh(session, select(Showcase).where(showcase_table.c.order_id == order_id)):
        follow(session, showcase, now)


def board_of(showcase_id: int) -> str:
    """What the board in the circle shows it as."""
    return f"showcase:{showcase_id}"


def follow(session: Session, showcase: Showcase, now: datetime) -> None:
    """What the circle was told is not so any more."""
    if showcase.told_at is not None:
        boards.mark(session, board_of(number_of(showcase.id)), now)


def restore(session: Session, showcase: Showcase, now: datetime) -> list[AnyFact]:
    """A person looked and shows it."""
    showcase.state = advance(WORDS, showcase.state, WordsState.SHOWN)
    session.flush()
    follow(session, showcase, now)
    return _tell(session, showcase, now)


def of_author(session: Session, showcase_id: int, person_id: int) -> Showcase:
    """The showcase, held for a change by its author. Raises not_yours, answer_gone, gone."""
    if find(session, Showcase, showcase_id) is None:
        raise DomainError("gone", what="showcases")
    showcase = hold(session, Showcase, showcase_id)
    if showcase.person_id != person_id:
        raise DomainError("not_yours")
    if showcase.state in {WordsState.DELETED, WordsState.REMOVED}:
        raise DomainError("answer_gone")
    return showcase


def _said(session: Session, showcase: Showcase, now: datetime) -> list[AnyFact]:
    if showcase.state == WordsState.HELD:
        return [WordsHeld(showcase.shop_id, "showcase", number_of(showcase.id), "contact")]
    return _tell(session, showcase, now)


def _tell(session: Session, showcase: Showcase, now: datetime) -> list[AnyFact]:
    if not showcase.public or showcase.state != WordsState.SHOWN or showcase.told_at is not None:
        return []
    showcase.told_at = now
    session.flush()
    showcase_id = number_of(showcase.id)
    boards.post(session, showcase.circle_id, board_of(showcase_id), now)
    return [ShowcaseTold(showcase.circle_id, showcase_id)]

"""Offers that do not come from bot.toml: sold from the chat, offered once more, or opened by a member who then leads.

Invariants: what a member opens costs and lasts exactly what the shop's last offer of that product did; one product is
open once in a circle; a name in a pasted list becomes a seat only if it is a member's, nobody is ever invented.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import catalogue, circles, group_buys, joins, shops
from models.circles import membership_table
from models.errors import DomainError
from models.facts import AnyFact
from models.group_buys import Round, Terms, rounds
from models.people import person_table
from models.prices import Step, steps
from models.rows import load, number_of
from models.seats import Way
from models.states import RoundState
from models.wishes import Change, How

GOING_ON = (RoundState.OPEN, RoundState.SCHEDULED, RoundState.DECIDING)


@dataclass(frozen=True)
class Bought:
    """A line of a pasted list: a name, and what stands behind it."""

    name: str
    quantity: int
    option: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class NewOffer:
    """What an owner said in the chat. `key` opens it once; prices are minor units."""

    shop_id: int
    circle_id: int
    by: int
    key: str
    title: str
    price: int
    closes_at: datetime
    ladder: tuple[Step, ...] = ()
    count_by: str = group_buys.MEMBERS
    stock: int | None = None
    per_member: int | None = None
    minimum: int = 1
    options: tuple[str, ...] = ()
    leader_discount: int = 0
    text: str = ""
    photo_file_id: str | None = None
    named: Sequence[Bought] = ()


def open_new(session: Session, offer: NewOffer, now: datetime) -> list[AnyFact]:
    """Opens what an owner said, once. Raises not_yours, already_open, and what terms raise that nobody could keep."""
    shops.require_owner(session, offer.shop_id, offer.by)
    opened = select(rounds.c.id).where(rounds.c.opening_key == offer.key)
    if session.execute(opened).first() is not None:
        return []
    product_id = _product(session, offer, now)
    _require_not_open(session, offer.circle_id, product_id)
    round_id, facts = group_buys.open_round(session, _terms(offer, product_id), now)
    return facts + _seated(session, round_id, offer, now)


def open_again(session: Session, round_id: int, by: int, now: datetime) -> list[AnyFact]:
    """The owner offers it once more on the same terms. Raises not_yours, already_open, sold_out, gone."""
    row = load(session, Round, round_id)
    shops.require_owner(session, row.shop_id, by)
    return _open(session, row, replace(terms_again(row, now), opened_by=by), now)


def lead_again(session: Session, round_id: int, person_id: int, now: datetime) -> list[AnyFact]:
    """A member opens the shop's last offer of a product again and leads it. Raises not_a_member, already_open, sold_out, gone."""
    row = load(session, Round, round_id)
    if not circles.is_member(session, row.circle_id, person_id):
        raise DomainError("not_a_member")
    return _open(session, row, replace(terms_again(row, now), leader_id=person_id, opened_by=person_id), now)


def terms_again(row: Round, now: datetime) -> Terms:
    """The terms of a round, lasting as long as it was meant to, from now on."""
    opened = row.opened_at or row.opens_at or row.created_at
    return Terms(
        shop_id=row.shop_id, circle_id=row.circle_id, product_id=row.product_id, price=row.price,
        closes_at=now + (row.closes_at - opened), ladder=steps(row.ladder), count_by=row.count_by,
        minimum=row.minimum, per_member=row.per_member, collect=row.collect, pay_within=row.pay_within,
        offer_within=row.offer_within, accept_from=row.accept_from, leader_discount=row.leader_discount,
        delivery_fee=row.delivery_fee, text=row.text, thread_id=row.thread_id,
    )  # fmt: skip


def _open(session: Session, row: Round, terms: Terms, now: datetime) -> list[AnyFact]:
    group_buys.locked_row(session, number_of(row.id))  # two who tap at once wait for each other here
    if load(session, catalogue.Product, row.product_id).stock_left == 0:
        raise DomainError("sold_out")
    _require_not_open(session, row.circle_id, row.product_id)
    return group_buys.open_round(session, terms, now)[1]


def _require_not_open(session: Session, circle_id: int, product_id: int) -> None:
    here = (rounds.c.circle_id == circle_id, rounds.c.product_id == product_id, rounds.c.state.in_(GOING_ON))
    if session.execute(select(rounds.c.id).where(*here).limit(1)).first() is not None:
        raise DomainError("already_open")


def _product(session: Session, offer: NewOffer, now: datetime) -> int:
    """The product of that title, so that what buyers said of it stays with it; `stock` is what there is of it now."""
    key = "chat-" + blake2b(offer.title.casefold().encode(), digest_size=8).hexdigest()
    known = catalogue.by_key(session, offer.shop_id, key)
    held = catalogue.held_pieces(session, number_of(known.id)) if known is not None else 0
    goods = catalogue.Goods(
        key=key, title={"en": offer.title}, price=offer.price, options=offer.options,
        stock=None if offer.stock is None else held + offer.stock,
        photo_file_id=offer.photo_file_id or (known.photo_file_id if known else None),
    )  # fmt: skip
    return catalogue.put(session, offer.shop_id, goods, now)


def _terms(offer: NewOffer, product_id: int) -> Terms:
    return Terms(
        shop_id=offer.shop_id, circle_id=offer.circle_id, product_id=product_id, price=offer.price,
        closes_at=offer.closes_at, ladder=offer.ladder, count_by=offer.count_by, minimum=offer.minimum,
        per_member=offer.per_member, leader_discount=offer.leader_discount,
        text={"en": offer.text} if offer.text else {}, opened_by=offer.by, opening_key=offer.key,
    )  # fmt: skip


def _seated(session: Session, round_id: int, offer: NewOffer, now: datetime) -> list[AnyFact]:
    """The seats of a pasted list: of names that exactly one member of the circle goes by."""
    facts: list[AnyFact] = []
    for line, person_id in members_named(session, offer.circle_id, offer.named):
        if person_id is not None:
            wish = Change("add", line.quantity, line.option, line.note)
            facts += joins.change(session, round_id, person_id, wish, How(Way.OWNER), now)
    return facts


def members_named(session: Session, circle_id: int, lines: Sequence[Bought]) -> list[tuple[Bought, int | None]]:
    """Each line with the one member of the circle it names, or None."""
    if not lines:
        return []
    inside = (membership_table.c.circle_id == circle_id, membership_table.c.left_at.is_(None))
    query = (
        select(func.lower(person_table.c.name).label("name"), func.min(person_table.c.id).label("id"))
        .join(membership_table, membership_table.c.person_id == person_table.c.id)
        .where(*inside).group_by(func.lower(person_table.c.name)).having(func.count() == 1)
    )  # fmt: skip
    known = {row.name: row.id for row in session.execute(query)}
    return [(line, known.get(line.name.strip().lower())) for line in lines]

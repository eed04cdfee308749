"""A group buy offered once more: by its owner on the same terms, or by a member of the circle, who then leads it.

Invariant: what a member opens costs and lasts exactly what the shop's last offer of that product did; nobody but the
shop makes terms.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, circles, group_buys, shops
from models.errors import DomainError
from models.facts import AnyFact
from models.group_buys import Round, Terms, rounds
from models.prices import steps
from models.rows import load, number_of
from models.states import RoundState

GOING_ON = (RoundState.OPEN, RoundState.SCHEDULED, RoundState.DECIDING)


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


def lead_again(session: Session, round_id: int, person_id: int, now: datetime) -> list[AnyFact]:
    """A member opens the offer again and leads it. Raises not_a_member, already_open, sold_out, gone."""
    row = load(session, Round, round_id)
    if not circles.is_member(session, row.circle_id, person_id):
        raise DomainError("not_a_member")
    return _open(session, row, replace(terms_again(row, now), leader_id=person_id, opened_by=person_id), now)


def open_again(session: Session, round_id: int, by: int, key: str, now: datetime) -> tuple[int, list[AnyFact]]:
    """The owner offers it again on the same terms. `key` makes a second tap harmless. Raises not_yours."""
    row = load(session, Round, round_id)
    shops.require_owner(session, row.shop_id, by)
    return group_buys.open_round(session, replace(terms_again(row, now), opened_by=by, opening_key=key), now)


def _open(session: Session, row: Round, terms: Terms, now: datetime) -> list[AnyFact]:
    """Once at a time: the product's row is held while it is looked whether the circle has it open already."""
    product = load(session, catalogue.Product, row.product_id)
    if product.stock_left == 0:
        raise DomainError("sold_out")
    group_buys.locked_row(session, number_of(row.id))
    here = (rounds.c.circle_id == row.circle_id, rounds.c.product_id == row.product_id, rounds.c.state.in_(GOING_ON))
    if session.execute(select(rounds.c.id).where(*here).limit(1)).first() is not None:
        raise DomainError("already_open")
    return group_buys.open_round(session, terms, now)[1]

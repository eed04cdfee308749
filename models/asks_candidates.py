"""Who could answer a question: found by query, with what is known of them.

Invariants: everybody here is in the circle, pressed start, can be reached, muted none of it, received the product or, as
the second tier, something of its category, not refunded; and is not the asker, not staff, not someone who gains by the
sale. Work is bounded, however large the circle: the latest to have received it are looked at, POOL of them weighed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Index, bindparam, exists, func, select, text
from sqlalchemy.orm import Session

from models import mutes
from models.answers import answer_table
from models.asks import ask_table
from models.asks_limits import DAY, REMEMBERED, Night, Past, asleep, fresh_to, rested
from models.asks_score import Basket, Known
from models.catalogue import Product
from models.circles import Circle, membership_table
from models.columns import table_of
from models.group_buys import Round
from models.mutes import mutes as mute_table
from models.orders import order_table
from models.people import person_table
from models.questions import BUYER, Question
from models.referrals import referrals
from models.rows import find, load
from models.shares import arrival_table, share_table
from models.shops import Shop, owner_table
from models.states import AskState

LOOKED_AT, POOL, PRODUCTS = 400, 60, 40  # receivers looked at, people weighed, products of a category
SURE = 3  # who received it and is free now: then nobody else is looked for
LATELY = timedelta(days=14)
_RECEIVED = "collected_at IS NOT NULL AND state <> 'refunded'"
GOT = text(_RECEIVED)  # as the indexes say it, word for word: else the engines pass them by
_O, _P, _A = order_table.c, person_table.c, ask_table.c

# The latest to have received a product in a circle, and a person's basket: both are read from the index alone.
for _name, _columns in (
    ("ix_orders_received", (_O.circle_id, _O.product_id, _O.collected_at, _O.person_id, _O.state)),
    ("ix_orders_basket", (_O.person_id, _O.shop_id, _O.product_id, _O.collected_at, _O.state)),
):
    Index(_name, *_columns, sqlite_where=text(_RECEIVED), postgresql_where=text(_RECEIVED))


@dataclass(frozen=True)
class Candidate:
    """Somebody who could answer, and what is known of them. `past`: asks put to them, newest first."""

    person_id: int
    of_product: bool  # the first tier
    night: Night
    known: Known
    past: tuple[Past, ...]
    tried: bool  # was ever asked anything


@dataclass(frozen=True)
class Found:
    """Who could answer, the product's receivers before its category's; and the asker's basket."""

    candidates: tuple[Candidate, ...]
    asker: Basket


def find_all(session: Session, question: Question, now: datetime, only: Collection[int] | None = None) -> Found:
    """Everybody who could answer it, those who know the like where too few received it; among `only` these, if named."""
    session.flush()
    product, out = load(session, Product, question.product_id), kept_out(session, question)
    kin = _kin(session, product)
    latest = _latest(session, question, [question.product_id], out)
    first = _weighed(session, question, product, {person: (at, True) for person, at in latest.items()}, kin, only, now)
    if sum(_free(one, question, now) for one in first.candidates) >= SURE or not kin:
        return first
    like = _latest(session, question, kin, out)
    others = {person: (at, False) for person, at in like.items() if person not in latest}
    second = _weighed(session, question, product, others, kin, only, now)
    return replace(first, candidates=(*first.candidates, *second.candidates)[:POOL])


def _free(one: Candidate, question: Question, now: datetime) -> bool:
    return rested(one.past, now) and fresh_to(one.past, question.asker_id, now) and not asleep(one.night, now)


def kept_out(session: Session, question: Question) -> set[int]:
    """Whom no query may find: the asker, staff, and whoever gains if the asker buys."""
    out = {*question.kept_out, *_gain(session, question)}
    out |= set(session.scalars(select(owner_table.c.person_id).where(owner_table.c.shop_id == question.shop_id)))
    return out | ({question.asker_id} if question.asker_id is not None else set())


def _gain(session: Session, question: Question) -> set[int]:
    """The leader of the group buy, whoever's link the asker came by, whoever invited them."""
    gains: set[int] = set()
    if question.round_id is not None:
        row = load(session, Round, question.round_id)
        gains |= {row.leader_id} if row.leader_id is not None else set()
    if question.asker_id is None:
        return gains
    came = select(share_table.c.person_id).join(arrival_table, arrival_table.c.share_id == share_table.c.id)
    gains |= set(session.scalars(came.where(arrival_table.c.person_id == question.asker_id)))
    brought = referrals.c.friend_id == question.asker_id, referrals.c.shop_id == question.shop_id
    return gains | set(session.scalars(select(referrals.c.inviter_id).where(*brought)))


def _kin(session: Session, product: Product) -> list[int]:
    """The other products of its category."""
    if product.category is None:
        return []
    products = table_of(Product)
    same = products.c.shop_id == product.shop_id, products.c.category == product.category, products.c.id != product.id
    return list(session.scalars(select(products.c.id).where(*same).order_by(products.c.id.desc()).limit(PRODUCTS)))


def _latest(session: Session, question: Question, product_ids: Sequence[int], out: set[int]) -> dict[int, datetime]:
    """The latest to have received any of the products in the circle, with when, latest first: a walk along an index each."""
    each = max(20, LOOKED_AT // max(1, len(product_ids))) + len(out)
    rows: list[tuple[int, datetime]] = []
    for product_id in product_ids:
        where = {"in_circle": question.circle_id, "of_product": product_id, "most": each}
        rows += [(row[0], row[1]) for row in session.execute(_WALK, where)]
    found: dict[int, datetime] = {}
    for person_id, at in sorted(rows, key=lambda row: row[1], reverse=True):
        if person_id not in out:
            found.setdefault(person_id, at)
    return dict(list(found.items())[:LOOKED_AT])


_WALK = (
    select(_O.person_id, _O.collected_at)
    .where(_O.circle_id == bindparam("in_circle"), _O.product_id == bindparam("of_product"), GOT)
    .order_by(_O.collected_at.desc()).limit(bindparam("most"))
)  # fmt: skip


@dataclass(frozen=True)
class _Person:
    """What the query tells of somebody who may be asked."""

    id: int
    timezone: str | None
    quiet_from: int | None
    quiet_to: int | None
    seen_at: datetime


def _eligible(
    session: Session, question: Question, product: Product, who: Sequence[int], now: datetime
) -> list[_Person]:
    """Of these people, those who may be asked, in the same order."""
    if not who:
        return []
    keys = [mutes.ALL, mutes.ASKS, mutes.item(question.product_id)]
    if product.category is not None:
        keys.append(mutes.category(product.shop_id, product.category))
    member, muted, asked = membership_table.c, mute_table.c, exists().where(_A.person_id == _P.id)
    query = (
        select(_P.id, _P.timezone, _P.quiet_from, _P.quiet_to, _P.seen_at)
        .join(membership_table, (member.person_id == _P.id) & (member.circle_id == question.circle_id))
        .where(
            _P.id.in_(who), member.left_at.is_(None), _P.started_at.is_not(None), _P.unreachable_at.is_(None),
            _P.erased_at.is_(None), ~exists().where(muted.person_id == _P.id, muted.key.in_(keys)),
            ~asked.where(_A.question_id == question.id), ~asked.where(_A.put_at > now - DAY),
        )
    )  # fmt: skip
    found = {row[0]: _Person(*row) for row in session.execute(query)}
    return [found[person_id] for person_id in who if person_id in found]


def _weighed(
    session: Session, question: Question, product: Product, latest: dict[int, tuple[datetime, bool]], kin: Sequence[int],
    only: Collection[int] | None, now: datetime,
) -> Found:  # fmt: skip
    """Those of them who may be asked, with what is known of each."""
    who = [person_id for person_id in latest if only is None or person_id in only]
    people = _eligible(session, question, product, who, now)[:POOL]
    ids = [person.id for person in people]
    asker = [] if question.asker_id is None else [question.asker_id]
    baskets, given = _baskets(session, question.shop_id, [*ids, *asker]), _answered(session, ids)
    pasts, kind, zone = _pasts(session, ids, now), {question.product_id, *kin}, _zone(session, question)
    found: list[Candidate] = []
    for person in people:
        past, (at, first) = pasts.get(person.id, ()), latest[person.id]
        known = _known(person, at, baskets.get(person.id, {}), given.get(person.id, (0, 0)), past, question.product_id, kind, now)
        found.append(Candidate(person.id, first, _night(person, zone, question), known, past, bool(past)))
    return Found(tuple(found), baskets.get(question.asker_id or 0, {}))


def _night(person: _Person, zone: str, question: Question) -> Night:
    """Their own hours in their own zone, else those the question was asked with, in the circle's or the shop's."""
    start = question.quiet_from if person.quiet_from is None else person.quiet_from
    end = question.quiet_to if person.quiet_to is None else person.quiet_to
    return Night(person.timezone or zone, start, end)


def _known(
    person: _Person, at: datetime, basket: Basket, given: tuple[int, int], past: Sequence[Past], product_id: int,
    kind: Collection[int], now: datetime,
) -> Known:  # fmt: skip
    return Known(
        of_product=basket.get(product_id, 0), of_category=sum(n for product, n in basket.items() if product in kind),
        of_all=sum(basket.values()), last_received=at, basket=basket, answers=given[0], helpful=given[1],
        asked=sum(ask.state in _OVER for ask in past), replied=sum(ask.state == AskState.ANSWERED for ask in past),
        lately=sum(now - ask.put_at < LATELY for ask in past), seen_at=person.seen_at,
    )  # fmt: skip


_OVER = (AskState.ANSWERED, AskState.DECLINED, AskState.IGNORED)


def _zone(session: Session, question: Question) -> str:
    """The circle's, else the shop's."""
    circle = find(session, Circle, question.circle_id)
    named = circle.timezone if circle is not None else None
    return named or load(session, Shop, question.shop_id).timezone


def _baskets(session: Session, shop_id: int, ids: Collection[int]) -> dict[int, dict[int, int]]:
    """What each of them has received of the shop: orders by product."""
    got = _O.person_id.in_(ids), _O.shop_id == shop_id, GOT
    query = select(_O.person_id, _O.product_id, func.count()).where(*got).group_by(_O.person_id, _O.product_id)
    found: dict[int, dict[int, int]] = {}
    for person_id, product_id, count in session.execute(query):
        found.setdefault(person_id, {})[product_id] = int(count)
    return found


def _pasts(session: Session, ids: Collection[int], now: datetime) -> dict[int, tuple[Past, ...]]:
    """What they were asked since it can matter, newest first."""
    since = now - max(REMEMBERED, timedelta(days=90))
    query = select(_A.person_id, _A.put_at, _A.asker_id, _A.state).where(_A.person_id.in_(ids), _A.put_at > since)
    found: dict[int, list[Past]] = {}
    for person_id, put_at, asker_id, state in session.execute(query.order_by(_A.put_at.desc())):
        found.setdefault(person_id, []).append(Past(put_at, asker_id, state))
    return {person_id: tuple(past) for person_id, past in found.items()}


def _answered(session: Session, ids: Collection[int]) -> dict[int, tuple[int, int]]:
    """How many answers they gave and how many of them helped."""
    a = answer_table.c
    query = select(a.person_id, func.count(), func.count(a.helpful_at)).where(a.person_id.in_(ids), a.by == BUYER)
    return {row[0]: (int(row[1]), int(row[2])) for row in session.execute(query.group_by(a.person_id))}

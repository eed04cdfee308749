"""/find: what was offered in a member's circles and is called like some words, with its price, again-rate and answers.

Invariants: only circles the member is in are looked through; one line a product and circle, of its latest group buy; what
is called by every word comes before what is only spelt like it.
"""

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from models import answers_shown, circles, group_buys, handover
from models.cards import cards
from models.catalogue import products
from models.circles import circle_table
from models.columns import Texts
from models.errors import DomainError
from models.group_buys import Round, rounds
from models.lists import ONCE_OPEN
from models.rows import load
from models.shops import shop_table
from models.states import RoundState
from models.want_words import fold

MOST = 5  # products a search shows
WORDS = 60  # letters of a search
SPELT = 82  # of 100: how like a title a slip of the finger still is
LOOKED_AT = 2_000  # the latest offers of a member's circles


@dataclass(frozen=True)
class Found:
    """A product as a search shows it. `price` in minor units: of now where it is open, else what one piece cost last."""

    round_id: int
    product_id: int
    title: Texts
    circle: str
    chat_id: int
    message_id: int | None
    currency: str
    price: int
    is_open: bool
    again: tuple[int, int] | None
    answers: int


def find(session: Session, person_id: int, words: str, circle_id: int | None = None) -> list[Found]:
    """The products called like these words, the likest first. Raises find_empty, find_long(most)."""
    if len(words) > WORDS:
        raise DomainError("find_long", most=WORDS)
    wanted = fold(words) or tuple(_plain(words).split())
    if not wanted:
        raise DomainError("find_empty")
    there = [circle_id] if circle_id is not None else [circle.id for circle in circles.of_member(session, person_id)]
    scored = [(like(wanted, (*row.title.values(), row.category or "")), row) for row in _offered(session, there)]
    best = sorted((pair for pair in scored if pair[0]), key=lambda pair: (-pair[0], pair[1].state != RoundState.OPEN, -pair[1].id))
    return [_found(session, row) for _, row in best[:MOST]]


def like(wanted: Collection[str], names: Collection[str]) -> float:
    """How well a product's names answer the words: 100 where one has them all, less for a slip, 0 for another thing."""
    plain = [name for name in map(_plain, names) if name]
    if any(all(word in name for word in wanted) for name in plain):
        return 100.0
    spelt = max((fuzz.partial_ratio(" ".join(wanted), name) for name in plain), default=0.0)
    return spelt if spelt >= SPELT and sum(map(len, wanted)) >= 4 else 0.0


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold()


def _offered(session: Session, circle_ids: Collection[int | None]) -> "list[Row[*tuple[object, ...]]]":
    r = rounds.c
    latest = select(func.max(r.id)).where(r.circle_id.in_(circle_ids), r.state.in_(ONCE_OPEN)).group_by(r.circle_id, r.product_id)
    query = (
        select(
            r.id, r.state, r.product_id, r.circle_id, products.c.title, products.c.category,
            circle_table.c.title.label("circle"), circle_table.c.chat_id, shop_table.c.currency,
        )
        .join(products, products.c.id == r.product_id)
        .join(circle_table, circle_table.c.id == r.circle_id)
        .join(shop_table, shop_table.c.id == r.shop_id)
        .where(r.id.in_(latest)).order_by(r.id.desc()).limit(LOOKED_AT)
    )  # fmt: skip
    return list(session.execute(query).all())


def _found(session: Session, row: "Row[*tuple[object, ...]]") -> Found:
    offer = load(session, Round, row.id)
    message_id = session.execute(select(cards.c.message_id).where(cards.c.round_id == row.id)).scalar_one_or_none()
    return Found(
        row.id, row.product_id, row.title, row.circle, row.chat_id, message_id, row.currency,
        offer.final_price or group_buys.price(offer), row.state == RoundState.OPEN,
        handover.again_rate(session, row.product_id), answers_shown.count(session, row.circle_id, row.product_id),
    )  # fmt: skip

"""What a notice speaks of: the rows behind the ids in its params, as plain values for the templates.

Invariants: other people's words come out cleaned and shortened; a value that a template does not use costs at most one
statement; amounts and times stay numbers and instants until a template puts them into words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, func, literal, null, select
from sqlalchemy.orm import Session

from bot.core import asked, draw_board, drawings, invited, names, packet_board, render, shared, thanked
from bot.core.words import Words
from models import orders, payments
from models.catalogue import Product
from models.circles import Circle
from models.columns import Texts, table_of
from models.complaints import Complaint
from models.group_buys import Round
from models.orders import Order
from models.people import Person
from models.shops import Shop
from models.wants import wants as _wants

TITLE, PLACE, PAY_TO = 60, 80, 600  # letters shown of a product, of a place, of how to pay
_INSTANTS = frozenset({"pay_by", "decide_by", "until", "closes_at"})
_OWED = frozenset({"goods_arrived", "order_collected", "payment_denied"})

_rounds, _products, _circles, _shops = (table_of(model) for model in (Round, Product, Circle, Shop))
_orders, _people, _complaints = (table_of(model) for model in (Order, Person, Complaint))
_AROUND = (
    select(
        _rounds.c.id, _rounds.c.shop_id, _rounds.c.members, _rounds.c.pieces, _rounds.c.minimum, _rounds.c.count_by,
        _rounds.c.leader_discount, _rounds.c.thread_id, _products.c.title.label("product"), _products.c.photo_file_id,
        _circles.c.title.label("circle"), _circles.c.chat_id, _circles.c.language,
        func.coalesce(_circles.c.timezone, _shops.c.timezone).label("zone"), _circles.c.pickup.label("circle_pickup"),
        _shops.c.pickup.label("shop_pickup"), _shops.c.name.label("shop"), _shops.c.currency, _shops.c.pay_to, _shops.c.pay_qr,
    )
    .join(_products, _products.c.id == _rounds.c.product_id)
    .join(_circles, _circles.c.id == _rounds.c.circle_id)
    .join(_shops, _shops.c.id == _rounds.c.shop_id)
)  # fmt: skip
_PLACE = select(
    _circles.c.id, _circles.c.title.label("circle"), _circles.c.chat_id, _circles.c.language,
    func.coalesce(_circles.c.timezone, _shops.c.timezone).label("zone"), _shops.c.currency,
).outerjoin(_shops, _shops.c.id == _circles.c.shop_id)  # fmt: skip
_SHOP = select(
    null().label("id"), literal("").label("circle"), null().label("chat_id"), null().label("language"),
    _shops.c.timezone.label("zone"), _shops.c.currency,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """The rows a message is about: the group buy with all around it, or the circle alone, or neither."""

    around: Row[*tuple[Any, ...]] | None
    place: Row[*tuple[Any, ...]] | None

    @property
    def zone(self) -> str | None:
        found = self.around or self.place
        return cast(str | None, found.zone) if found is not None else None

    @property
    def currency(self) -> str | None:
        found = self.around or self.place
        return cast(str | None, found.currency) if found is not None else None

    @property
    def pay_qr(self) -> str | None:
        return cast(str | None, self.around.pay_qr) if self.around is not None else None


def subject(session: Session, params: Mapping[str, object], circle_id: int | None) -> Subject:
    """Looks up the group buy the params name, and the circle the message goes to or is about."""
    round_id, about = params.get("round_id"), params.get("circle_id") or circle_id
    around = _row(session, _AROUND, _rounds.c.id, round_id) if round_id else None
    place = _row(session, _PLACE, _circles.c.id, about) if about else None
    if place is None and (shop_id := params.get("shop_id")):
        place = _row(session, _SHOP, _shops.c.id, shop_id)
    return Subject(around, place)


def _row(session: Session, query: Select[*tuple[Any, ...]], key: ColumnElement[int], of: object) -> Row[*tuple[Any, ...]] | None:
    return shared.once(session, (id(query), of), lambda: session.execute(query.where(key == of)).one_or_none())


def values(
    session: Session, template: str, params: Mapping[str, object], about: Subject, words: Words
) -> dict[str, object]:
    """The template's variables: what the fact froze, and what stands around it now."""
    told: dict[str, object] = {key: _told(key, value) for key, value in params.items()}
    found = _around(about, words) | told | _named(session, params) | _order(session, template, params)
    found |= draw_board.values(session, params, words) | packet_board.values(session, params, words)
    found |= asked.values(session, template, params, words) | thanked.values(session, template, params, words)
    found |= invited.values(session, template, params, words) | drawings.values(session, template, params, words)
    if found.get("pay_to"):
        found["pay_to"] = render.fill(str(found["pay_to"]), _placeholders(found, words))
    return found


def _placeholders(found: Mapping[str, object], words: Words) -> dict[str, str]:
    """What an owner's payment text may name: {order}, {amount}, {name}, {product}."""
    said = {"order": found.get("number"), "name": found.get("who"), "product": found.get("product")}
    if isinstance(due := found.get("due"), int):
        said["amount"] = words.money(due)
    return {key: str(value) for key, value in said.items() if value is not None}


def _told(key: str, value: object) -> object:
    return datetime.fromisoformat(value) if key in _INSTANTS and isinstance(value, str) else value


def _around(about: Subject, words: Words) -> dict[str, object]:
    row = about.around
    if row is None:
        return {"circle": names.shown(about.place.circle, TITLE)} if about.place is not None else {}
    return {
        "product": names.shorten(words.option(row.product), TITLE), "circle": names.shown(row.circle, TITLE),
        "shop": names.shown(row.shop, TITLE), "members": row.members, "pieces": row.pieces, "minimum": row.minimum,
        "count_by": row.count_by, "leader_discount": row.leader_discount,
        "pay_to": names.shorten(names.clean_lines(words.written(cast(Texts, row.pay_to))), PAY_TO),
        "pickup": words.places([names.shown(place, PLACE) for place in (row.circle_pickup or row.shop_pickup)[:5]]),
    }  # fmt: skip


def _named(session: Session, params: Mapping[str, object]) -> dict[str, object]:
    """The people and the complaint a fact names."""
    found: dict[str, object] = {}
    for key, said in (("person_id", "who"), ("friend_id", "friend"), ("giver_id", "giver")):
        if isinstance(params.get(key), int):
            found[said] = names.shown(session.scalar(select(_people.c.name).where(_people.c.id == params[key])) or "")
    if "want_id" in params:
        words = session.scalar(select(_wants.c.words).where(_wants.c.id == params["want_id"]))
        found["wish"] = names.shown(words or "", TITLE)
    if "complaint_id" in params:
        row = session.execute(select(_complaints).where(_complaints.c.id == params["complaint_id"])).one()
        found["complaint"] = {
            "pieces": row.pieces, "words": names.shorten(names.clean(row.words), 400), "photo": row.photo_file_id,
        }  # fmt: skip
    return found


def _order(session: Session, template: str, params: Mapping[str, object]) -> dict[str, object]:
    order_id = params.get("order_id")
    if not isinstance(order_id, int):
        return {}
    row = session.execute(select(_orders).where(_orders.c.id == order_id)).one()
    known: dict[str, object] = {"number": orders.numbered(order_id)}
    for key in ("quantity", "unit_price", "total"):
        if key not in params:
            known[key] = row._mapping[key]
    if row.pickup:
        known["pickup"] = names.shown(row.pickup, PLACE)
    if template == "payment_asked":
        known["extras"] = _extras(session, order_id)
    if template in _OWED:
        known["owed"] = payments.balance(session, order_id).due
        known.setdefault("due", known["owed"])
    return known


def _extras(session: Session, order_id: int) -> list[dict[str, object]]:
    """Discount, delivery and gifts: what the total holds beside the pieces."""
    return [
        {"kind": str(line.kind), "amount": line.amount, "note": names.shorten(names.clean(line.note), TITLE)}
        for line in orders.lines_of(session, order_id)
        if line.kind != "piece"
    ]

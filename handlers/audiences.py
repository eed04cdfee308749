"""Whom an owner may write to from the chat: all, who bought something, who bought nothing lately, one circle, or posts.

Invariant: a choice is a short code on a button, read again against the shop's own rows when it counts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bot.core.buttons import Button
from bot.core.words import Words
from handlers.scene import Scene
from models import catalogue, lists
from models.catalogue import Product
from models.errors import DomainError
from models.rows import find

LISTS = ("products", "categories", "circles")
IDLE = "30d"
LONG = 30  # entries of a list to choose from
_CODE = re.compile(r"(p|k|c)([0-9]{1,15})")
_NAMED = {"*", ""}  # circles so called would mean others too


@dataclass(frozen=True)
class Choice:
    """One audience: its code on buttons, what kind it is, the name of what it is about, what bot.toml would hold for it."""

    code: str
    kind: str
    name: str
    definition: Mapping[str, object]


def first(scene: Scene, number: int) -> list[list[Button]]:
    """What one chooses from first."""

    def button(label: str, code: str) -> Button:
        return scene.button(label, "ba", number, code)

    return [
        [button("b_broadcast_all", "all")],
        [button("b_broadcast_product", "products"), button("b_broadcast_category", "categories")],
        [button("b_broadcast_idle", "idle")],
        [button("b_broadcast_circle", "circles"), button("b_broadcast_posts", "posts")],
    ]


def listed(session: Session, scene: Scene, number: int, shop_id: int, which: str) -> list[list[Button]]:
    """One button an entry of a list: products, categories or circles of the shop."""
    if which == "circles":
        entries = [(f"c{room}", title) for room, title, _ in rooms(session, shop_id)]
    elif which == "categories":
        named = {row.category: row.id for row in reversed(catalogue.of_shop(session, shop_id)) if row.category}
        entries = [(f"k{row_id}", category) for category, row_id in sorted(named.items())]
    else:
        entries = [(f"p{row.id}", scene.words.option(row.title)) for row in catalogue.of_shop(session, shop_id)]
    return [[scene.desk.buttons.button(name[:40] or "…", "ba", number, code)] for code, name in entries[:LONG]]


def rooms(session: Session, shop_id: int) -> list[tuple[int, str, int]]:
    """The circles that can be written to by themselves."""
    return [room for room in lists.circles_of_shops(session, [shop_id]) if _is_plain(room[1])]


def choice(session: Session, words: Words, shop_id: int, code: str) -> Choice:
    """What a code means for this shop. Raises old_button for what is not there (any more)."""
    simple: dict[str, dict[str, object]] = {"all": {}, "idle": {"audience": {"not_for": IDLE}}, "posts": {"to": "circles"}}
    if code in simple:
        return Choice(code, code, "", simple[code])
    found = _CODE.fullmatch(code)
    if found is None:
        raise DomainError("old_button")
    kind, row_id = found[1], int(found[2])
    if kind == "c":
        title = next((title for room, title, _ in rooms(session, shop_id) if room == row_id), None)
        if title is None:
            raise DomainError("old_button")
        return Choice(code, "circle", title, {"circles": [title]})
    return _goods(session, words, shop_id, code, row_id)


def _goods(session: Session, words: Words, shop_id: int, code: str, product_id: int) -> Choice:
    row = find(session, Product, product_id)
    if row is None or row.shop_id != shop_id:
        raise DomainError("old_button")
    if code.startswith("k"):
        if not row.category:
            raise DomainError("old_button")
        return Choice(code, "category", row.category, {"audience": {"category": row.category}})
    return Choice(code, "product", words.option(row.title), {"audience": {"bought": row.key}})


def _is_plain(title: str) -> bool:
    """Whether bot.toml could name the circle by its title alone."""
    return bool(title.strip()) and title.isprintable() and title.strip() not in _NAMED and not title.startswith("#")

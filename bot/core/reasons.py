"""Why a message came, as a clause: the condition by which its reader is in a campaign's audience, in their words.

Invariants: a reason is a code and plain values (`{"code": "bought", "product_id": 3, "days": 60}`); names are looked up
when it is said; a code nobody knows is said in general and never fails a message.
"""

from collections.abc import Mapping
from typing import cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from bot.core import names
from bot.core.render import plain
from bot.core.words import Words, templates
from models.catalogue import products
from models.circles import circle_table
from models.columns import Texts
from models.shops import shop_table

PREVIEW = "preview"  # in the params of what an owner is shown before it is sent: it reads as its readers will read it
TITLE = 60  # letters shown of a product
_SAID = ("category", "days", "orders", "class", "path", "event", "wish")
_NAMES = {
    "product_id": select(products.c.title).where(products.c.id == bindparam("id")),
    "circle_id": select(circle_table.c.title).where(circle_table.c.id == bindparam("id")),
    "shop_id": select(shop_table.c.name).where(shop_table.c.id == bindparam("id")),
}


def reason(session: Session, why: Mapping[str, object] | str, words: Words) -> str:
    """The clause that follows "because", as plain text. A text is what somebody has put into words before."""
    if isinstance(why, str):
        return words.option(why)
    block = f"why_{why.get('code')}"
    told = {name: why.get(name) for name in _SAID} | _named(session, why, words)
    if block not in templates().places or (block == "why_not_for" and not why.get("days")):
        block = "why_other"
    return " ".join(plain(words.text(block, **told)).split())


def _named(session: Session, why: Mapping[str, object], words: Words) -> dict[str, object]:
    """The rows a reason speaks of, by their names."""
    product, circle, shop = (
        session.scalar(query, {"id": why[name]}) if why.get(name) is not None else None for name, query in _NAMES.items()
    )
    title = names.shorten(words.option(cast(Texts, product)), TITLE) if product else None
    return {"product": title, "circle": circle, "shop": shop}

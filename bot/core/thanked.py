"""What a notice about wallets, vouchers and points speaks of, and the buttons by which they go onto an order.

Invariants: a button names the very voucher its label promises; an amount is looked up when the message leaves, so a wallet
that was spent meanwhile is not offered.
"""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from bot.core import names, shared
from bot.core.buttons import Button, Buttons
from bot.core.words import Words, templates
from models import discounts, ledger, payments, voucher_uses
from models.catalogue import Product
from models.orders import Order
from models.shops import Shop
from models.states import OrderState
from models.voucher_uses import Promise

ASKING = frozenset({"payment_asked", "payment_denied", "payment_reminder", "paid_less"})
TITLE = 60  # letters shown of a shop, a product, a category
OFFERED = 2  # vouchers that get a button, the best first
Found = dict[str, object]


def values(session: Session, template: str, params: Mapping[str, object], words: Words) -> Found:
    """The variables of a message about a voucher or a wallet, and what a member could put onto the order they are asked to pay."""
    found: Found = {}
    if isinstance(shop_id := params.get("shop_id"), int) and (shop := _shop(session, shop_id)) is not None:
        found["shop"] = names.shown(shop.name, TITLE)
    if isinstance(voucher_id := params.get("voucher_id"), int):
        promise = voucher_uses.promise(session, voucher_id)
        found["voucher"] = None if promise is None else voucher(session, promise, words)
    if isinstance(why := params.get("why"), str) and template in {"wallet_credited", "points_credited"}:
        found["reason"] = reason(words, why)
    if template in ASKING and isinstance(order_id := params.get("order_id"), int):
        found["own"] = own(session, order_id, words)
    return found


def _shop(session: Session, shop_id: int) -> Shop | None:
    return shared.once(session, ("shop", shop_id), lambda: session.get(Shop, shop_id))


def own(session: Session, order_id: int, words: Words) -> Found:
    """What the member has for an order that waits for its money: the wallet's part, points, the best vouchers."""
    order = session.get(Order, order_id)
    if order is None or order.state != OrderState.AWAITING:
        return {}
    there = ledger.balance(session, ledger.wallet(order.shop_id, order.person_id))
    return {
        "wallet": min(there, payments.balance(session, order_id).due) if there else 0,
        "points": discounts.points_usable(session, order),
        "vouchers": [(one.voucher_id, one.off) for one in discounts.usable(session, order_id, words.now)[:OFFERED]],
    }


def keys(found: object, order_id: object, words: Words, buttons: Buttons) -> list[list[Button]]:
    """The rows of buttons for what `own` found."""
    if not isinstance(found, dict) or not found or not isinstance(order_id, int):
        return []
    rows = [
        [buttons.button(words.say("key_voucher", amount=off), "vou", order_id, voucher_id)]
        for voucher_id, off in found["vouchers"]
    ]
    if found["points"]:
        rows.append([buttons.button(words.say("key_points", n=found["points"], amount=found["points"]), "pts", order_id)])
    if found["wallet"]:
        rows.append([buttons.button(words.say("key_wallet", amount=found["wallet"]), "wal", order_id)])
    return rows


def voucher(session: Session, promise: Promise, words: Words) -> Found:
    """A voucher as the templates know it."""
    product = session.get(Product, promise.product_id) if promise.product_id is not None else None
    return {
        "worth": str(promise.worth), "value": promise.value, "most": promise.most, "min_order": promise.min_order,
        "until": promise.valid_until, "product": names.shorten(words.option(product.title), TITLE) if product else "",
        "category": names.shown(promise.category, TITLE) if promise.category else "",
    }  # fmt: skip


def reason(words: Words, what: str, number: int | None = None) -> str:
    """What a movement was for, in words; every subject has a block of its own."""
    block = f"reason_{what}"
    return words.say(block if block in templates().places else "reason_other", number=number)

"""A member's own seats and orders, with what can be done about each."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core.buttons import Button, keyboard
from bot.core.words import Words
from handlers.replies import say
from handlers.scene import Scene, Who
from models import lists
from models.lists import Deal, OrderLine

_HAD = (("b_wrong_no", "bad"), ("b_show_no", "shc"))  # below an order that was collected


def routes() -> Router:
    """/my in private."""
    router = Router(name="mine")
    router.message.register(my, Command("my"))
    return router


async def my(message: Message, scene: Scene) -> None:
    """Seats in open group buys, and orders that are not over."""
    del message
    await scene.write(show, scene)


def show(session: Session, who: Who, scene: Scene) -> None:
    """The list, as one message with buttons below it."""
    seats, orders = lists.seats_of(session, who.person_id), lists.orders_of(session, who.person_id)
    parts = _section(scene, "my_seats", "deal_line", seats) + _section(scene, "my_orders", "order_line", orders)
    html = "\n".join(parts) or scene.words.text("my_nothing")
    rows = [_gift_button(scene, deal) for deal in seats] + [_order_buttons(scene, order) for order in orders]
    say(session, who, html, keyboard(*(row for row in rows if row)))


def _section(scene: Scene, heading: str, template: str, entries: list[Deal] | list[OrderLine]) -> list[str]:
    lines = [words_for(scene, e).text(template, deal=e, order=e, link=None) for e in entries]
    return [scene.words.text(heading), *lines, ""] if lines else []


def words_for(scene: Scene, entry: Deal | OrderLine) -> Words:
    """In the currency and zone of what the line is about."""
    return scene.words.here(currency=entry.currency, zone=scene.zone or entry.timezone)


def _gift_button(scene: Scene, deal: Deal) -> list[Button]:
    return [scene.button("b_gift", "gift", deal.round_id, title=scene.words.option(deal.title))]


def _order_buttons(scene: Scene, order: OrderLine) -> list[Button]:
    if order.state == "awaiting" and not order.collected:
        return [
            scene.button("b_paid_no", "paid", order.order_id, number=order.number),
            scene.button("b_cannot_no", "cant", order.order_id, number=order.number),
        ]
    if order.collected:
        return [scene.button(label, op, order.order_id, number=order.number) for label, op in _HAD]
    return []

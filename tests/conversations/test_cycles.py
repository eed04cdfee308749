"""Ann's time for oranges has come round and none are open: one tap makes it a wish in her circle."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import outbox
from models.catalogue import products
from models.circles import circle_table
from models.outbox import Message, Route
from models.people import person_table
from tests.conversations.town import BOT, Town


def _told(session: Session, telegram_id: int, now: datetime) -> None:
    """What the campaign kind reorder queues when nothing is open."""
    person = session.scalar(select(person_table.c.id).where(person_table.c.telegram_id == telegram_id))
    circle = session.execute(select(circle_table.c.id, circle_table.c.shop_id)).first()
    product = session.scalar(select(products.c.id).where(products.c.key == "oranges"))
    assert circle is not None
    params = {"product_id": product, "days": 10, "circle_id": circle.id, "shop_id": circle.shop_id, "round_ids": []}
    letter = Message(route=Route.PRIVATE, template="reorder", person_id=person, params=params | {"buttons": "reorder_wish"})
    outbox.enqueue(session, [letter], now)


async def test_a_wish_by_one_tap(town: Town) -> None:
    await town.ann.start()
    await town.ann.say("hello")
    await town.app.database.write(_told, town.ann.id, town.app.database.clock.now())
    town.app.wake()
    await town.settled()
    assert "Nothing of it is open now. You can wish for it in Office 3F." in (await town.ann.private())[-1].text
    assert await town.ann.press("I want it", BOT) == "Your wish stands in Office 3F; others can join it."
    assert any("Honey oranges, 5 kg" in seen.text for seen in await town.bao.sees())
    assert "Your wish stands" in await town.ann.press("I want it", BOT)


async def test_of_a_forged_thing_nothing_is_wished(town: Town) -> None:
    await town.ann.start()
    await town.ann.say("hello")
    before = await town.bao.sees()
    message = (await town.ann.private())[-1]
    said = await town.ann.tap(message, town.app.composer._buttons.data("iwant", 999), BOT, forge=True)
    assert said
    assert await town.bao.sees() == before


async def test_who_left_the_circle_hears_that_there_is_none(town: Town) -> None:
    await town.ann.start()
    message = (await town.ann.private())[-1]
    said = await town.ann.tap(message, town.app.composer._buttons.data("iwant", 1), BOT, forge=True)
    assert said == "You are in no circle that sells this any more."

"""The last pieces: several group buys of one product, seats that are waited for, options that are chosen when offered."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import catalogue, invariants
from tests.conversations.town import BOT, FORUM, OFFICE, Town, seats_of


async def _two_circles(town: Town, stock: int) -> tuple[int, int]:
    """The same oranges in the office and in the forum, with so many in all."""
    await town.app.database.write(_stocked, stock)
    return await town.offer(ladder=()), await town.offer(chat=FORUM, ladder=())


def _stocked(session: Session, stock: int) -> None:
    one = session.execute(select(catalogue.products.c.id).where(catalogue.products.c.key == "oranges")).scalar_one()
    catalogue.restock(session, one, stock)


async def test_another_circle_takes_the_last_piece(town_of_two: Town) -> None:
    town = town_of_two
    office, forum = await _two_circles(town, 3)
    await town.ann.press("+1", FORUM)
    await town.bao.say("+2", reply_to=(await town.card()).id)
    assert "Wait for a seat" in (await town.card(FORUM)).buttons
    assert "wait for a seat" in await town.chen.press("Wait for a seat", FORUM)
    assert await town.ann.press("−1", FORUM)
    assert "+1" in (await town.card(FORUM)).buttons
    assert await town.count(seats_of, forum) == {}
    assert "You: 1" in await town.dora.press("+1", FORUM)
    assert await town.count(invariants.check) == []
    del office


async def test_who_waited_in_an_open_group_buy_is_offered_what_is_there_at_its_lock(town_of_two: Town) -> None:
    town = town_of_two
    office, forum = await _two_circles(town, 3)
    await town.chen.start()
    await town.bao.start()
    await town.ann.press("+1", FORUM)
    await town.bao.say("+2", reply_to=(await town.card(OFFICE)).id)
    await town.chen.press("Wait for a seat", FORUM)
    await town.bao.press("I cannot", BOT)
    assert await town.count(seats_of, office) == {}
    await town.later(hours=24, seconds=2)
    await town.chen.press("Take it", BOT)
    assert await town.count(seats_of, forum) == {"Ann": 1, "Chen": 1}
    assert await town.count(invariants.check) == []


async def test_who_waits_chooses_the_option_when_a_seat_is_offered(town: Town) -> None:
    deal = await town.offer("pears")
    await town.ann.start()
    await town.dora.start()
    await town.ann.press("+1 large")
    await town.later(hours=24, seconds=2)
    assert "wait for a seat" in await town.dora.press("Wait for a seat")
    await town.ann.press("I cannot", BOT)
    await town.dora.press("small", BOT)
    assert await town.count(seats_of, deal) == {"Dora": 1}

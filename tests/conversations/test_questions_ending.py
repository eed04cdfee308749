"""Asks that end on the way: who gave the goods back, and whose account is gone, is asked no more; on both engines."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import payments
from models.asks import ask_table
from models.movements import PaymentKind
from models.orders import Order
from models.people import person_table
from models.states import PaymentState
from tests.conversations.buyers import awake, received
from tests.conversations.test_questions import ask_states, asks, boards
from tests.conversations.town import BOT, OFFICE, Town


def paid(session: Session, now: datetime) -> None:
    """Every order was paid when it was made."""
    for order in session.scalars(select(Order)):
        charge = payments.owe(session, order, PaymentKind.CHARGE, order.total, f"charge:{order.id}", now)
        charge.state = PaymentState.CONFIRMED


async def test_who_gave_it_back_is_asked_no_more_and_answers_no_more(town_on_both: Town) -> None:
    town = town_on_both
    await received(town, "bao")
    await awake(town, "chen", "li")
    await town.app.database.write(paid, town.app.database.clock.now())
    await town.offer()
    await asks(town, "chen", "Are they sweet?")
    await town.li.whisper("/refund Bao")
    await town.li.press("give money back", BOT)
    await town.li.press("Yes, give it all back", BOT)
    assert await town.count(ask_states) == ["ended"]
    assert "no answer" in await town.bao.press("Answer", BOT, text="thinks about")
    await town.later(hours=49)
    assert not [seen for seen in await town.bao.private() if "would still" in seen.text]
    assert await town.count(ask_states) == ["ended"]


async def test_whose_account_is_gone_is_found_out_by_the_letter_and_the_next_are_asked(town_on_both: Town) -> None:
    """No update tells of a deleted account: Telegram's refusal of the question itself does."""
    town = town_on_both
    for name in ("bao", "dora", "emil", "hana"):
        await received(town, name)
    await awake(town, "chen")
    await town.offer()
    await town.post("deactivate", person_id=town.bao.id)
    await town.post("deactivate", person_id=town.dora.id)
    await asks(town, "chen", "Are they sweet?")
    await town.later(hours=5)
    states = await town.count(ask_states)
    assert len(states) == 4
    assert (states.count("ended"), states.count("put")) == (2, 2)
    assert await town.count(unreachable) == ["Bao", "Dora"]


@pytest.mark.parametrize("how", ["leaves", "account"])
async def test_who_asked_and_is_gone_has_nobody_more_asked_but_who_was_may_answer(town_on_both: Town, how: str) -> None:
    town = town_on_both
    for name in ("bao", "dora", "emil", "hana"):
        await received(town, name)
    await awake(town, "chen", "li")
    await town.offer()
    await asks(town, "chen", "Are they sweet?")
    await town.chen.press("Yes, all may read it", BOT)
    asked = await town.count(asked_names)
    first = getattr(town, asked[0].lower())
    if how == "leaves":
        await town.post("leave", chat_id=OFFICE, person_id=town.chen.id)
    else:
        await town.post("deactivate", person_id=town.chen.id)
    await town.settled()
    await first.press("Answer", BOT)
    await first.whisper("Very sweet.")
    (board,) = await boards(town)
    assert "Very sweet." in board.text
    await town.later(hours=5)
    assert await town.count(asked_names) == asked
    await town.li.whisper("/questions")
    assert "Are they sweet?" not in (await town.li.private())[-1].text


def asked_names(session: Session) -> list[str]:
    query = select(person_table.c.name).join(ask_table, ask_table.c.person_id == person_table.c.id).order_by(ask_table.c.id)
    return list(session.scalars(query))


def unreachable(session: Session) -> list[str]:
    gone = select(person_table.c.name).where(person_table.c.unreachable_at.is_not(None)).order_by(person_table.c.id)
    return list(session.scalars(gone))

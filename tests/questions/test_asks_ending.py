"""Asks end when somebody has not the goods any more, cannot be reached, or the circle is no more; waves with their asker."""

import pytest

from models import asks, asks_waves, circles, deliveries, people
from models.orders import Order
from models.states import AskState, OrderState, QuestionState
from tests.questions.test_waves import buyers
from tests.questions.town import Town


def test_a_refund_ends_what_was_asked_about_it_and_nothing_else(town: Town) -> None:
    (first,), (again,) = town.received("Ann"), town.received("Ann", days=30)
    bread = town.received("Bao", "bread")
    fruit, baked = town.asks("Chen"), town.asks("Dora", product="bread")
    town.session.get_one(Order, first).state = OrderState.REFUNDED
    asks.end_refunded(town.session, first, town.now)
    assert town.ask_of("Ann", fruit).state == AskState.PUT  # they still have the others
    town.session.get_one(Order, again).state = OrderState.REFUNDED
    asks.end_refunded(town.session, again, town.now)
    assert town.ask_of("Ann", fruit).state == AskState.ENDED
    assert town.ask_of("Bao", baked).state == AskState.PUT
    town.session.get_one(Order, bread[0]).collected_at = None
    asks.end_refunded(town.session, bread[0], town.now)
    assert town.ask_of("Bao", baked).state == AskState.PUT  # not refunded


def test_who_turns_out_unreachable_is_asked_no_more(town: Town) -> None:
    buyers(town, "Ann", "Bao")
    question = town.asks("Chen")
    deliveries.mark_unreachable(town.session, town.person("Ann"), town.now)
    assert town.ask_of("Ann", question).state == AskState.ENDED
    assert town.ask_of("Bao", question).state == AskState.PUT


def test_a_circle_without_the_bot_asks_nobody_any_more(town: Town) -> None:
    buyers(town, "Ann", "Bao", "Dora", "Emil")
    other = town.circle_named("Stairwell B")
    town.received("Fay", circle=other)
    question = town.asks("Chen")
    asked = town.asked(question)
    circles.gone(town.session, town.circle, town.now)
    assert {town.ask_of(name, question).state for name in asked} == {AskState.ENDED}
    assert town.question(question).next_wave_at is None
    town.passes(hours=23)
    assert town.asked(question) == asked
    assert asks_waves.send(town.session, question, town.now) == []


def test_another_circle_goes_on_asking(town: Town) -> None:
    buyers(town, "Ann", "Bao", "Dora", "Emil")
    question = town.asks("Chen")
    circles.gone(town.session, town.circle_named("Stairwell B"), town.now)
    town.passes(hours=3)
    assert len(town.asked(question)) == 4


@pytest.mark.parametrize("how", ["left", "blocked", "unreachable"])
def test_who_asked_and_went_has_nobody_more_asked_for_them(town: Town, how: str) -> None:
    buyers(town, "Ann", "Bao", "Dora", "Emil")
    question, others = town.asks("Chen"), town.asks("Gus", product="bread")
    asked, chen = town.asked(question), town.person("Chen")
    if how == "left":
        circles.leave(town.session, town.circle, chen, town.now)
        asks.end(town.session, chen, town.now, town.circle)
    elif how == "blocked":
        people.unreachable(town.session, chen, town.now)
        asks.end(town.session, chen, town.now)
    else:
        deliveries.mark_unreachable(town.session, chen, town.now)
    town.passes(hours=20)
    assert town.asked(question) == asked
    town.answers(asked[0], question)  # what was asked may be answered
    assert town.question(question).state == QuestionState.ANSWERED
    assert town.question(others).state != QuestionState.CLOSED


def test_who_leaves_another_circle_goes_on_asking_here(town: Town) -> None:
    buyers(town, "Ann", "Bao", "Dora", "Emil")
    question = town.asks("Chen")
    asks.end(town.session, town.person("Chen"), town.now, town.circle_named("Stairwell B"))
    town.passes(hours=3)
    assert len(town.asked(question)) == 4

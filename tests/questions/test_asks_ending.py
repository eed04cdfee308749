"""Asks end when somebody has not the goods any more, or turns out to be unreachable."""

from models import asks, deliveries
from models.orders import Order
from models.states import AskState, OrderState
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

"""Asks end when somebody has not the goods any more, cannot be reached, or the circle is no more; waves with their asker."""

import pytest

from models import answers, asks, asks_waves, circles, deliveries, moderation, people, questions
from models.facts import QuestionToShop, QuestionWaits
from models.moderation import Kind
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


def goes(town: Town, name: str, how: str) -> None:
    person = town.person(name)
    if how == "left":
        circles.leave(town.session, town.circle, person, town.now)
        asks.end(town.session, person, town.now, town.circle)
    elif how == "blocked":
        people.unreachable(town.session, person, town.now)
        asks.end(town.session, person, town.now)
    else:
        deliveries.mark_unreachable(town.session, person, town.now)


GOING = pytest.mark.parametrize("how", ["left", "blocked", "unreachable"])


@GOING
def test_who_asked_and_went_has_nobody_more_asked_for_them(town: Town, how: str) -> None:
    """Not a buyer, not the shop; who was asked already may still answer."""
    buyers(town, "Ann", "Bao", "Dora", "Emil")
    question, others = town.asks("Chen"), town.asks("Gus", product="bread")
    asked = town.asked(question)
    assert [one.question_id for one in questions.waiting(town.session, town.shop, town.owner, town.now)] == [question, others]
    goes(town, "Chen", how)
    brought = town.passes(hours=49)
    assert town.asked(question) == asked
    assert question not in {fact.question_id for fact in brought if isinstance(fact, QuestionToShop | QuestionWaits)}
    assert [one.question_id for one in questions.waiting(town.session, town.shop, town.owner, town.now)] == [others]
    town.answers(asked[0], question)
    assert town.question(question).state == QuestionState.ANSWERED
    assert town.question(others).state != QuestionState.CLOSED


@GOING
def test_what_waited_for_a_look_goes_to_nobody_once_its_asker_went(town: Town, how: str) -> None:
    buyers(town, "Ann", "Bao")
    question = town.asks("Chen", "See www.cheap-oranges.com ?")
    goes(town, "Chen", how)
    facts = moderation.decide(town.session, Kind.QUESTION, question, town.owner, moderation.SHOWN, town.now)
    assert town.asked(question) == []
    assert town.question(question).state == QuestionState.CLOSED
    assert not [fact for fact in facts if isinstance(fact, QuestionToShop)]


def test_who_comes_back_in_time_is_asked_for_again(town: Town) -> None:
    buyers(town, "Ann", "Bao", "Dora", "Emil")
    question = town.asks("Chen")
    goes(town, "Chen", "left")
    circles.join(town.session, town.circle, town.person("Chen"), town.now)
    town.passes(hours=3)
    assert len(town.asked(question)) == 4


def test_an_answer_taken_back_sends_no_question_of_somebody_gone_to_the_shop(town: Town) -> None:
    buyers(town, "Ann")
    question = town.asks("Chen")
    answer = town.answers("Ann", question)
    goes(town, "Chen", "left")
    facts = answers.delete(town.session, answer, town.person("Ann"), town.now)
    assert not [fact for fact in facts if isinstance(fact, QuestionToShop)]
    assert town.question(question).state == QuestionState.CLOSED


def test_who_leaves_another_circle_goes_on_asking_here(town: Town) -> None:
    buyers(town, "Ann", "Bao", "Dora", "Emil")
    question = town.asks("Chen")
    asks.end(town.session, town.person("Chen"), town.now, town.circle_named("Stairwell B"))
    town.passes(hours=3)
    assert len(town.asked(question)) == 4

"""Who is asked, when, and when no more: as few as needed, never nagged."""

from datetime import UTC, datetime, timedelta

import pytest

from models import answers, asks, asks_candidates, asks_waves, circles, mutes, people, questions_asking
from models.campaigns import Campaign, Run
from models.errors import DomainError
from models.facts import AnswerGiven, AskPut, QuestionToShop, QuestionWithShop
from models.group_buys import Round
from models.orders import Order
from models.people import Person
from models.questions_asking import Asking, House
from models.referrals import Offer, Referral, Way
from models.states import AskState, OrderState, QuestionState, ReferralState, RoundState
from tests.questions.town import Town

EIGHT = ("Ann", "Bao", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivan")


def buyers(town: Town, *names: str) -> None:
    for number, name in enumerate(names):
        town.received(name, days=10 + number)


def test_three_are_asked_then_three_more_then_the_rest(town: Town) -> None:
    buyers(town, *EIGHT)
    question = town.asks("Chen")
    assert len(town.asked(question)) == 3
    town.passes(hours=1, minutes=59)
    assert len(town.asked(question)) == 3
    town.passes(minutes=2)
    assert len(town.asked(question)) == 6
    town.passes(hours=24)
    assert sorted(town.asked(question)) == sorted(EIGHT)
    assert town.question(question).next_wave_at is None


def test_two_answers_are_enough(town: Town) -> None:
    buyers(town, *EIGHT)
    question = town.asks("Chen")
    first, second, third = town.asked(question)
    town.answers(first, question)
    town.passes(hours=1)
    town.answers(second, question, "A bit sour.")
    town.passes(hours=40)
    assert town.asked(question) == [first, second, third]
    assert len(town.of(AnswerGiven)) == 2
    assert town.question(question).state == QuestionState.ANSWERED
    town.passes(hours=40)
    assert town.ask_of(third, question).state == AskState.ENDED  # not ignored: nobody needed it


def test_a_deadline_makes_the_waves_come_sooner(town: Town) -> None:
    buyers(town, *EIGHT)
    row = town.add(Round(
        shop_id=town.shop, circle_id=town.circle, product_id=town.products["oranges"], state=RoundState.OPEN, price=3990,
        created_at=town.now, opened_at=town.now, closes_at=town.now + timedelta(hours=5),
    ))  # fmt: skip
    question = town.asks("Chen", round_id=row)
    assert town.question(question).next_wave_at == town.now + timedelta(hours=1)
    town.passes(hours=1)
    assert len(town.asked(question)) == 6
    assert town.question(question).next_wave_at == town.now + timedelta(minutes=48)


def test_nobody_to_ask_goes_to_the_shop_openly(town: Town) -> None:
    question = town.asks("Chen")
    assert town.question(question).state == QuestionState.SHOP
    (owner,), (asker,) = town.of(QuestionToShop), town.of(QuestionWithShop)
    assert (owner.why, asker.why, asker.person_id) == ("nobody", "nobody", town.person("Chen"))
    town.told(answers.give_as_shop(town.session, question, town.owner, "They are.", None, town.now)[1])
    assert town.question(question).state == QuestionState.ANSWERED


def test_nobody_answered_in_a_day_goes_to_the_shop_too(town: Town) -> None:
    buyers(town, "Ann")
    question = town.asks("Chen")
    with pytest.raises(DomainError, match="shop_waits"):
        answers.give_as_shop(town.session, question, town.owner, "They are.", None, town.now)
    town.passes(hours=24)
    assert town.question(question).state == QuestionState.SHOP
    assert [fact.why for fact in town.of(QuestionToShop)] == ["silent"]
    town.answers("Ann", question)  # late is welcome
    assert town.question(question).state == QuestionState.ANSWERED


def test_what_is_asked_of_the_shop_asks_nobody_else(town: Town) -> None:
    buyers(town, *EIGHT)
    question = town.asks("Chen", of="shop")
    assert town.asked(question) == []
    assert [fact.why for fact in town.of(QuestionToShop)] == ["asked"]
    assert town.of(QuestionWithShop) == []
    answers.give_as_shop(town.session, question, town.owner, "They are.", None, town.now)


def test_who_received_it_comes_before_who_knows_the_like(town: Town) -> None:
    town.received("Ann", "pears", 5)
    town.received("Bao", "oranges", 1, days=200)
    town.received("Dora", "bread", 9)
    town.received("Emil", "pears", 2)
    question = town.asks("Chen")
    assert town.asked(question) == ["Bao", "Ann", "Emil"]
    assert town.ask_of("Bao", question).why["code"] == "why_received"
    assert town.ask_of("Ann", question).why["code"] == "why_received_kind"
    assert town.ask_of("Ann", question).why["params"]["count"] == 5


def test_without_a_category_only_its_own_buyers_know(town: Town) -> None:
    town.received("Ann", "bread", 5)
    assert town.asked(town.asks("Chen", product="soap")) == []


def test_who_must_not_be_asked_is_found_by_no_query(town: Town) -> None:
    names = ("Ann", "Bao", "Dora", "Emil", "Fay", "Gus", "Hana", "Ivan", "Jun", "Chen", "Li Wei", "Oper", "Kim")
    for name in names:
        town.received(name, times=2)
    session, now = town.session, town.now
    mutes.mute(session, town.person("Ann"), mutes.ALL, now)
    mutes.mute(session, town.person("Bao"), mutes.ASKS, now)
    mutes.mute(session, town.person("Dora"), mutes.item(town.products["oranges"]), now)
    mutes.mute(session, town.person("Emil"), mutes.category(town.shop, "fruit"), now)
    circles.leave(session, town.circle, town.person("Fay"), now)
    people.unreachable(session, town.person("Gus"), now)
    session.get_one(Person, town.person("Hana")).started_at = None
    for order in session.query(Order).where(Order.person_id == town.person("Ivan")):  # type: ignore[arg-type]
        order.state = OrderState.REFUNDED
    town.house = House(staff=(town.person("Oper"),))
    row = town.add(Round(
        shop_id=town.shop, circle_id=town.circle, product_id=town.products["oranges"], state=RoundState.OPEN, price=3990,
        created_at=now, opened_at=now, closes_at=now + timedelta(hours=20), leader_id=town.person("Jun"),
    ))  # fmt: skip
    question = town.asks("Chen", round_id=row)
    assert town.asked(question) == ["Kim"]
    town.passes(hours=23)
    assert town.asked(question) == ["Kim"]


def test_who_invited_the_asker_gains_by_the_sale_and_is_not_asked(town: Town) -> None:
    for name in ("Ann", "Kim"):
        town.received(name)
    now, ends = town.now, town.now + timedelta(days=9)
    campaign = town.add(Campaign(key="friends", shop_id=town.shop, kind="referral", digest="", first_loaded_at=now))
    run = town.add(Run(campaign_id=campaign, slot=now, state="done", started_at=now, all_decided=True))
    offer = town.add(Offer(
        run_id=run, campaign_id=campaign, shop_id=town.shop, circles=[town.circle], reward=500, friend_reward=300, window=1,
        hold=1, per_day=5, per_month=9, budget=9000, starts_at=now, ends_at=ends,
    ))  # fmt: skip
    town.add(Referral(
        offer_id=offer, shop_id=town.shop, circle_id=town.circle, inviter_id=town.person("Ann"), friend_id=town.person("Chen"),
        state=ReferralState.BOUND, way=Way.LINK, reward=500, friend_reward=300, bound_at=now, until=ends,
    ))  # fmt: skip
    assert town.asked(town.asks("Chen")) == ["Kim"]


def test_someone_of_another_circle_is_a_stranger_here(town: Town) -> None:
    other = town.circle_named("Stairwell B")
    town.person("Ann", circle=other)
    town.received("Ann", circle=other)
    assert town.asked(town.asks("Chen")) == []
    with pytest.raises(DomainError, match="not_a_member"):
        town.asks("Ann")


def test_one_ask_a_day_and_three_a_week(town: Town) -> None:
    town.received("Ann")
    for number in range(28):  # every six hours for a week
        question = town.asks(f"Asker {number}")
        if town.asked(question):
            town.declines("Ann", question)
        town.passes(hours=6)
    put = sorted(fact.put_at for fact in town.session.query(asks.Ask))
    assert [round((at - put[0]) / timedelta(hours=1)) for at in put] == [0, 24, 48]
    assert len(town.asked(town.asks("Dora"))) == 1  # the week is over


def test_the_same_asker_asks_others_while_there_are_others(town: Town) -> None:
    buyers(town, "Ann", "Bao", "Dora", "Emil")
    first = town.asks("Chen")
    asked = town.asked(first)
    for name in asked:
        town.answers(name, first) if name != asked[2] else town.declines(name, first)
    town.passes(days=3)
    second = town.asks("Chen", "How long do they keep?")
    assert set(town.asked(second)) - set(asked)  # the fourth comes first
    assert town.asked(second)[0] not in asked


def test_two_ignored_in_a_row_halve_the_rate(town: Town) -> None:
    town.received("Ann")
    for number in range(2):
        town.asks(f"Asker {number}")
        town.passes(days=3)
    states = [ask.state for ask in town.session.query(asks.Ask).order_by(asks.ask_table.c.id).populate_existing()]
    assert states == [AskState.IGNORED, AskState.IGNORED]
    third = town.asks("Dora")  # three days after: the double of a day is over
    assert town.asked(third) == ["Ann"]
    town.passes(hours=30)
    assert town.asked(town.asks("Emil")) == []  # two days must pass now


def test_at_night_the_wave_waits_for_the_first_to_wake(town: Town) -> None:
    town.now = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)  # half past midnight in Shanghai
    buyers(town, "Ann", "Bao")
    question = town.asks("Chen")
    assert town.asked(question) == []
    assert town.question(question).next_wave_at == datetime(2026, 11, 21, 0, 0, tzinfo=UTC)
    town.person("Dora", timezone="Europe/Berlin")
    town.received("Dora")
    assert town.asked(town.asks("Chen", "And are they juicy?")) == ["Dora"]
    town.passes(hours=8)
    assert set(town.asked(question)) == {"Ann", "Bao"}


def test_quiet_hours_are_the_persons_own(town: Town) -> None:
    buyers(town, "Ann", "Bao")
    ann, bao = (town.session.get_one(Person, town.person(name)) for name in ("Ann", "Bao"))
    ann.quiet_from, ann.quiet_to = 11 * 60, 13 * 60  # it is noon
    bao.quiet_from, bao.quiet_to = 0, 0
    assert town.asked(town.asks("Chen")) == ["Bao"]


def test_a_wave_that_is_sent_twice_asks_nobody_twice(town: Town) -> None:
    buyers(town, *EIGHT)
    question = town.asks("Chen")
    assert asks_waves.send(town.session, question, town.now) == []
    town.question(question).next_wave_at = town.now
    town.told(asks_waves.send(town.session, question, town.now))
    assert len(town.asked(question)) == len(set(town.asked(question))) == 6


def test_the_same_seed_asks_the_same_people(town: Town) -> None:
    for number in range(30):
        town.received(f"Buyer {number}", days=10 + number)
    question = town.question(town.asks("Chen"))
    found = asks_candidates.find_all(town.session, question, town.now)

    def chosen(seed: int) -> list[int]:
        question.seed = seed
        return [place.candidate.person_id for place in asks_waves.choose(question, found.candidates, found, 9, town.now)]

    assert chosen(7) == chosen(7)
    assert len({tuple(chosen(seed)) for seed in range(20)}) > 1
    town.session.expire(question)


def test_a_campaign_asks_recent_receivers_within_the_same_limits(town: Town) -> None:
    buyers(town, "Ann", "Bao", "Dora")
    town.asks("Chen")
    asked = {town.named(fact.person_id) for fact in town.of(AskPut)}
    assert asked == {"Ann", "Bao", "Dora"}
    town.received("Emil")
    asking = Asking(town.circle, town.products["oranges"], "How were they?")
    people_ids = tuple(town.person(name) for name in ("Ann", "Emil", "Chen"))
    made = questions_asking.ask_by_campaign(town.session, asking, "run:1:1", town.now, people=people_ids)
    assert made is not None
    town.told(made[1])
    assert town.asked(made[0]) == ["Emil"]  # Ann was asked today, Chen bought nothing
    assert questions_asking.ask_by_campaign(town.session, asking, "run:1:1", town.now, people=people_ids) is None
    town.answers("Emil", made[0])
    assert town.question(made[0]).public


def test_who_lets_the_second_pass_is_not_asked_by_the_wave_of_that_very_moment(town: Town) -> None:
    """Two ignored in a row halve the rate at once, three in two weeks, whichever of the two a sweep comes to."""
    buyers(town, "Ann")
    town.declines("Ann", town.asks("Chen"))
    town.passes(days=3)
    town.asks("Dora", "Do they keep?")
    town.passes(days=3)
    third = town.asks("Emil", "Are they big?")
    town.passes(hours=20)
    fourth = town.question(town.asks("Fang", "Are they small?"))
    fourth.next_wave_at = town.ask_of("Ann", third).due_at
    town.passes(hours=28)
    assert town.ask_of("Ann", third).state == AskState.IGNORED
    assert "Ann" not in town.asked(fourth.id or 0)

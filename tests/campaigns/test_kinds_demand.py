"""Polls that open group buys, group buys that keep to a circle's attention, and asking how it was."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Update, select

from models import circles, deadlines, deliveries, invariants, notices, polls
from models.asks import ask_table
from models.catalogue import products
from models.errors import DomainError
from models.group_buys import rounds
from models.polls import DemandPoll
from models.questions import question_table
from models.states import PollState
from tests.campaigns.square import Square, a_square
from tests.roster import roster

Make = Callable[..., Square]


@pytest.fixture
def square(database_url: str, tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:
        yield lambda campaigns, attention="": stack.enter_context(a_square(database_url, tmp_path, campaigns, attention))


POLL = """
[[campaign]]
id = "who-wants"
kind = "demand_poll"
product = "oranges"
needed = 2
lasts = "24h"
ladder = [{ at = 3, price = "36.00" }]
minimum = 2
closes_after = "48h"
schedule = { cron = "0 18 * * mon" }
"""


def posted(there: Square) -> DemandPoll:
    """The office's poll, standing in its chat."""
    there.runs(hours=6)
    there.hears()
    office = there.circles["office"]
    return there.session.scalars(select(DemandPoll).where(polls.polls.c.circle_id == office)).one()


def votes(there: Square, poll: DemandPoll, name: str, wants: bool = True) -> None:
    assert poll.id is not None
    facts = polls.vote(there.session, poll.id, there.people[name], wants, there.now)
    notices.notify(there.session, facts, there.now)


def test_a_poll_is_a_real_one_and_names_its_terms(square: Make) -> None:
    there = square(POLL)
    there.runs(hours=6)
    sent = there.hears()
    assert sent.receivers == ["OFFICE", "STAIRWELL"]
    call = sent.calls[0]
    assert call.method == "sendPoll"
    assert call.params["question"] == (
        "oranges · 39.90 · 3 people 36.00 · Do you want it? The group buy opens when 2 do."
    )
    assert call.params["options"] == [{"text": "I want it"}, {"text": "Not this time"}]
    assert call.params["is_anonymous"] is False


def test_when_enough_want_it_the_group_buy_opens_and_nobody_is_in_it_yet(square: Make) -> None:
    there = square(POLL)
    for name in ("Ann", "Bao", "Chen"):
        there.comes(name)
    poll = posted(there)
    there.passes(hours=1)
    votes(there, poll, "Ann")
    votes(there, poll, "Bao", wants=False)
    assert poll.state == PollState.OPEN
    votes(there, poll, "Bao")
    assert poll.state == PollState.REACHED
    assert poll.round_id is not None
    deal = there.session.execute(select(rounds).where(rounds.c.id == poll.round_id)).one()
    assert (deal.minimum, deal.price, deal.members) == (2, 3990, 0)
    assert (deal.closes_at - there.now).total_seconds() == 48 * 3600
    assert roster(there.session, deal.id) == []
    sent = there.hears()
    assert [call.method for call in sent.calls] == ["stopPoll", "sendMessage"]
    assert sent.to("OFFICE")[1] == "2 want it: oranges is open. A vote takes no seat; join on the card."
    votes(there, poll, "Chen")
    assert there.hears().letters == []


def test_a_vote_taken_back_or_of_one_who_left_does_not_count(square: Make) -> None:
    there = square(POLL)
    for name in ("Ann", "Bao", "Chen"):
        there.comes(name)
    poll = posted(there)
    votes(there, poll, "Ann")
    votes(there, poll, "Ann", wants=False)
    votes(there, poll, "Bao")
    circles.leave(there.session, there.circles["office"], there.people["Bao"], there.now)
    votes(there, poll, "Chen")
    assert poll.state == PollState.OPEN


def test_a_poll_that_was_passed_on_hears_no_strangers(square: Make) -> None:
    there = square(POLL)
    there.comes("Ann", "stairwell")
    poll = posted(there)
    with pytest.raises(DomainError, match="not_a_member"):
        votes(there, poll, "Ann")


def test_too_few_in_its_time_is_one_kind_line_and_the_owner_hears_the_count(square: Make) -> None:
    there = square(POLL)
    there.comes("Ann")
    poll = posted(there)
    votes(there, poll, "Ann")
    there.passes(hours=23)
    assert deadlines.sweep(there.session, there.now) == []
    there.passes(hours=2)
    notices.notify(there.session, deadlines.sweep(there.session, there.now), there.now)
    sent = there.hears()
    assert "Thank you all. 1 wants oranges, not yet enough to open it." in sent.to("OFFICE")
    assert "The poll is over: 1 of 2 wants it. The circle has been told." in sent.to("Li Wei")[0]
    assert poll.state == PollState.ENDED
    assert there.session.execute(select(rounds)).all() == []


def test_what_sold_out_meanwhile_does_not_open(square: Make) -> None:
    there = square(POLL)
    for name in ("Ann", "Bao"):
        there.comes(name)
    poll = posted(there)
    there.session.execute(products.update().values(stock_opening=0, stock_left=0))
    for name in ("Ann", "Bao"):
        votes(there, poll, name)
    assert poll.state == PollState.OPEN


def test_the_next_slot_waits_for_the_poll_and_for_its_group_buy(square: Make) -> None:
    there = square(POLL.replace("0 18 * * mon", "0 18 * * *"))
    for name in ("Ann", "Bao"):
        there.comes(name)
    poll = posted(there)
    there.runs(hours=23, minutes=50)
    votes(there, poll, "Ann")
    votes(there, poll, "Bao")
    there.runs(hours=1)
    there.hears()
    assert len(there.session.execute(select(polls.polls)).all()) == 2


def reached(there: Square) -> DemandPoll:
    """Ann and Bao want it, and the group buy is open."""
    for name in ("Ann", "Bao"):
        there.comes(name)
    poll = posted(there)
    for name in ("Ann", "Bao"):
        votes(there, poll, name)
    there.session.flush()
    return poll


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (polls.polls.update().where(polls.polls.c.round_id.is_not(None)).values(round_id=None), "group buys by poll"),
        (polls.polls.update().where(polls.polls.c.round_id.is_not(None)).values(state=PollState.ENDED), "group buys by poll"),
        (polls.votes.update().values(wants=False), "votes of a poll"),
        (polls.polls.update().where(polls.polls.c.round_id.is_not(None)).values(poll_id=None), "votes in a poll that is not there"),
    ],
)
def test_verify_finds_what_a_poll_must_not_be(square: Make, plant: Update, found: str) -> None:
    there = square(POLL)
    reached(there)
    assert _differences(there) == set()
    there.session.execute(plant)
    assert _differences(there) == {found}


def _differences(there: Square) -> set[str]:
    return {difference.invariant for check in invariants.polls.CHECKS for difference in check(there.session)}


def test_a_vote_that_is_quicker_than_its_polls_news_is_heard_again(square: Make) -> None:
    there = square(POLL)
    there.runs(hours=6)
    assert not polls.on_its_way(there.session)
    deliveries.claim(there.session, there.now, 50, timedelta(minutes=1))
    assert polls.on_its_way(there.session)
    assert polls.place(there.session, "poll-1", 1001) is None


BUY = """
[[campaign]]
id = "friday"
kind = "group_buy"
product = "oranges"
closes_after = "24h"
overlap = "queue"
schedule = { every = "1h" }
over_budget = "wait"
"""


def test_a_card_above_the_circles_budget_waits_and_still_lasts_its_time(square: Make) -> None:
    there = square(BUY.replace('"24h"', '"30m"'), 'circle_posts = "2/1d"')
    for _ in range(4):
        there.runs(hours=1)
        there.shows_and_ends()
    found = there.session.execute(
        select(rounds.c.opens_at, rounds.c.closes_at, rounds.c.state).where(rounds.c.circle_id == there.circles["office"])
    ).all()
    assert len([row for row in found if row.opens_at is None]) == 2
    (later,) = [row for row in found if row.opens_at is not None]
    assert later.state == "scheduled"
    assert (later.opens_at - there.now).total_seconds() > 20 * 3600
    assert (later.closes_at - later.opens_at).total_seconds() == 1800


def test_a_card_that_waits_has_its_place_and_no_post_takes_it(square: Make) -> None:
    there = square(BUY.replace('"24h"', '"30m"') + HELLO, 'circle_posts = "1/1d"')
    there.runs(hours=1)
    there.shows_and_ends()
    there.runs(hours=1)
    there.runs(hours=23)
    assert [text for text in there.hears().to("OFFICE") if text == "Hello."] == []


def test_or_it_is_left_out_there_and_the_run_says_so(square: Make) -> None:
    there = square(BUY.replace('"24h"', '"30m"').replace('"wait"', '"drop"'), 'circle_posts = "1/1d"')
    for _ in range(2):
        there.runs(hours=1)
        there.shows_and_ends()
    office, stairwell = there.ids()
    assert there.records()[1] == {"opened": 0, "circles": [], "over_budget": [office, stairwell]}


HELLO = """
[[campaign]]
id = "hello"
kind = "broadcast"
to = "circles"
text = "Hello."
schedule = { at = "2026-11-24T13:00:00" }
"""
ASK = """
[[campaign]]
id = "how"
kind = "ask_buyers"
schedule = { every = "1d" }
"""


def test_recent_receivers_are_asked_how_it_was_and_once(square: Make) -> None:
    there = square(ASK)
    for name, days in (("Ann", 5), ("Bao", 1), ("Chen", 30)):
        there.comes(name)
        there.buys(name, days=days)
    there.runs(days=1)
    asked = there.session.scalars(select(ask_table.c.person_id)).all()
    assert sorted(asked) == sorted(there.people[name] for name in ("Ann", "Bao"))
    assert there.records()[0] == {"questions": 1, "asked": 2}
    assert there.session.scalars(select(question_table.c.words)).all() == ["How was it?"]
    sent = there.hears()
    assert sent.receivers == ["Ann", "Bao"]
    assert "How was it?" in sent.to("Ann")[0]
    there.runs(days=1)
    assert there.records()[1] == {"questions": 0, "asked": 0}

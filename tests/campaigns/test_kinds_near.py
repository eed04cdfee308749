"""Reminders and cycles: what is near is said once, what is somebody's own time is told to them alone."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Update
from sqlalchemy.orm import Session

from models import cycles, deadlines, joins, locks, notices
from models.circles import circle_table
from models.facts import CollectReminder, PaymentReminder
from models.handover import arrive
from models.seats import Way
from models.wishes import Change, How
from tests.campaigns.square import DAY, NOON, Square, a_square

Make = Callable[..., Square]


@pytest.fixture
def square(database_url: str, tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:
        yield lambda campaigns, attention="": stack.enter_context(a_square(database_url, tmp_path, campaigns, attention))


def joined(there: Square, deal: int, *names: str) -> None:
    for name in names:
        facts = joins.change(there.session, deal, there.people[name], Change("add", 1), How(Way.TAPPED), there.now)
        notices.notify(there.session, facts, there.now)


NEAR = """
[[campaign]]
id = "near"
kind = "reminder"
about = "deadline"
before = "3h"
schedule = { every = "1h" }
"""


def test_a_deadline_is_told_once_in_its_circle_with_a_link_to_the_card(square: Make) -> None:
    there = square(NEAR)
    there.session.execute(_supergroup(there))
    deal = there.opens(hours=5)
    there.runs(hours=1)
    assert there.hears().letters == []
    there.runs(hours=1)
    sent = there.hears()
    assert sent.to("OFFICE") == ["🛒 oranges closes Mon 17:00 (3 h).\n3 more people and all pay 36.00."]
    assert f"https://t.me/c/1/{7000 + deal}" in str(sent.calls[0].params["text"])
    there.runs(hours=1)
    assert there.hears().letters == []


def test_two_deadlines_are_two_slots_and_both_are_told(square: Make) -> None:
    there = square(NEAR)
    there.opens(hours=3)
    there.opens("pears", hours=3.5, price=2000, ladder=())
    there.runs(hours=1)
    assert there.hears().to("OFFICE")[0].startswith("🛒 oranges closes")
    there.runs(hours=1)
    assert there.hears().to("OFFICE")[0].startswith("🛒 pears closes")
    there.runs(minutes=20)
    assert there.hears().letters == []


def test_a_group_buy_that_closed_meanwhile_is_not_spoken_of(square: Make) -> None:
    there = square(NEAR)
    deal = there.opens(hours=3)
    there.runs(hours=1)
    locks.close(there.session, deal, there.now + timedelta(hours=3))
    assert there.hears().letters == []


STEP = NEAR.replace('"deadline"', '"step"').replace('before = "3h"', "missing = 1")


def test_one_missing_to_the_next_step_is_told_while_it_is_so(square: Make) -> None:
    there = square(STEP)
    for name in ("Ann", "Bao", "Chen"):
        there.comes(name)
    deal = there.opens(hours=50)
    joined(there, deal, "Ann")
    there.runs(hours=1)
    assert there.outcomes() == {}
    joined(there, deal, "Bao")
    there.runs(hours=1)
    assert there.hears().to("OFFICE")[0] == "🛒 oranges\n1 more person and all pay 36.00."
    there.runs(hours=1)
    assert there.hears().letters == []


def test_a_step_that_was_reached_meanwhile_is_not_announced_as_missing(square: Make) -> None:
    there = square(STEP)
    for name in ("Ann", "Bao", "Chen"):
        there.comes(name)
    deal = there.opens(hours=50)
    joined(there, deal, "Ann", "Bao")
    there.runs(hours=1)
    joined(there, deal, "Chen")
    told = there.hears()
    assert [text for text in told.to("OFFICE") if "more person" in text] == []


PAY = NEAR.replace('"deadline"', '"pay"').replace('"3h"', '"12h"')


def test_who_is_to_pay_hears_of_it_once_whoever_says_it(square: Make) -> None:
    there = square(PAY)
    there.comes("Ann")
    there.comes("Bao", started=False)
    deal = there.opens(hours=1)
    joined(there, deal, "Ann", "Bao")
    there.passes(hours=1)
    notices.notify(there.session, locks.close(there.session, deal, there.now), there.now)
    there.hears()
    there.runs(hours=12)
    sent = there.hears()
    assert sent.receivers == ["Ann"]  # Bao never pressed start: the reminder with another way finds him
    assert "39.90" in sent.to("Ann")[0]
    assert "/quiet" not in sent.to("Ann")[0]
    assert sent.letters[0][2] == ("I have paid", "I cannot")
    later = deadlines.sweep(there.session, there.now + timedelta(hours=7))
    assert [fact.person_id for fact in later if isinstance(fact, PaymentReminder)] == [there.people["Bao"]]
    there.runs(hours=1)
    assert there.hears().to("Ann") == []


def test_what_said_it_already_is_not_said_again_by_the_campaign(square: Make) -> None:
    there = square(PAY.replace('"12h"', '"2h"'))
    there.comes("Ann")
    deal = there.opens(hours=1)
    joined(there, deal, "Ann")
    there.passes(hours=1)
    notices.notify(there.session, locks.close(there.session, deal, there.now), there.now)
    there.passes(hours=18, minutes=30)
    assert any(isinstance(fact, PaymentReminder) for fact in deadlines.sweep(there.session, there.now))
    there.runs(hours=4)
    assert there.outcomes() == {}


def test_what_arrived_and_waits_is_told_to_its_member_even_at_night(square: Make) -> None:
    there = square(NEAR.replace('about = "deadline"\nbefore = "3h"', 'about = "collect"\nafter = "1d"'))
    there.comes("Ann")
    deal = there.opens(hours=1)
    joined(there, deal, "Ann")
    there.passes(hours=1)
    locks.close(there.session, deal, there.now)
    arrive(there.session, deal, there.owner, there.now)
    there.hears()
    there.runs(hours=23)
    assert there.outcomes() == {}
    there.runs(hours=2)
    assert "oranges" in there.hears().to("Ann")[0]
    later = deadlines.sweep(there.session, there.now + 5 * DAY)
    assert not any(isinstance(fact, CollectReminder) for fact in later)


REORDER = """
[[campaign]]
id = "again"
kind = "reorder"
product = "oranges"
schedule = { every = "1d" }
"""


def buys_every(there: Square, name: str, *days: float, product: str = "oranges") -> None:
    there.comes(name)
    for ago in days:
        there.buys(name, product, days=ago)


def test_a_cycle_is_the_median_of_ones_own_times(square: Make) -> None:
    at = [NOON - DAY * ago for ago in (40, 30, 21, 10)]
    assert cycles.length(at) == 10 * DAY
    assert cycles.length([NOON, NOON + timedelta(minutes=5)]) is None
    assert cycles.length([]) is None


def test_whose_time_has_come_hears_of_the_open_group_buy_once_a_cycle(square: Make) -> None:
    there = square(REORDER)
    buys_every(there, "Ann", 30, 20, 10)
    buys_every(there, "Bao", 30, 20, 4)  # not yet
    buys_every(there, "Chen", 60, 50, 40)  # long past
    buys_every(there, "Dora", 10)  # once is no cycle
    there.opens(hours=24 * 30)
    there.runs(days=1)
    sent = there.hears()
    assert sent.receivers == ["Ann"]
    text = sent.to("Ann")[0]
    assert text.startswith("You have had oranges about every 10 days, and it is about that time.\n\n🛒 oranges · 39.90")
    assert "because you have oranges about every 10 days" in text
    assert sent.letters[0][2] == ("Look at it",)
    there.runs(days=1)
    assert there.hears().to("Ann") == []


def test_with_nothing_open_it_can_be_wished_for(square: Make) -> None:
    there = square(REORDER)
    buys_every(there, "Ann", 20, 10)
    there.runs(days=1)
    ((_, text, buttons),) = there.hears().letters
    assert "Nothing of it is open now. You can wish for it in OFFICE." in text
    assert buttons == ("I want it",)


def test_who_has_a_seat_is_not_told_to_take_one(square: Make) -> None:
    there = square(REORDER)
    buys_every(there, "Ann", 20, 10)
    joined(there, there.opens(hours=50), "Ann")
    there.runs(days=1)
    assert there.outcomes() == {}


def test_a_category_has_its_cycle_over_all_its_goods(square: Make) -> None:
    there = square(REORDER.replace('product = "oranges"', 'category = "fruit"'))
    there.comes("Ann")
    there.buys("Ann", "oranges", days=20)
    there.buys("Ann", "pears", days=10)
    there.opens("pears", hours=50, price=2000, ladder=())
    there.runs(days=1)
    (text,) = there.hears().to("Ann")
    assert text.startswith("You have had pears about every 10 days")


def test_pages_of_a_large_village_miss_nobody(square: Make) -> None:
    there = square(REORDER)
    for number in range(40):
        buys_every(there, f"P{number}", *((20, 10) if number % 3 == 0 else (20, 2)))
    goods = [there.products["oranges"]]
    found: list[int] = []
    while page := _page(there.session, goods, there, found[-1] if found else 0):
        found += page
    assert found == [there.people[f"P{number}"] for number in range(0, 40, 3)]


def _page(session: Session, goods: list[int], there: Square, after: int) -> list[int]:
    due = cycles.due(session, there.shop, goods, there.ids(), 2, there.now, after=after, limit=3)
    return [one.person_id for one in due]


def _supergroup(there: Square) -> Update:
    return circle_table.update().where(circle_table.c.title == "OFFICE").values(chat_id=-1_000_000_000_001)

"""Kinds after an event: how was it, three days after it was collected; what is open, after joining. And who is never meant."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select, update

from models import circles, events, spent
from models.asks import ask_table
from models.campaigns import runs
from models.event_slots import Event
from models.orders import Order
from models.outbox import OUTBOX
from tests.campaigns.square import DAY, Square, a_square

Make = Callable[..., Square]


@pytest.fixture
def square(database_url: str, tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:
        yield lambda campaigns, attention="": stack.enter_context(a_square(database_url, tmp_path, campaigns, attention))


HOW_WAS_IT = """
[[campaign]]
id = "how-was-it"
kind = "ask_buyers"
schedule = { after = "delivered", delay = "3d" }
"""


def collects(there: Square, name: str, product: str = "oranges") -> Order:
    """They are handed what they ordered, and whoever listens hears of it."""
    order = there.buys(name, product, days=0)
    place = (there.people[name], order.circle_id, there.shop)
    events.heard(there.session, Event.DELIVERED, *place, f"order:{order.id}", there.now)
    return order


def asked(there: Square) -> list[str]:
    names = {person: name for name, person in there.people.items()}
    return sorted(names[person] for person in there.session.scalars(select(ask_table.c.person_id)))


def record(there: Square) -> object:
    return there.session.scalars(select(runs.c.record).order_by(runs.c.id.desc())).first()


def test_how_it_was_is_asked_three_days_after_it_was_collected_and_once(square: Make) -> None:
    there = square(HOW_WAS_IT)
    for name in ("Ann", "Bao", "Chen"):
        there.comes(name)
    collects(there, "Ann")
    collects(there, "Bao")
    there.buys("Chen", days=1)  # before anybody listened
    there.runs(days=2)
    assert asked(there) == []
    there.runs(days=1, hours=1)
    assert asked(there) == ["Ann", "Bao"]
    assert record(there) == {"questions": 1, "asked": 2}
    there.runs(days=4)
    assert asked(there) == ["Ann", "Bao"]


def test_who_gave_it_back_or_left_is_not_asked(square: Make) -> None:
    there = square(HOW_WAS_IT)
    for name in ("Ann", "Bao"):
        there.comes(name)
    there.refunds(collects(there, "Ann"))
    collects(there, "Bao")
    circles.leave(there.session, there.circles["office"], there.people["Bao"], there.now)
    there.runs(days=3)
    assert asked(there) == []
    assert record(there) == {"questions": 0, "asked": 0}


def test_two_things_collected_are_two_questions_within_everybodys_limits(square: Make) -> None:
    there = square(HOW_WAS_IT)
    for name in ("Ann", "Bao"):
        there.comes(name)
    collects(there, "Ann", "oranges")
    collects(there, "Bao", "pears")
    there.runs(days=3)
    assert asked(there) == ["Ann", "Bao"]
    assert record(there) == {"questions": 2, "asked": 2}


DIGEST = """
[[campaign]]
id = "welcome"
kind = "digest"
to = "members"
schedule = { after = "joined", delay = "1h" }
"""


def test_who_joins_hears_what_is_open_whatever_others_have_heard(square: Make) -> None:
    there = square(DIGEST)
    there.opens(hours=24 * 30)
    for day, name in enumerate(("Ann", "Bao")):
        there.comes(name)
        place = (there.people[name], there.circles["office"], there.shop)
        events.heard(there.session, Event.JOINED, *place, f"circle:{day}", there.now)
        there.runs(hours=1)
        assert there.hears().receivers == [name]


COME_BACK = """
[[campaign]]
id = "come-back"
kind = "win_back"
text = { en = "Hello again." }
quiet_for = "60d"
schedule = { every = "1d" }
audience = { orders = "<=3" }
"""


def test_who_never_bought_cannot_be_won_back(square: Make) -> None:
    there = square(COME_BACK)
    for name in ("Ann", "Bao", "Chen"):
        there.comes(name)
    there.buys("Ann", days=90)
    for days in (80, 90, 100, 110):
        there.buys("Chen", days=days)
    there.runs(days=1)
    assert there.hears().receivers == ["Ann"]


def test_old_messages_of_a_run_go(square: Make) -> None:
    there = square(COME_BACK)
    there.comes("Ann")
    there.buys("Ann", days=90)
    there.runs(days=1)
    assert there.hears().receivers == ["Ann"]
    there.session.execute(update(runs).values(finished_at=there.now))
    spent.prune(there.session, there.now + 91 * DAY)
    assert there.session.scalars(select(OUTBOX.c.id)).all() == []


def test_a_run_that_told_something_once_for_all_keeps_its_messages_for_two_years(square: Make) -> None:
    there = square(COME_BACK)
    there.comes("Ann")
    there.buys("Ann", days=90)
    there.runs(days=1)
    there.hears()
    there.session.execute(update(OUTBOX).values(dedup="campaign:1:pay:7:p1"))
    there.session.execute(update(runs).values(finished_at=there.now))
    spent.prune(there.session, there.now + 91 * DAY)
    assert len(there.session.scalars(select(OUTBOX.c.id)).all()) == 1
    spent.prune(there.session, there.now + 731 * DAY)
    assert there.session.scalars(select(OUTBOX.c.id)).all() == []


HELLO = """
[[campaign]]
id = "hello"
kind = "broadcast"
to = "{to}"
text = {{ en = "Hello." }}
circles = {circles}
schedule = {{ every = "{every}" }}
catch_up = "{catch_up}"
"""


def hello(to: str = "members", circles: str = '["*"]', every: str = "11h", catch_up: str = "latest") -> str:
    return HELLO.format(to=to, circles=circles, every=every, catch_up=catch_up)


@pytest.mark.parametrize("to", ["members", "circles"])
def test_who_is_in_no_circle_of_the_campaign_any_more_does_not_hear_what_waits(square: Make, to: str) -> None:
    there = square(hello(to), 'circle_posts = "1/1d"')
    there.comes("Ann", "office")
    there.comes("Bao", "stairwell")
    there.comes("Chen", "office", "stairwell")
    there.runs(hours=11)  # 23:00: the night's quiet hours
    if to == "circles":
        there.hears()
        there.runs(hours=11)  # over the budget of a day
    assert there.hears().receivers == []
    there.reads(hello(to, '["OFFICE"]'), 'circle_posts = "1/1d"')
    there.passes(hours=22)
    assert there.hears().receivers == (["Ann", "Chen"] if to == "members" else ["OFFICE"])
    assert there.outcomes()["left"] == 1


@pytest.mark.parametrize(("catch_up", "sent"), [("none", 0), ("latest", 1), ("all", 1)])
def test_after_two_days_asleep_nobody_gets_five_old_messages(square: Make, catch_up: str, sent: int) -> None:
    there = square(hello(every="12h", catch_up=catch_up))
    there.comes("Ann")
    for hours in (53, 0, 0):  # 2 days and 5 hours: four slots have passed, and it is 17:00
        there.runs(hours=hours)
        assert len(there.hears().receivers) <= sent
    assert there.outcomes().get("queued", 0) <= 4
    told = there.session.scalars(select(OUTBOX.c.id).where(OUTBOX.c.state == "delivered")).all()
    assert len(told) == sent, "with all, the first one is still under way and the others are passed over"


def test_a_clock_set_back_fires_nothing_again_and_loses_nothing(square: Make) -> None:
    there = square(hello(every="1d"))
    there.comes("Ann")
    there.runs(days=1)
    assert there.hears().receivers == ["Ann"]
    there.passes(hours=-30)
    there.runs(hours=20)
    there.reads(hello(every="1d"))
    there.runs(hours=5)
    assert there.hears().receivers == []
    there.runs(days=1, hours=5)
    assert there.hears().receivers == ["Ann"]

"""What the kinds red_packet, split_coupon and voucher_drop open, circle by circle, as bot.toml asks for it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from campaigns.registry import KINDS
from models import packets_opening
from models.cards import cards
from models.packets import Packet, packets
from models.states import PacketState
from tests.campaigns.square import DAY, Square, a_square

Make = Callable[..., Square]
PACKET = """
[[campaign]]
id = "weekend"
kind = "red_packet"
schedule = { every = "1h" }
total = "20.00"
shares = 10
as = "points"
split = "equal"
ttl = "30m"
overlap = "queue"
text = "Weekend"
"""
COUPON = """
[[campaign]]
id = "friends"
kind = "split_coupon"
schedule = { every = "1h" }
total = "12.00"
shares = 3
hours = 6
min_order = "30.00"
"""
DROP = """
[[campaign]]
id = "ten"
kind = "voucher_drop"
schedule = { every = "1h" }
percent = 10
max = "15.00"
total = 50
valid = "14d"
"""


@pytest.fixture
def square(database_url: str, tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:
        yield lambda campaigns, attention="": stack.enter_context(a_square(database_url, tmp_path, campaigns, attention))


def opened(there: Square) -> list[Packet]:
    return list(there.session.scalars(select(Packet).order_by(packets.c.id)))


def boards(there: Square) -> set[str | None]:
    return set(there.session.scalars(select(cards.c.subject)))


def test_a_packet_in_every_circle(square: Make) -> None:
    there = square(PACKET)
    there.runs(hours=1, minutes=1)
    found = opened(there)
    assert {one.circle_id for one in found} == set(there.circles.values())
    assert {(one.pays, one.total, one.amounts[0], one.shares, one.window) for one in found} == {("points", 2000, 200, 10, 30)}
    assert {one.title["en"] for one in found} == {"Weekend"}
    assert {f"packet:{one.id}" for one in found} <= boards(there)
    assert there.records()[0]["opened"] == len(found)


def test_a_coupon_and_a_drop(square: Make) -> None:
    there = square(COUPON + DROP)
    there.runs(hours=1, minutes=1)
    coupon = next(one for one in opened(there) if one.kind == "coupon")
    drop = next(one for one in opened(there) if one.kind == "drop")
    assert (coupon.total, coupon.shares, coupon.min_order, coupon.window) == (1200, 3, 3000, 0)
    assert coupon.closes_at - coupon.opens_at == DAY / 4
    assert (drop.worth, drop.value, drop.most, drop.shares, drop.valid_for) == ("percent", 10, 1500, 50, 14 * 86_400)
    assert {coupon.state, drop.state} == {PacketState.COLLECTING}


def test_a_full_circle_waits_or_is_left_out(square: Make) -> None:
    there = square(PACKET + 'over_budget = "drop"\n', 'circle_posts = "1/1d"')
    there.runs(hours=1, minutes=1)
    there.shows_and_ends()
    first = len(opened(there))
    for one in opened(there):
        packets_opening.expire(there.session, one.id or 0, there.now + DAY / 24)
    there.runs(hours=1)
    assert len(opened(there)) == first
    assert there.records()[1]["over_budget"]


def test_one_that_still_goes_on_is_not_opened_again(square: Make) -> None:
    there = square(COUPON)
    there.runs(hours=1, minutes=1)
    first = len(opened(there))
    there.runs(hours=1)
    assert len(opened(there)) == first, "overlap is skipped"
    kind, campaign = KINDS["split_coupon"], there.config.campaigns["friends"]
    assert not kind.cancel(there.session, campaign, there.now), "who tapped was promised a chance"


def test_what_a_slot_may_cost(square: Make) -> None:
    there = square(PACKET + COUPON + DROP + DROP.replace('id = "ten"', 'id = "all"').replace("total = 50\n", ""))
    config = there.config
    there_are = len(config.circles_of(config.campaigns["ten"]))
    costs = [KINDS[one.kind].forecast(one, config).cost_max for one in config.campaigns.values()]
    assert costs == [2000 * there_are, 1200 * there_are, 1500 * 50 * there_are, None]

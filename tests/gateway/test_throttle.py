"""The platform's rates, whatever the order of sends: proven over many orders, with a clock that tests move."""

import heapq
import itertools
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.gateway.pace import CardPace
from bot.gateway.throttle import Place, Rates, Throttle

RATES = Rates(per_second=5, per_chat_per_second=1, per_group_per_minute=20)
TARGETS = ("person:1", "person:2", "circle:1", "circle:2")


@dataclass
class Hand:
    """A clock moved by hand."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


Sends = st.lists(st.tuples(st.sampled_from(TARGETS), st.floats(0.0, 3.0)), min_size=1, max_size=300)


def most_within(times: list[float], seconds: float) -> int:
    return max((sum(1 for other in times if time <= other < time + seconds) for time in times), default=0)


@settings(max_examples=100, deadline=None)
@given(Sends)
def test_no_window_ever_holds_more_than_its_rate(sends: list[tuple[str, float]]) -> None:
    hand = Hand()
    throttle = Throttle(RATES, hand)
    sent: list[tuple[str, float]] = []
    for target, passes in sends:
        hand.now += passes
        if throttle.free() > 0 and target not in throttle.waiting():
            throttle.take(target)
            sent.append((target, hand.now))
    assert most_within([time for _, time in sent], 1.0) <= 5
    for target in TARGETS:
        times = [time for to, time in sent if to == target]
        assert most_within(times, 1.0) <= 1
        if target.startswith("circle:"):
            assert most_within(times, 60.0) <= 20


Ways = st.lists(st.tuples(st.floats(0.001, 0.3), st.floats(0.001, 0.1)), min_size=20, max_size=200)


@settings(max_examples=100, deadline=None)
@given(Ways)
def test_however_calls_are_delayed_no_more_than_the_rate_arrive_in_a_second(ways: list[tuple[float, float]]) -> None:
    hand = Hand()
    throttle = Throttle(RATES, hand)
    throttle.answered(Place("person:0", 0.0, 0.0), took=0.002)  # the quickest way there and back is known
    arrived: list[float] = []
    answers: list[tuple[float, int, float, Place]] = []
    for number, (there, back) in enumerate(ways):
        moment = throttle.overall_free_at()
        while answers and (answers[0][0] <= max(hand.now, moment)):
            at, _, left, answered = heapq.heappop(answers)
            hand.now = max(hand.now, at)
            throttle.answered(answered, hand.now - left)
            moment = throttle.overall_free_at()
        place = throttle.take(f"person:{number}")
        hand.now = max(hand.now, place.leaves)
        arrived.append(hand.now + there)
        heapq.heappush(answers, (hand.now + there + back, number, hand.now, place))
    assert most_within(arrived, 1.0) <= RATES.per_second


def test_many_go_evenly_and_a_receipt_between_them_at_once() -> None:
    hand = Hand()
    throttle = Throttle(Rates(per_second=10), hand)
    moments = []
    for number in range(10):
        hand.now = max(hand.now, throttle.evenly_free_at())
        moments.append(throttle.take(f"person:{number}", evenly=True).leaves)
    assert all(0.09 <= later - earlier <= 0.1 for earlier, later in itertools.pairwise(moments))
    assert throttle.evenly(0.0) == 0
    assert throttle.evenly(0.5) == throttle.free(0.5) == 4
    assert throttle.take("person:99").leaves == 1001.001  # nine of ten places are the campaign's until its first is over


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from(TARGETS), min_size=1, max_size=60))
def test_waiting_exactly_as_told_always_gets_on(targets: list[str]) -> None:
    hand = Hand()
    throttle = Throttle(RATES, hand)
    for target in targets:
        hand.now = max(hand.now, throttle.overall_free_at(), throttle.waiting().get(target, 0.0))
        assert throttle.free() > 0
        assert target not in throttle.waiting()
        throttle.take(target)


def test_a_chat_told_to_wait_stops_alone() -> None:
    hand = Hand()
    throttle = Throttle(RATES, hand)
    throttle.pause("circle:1", 30)
    assert dict(throttle.waiting()) == {"circle:1": 1030.0}
    hand.now += 30
    assert not throttle.waiting()


def test_the_sum_of_chats_is_held_too() -> None:
    throttle = Throttle(RATES, Hand())
    for number in range(5):
        throttle.take(f"person:{number}")
    assert throttle.free() == 0
    assert throttle.overall_free_at() > 1000.9


def test_when_stars_run_out_all_go_at_the_free_rate_and_later_faster_again() -> None:
    hand = Hand()
    throttle = Throttle(Rates(per_second=1000, paid=True), hand)
    for number in range(500):
        throttle.take(f"person:{number}", evenly=True)
    hand.now += 0.6
    throttle.refused("person:1")
    throttle.refused("person:1")
    throttle.refused("person:2")
    assert throttle.free() > 400, "two chats may have their own reasons"
    throttle.refused("person:3")
    assert throttle.free() == 0, "what left in this second was more than is free"
    hand.now += 1.1
    throttle.waiting()
    assert throttle.free() == 30
    places = [throttle.take(f"person:{1000 + number}", evenly=True).leaves for number in range(60)]
    assert most_within(places, 1.0) <= 30
    hand.now = places[-1] + 60.0
    throttle.waiting()
    assert throttle.free() > 900


def test_idle_chats_are_forgotten() -> None:
    hand = Hand()
    throttle = Throttle(RATES, hand)
    for number in range(50):
        hand.now += 1
        throttle.take(f"person:{number}")
    hand.now += 120
    throttle.waiting()
    assert not throttle._chats


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.0, 10.0), min_size=1, max_size=400))
def test_a_card_is_edited_at_most_20_times_a_minute(taps: list[float]) -> None:
    hand = Hand()
    pace = CardPace(3.0, hand)
    edits = []
    for passes in taps:
        hand.now += passes
        if 1 not in pace.resting():
            pace.edited(1)
            edits.append(hand.now)
    assert most_within(edits, 60.0) <= 20
    assert all(later - earlier >= 3.0 for earlier, later in itertools.pairwise(edits))


def test_a_hot_minute_leaves_room_for_other_messages() -> None:
    hand = Hand()
    pace = CardPace(3.0, hand)
    edits = 0
    for _ in range(600):
        hand.now += 0.1
        if 1 not in pace.resting():
            pace.edited(1)
            edits += 1
    assert edits == 14


def test_even_without_a_gap_20_a_minute_is_the_most() -> None:
    hand = Hand()
    pace = CardPace(0.0, hand)
    for _ in range(20):
        assert not pace.resting()
        pace.edited(1)
    assert pace.resting() == {1: 1060.5}


def test_a_quiet_card_is_edited_at_once() -> None:
    assert not CardPace(3.0, Hand()).resting()

"""Splits conserve what they split, places tell nothing of sizes, and being first gains nothing."""

from hypothesis import given
from hypothesis import strategies as st

from models import packets_split
from tests.packets import grabbing

SEEDS = st.integers(0, 2**256 - 1).map(lambda number: f"{number:064x}")


@given(st.data(), st.integers(1, 1_000), SEEDS)
def test_every_split_sums_to_what_was_split(data: st.DataObject, shares: int, seed: str) -> None:
    total = data.draw(st.integers(shares, 10**12))
    for parts in (packets_split.equal(total, shares), packets_split.at_random(total, shares, seed)):
        assert len(parts) == shares
        assert sum(parts) == total
        assert min(parts) >= 1
    assert max(packets_split.equal(total, shares)) - min(packets_split.equal(total, shares)) <= 1


@given(st.data(), st.lists(st.booleans(), min_size=1, max_size=20))
def test_newcomers_get_twice_the_share_and_nobody_nothing(data: st.DataObject, newcomers: list[bool]) -> None:
    total = data.draw(st.integers(len(newcomers), 10**9))
    parts = packets_split.weighed(total, newcomers)
    assert sum(parts) == total
    assert min(parts) >= 1
    each = {new: [part for part, one in zip(parts, newcomers, strict=True) if one is new] for new in (True, False)}
    for same in each.values():
        assert max(same, default=0) - min(same, default=0) <= 1 or total < 3 * len(newcomers)
    if all(each.values()):
        assert min(each[True]) >= max(each[False]) - 1


@given(SEEDS, st.sets(st.integers(1, 10**9), max_size=60))
def test_the_order_of_a_draw_follows_from_the_seed_alone(seed: str, people: set[int]) -> None:
    order = packets_split.drawn(seed, people)
    assert order == packets_split.drawn(seed, sorted(people, reverse=True))
    assert set(order) == people


def test_early_and_late_places_are_worth_the_same() -> None:
    sums = [0] * 10
    for number in range(4_000):
        for place, part in enumerate(packets_split.at_random(10_000, 10, f"{number:064x}")):
            sums[place] += part
    assert all(abs(of / 4_000 - 1_000) < 60 for of in sums), sums


def test_a_thousand_bots_gain_nothing_by_being_first() -> None:
    found = grabbing.run(40, 100, seed=11)
    assert found.gained <= 0.05, found
    assert grabbing.run(10, 100, seed=11, order=grabbing.first_come).gained > 0.05, "the fault is noticed"

"""Splitting an amount loses no cent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.money import prorate

weights = st.lists(st.integers(0, 10_000), min_size=1, max_size=30).filter(any)


@given(st.integers(-(10**12), 10**12), weights)
def test_the_parts_sum_to_the_whole(total: int, parts: list[int]) -> None:
    assert sum(prorate(total, parts)) == total


@given(st.integers(0, 10**9), weights)
def test_each_part_is_within_one_of_its_exact_share(total: int, parts: list[int]) -> None:
    for share, weight in zip(prorate(total, parts), parts, strict=True):
        assert abs(share * sum(parts) - total * weight) < sum(parts)


@given(st.integers(1, 10**9), weights)
def test_who_weighs_nothing_gets_nothing(total: int, parts: list[int]) -> None:
    assert all(share == 0 for share, weight in zip(prorate(total, parts), parts, strict=True) if weight == 0)


def test_ten_among_three_goes_to_the_largest_remainders_first_come() -> None:
    assert prorate(1000, [1, 1, 1]) == [334, 333, 333]
    assert prorate(-1000, [1, 1, 1]) == [-334, -333, -333]


@pytest.mark.parametrize("parts", [[], [0, 0], [1, -1]])
def test_nothing_to_split_by_is_an_error(parts: list[int]) -> None:
    with pytest.raises(ValueError, match="prorate"):
        prorate(100, parts)

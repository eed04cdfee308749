"""A few sequences of all that people are given; machine_of_deals runs thousands. Planted faults are found in some of them."""

import pytest

from tests.ledger import machine_run
from tests.ledger.machine_faults import FAULTS as BY_PART
from tests.ledger.machine_of_deals import FAULTS, OF, Machine

SEEDS = {  # of runs in which a fault is found soon; should the rules change, a later one finds it
    "least": 6, "scope": 4, "twice": 3, "cap": 1, "budget": 1, "late": 1, "forgotten": 4, "in vain": 1, "gone": 1,
}  # fmt: skip
PART = {fault: OF[part] for part, faults in BY_PART.items() for fault in faults}


def test_deals_in_any_order() -> None:
    machine_run.run(Machine, 10, 1, 10)


@pytest.mark.parametrize("fault", SEEDS)
def test_a_random_run_finds_a_planted_fault(fault: str) -> None:
    with FAULTS[fault](), pytest.raises(Exception):  # noqa: B017  # the model's, or the database's own no
        for seed in range(SEEDS[fault], SEEDS[fault] + 40):
            machine_run.run(PART[fault], 12, seed, shrink=False)

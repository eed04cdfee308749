"""A few sequences of everything; `python -m tests.ledger.machine` runs thousands. Planted faults are found within a few."""

import pytest

from tests.ledger import machine, machine_run


def test_everything_in_any_order() -> None:
    machine_run.run(machine.Machine, 12, 1, 30)


@pytest.mark.parametrize("fault", machine.FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    with machine.FAULTS[fault](), pytest.raises(Exception):  # noqa: B017  # the model's, or the database's own no
        machine_run.run(machine.Machine, 25, 1, 30, shrink=False)

"""A few sequences of everything; `python -m tests.ledger.machine` runs thousands. Planted faults are found within a few."""

import pytest

from tests.ledger import machine


def test_everything_in_any_order() -> None:
    machine.run(12, 1)


@pytest.mark.parametrize("fault", ["hold", "balance"])
def test_a_planted_fault_is_found(fault: str) -> None:
    undo = machine.plant(fault)
    try:
        with pytest.raises(Exception):  # noqa: B017  # an assertion of the model, or the database's own no
            machine.run(25, 1, shrink=False)
    finally:
        undo()

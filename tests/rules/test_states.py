"""The tables of states are whole: every state stands in its table, is reached, and is left only as the table says."""

import pytest

from models import states
from models.errors import DomainError
from models.states import ORDER, ROUND, Machine, OrderState, RoundState, advance

MACHINES = [value for value in vars(states).values() if isinstance(value, Machine)]
ENUMS = [value for value in vars(states).values() if isinstance(value, type) and issubclass(value, states.StrEnum)]


def _reached(machine: Machine) -> set[str]:
    reached: set[str] = set()
    ahead = set(machine.start)
    while ahead:
        reached |= ahead
        ahead = {to for state in ahead for to in machine.moves.get(state, frozenset())} - reached
    return reached


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_every_state_is_reached_and_none_is_led_to_that_has_no_line(machine: Machine) -> None:
    assert _reached(machine) == machine.states


@pytest.mark.parametrize("machine", MACHINES, ids=lambda machine: machine.name)
def test_a_table_has_every_state_of_its_noun(machine: Machine) -> None:
    (noun,) = {type(state) for state in machine.states}
    assert machine.states == set(noun)


def test_every_noun_with_states_has_its_table() -> None:
    assert {type(state) for machine in MACHINES for state in machine.states} == set(ENUMS) - {states.StrEnum}
    assert len({machine.name for machine in MACHINES}) == len(MACHINES)


def test_a_move_that_no_table_names_is_refused() -> None:
    assert advance(ROUND, RoundState.OPEN, RoundState.LOCKED) == "locked"
    with pytest.raises(DomainError, match="bad_move"):
        advance(ROUND, RoundState.DONE, RoundState.OPEN)
    with pytest.raises(DomainError, match="bad_move"):
        advance(ORDER, OrderState.COMPLETED, OrderState.AWAITING)

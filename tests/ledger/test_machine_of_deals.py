"""A few sequences of all that people are given; machine_of_deals runs thousands. Planted faults are found."""

from contextlib import closing
from datetime import timedelta

import pytest

from models.packets import PacketKind, Pays
from tests.ledger import machine_run
from tests.ledger.machine_faults import FAULTS as BY_PART
from tests.ledger.machine_of_deals import FAULTS, OF, Machine

SEEDS = {}  # of runs in which a fault is found soon; another seed finds it too, later


def evening(machine: Machine) -> None:
    """Ann puts the voucher of a packet and her points onto her order, and then cannot."""
    machine.thanks("Ann", 500, True)
    machine.joins("Ann", 0)
    machine.time_passes(timedelta(hours=25))
    machine.hands_out(PacketKind.PACKET, Pays.VOUCHER, 300, 1, True, 0)
    machine.taps("Ann", 0)
    machine.uses_voucher(0, 0, False)
    machine.uses_points(0)
    machine.cannot(0)
    machine.looks()
    machine.orders_are_the_models()
    machine.vouchers_are_the_models()


def test_deals_in_any_order() -> None:
    machine_run.run(Machine, 20, 1, 20)


def test_one_evening() -> None:
    with closing(Machine()) as machine:
        evening(machine)


@pytest.mark.parametrize("fault", ["points", "kept"])
def test_the_evening_finds_what_is_kept_back(fault: str) -> None:
    with closing(Machine()) as machine, FAULTS[fault](), pytest.raises(AssertionError):
        evening(machine)


@pytest.mark.parametrize(("part", "fault"), [(part, fault) for part, faults in BY_PART.items() for fault in faults])
def test_a_planted_fault_is_found(part: str, fault: str) -> None:
    with FAULTS[fault](), pytest.raises(Exception):  # noqa: B017  # the model's, or the database's own no
        machine_run.run(OF[part], 400, SEEDS[fault], shrink=False)

"""A few sequences of packets and orders; `python -m tests.ledger.machine_of_deals` runs thousands. One evening finds the faults."""

from datetime import timedelta

import pytest

from models.packets import PacketKind, Pays
from tests.ledger import machine_of_deals
from tests.ledger.machine_of_deals import Machine


def evening(machine: Machine) -> None:
    """Ann puts the voucher of a packet and her points onto her order, and then cannot."""
    machine.thanks("Ann", 500, True)
    machine.joins("Ann", 0)
    machine.time_passes(timedelta(hours=25))
    machine.hands_out(PacketKind.PACKET, Pays.VOUCHER, 300, 1, True, 0)
    machine.taps("Ann", 0)
    machine.uses_voucher(0, 0)
    machine.uses_points(0)
    machine.cannot(0)
    machine.nothing_is_wrong()
    machine.balances_are_the_models()
    machine.vouchers_and_orders_are_the_models()


def test_deals_in_any_order() -> None:
    machine_of_deals.run(3, 1, 15)


def test_one_evening() -> None:
    machine = Machine()
    evening(machine)
    machine.teardown()


@pytest.mark.parametrize("fault", machine_of_deals.FAULTS)
def test_a_planted_fault_is_found(fault: str) -> None:
    undo, machine = machine_of_deals.plant(fault), Machine()
    try:
        with pytest.raises(AssertionError):
            evening(machine)
    finally:
        undo()
        machine.teardown()

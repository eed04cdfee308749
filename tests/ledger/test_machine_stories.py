"""Evenings played by the machine of deals step by step: all is as foreseen, and what is planted in one of them is found."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta

import pytest

from models.packets import PacketKind, Pays
from models.referrals import Way
from tests.ledger.machine_of_deals import FAULTS, Machine

DAY = timedelta(days=1)


def cannot(machine: Machine) -> None:
    """Ann puts the voucher of a packet and her points onto her order, and then cannot."""
    machine.thanks("Ann", 500, True)
    machine.joins("Ann", 0)
    machine.time_passes(DAY)
    machine.hands_out(PacketKind.PACKET, Pays.VOUCHER, 300, 1, True, 0)
    machine.taps("Ann", 0)
    machine.uses_voucher(0, 0, False)
    machine.uses_points(0)
    machine.cannot(0)


def from_the_wallet(machine: Machine) -> None:
    """Bao puts his wallet onto his order, and then cannot."""
    machine.joins("Bao", 0)
    machine.time_passes(DAY)
    machine.uses_wallet(0)
    machine.cannot(0)


def half_off(machine: Machine) -> None:
    """Half the price, but no more than 3.00."""
    machine.gives_vouchers("Ann", False, 1, True, 50, 300, 0, "shop")
    machine.joins("Ann", 0)
    machine.time_passes(DAY)
    machine.uses_voucher(0, 0, False)


def cheaper_at_the_lock(machine: Machine) -> None:
    """Ann paid 39.90 on joining; then Bao came."""
    machine.opens(True, False)
    machine.joins("Ann", 1)
    machine.pays(0)
    machine.joins("Bao", 1)
    machine.pays(1)
    machine.time_passes(DAY)


def order_of(machine: Machine, name: str) -> int:
    """Which order is theirs, in the words of a rule."""
    orders = sorted(machine.model.orders.items())
    return 4 * next(place for place, (_, order) in enumerate(orders) if order.person == machine.people[name])


def refunded_after_paid(machine: Machine) -> None:
    """Emil came by Ann's link and paid from his wallet; both were rewarded; then the owner gave it back."""
    machine.thanks("Emil", 9000, False)
    machine.a_friend_comes("Ann", "Emil", Way.LINK, False, False)
    machine.is_locked(False, False)
    machine.uses_wallet(order_of(machine, "Emil"))
    machine.collects(order_of(machine, "Emil"))
    machine.time_passes(2 * DAY)
    assert machine.model.balances["wallet", machine.people["Ann"]] == 500
    machine.refunds(order_of(machine, "Emil"))
    assert machine.model.balances["wallet", machine.people["Ann"]] == 0


def recalled(machine: Machine) -> None:
    """The group buy that Emil joined as his first is recalled before he pays."""
    machine.a_friend_comes("Ann", "Emil", Way.INVITE, False, False)
    machine.is_locked(False, False)
    machine.recalls(0)


def in_haste(machine: Machine) -> None:
    """Emil ordered at once and left; the owner looks at it, and pays it."""
    machine.opens(True, False)
    machine.a_friend_comes("Ann", "Emil", Way.CARD, True, False)
    machine.time_passes(timedelta(minutes=61))
    machine.everybody_pays_and_collects()
    machine.is_seen("Emil", "leaves", False)
    machine.time_passes(2 * DAY)
    machine.decides(0, True)


def left_before_the_draw(machine: Machine) -> None:
    """Ann alone took part, and left."""
    machine.opens_a_draw([("points", 80)], False)
    machine.enters("Ann", 0)
    machine.is_seen("Ann", "leaves", False)
    machine.time_passes(DAY)


STORIES: dict[Callable[[Machine], None], tuple[str, ...]] = {
    cannot: ("points", "kept"), from_the_wallet: ("wallet",), half_off: ("most",), cheaper_at_the_lock: ("difference",),
    refunded_after_paid: ("claw", "deaf"), recalled: ("deaf",), in_haste: ("unlooked",), left_before_the_draw: ("struck",),
}  # fmt: skip


def play(machine: Machine, story: Callable[[Machine], None]) -> None:
    story(machine)
    machine.looks()
    machine.invitations_are_the_models()
    machine.draws_are_the_models()


@pytest.mark.parametrize("story", STORIES)
def test_all_is_as_foreseen(story: Callable[[Machine], None]) -> None:
    with closing(Machine()) as machine:
        play(machine, story)


@pytest.mark.parametrize(("story", "fault"), [(story, fault) for story, faults in STORIES.items() for fault in faults])
def test_what_is_planted_is_found(story: Callable[[Machine], None], fault: str) -> None:
    with closing(Machine()) as machine, FAULTS[fault](), pytest.raises(AssertionError):
        play(machine, story)

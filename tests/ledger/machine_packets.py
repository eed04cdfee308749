"""Packets, coupons and drops in the circle: the part of machine_of_deals that is opened with a tap."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from models import packets_giving, packets_opening
from models.packets import PacketKind, Pays
from models.packets_opening import NewPacket
from models.vouchers import Worth
from tests.ledger.handed_out import STANDING, VALID, Handed, HandedOut
from tests.ledger.machine_stage import PICK, WHO, YES, Stage

MOST_PACKETS = 4


class Opening(Stage):
    """What the shop hands out to whoever is there."""

    def __init__(self) -> None:
        super().__init__()
        self.handed = HandedOut(self.model)

    @precondition(lambda self: len(self.handed.packets) < MOST_PACKETS)
    @rule(kind=st.sampled_from(PacketKind), pays=st.sampled_from(Pays), total=st.integers(3, 4000),
          shares=st.integers(1, 3), equal=st.booleans(), window=st.sampled_from([0, 30]))  # fmt: skip
    def hands_out(self, kind: PacketKind, pays: Pays, total: int, shares: int, equal: bool, window: int) -> None:
        drop = kind == PacketKind.DROP
        pays = Pays.VOUCHER if drop else pays
        new = NewPacket(
            key=(key := self.next_key()), batch=key, kind=kind, shop_id=self.scene.shop, circle_id=self.scene.circle, pays=pays,
            total=0 if drop else total, shares=shares, equal=equal, worth=Worth.AMOUNT, value=total if drop else 0,
            valid_for=VALID, opens_at=self.now, closes_at=self.now + timedelta(days=1), window=timedelta(seconds=window),
            standing=STANDING,
        )  # fmt: skip
        number = packets_opening.open_packet(self.session, new, self.now)
        collects = kind == PacketKind.COUPON or window > 0
        self.handed.opened(number, Handed(
            str(kind), pays == Pays.POINTS, total, shares, equal, window, new.closes_at, "collecting" if collects else "giving"
        ))  # fmt: skip

    @precondition(lambda self: self.handed.packets)
    @rule(who=WHO, which=PICK, everybody=YES)
    def somebody_taps(self, who: str, which: int, everybody: bool) -> None:
        for one in self.people if everybody else [who]:
            self.taps(one, which)

    def taps(self, who: str, which: int) -> None:
        number = sorted(self.handed.packets)[which % len(self.handed.packets)]
        person, circle = self.people[who], self.scene.circle
        known = person in self.handed.packets[number].tapped
        code = None if known else self.handed.refusal(number, person)
        taken = self.does(code, lambda: packets_giving.tap(self.session, number, circle, person, self.now)[1])
        if taken and not known:
            self.handed.taps(self.session, number, person)

    def falls_due(self) -> None:
        super().falls_due()
        self.handed.time(self.session)

    def teardown(self) -> None:
        for packet in self.handed.packets.values():
            self.came(f"{packet.kind}s " + (f"ended ({packet.why})" if packet.why else packet.state))
        super().teardown()

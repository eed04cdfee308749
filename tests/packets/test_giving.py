"""Stories of red packets, coupons and vouchers in Office 3F: who gets a share, how much, and what goes back."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import circles, invariants, ledger, locks, notices, packets_giving, packets_opening, people, privacy
from models.accounts import account_table
from models.errors import DomainError
from models.facts import AnyFact, PacketEnded, PointsCredited, VoucherGranted
from models.ledger import Unit
from models.packets import Packet, PacketKind, Pays, claims, packets
from models.packets_giving import Taken
from models.packets_opening import NewPacket
from models.packets_split import drawn
from models.states import PacketState
from models.vouchers import Worth, voucher_table
from tests.rules.conftest import CIRCLE
from tests.rules.scene import Scene

DAY = timedelta(days=1)


def opened(scene: Scene, **changes: object) -> int:
    new = NewPacket(
        key="run:weekend:1:1", batch="run:weekend:1", kind=PacketKind.PACKET, shop_id=scene.shop, circle_id=scene.circle,
        total=2000, shares=3, opens_at=scene.now, closes_at=scene.now + DAY,
    )
    return packets_opening.open_packet(scene.session, replace(new, **changes), scene.now)  # type: ignore[arg-type]


def taps(scene: Scene, packet_id: int, name: str, at: datetime | None = None) -> Taken:
    return packets_giving.tap(scene.session, packet_id, scene.circle, scene.person(name), at or scene.now)[0]


def row(scene: Scene, packet_id: int) -> Packet:
    return scene.session.get_one(Packet, packet_id, populate_existing=True)


def drawn_facts(scene: Scene, packet_id: int) -> list[AnyFact]:
    scene.passes(seconds=31)
    return packets_giving.draw(scene.session, packet_id, scene.now)


def worths(session: Session) -> list[int]:
    return list(session.scalars(select(voucher_table.c.value).order_by(voucher_table.c.id)))


def test_five_tap_three_are_drawn(session: Session, scene: Scene) -> None:
    packet_id = opened(scene)
    assert opened(scene) == packet_id, "the same slot again opens nothing"
    assert ledger.balance(session, ledger.packet(packet_id)) == 2000
    for name in CIRCLE:
        told = taps(scene, packet_id, name)
        assert (told.news, told.new, told.seconds) == ("in", True, 30)
    assert taps(scene, packet_id, "Ann").new is False
    assert packets_giving.draw(session, packet_id, scene.now) == [], "not before its time"
    facts = drawn_facts(scene, packet_id)
    won = [fact.person_id for fact in facts if isinstance(fact, VoucherGranted)]
    assert won == drawn(row(scene, packet_id).seed, [scene.people[name] for name in CIRCLE])[:3]
    assert sum(worths(session)) == 2000
    assert min(worths(session)) >= 1
    assert row(scene, packet_id).why_ended == "all"
    missed = next(name for name in CIRCLE if scene.people[name] not in won)
    assert taps(scene, packet_id, missed).news == "missed"
    winner = next(name for name in CIRCLE if scene.people[name] in won)
    assert taps(scene, packet_id, winner).amount in worths(session)
    scene.person("Fang")
    with pytest.raises(DomainError, match="packet_gone"):
        taps(scene, packet_id, "Fang")
    assert packets_giving.draw(session, packet_id, scene.now) == [], "once"
    assert invariants.check(session) == []


def test_who_comes_later_gets_the_next_share_and_the_rest_goes_back(session: Session, scene: Scene) -> None:
    before = ledger.balance(session, ledger.shop(scene.shop))
    packet_id = opened(scene, equal=True, by_id=scene.owner)
    taps(scene, packet_id, "Ann")
    drawn_facts(scene, packet_id)
    assert row(scene, packet_id).state == PacketState.GIVING
    told, facts = packets_giving.tap(session, packet_id, scene.circle, scene.person("Bao"), scene.now)
    assert (told.news, told.amount, facts) == ("got", 667, []), "the tap's answer says it"
    assert packets_opening.expire(session, packet_id, scene.now) == []
    ended, = packets_opening.expire(session, packet_id, scene.now + DAY)
    assert isinstance(ended, PacketEnded)
    assert (ended.person_id, ended.why, ended.claimed, ended.rest) == (scene.owner, "over", 2, 666)
    assert packets_opening.expire(session, packet_id, scene.now + 2 * DAY) == [], "once"
    assert ledger.balance(session, ledger.packet(packet_id)) == 0
    assert ledger.balance(session, ledger.shop(scene.shop)) == before - 667 * 2
    with pytest.raises(DomainError, match="packet_over"):
        taps(scene, packet_id, "Chen", scene.now + DAY)
    assert taps(scene, packet_id, "Ann", scene.now + DAY).amount == 667
    assert invariants.check(session) == []


def test_who_never_pressed_start_gets_a_share_and_no_message(session: Session, scene: Scene) -> None:
    session.execute(update(people.person_table).where(people.person_table.c.id == scene.people["Bao"]).values(started_at=None))
    packet_id = opened(scene, shares=2)
    for name in ("Ann", "Bao"):
        taps(scene, packet_id, name)
    assert [fact.person_id for fact in drawn_facts(scene, packet_id) if isinstance(fact, VoucherGranted)] == [scene.people["Ann"]]
    assert taps(scene, packet_id, "Bao").news == "got"
    assert len(worths(session)) == 2


def test_as_points(session: Session, scene: Scene) -> None:
    packet_id = opened(scene, pays=Pays.POINTS, total=100, shares=2)
    for name in ("Ann", "Bao"):
        taps(scene, packet_id, name)
    facts = drawn_facts(scene, packet_id)
    assert {type(fact) for fact in facts} == {PointsCredited}
    mine = [ledger.balance(session, ledger.points(scene.shop, scene.person(name))) for name in ("Ann", "Bao")]
    assert sum(mine) == 100
    assert ledger.balance(session, ledger.packet(packet_id, Unit.POINTS)) == 0
    assert worths(session) == []
    assert invariants.check(session) == []


def test_friends_open_a_coupon_together_and_newcomers_get_twice_as_much(session: Session, scene: Scene) -> None:
    packet_id = opened(scene, kind=PacketKind.COUPON, total=1203, shares=3, window=timedelta(0))
    bought(scene, "Ann")
    assert taps(scene, packet_id, "Ann").missing == 2
    assert taps(scene, packet_id, "Bao").missing == 1
    assert taps(scene, packet_id, "Bao").new is False
    told, facts = packets_giving.tap(session, packet_id, scene.circle, scene.person("Chen"), scene.now)
    assert told.news == "got"
    told_of = {fact.person_id for fact in facts if isinstance(fact, VoucherGranted)}
    assert told_of == {scene.people[name] for name in ("Ann", "Bao", "Chen")}
    by_person = dict(session.execute(select(voucher_table.c.person_id, voucher_table.c.value)).all())
    assert [by_person[scene.people[name]] for name in ("Ann", "Bao", "Chen")] == [241, 481, 481]
    assert invariants.check(session) == []


def bought(scene: Scene, name: str) -> None:
    """They have an order in the shop."""
    scene.joins(name)
    scene.joins("Dora")
    scene.joins("Emil")
    closing = scene.now + 2 * DAY
    notices.notify(scene.session, locks.close(scene.session, scene.round, closing), closing)


def test_too_few_friends_and_nobody_gets_anything(session: Session, scene: Scene) -> None:
    packet_id = opened(scene, kind=PacketKind.COUPON, shares=3)
    taps(scene, packet_id, "Ann")
    packets_opening.expire(session, packet_id, scene.now + DAY)
    assert row(scene, packet_id).why_ended == "few"
    assert ledger.balance(session, ledger.packet(packet_id)) == 0
    assert worths(session) == []
    assert taps(scene, packet_id, "Ann").news == "missed"
    assert invariants.check(session) == []


def test_a_friend_who_left_makes_room_for_another(session: Session, scene: Scene) -> None:
    packet_id = opened(scene, kind=PacketKind.COUPON, shares=3)
    for name in ("Ann", "Bao"):
        taps(scene, packet_id, name)
    circles.leave(session, scene.circle, scene.person("Ann"), scene.now)
    assert taps(scene, packet_id, "Chen").missing == 1
    assert taps(scene, packet_id, "Dora").news == "got"
    assert len(worths(session)) == 3
    assert invariants.check(session) == []


def test_a_voucher_for_everybody_who_taps(session: Session, scene: Scene) -> None:
    percent = {"kind": PacketKind.DROP, "total": 0, "shares": None, "worth": Worth.PERCENT, "value": 10, "most": 1500}
    packet_id = opened(scene, **percent)
    for name in CIRCLE:
        assert taps(scene, packet_id, name).news == "got"
    assert taps(scene, packet_id, "Ann").new is False
    assert worths(session) == [10] * 5
    packets_opening.expire(session, packet_id, scene.now + DAY)
    assert invariants.check(session) == []


def test_of_a_batch_a_member_gets_one(session: Session, scene: Scene) -> None:
    drop = {"kind": PacketKind.DROP, "total": 0, "shares": 2, "value": 500, "window": timedelta(0)}
    first, second = opened(scene, **drop), opened(scene, **drop, key="run:weekend:1:2")
    assert taps(scene, first, "Ann").amount == 500
    with pytest.raises(DomainError, match="packet_had"):
        taps(scene, second, "Ann")
    assert taps(scene, first, "Bao").news == "got"
    with pytest.raises(DomainError, match="packet_gone"):
        taps(scene, first, "Chen")
    assert invariants.check(session) == []


@pytest.mark.parametrize(("name", "code"), [("Li Wei", "packet_owner"), ("Gus", "packet_newcomer"), ("Kim", "not_a_member")])
def test_who_may_not(scene: Scene, name: str, code: str) -> None:
    scene.person("Gus")
    scene.person("Kim", member=False)
    packet_id = opened(scene)
    with pytest.raises(DomainError, match=code):
        taps(scene, packet_id, name)
    assert row(scene, packet_id).tapped == 0


def test_another_circle_no_packet_and_too_little(scene: Scene) -> None:
    packet_id = opened(scene)
    with pytest.raises(DomainError, match="old_button"):
        packets_giving.tap(scene.session, packet_id, scene.circle + 1, scene.person("Ann"), scene.now)
    with pytest.raises(DomainError, match="gone"):
        taps(scene, packet_id + 1, "Ann")
    with pytest.raises(DomainError, match="packet_too_small"):
        opened(scene, key="other", total=2, shares=3)


def test_who_left_or_was_forgotten_is_not_drawn(session: Session, scene: Scene) -> None:
    packet_id = opened(scene)
    for name in ("Ann", "Bao"):
        taps(scene, packet_id, name)
    circles.leave(session, scene.circle, scene.person("Bao"), scene.now)
    facts = drawn_facts(scene, packet_id)
    assert [fact.person_id for fact in facts if isinstance(fact, VoucherGranted)] == [scene.people["Ann"]]
    assert invariants.check(session) == []


def test_a_full_circle_waits_for_its_turn(session: Session, scene: Scene) -> None:
    later = scene.now + timedelta(hours=5)
    packet_id = opened(scene, opens_at=later, closes_at=later + DAY)
    with pytest.raises(DomainError, match="packet_over"):
        taps(scene, packet_id, "Ann")
    assert ledger.balance(session, ledger.packet(packet_id)) == 0
    packets_opening.begin(session, packet_id, scene.now)
    assert row(scene, packet_id).state == PacketState.SCHEDULED
    packets_opening.begin(session, packet_id, later)
    assert taps(scene, packet_id, "Ann", later).new
    assert invariants.check(session) == []


FAULTS = {
    "a share twice": (update(claims).where(claims.c.place == 1).values(amount=claims.c.amount + 5), "packet share"),
    "a place is left out": (update(claims).where(claims.c.place == 2).values(place=9), "packet 1"),
    "nobody counted": (update(packets).values(claimed=1), "packet 1"),
    "the rest was kept": (update(packets).values(total=2001), "packet rest"),
    "more in the purse": (update(account_table).where(account_table.c.key == "packet:1").values(balance=1), "packet purse"),
    "a voucher without a share": (update(voucher_table).where(voucher_table.c.id == 1).values(reason="packet:1:99"), "a share"),
    "a voucher of another worth": (update(voucher_table).where(voucher_table.c.id == 1).values(value=9999), "packet voucher"),
    "an unknown state": (update(packets).values(state="lost", why_ended=None), "a known state"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_books_find_what_somebody_changed(session: Session, scene: Scene, fault: str) -> None:
    packet_id = opened(scene, shares=4)
    for name in ("Ann", "Bao", "Chen"):
        taps(scene, packet_id, name)
    drawn_facts(scene, packet_id)
    packets_opening.expire(session, packet_id, scene.now + DAY)
    assert invariants.check(session) == []
    change, found = FAULTS[fault]
    session.execute(change)
    session.expire_all()
    assert found in " ".join(map(str, invariants.check(session)))


def test_an_erased_person_keeps_no_name_in_it(session: Session, scene: Scene) -> None:
    packet_id = opened(scene)
    taps(scene, packet_id, "Ann")
    drawn_facts(scene, packet_id)
    kept = privacy.export(session, scene.people["Ann"])
    assert len(kept["packets"]) == 1  # type: ignore[arg-type]  # a list
    privacy.erase(session, scene.people["Ann"], scene.now)
    assert people.by_telegram_id(session, 1002) is None
    assert invariants.check(session) == []

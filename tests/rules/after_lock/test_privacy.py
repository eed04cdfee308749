"""What a person takes along, and what is forgotten."""

import json
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from models import circles, invariants, notices, people, privacy
from models.errors import DomainError
from models.people import Person
from models.states import SeatState
from tests.rules.after_lock.lock import Locked
from tests.rules.scene import Scene


def test_the_export_holds_seats_orders_and_payments_as_json(session: Session) -> None:
    deal = Locked(session)
    deal.pays("Ann")
    kept = json.loads(json.dumps(privacy.export(session, deal.person("Ann"))))
    assert kept["person"]["name"] == "Ann"
    assert [row["total"] for row in kept["orders"]] == [3600]
    assert [row["amount"] for row in kept["payments"]] == [3600]
    assert "Bao" not in json.dumps(kept)


def test_nobody_is_erased_while_an_order_is_under_way_or_a_shop_is_theirs(session: Session) -> None:
    deal = Locked(session)
    with pytest.raises(DomainError, match="orders_open"):
        privacy.erase(session, deal.person("Ann"), deal.now)
    with pytest.raises(DomainError, match="owner_stays"):
        privacy.erase(session, deal.owner, deal.now)


def test_money_on_its_way_back_keeps_the_row_until_it_is_there(session: Session) -> None:
    deal = Locked(session)
    deal.claims("Ann")
    deal.cannot("Ann")
    deal.confirms("Ann")
    with pytest.raises(DomainError, match="orders_open"):
        privacy.erase(session, deal.person("Ann"), deal.now)


def test_erasing_leaves_open_seats_and_keeps_the_sums(session: Session) -> None:
    scene = Scene(session, stock=20)
    notices.notify(session, scene.opened, scene.now)
    scene.joins("Ann", 2, note="for Aunt Wang")
    scene.joins("Bao")
    privacy.erase(session, scene.person("Ann"), scene.now)
    assert (scene.row.members, scene.stock_left, scene.seat("Ann").state) == (1, 19, SeatState.LEFT)
    assert invariants.check(session) == []
    assert people.by_telegram_id(session, 1002) is None
    row = session.get_one(Person, scene.person("Ann"), populate_existing=True)
    assert (row.telegram_id, row.name, row.erased_at) == (None, "", scene.now)


def test_who_left_the_circle_with_an_open_seat_gives_it_up_and_is_erased(session: Session) -> None:
    scene = Scene(session, stock=20)
    notices.notify(session, scene.opened, scene.now)
    scene.joins("Ann", 2)
    circles.leave(session, scene.circle, scene.person("Ann"), scene.now)
    with pytest.raises(DomainError, match="not_a_member"):
        scene.joins("Ann")
    privacy.erase(session, scene.person("Ann"), scene.now)
    assert (scene.row.members, scene.stock_left, scene.seat("Ann").state) == (0, 20, SeatState.LEFT)
    assert invariants.check(session) == []


def test_no_byte_of_the_name_or_the_note_stays_in_the_file(session: Session, tmp_path: Path) -> None:
    deal = Locked.__new__(Locked)
    Scene.__init__(deal, session)
    for name in ("Xanthippe", "Bao", "Chen"):
        deal.joins(name, note="for Melchior" if name == "Xanthippe" else "")
    deal.lock()
    deal.pays("Xanthippe")
    deal.collects("Xanthippe")
    privacy.erase(session, deal.person("Xanthippe"), deal.now)
    session.commit()
    file = tmp_path / "tuan.db"
    with sqlite3.connect(file) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "Xanthippe" not in dump
    assert "Melchior" not in dump


def test_a_second_erasing_changes_nothing(session: Session) -> None:
    scene = Scene(session)
    for _ in range(2):
        privacy.erase(session, scene.person("Ann"), scene.now)

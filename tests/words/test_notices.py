"""Every message a fact makes, composed from a real outbox: whom it goes to, what it says, which buttons it bears."""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.core import render
from bot.core.compose import Composer
from bot.core.notice_keys import KEYS
from bot.core.words import templates
from models import complaints, facts, handover, notices, payments
from models.cards import Card
from models.catalogue import Product
from models.circles import Circle
from models.notices import NOTICES
from models.outbox import Route
from models.people import Person
from models.shops import Shop
from tests.words.asked import asked
from tests.words.brought import brought
from tests.words.drawn import drawn
from tests.words.handed import handed
from tests.words.office import Office, labels, text

LETTERS = {"reorder_wish", "showcase", "showcase_told"}  # below letters of campaigns, and what is looked at again
PNG = b"\x89PNG\r\n"


def test_the_receipt_of_the_lock(office: Office) -> None:
    (sent,) = office.locked().said("payment_asked", "Bao")
    assert (sent.method, sent.chat_id) == ("sendMessage", 1003)
    assert text(sent) == (
        "🔒 Honey oranges, 5 kg: 36.00 each.\nYou have 2, that is 72.00 CNY. Order 1002.\n\nTransfer to Li Wei, 6222 …\n"
        "To pay by Sun 19:00 (1 d).\nTo collect: Gate 2, Sat 10:00-12:00"
    )
    assert labels(sent) == ["I have paid", "I cannot"]


def test_the_same_in_chinese(office: Office) -> None:
    office.locked()
    office.session.get_one(Person, office.scene.person("Bao")).language = "zh-hans"
    (sent,) = office.said("payment_asked", "Bao")
    assert text(sent) == (
        "🔒 Honey oranges, 5 kg：每份 36.00。\n你有 2 份，一共 72.00 CNY。订单 1002。\n\n转账给李伟 6222 …\n"
        "请在 周日 19:00 前付款（还有 1 天）。\n自提：Gate 2, Sat 10:00-12:00"
    )
    assert labels(sent) == ["我已付款", "我不要了"]


def test_the_leaders_receipt_names_the_discount(session: Session, composer: Composer) -> None:
    office = Office(session, composer, leader_discount=200, delivery_fee=500)
    (sent,) = office.locked().said("payment_asked", "Ann")
    lines = text(sent).splitlines()
    assert lines[1:5] == [
        "You have 2, that is 72.00. Order 1001.",
        "Leader's discount: 2.00 less",
        "Delivery: 5.00",
        "To pay in all: 75.00 CNY",
    ]


def test_a_person_hears_times_in_their_own_zone(office: Office) -> None:
    office.locked()
    office.session.get_one(Person, office.scene.person("Bao")).timezone = "Europe/Berlin"
    (sent,) = office.said("payment_asked", "Bao")
    assert "To pay by Sun 12:00 (1 d)." in text(sent)


def test_how_to_pay_comes_with_the_shops_picture(office: Office, tmp_path: Path) -> None:
    office.locked()
    office.session.get_one(Shop, office.scene.shop).pay_qr = "pay.png"
    (tmp_path / "pay.png").write_bytes(PNG)
    first, *_ = office.said("payment_asked")
    assert first.method == "sendPhoto"
    assert first.files == {"photo": tmp_path / "pay.png"}
    assert "To pay by" in text(first)


def test_the_owner_gets_the_pick_list_and_the_leader_one_without_money(office: Office) -> None:
    office.locked()
    rows = office.rows()
    owner, leader = (
        text(office.sent(next(row for row in rows if row.template == f"round_locked_{who}")))
        for who in ("owner", "leader")
    )
    assert "1. Ann ×2 · 72.00 · 1001" in owner
    assert "1. Ann ×2\n" in leader
    assert "72.00" not in leader
    sent = office.sent(next(row for row in rows if row.template == "round_locked_owner"))
    assert labels(sent) == ["Pick list", "The goods are here"]
    sent = office.sent(next(row for row in rows if row.template == "round_locked_leader"))
    assert labels(sent) == ["Pick list"]


def test_a_step_is_one_line_that_replies_to_the_card(office: Office) -> None:
    card = office.session.query(Card).one()
    card.message_id = 77
    office.session.get_one(Circle, office.scene.circle).language = "zh_CN"
    office.locked()
    (sent,) = office.said("step_reached")
    assert text(sent) == "满 3 人了，大家都按 36.00。"
    assert sent.chat_id == -1001
    assert sent.params["reply_parameters"] == {"message_id": 77, "allow_sending_without_reply": True}


def test_paying_and_handing_over(office: Office) -> None:
    scene, owner = office.locked().scene, office.scene.owner
    order = office.order_of("Ann")
    office.rows()
    office.tells(payments.claim(office.session, order, scene.person("Ann"), scene.now))
    (asked,) = office.said("payment_claimed")
    assert text(asked) == "Ann says 72.00 CNY is paid: order 1001, Honey oranges, 5 kg.\nHas the money arrived?"
    assert labels(asked) == ["It has arrived", "Not yet"]
    office.tells(payments.deny(office.session, order, owner, scene.now))
    (denied,) = office.said("payment_denied")
    assert text(denied).startswith("Orchard Lane has not found the 72.00 for order 1001 yet.")
    office.tells(payments.confirm(office.session, order, owner, scene.now))
    (confirmed,) = office.said("payment_confirmed")
    assert text(confirmed).startswith("✅ Paid: 72.00 for order 1001, Honey oranges, 5 kg.")
    office.tells(handover.arrive(office.session, scene.round, owner, scene.now))
    arrived = {text(sent).splitlines()[-1] for sent in office.said("goods_arrived")}
    assert arrived == {"To collect: Gate 2, Sat 10:00-12:00", "Still to pay: 72.00"}
    office.tells(handover.collect(office.session, order, owner, scene.now))
    (collected,) = office.said("order_collected")
    assert labels(collected) == ["Again", "Not again", "Something is wrong"]
    office.tells(
        complaints.raise_(office.session, order, scene.person("Ann"), 1, "one <was> soft", "photo-id", scene.now)
    )
    (complaint,) = office.said("complaint_raised")
    assert complaint.method == "sendPhoto"
    assert complaint.params["photo"] == "photo-id"
    assert text(complaint).endswith("1 of 2 pieces.\n“one <was> soft”")
    assert labels(complaint) == ["Refund", "Replace", "Credit"]


@pytest.mark.parametrize("fact", sorted(NOTICES, key=lambda fact: fact.__name__))
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_notice_of_every_fact_can_be_said(office: Office, fact: type, language: str) -> None:
    """With hostile names around it, within Telegram's limits, buttons included."""
    scene = office.locked().scene
    evil = "<b>&amp;\u202e" + "👩‍👩‍👧" * 90
    bao = office.session.get_one(Person, scene.person("Bao"))
    bao.name, bao.language = evil, language
    office.session.get_one(Product, scene.product).title = {"en": evil}
    office.session.get_one(Circle, scene.circle).title = evil
    office.tells(complaint_about(office))
    there = asked(office, evil) | drawn(office, evil) | handed(office, evil) | brought(office, evil)
    for notice in NOTICES[fact]:
        params = {field.name: _value(field.name, office) for field in fields(fact)}
        params |= {key: there[key] for key in params.keys() & there.keys() if key != "kind" or "subject_id" in params}
        params |= {"buttons": notice.buttons} if notice.buttons else {}
        route = notices._route(notice.to)
        person = None if route in {Route.CIRCLE, Route.ACT} else scene.person("Bao")
        sent = office.sent(
            office.row(route=route, template=notice.template, params=params, person_id=person, circle_id=scene.circle)
        )
        if sent.method == "leaveChat":
            continue
        html = str(sent.params.get("text") or sent.params.get("caption"))
        assert 0 < render.length(html) <= (1024 if "caption" in sent.params else 4096)
        assert "<b>&amp;" not in html.replace("<b>&lt;b&gt;", "")
        assert "\u202e" not in html
        assert "{" not in html
        json.dumps(dict(sent.params))
        assert notice.buttons is None or labels(sent)


def complaint_about(office: Office) -> list[facts.AnyFact]:
    order, scene = office.order_of("Bao"), office.scene
    office.tells(handover.collect(office.session, order, scene.owner, scene.now))
    return complaints.raise_(office.session, order, scene.person("Bao"), 1, "soft", None, scene.now)


def _value(name: str, office: Office) -> object:
    scene = office.scene
    known: dict[str, object] = {
        "round_id": scene.round, "order_id": office.order_of("Bao"), "person_id": scene.person("Bao"), "circle_id": scene.circle,
        "giver_id": scene.person("Ann"), "friend_id": scene.person("Bao"), "complaint_id": 1, "gift_id": 1, "waiting_id": 1,
        "reason": "lock", "kind": "refund", "why": "failed", "resolution": "refunded", "count_by": "members",
        "accepted_short": True, "lacks": ["can_pin_messages", "can_invite_users", "can_delete_messages", "admin"],
    }  # fmt: skip
    instant = name in {"pay_by", "until", "decide_by"}
    return known.get(name, "2026-11-23T12:00:00+00:00" if instant else 2)


def test_every_button_below_a_notice_has_a_name_and_a_subject() -> None:
    used = {notice.buttons for found in NOTICES.values() for notice in found if notice.buttons}
    assert used | LETTERS == set(KEYS)
    assert {entry[0] for rows in KEYS.values() for row in rows for entry in row} <= set(templates().places)


@pytest.mark.parametrize("reason", ["lock", "offer", "upfront", "change", "rejected"])
def test_why_a_payment_is_asked(office: Office, reason: str) -> None:
    scene = office.locked().scene
    params = {"round_id": scene.round, "order_id": office.order_of("Bao"), "person_id": scene.person("Bao"), "unit_price": 3600,
              "quantity": 2, "due": 7200, "pay_by": "2026-11-23T12:00:00+00:00", "reason": reason}  # fmt: skip
    sent = office.sent(
        office.row(route=Route.PRIVATE, template="payment_asked", params=params, person_id=scene.person("Bao"))
    )
    assert "72.00 CNY" in text(sent)
    assert ("🔒" in text(sent)) == (reason in {"lock", "rejected"})


@pytest.mark.parametrize("why", ["failed", "recalled", "lock_difference", "dropped", "complaint", "owner", "change"])
def test_why_money_comes_back(office: Office, why: str) -> None:
    scene = office.locked().scene
    params = {
        "round_id": scene.round,
        "order_id": office.order_of("Bao"),
        "person_id": scene.person("Bao"),
        "amount": 7200,
        "kind": "refund",
        "why": why,
    }
    sent = office.sent(
        office.row(route=Route.PRIVATE, template="money_back_due", params=params, person_id=scene.person("Bao"))
    )
    assert text(sent).startswith("72.00 of order 1002 comes back to you; the shop sees to it.\n")


def test_how_to_pay_may_name_the_order_and_nothing_it_should_not(office: Office) -> None:
    office.locked()
    shop = office.session.get_one(Shop, office.scene.shop)
    shop.pay_to = {"en": "IBAN 12, reference {order}, {amount} for {product} {token} {{ 7*7 }} <b>"}
    (sent,) = office.said("payment_asked", "Bao")
    assert "IBAN 12, reference 1002, 72.00 for Honey oranges, 5 kg {token} {{ 7*7 }} <b>" in text(sent)

"""The ways a row of the outbox leaves: private, unseen, by a link, as a reaction, a card, a file, an act."""

import json
from dataclasses import fields
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.core.buttons import Buttons
from bot.core.compose import Composer
from bot.core.outgoing import Skip
from models import locks, posted
from models.cards import Card
from models.catalogue import Product
from models.deliveries import OutboxRow
from models.outbox import Route
from models.people import Person
from tests.rules.scene import engine_of
from tests.words.office import Office, text

PNG = b"\x89PNG\r\n"


def test_who_never_pressed_start_is_told_unseen_and_then_by_a_link_without_amounts(office: Office) -> None:
    office.locked()
    row = next(
        row for row in office.rows() if row.template == "payment_asked" and row.person_id == office.scene.person("Bao")
    )
    unseen = office.sent(_by(row, Route.EPHEMERAL))
    assert unseen.chat_id == -1001
    assert unseen.params["ephemeral_message_parameters"] == {"receiver_user_id": 1003}
    assert "72.00" in text(unseen)
    link = office.sent(_by(row, Route.LINK))
    assert 'href="tg://user?id=1003">Bao</a>' in str(link.params["text"])
    assert not any(sign in text(link) for sign in ("72", "36", "1002"))
    (button,) = link.params["reply_markup"]["inline_keyboard"][0]  # type: ignore[index]  # a keyboard
    assert button["url"] == f"https://t.me/tuan_bot?start=order_{office.order_of('Bao')}"


def _by(row: OutboxRow, route: Route) -> OutboxRow:
    return OutboxRow(**{field.name: getattr(row, field.name) for field in fields(row)} | {"route": route})


def test_a_card_is_sent_once_and_then_edited(office: Office) -> None:
    office.tells(office.scene.opened)
    (row,) = [row for row in office.rows() if row.route is Route.CARD]
    anew = office.sent(row)
    assert (anew.method, anew.chat_id, anew.digest is not None) == ("sendMessage", -1001, True)
    office.session.query(Card).one().message_id = 5
    edit = office.sent(row)
    assert (edit.method, edit.params["message_id"], edit.digest) == ("editMessageText", 5, anew.digest)


def test_a_card_with_a_photo(office: Office, tmp_path: Path) -> None:
    product, card = office.session.get_one(Product, office.scene.product), office.session.query(Card).one()
    product.photo, card.has_photo = "oranges.jpg", True
    (tmp_path / "oranges.jpg").write_bytes(PNG)
    office.tells(office.scene.opened)
    (row,) = office.rows()
    sent = office.sent(row)
    assert (sent.method, sent.files) == ("sendPhoto", {"photo": tmp_path / "oranges.jpg"})
    product.photo_file_id = "known"
    assert office.sent(row).params["photo"] == "known"
    card.message_id = 5
    assert office.sent(row).method == "editMessageCaption"


@pytest.mark.parametrize("gone", ["missing", "a link", "outside"])
def test_a_card_whose_photo_is_gone_stands_without_it_and_is_edited_as_text(office: Office, tmp_path: Path, gone: str) -> None:
    product, card = office.session.get_one(Product, office.scene.product), office.session.query(Card).one()
    product.photo, card.has_photo = "../secret.jpg" if gone == "outside" else "oranges.jpg", True
    (tmp_path.parent / "secret.jpg").write_bytes(PNG)
    if gone == "a link":
        (tmp_path / "oranges.jpg").symlink_to(tmp_path.parent / "secret.jpg")
    office.tells(office.scene.opened)
    (row,) = office.rows()
    sent = office.sent(row)
    assert (sent.method, dict(sent.files)) == ("sendMessage", {})
    posted.card_sent(office.session, row, {"message_id": 5, "text": "…"}, office.scene.now)
    card.message_id = 5
    assert office.sent(row).method == "editMessageText"


def test_a_reaction_a_pin_and_a_goodbye(office: Office) -> None:
    scene, card = office.scene, office.session.query(Card).one()
    ann = scene.person("Ann")
    sent = office.sent(
        office.row(
            route=Route.REACTION,
            template="reaction",
            params={"emoji": "👍"},
            person_id=ann,
            circle_id=scene.circle,
            reply_to=9,
        )
    )
    assert (sent.method, sent.params) == (
        "setMessageReaction",
        {"message_id": 9, "reaction": [{"type": "emoji", "emoji": "👍"}]},
    )
    pin = office.row(route=Route.ACT, template="pin_card", circle_id=scene.circle, card_id=card.id)
    assert isinstance(office.composer.compose(office.session, pin, scene.now), Skip)
    card.message_id = 5
    assert office.sent(pin).params == {"message_id": 5, "disable_notification": True}
    assert office.sent(office.row(route=Route.ACT, template="leave_chat", circle_id=scene.circle)).method == "leaveChat"


def test_words_that_were_chosen_before_are_sent_as_they_are(office: Office, buttons: Buttons) -> None:
    keys = {"inline_keyboard": [[{"text": "+1", "callback_data": buttons.data("j", 1)}]]}
    scene = office.scene
    row = office.row(route=Route.EPHEMERAL, template="ready", params={"html": "You: <b>2</b>", "keyboard": keys},
                     person_id=scene.person("Ann"), circle_id=scene.circle, reply_to=9, thread_id=3)  # fmt: skip
    sent = office.sent(row)
    assert (sent.params["text"], sent.params["reply_markup"], sent.params["message_thread_id"]) == (
        "You: <b>2</b>",
        keys,
        3,
    )


def test_an_erased_person_is_told_nothing(office: Office) -> None:
    ann = office.scene.person("Ann")
    row = office.row(route=Route.PRIVATE, template="ready", params={"html": "x"}, person_id=ann)
    office.session.get_one(Person, ann).telegram_id = None
    assert isinstance(office.composer.compose(office.session, row, office.scene.now), Skip)


def test_a_promotion_says_why_it_came_and_how_to_stop_it(office: Office) -> None:
    params = {"html": "Oranges are back.", "why": "you bought <fruit> in the last 60 days"}
    row = office.row(
        route=Route.PRIVATE, template="ready", params=params, person_id=office.scene.person("Ann"), promotion=True
    )
    said = text(office.sent(row)).splitlines()
    assert said[-1] == "You get this because you bought <fruit> in the last 60 days. /quiet stops it."


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_the_pick_list_as_a_file(office: Office, kind: str) -> None:
    scene = office.locked().scene
    params = {"round_id": scene.round, "format": kind}
    sent = office.sent(office.row(route=Route.FILE, template="pick_list", params=params, person_id=scene.owner))
    assert (sent.method, sent.chat_id, text(sent)) == ("sendDocument", 1001, "Pick list, 3 lines")
    name, content = sent.files["document"]  # type: ignore[misc]  # made here, so it has a name
    assert name == f"pick-list.{kind}"
    assert content.startswith(b"PK" if kind == "xlsx" else b"\xef\xbb\xbf") or b"circle,member" in content


def test_what_is_kept_of_a_person_as_a_file(office: Office) -> None:
    office.locked()
    sent = office.sent(office.row(route=Route.FILE, template="export", person_id=office.scene.person("Bao")))
    _, content = sent.files["document"]  # type: ignore[misc]  # made here, so it has a name
    assert "Bao" in json.dumps(json.loads(content), ensure_ascii=False)


@pytest.mark.parametrize("template", ["nothing", "pick"])
def test_what_nobody_knows_is_an_error_and_not_a_silence(office: Office, template: str) -> None:
    for route in (Route.FILE, Route.ACT):
        row = office.row(
            route=route, template=template, person_id=office.scene.person("Ann"), circle_id=office.scene.circle
        )
        with pytest.raises(ValueError, match=template):
            office.composer.compose(office.session, row, office.scene.now)


def test_a_lock_reads_the_same_on_both_engines(database_url: str, composer: Composer) -> None:
    engine = engine_of(database_url)
    with Session(engine, expire_on_commit=False) as session:
        office = Office(session, composer, options=("small", "large"), minimum=1)
        office.tells(office.scene.opened)
        office.tells(office.scene.joins("Ann", 1, "small"))
        office.tells(office.scene.joins("Ann", 1, "large", "ripe"))
        office.scene.passes(hours=25)
        office.tells(locks.close(session, office.scene.round, office.scene.now))
        said = {row.template: text(office.sent(row)) for row in office.rows()}
    engine.dispose()
    assert said["card"].splitlines()[3] == "1. Ann ×2 (small 1, large 1) (leads)"
    assert said["payment_asked"].splitlines()[1] == "You have 2, that is 79.80 CNY. Order 1001."
    assert "2. Ann ×1 large · ripe · 39.90 · 1001" in said["round_locked_owner"]

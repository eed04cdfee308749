"""The card as the circle sees it, from a real database: its words, its buttons, its limits."""

from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from bot.core import cards, render
from bot.core.buttons import Buttons
from bot.core.cards import Face
from bot.core.snapshots import Snapshot, snapshot
from models import locks
from models.catalogue import Product
from models.group_buys import Round
from models.people import Person
from models.prices import Step
from models.states import RoundState
from tests.rules.scene import Scene

FRIENDS = ("Ann", "Bao", "Chen", "Dora", "Emil", "Fang")
MORE = (*FRIENDS, "Gus", "Hana", "Ivan", "Jun", "Kim", "Lin", "Mei", "Nils", "Omar")
LANGUAGES = ("en", "zh_CN")


def shot_of(scene: Scene) -> Snapshot:
    scene.session.flush()
    found = snapshot(scene.session, scene.round)
    assert found is not None
    return found


def face_of(scene: Scene, language: str = "en", *, caption: bool = False) -> Face:
    shot = shot_of(scene)
    return cards.face(shot, cards.words_for(shot, language, scene.now), Buttons("123:secret"), caption=caption)


def text_of(scene: Scene, language: str = "en") -> list[str]:
    return render.plain(face_of(scene, language).html).splitlines()


def labels(face: Face) -> list[list[str]]:
    return [[button["text"] for button in row] for row in face.keyboard["inline_keyboard"]]


def test_the_card_of_voice_md(session: Session) -> None:
    scene = Scene(
        session,
        options=("small", "large"),
        per_member=None,
        text={"en": "Fresh from the orchard on Friday.", "zh_CN": "周五果园直发"},
    )
    session.get_one(Product, scene.product).title = {"en": "Honey oranges, 5 kg", "zh_CN": "蜜橙 5 公斤"}
    scene.joins("Ann", 2, "small")
    scene.joins("Bao", 1, "large")
    for name in FRIENDS[2:]:
        scene.joins(name, 1, "small")
    scene.passes(hours=20, minutes=48)
    assert text_of(scene) == [
        "🛒 Honey oranges, 5 kg",
        "Fresh from the orchard on Friday.",
        "",
        "39.90 · 3 people 36.00 ◀ · 8 people 32.00",
        "▓▓▓▓▓▓░░  2 more and all pay 32.00",
        "",
        "1. Ann ×2 small (leads)",
        "2. Bao ×1 large",
        "3. Chen ×1 small",
        "4. Dora ×1 small",
        "5. Emil ×1 small",
        "6. Fang ×1 small",
        "",
        "Closes Sat 18:00 (3 h 12 min)",
        "Reply +2 large, or tap",
    ]
    assert text_of(scene, "zh_CN") == [
        "🛒 蜜橙 5 公斤",
        "周五果园直发",
        "",
        "39.90 · 3 人 36.00 ◀ · 8 人 32.00",
        "▓▓▓▓▓▓░░  还差 2 人，大家都按 32.00",
        "",
        "1. Ann ×2 小份（团长）",
        "2. Bao ×1 大份",
        "3. Chen ×1 小份",
        "4. Dora ×1 小份",
        "5. Emil ×1 小份",
        "6. Fang ×1 小份",
        "",
        "周六 18:00 截止（还有 3 小时 12 分）",
        "回复 +2 大份，或点一下",
    ]
    assert labels(face_of(scene, "zh_CN")) == [["+1 小份", "+1 大份"], ["−1", "分享"], ["❓ 问问买过的人", "问店家"]]


def test_a_plain_card_has_a_row_to_join_and_a_row_to_ask(session: Session) -> None:
    scene = Scene(session)
    assert labels(face_of(scene)) == [["+1", "−1", "Share"], ["❓ Ask buyers", "Ask the shop"]]
    assert "Reply +2, or tap" in text_of(scene)
    assert "39.90 ◀ · 3 people 36.00 · 8 people 32.00" in text_of(scene)
    assert "Goes ahead from 3 people" in text_of(scene)


def test_a_tap_on_the_card_comes_back(session: Session) -> None:
    scene = Scene(session, options=("small", "large"))
    data = [b["callback_data"] for row in face_of(scene).keyboard["inline_keyboard"] for b in row]
    pressed = [Buttons("123:secret").parse(one) for one in data]
    assert [(p.op, p.id, p.arg) for p in pressed if p] == [
        ("j", scene.round, "0"),
        ("j", scene.round, "1"),
        ("f", scene.round, None),
        ("s", scene.round, None),
        ("ask", scene.round, None),
        ("ask", scene.round, "shop"),
    ]


def test_what_else_the_terms_say(session: Session) -> None:
    ladder = (Step(5, free_delivery=True), Step(9, gift={"en": "a jar of honey", "zh_CN": "一瓶蜂蜜"}), Step(20, 3000))
    scene = Scene(
        session, ladder=ladder, count_by="pieces", minimum=4, leader_discount=200, delivery_fee=500, collect="upfront"
    )
    assert text_of(scene)[2:9] == [
        "39.90 ◀ · 5 pieces free delivery · 9 pieces + a jar of honey · 20 pieces 30.00",
        "░░░░░░░░  5 more pieces and delivery is free",
        "",
        "Goes ahead from 4 pieces",
        "At most 5 a person",
        "Delivery 5.00 an order",
        "The leader pays 2.00 less",
    ]
    scene.joins("Ann", 5)
    assert "▓▓▓▓░░░░  4 more pieces and all get a jar of honey" in text_of(scene)
    scene.joins("Bao", 4)
    assert "▓▓▓░░░░░  11 more pieces and all pay 30.00" in text_of(scene)


def test_a_price_that_was_told_still_stands_when_someone_leaves(session: Session) -> None:
    scene = Scene(session)
    for name in FRIENDS[:3]:
        scene.joins(name)
    scene.leaves("Bao")
    assert "39.90 · 3 people 36.00 ◀ · 8 people 32.00" in text_of(scene)


def test_a_long_roster_folds(session: Session) -> None:
    scene = Scene(session)
    for name in MORE[:13]:
        scene.joins(name)
    assert (
        sum(line[0].isdigit() and ". " in line for line in text_of(scene) if line) == 13
    )  # a fold of one saves no line
    for name in MORE[13:]:
        scene.joins(name)
    assert text_of(scene)[15:18] == ["11. Kim ×1", "12. Lin ×1", "… and 3 more"]


def test_a_member_who_likes_stands_there_by_an_initial(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann", 2)
    session.get_one(Person, scene.person("Ann")).by_initial = True
    assert "1. A. ×2 (leads)" in text_of(scene)
    assert not any("Ann" in line for line in text_of(scene))


def test_two_kinds_on_one_seat(session: Session) -> None:
    scene = Scene(session, options=("small", "large"))
    scene.joins("Ann", 1, "small")
    scene.joins("Ann", 2, "large", "ripe ones")
    assert "1. Ann ×3 (small 1, large 2) (leads)" in text_of(scene)
    assert not any("ripe" in line for line in text_of(scene))  # a note is for the pick list


def test_the_locked_card(session: Session) -> None:
    scene = Scene(session)
    for name in FRIENDS[:4]:
        scene.joins(name, 2)
    scene.passes(hours=25)
    locks.close(session, scene.round, scene.now)
    assert text_of(scene)[:2] == ["🔒 Honey oranges, 5 kg", "Locked: 36.00 each · 4 people · 8 pieces"]
    assert text_of(scene, "zh_CN")[1] == "已锁定：每份 36.00 · 4 人 · 8 份"
    assert "1. Ann ×2 (leads)" in text_of(scene)
    assert labels(face_of(scene)) == [["Wait for a seat"]]


def test_the_card_of_what_failed_and_of_what_was_stopped(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann")
    scene.passes(hours=25)
    locks.close(session, scene.round, scene.now)
    assert text_of(scene) == [
        "🛒 Honey oranges, 5 kg",
        "It did not come about: 1 of 3.",
        "Nobody owes anything. What was paid comes back.",
    ]
    assert labels(face_of(scene)) == []
    session.get_one(Round, scene.round).state = RoundState.CANCELLED
    assert "The shop stopped this offer." in text_of(scene)


@pytest.mark.parametrize("state", list(RoundState))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_a_card_and_only_an_open_one_has_a_join_button(
    session: Session, state: RoundState, language: str
) -> None:
    scene = Scene(session)
    scene.joins("Ann")
    row = session.get_one(Round, scene.round)
    row.state, row.decide_by = state, scene.now + timedelta(hours=12)
    assert "Honey oranges" in text_of(scene, language)[0]
    ops = {
        button["callback_data"].split(":")[0] for line in face_of(scene).keyboard["inline_keyboard"] for button in line
    }
    assert ("j" in ops) == (state == RoundState.OPEN)
    assert ops <= {"j", "f", "s", "ask"} if state == RoundState.OPEN else ops <= {"w"}


def test_time_alone_changes_no_digest(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann")
    before = face_of(scene)
    scene.passes(hours=3)
    later = face_of(scene)
    assert later.digest == before.digest
    assert later.html != before.html
    scene.joins("Bao")
    assert face_of(scene).digest != before.digest
    assert face_of(scene, "zh_CN").digest != face_of(scene).digest


EVIL = "<a href='x'>" + "\u202e" + "👩‍👩‍👧‍👦" * 60 + "&" * 60


@pytest.mark.parametrize("caption", [True, False])
@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_and_long_everything_still_fits(session: Session, language: str, caption: bool) -> None:
    options = tuple(f"{n} {EVIL}"[:24] for n in range(30))
    ladder = tuple(Step(n, 3990 - n, {"en": EVIL}) for n in range(1, 60))
    scene = Scene(
        session,
        options=options,
        ladder=ladder,
        text={"en": EVIL * 20},
        per_member=None,
        leader_discount=1,
        delivery_fee=1,
    )
    session.get_one(Product, scene.product).title = {"en": EVIL * 3}
    for n in range(20):
        for option in options[:4]:
            scene.joins(f"{n} {EVIL}", 1, option)
    face = face_of(scene, language, caption=caption)
    assert render.length(face.html) <= (cards.CAPTION if caption else cards.MESSAGE)
    assert "<a " not in face.html
    assert "\u202e" not in face.html
    assert "20" in render.plain(face.html)
    assert all(len(row) <= 8 for row in face.keyboard["inline_keyboard"])
    assert sum(len(row) for row in face.keyboard["inline_keyboard"]) <= 100


@pytest.mark.parametrize(
    ("language", "said"), [("en", "Over: in the end nobody took one."), ("zh_CN", "已结束：最后没有人要。")]
)
def test_a_card_that_nobody_paid_says_no_price(session: Session, language: str, said: str) -> None:
    scene = Scene(session)
    session.get_one(Round, scene.round).state = RoundState.DONE
    assert text_of(scene, language)[1:] == [said]


def test_a_card_is_read_in_a_handful_of_statements(session: Session) -> None:
    scene = Scene(session)
    for name in MORE:
        scene.joins(name)
    session.flush()
    seen: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *args: seen.append(args[2]))
    snapshot(session, scene.round)
    assert len(seen) <= 6


def test_no_such_group_buy(session: Session) -> None:
    assert snapshot(session, 99) is None

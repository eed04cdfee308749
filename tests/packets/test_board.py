"""The board in words: in both languages, within Telegram's limits, with hostile names in it, and nobody's amount."""

from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from bot.core import boards, compose, packet_board, render  # noqa: F401  # compose tells the boards their kinds
from bot.core.buttons import Buttons
from bot.core.words import Words
from models import packets_giving, packets_opening
from models.circles import membership_table
from models.packets import PacketKind, Pays
from models.packets_opening import NewPacket
from models.people import person_table
from models.vouchers import Worth
from tests.rules.scene import Scene

EVIL = "<b>&amp;\u202e" + "👩‍👩‍👧" * 90
PEOPLE = 20
KINDS: dict[str, dict[str, object]] = {
    "packet": {"kind": PacketKind.PACKET, "total": 20_000, "shares": PEOPLE + 5},
    "points": {"kind": PacketKind.PACKET, "total": 20_000, "shares": PEOPLE + 5, "pays": Pays.POINTS, "equal": True},
    "coupon": {"kind": PacketKind.COUPON, "total": 20_000, "shares": PEOPLE + 5},
    "drop": {"kind": PacketKind.DROP, "value": 10, "worth": Worth.PERCENT, "most": 1500, "min_order": 5000},
}


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_board_at_every_moment(session: Session, kind: str, language: str) -> None:
    scene = Scene(session)
    people = [scene.person(f"P{number}") for number in range(PEOPLE)]
    session.execute(update(membership_table).values(joined_at=scene.now - timedelta(days=9)))
    session.execute(update(person_table).values(name=EVIL))
    new = NewPacket(
        key="by:1:1", batch="by:1", shop_id=scene.shop, circle_id=scene.circle, opens_at=scene.now, title={"en": EVIL},
        closes_at=scene.now + timedelta(days=1), **KINDS[kind],  # type: ignore[arg-type]  # a test's shorthand
    )  # fmt: skip
    packet_id = packets_opening.open_packet(session, new, scene.now)
    _reads(session, kind, packet_id, language, scene)
    for person in people:
        packets_giving.tap(session, packet_id, scene.circle, person, scene.now)
    _reads(session, kind, packet_id, language, scene)
    packets_giving.draw(session, packet_id, scene.now + timedelta(minutes=1))
    _reads(session, kind, packet_id, language, scene)
    packets_opening.expire(session, packet_id, scene.now + timedelta(days=1))
    assert not _reads(session, kind, packet_id, language, scene).live


def _reads(session: Session, kind: str, packet_id: int, language: str, scene: Scene) -> boards.BoardFace:
    subject = f"{'packet' if kind == 'points' else kind}:{packet_id}"
    words = Words(language, now=scene.now)
    face = boards.face(session, subject, words, Buttons("123:secret"))
    assert face is not None
    text = render.plain(face.html)
    assert 0 < len(text.encode("utf-16-le")) // 2 <= 4096
    assert "\u202e" not in text
    assert "<b><b>" not in face.html.replace("\n", "")
    return face

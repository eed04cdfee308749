"""Boards of campaigns take a circle's places for posts; what an owner hands out does not."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from models import attention, drawing, packets_opening
from models.attention import Quota
from models.cards import cards
from models.draw_prizes import Prize
from models.drawing import NewDraw
from models.draws import PrizeKind
from models.packets import PacketKind
from models.packets_opening import NewPacket
from tests.rules.scene import Scene

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
THREE = Quota(3, DAY)


@pytest.fixture
def scene(session: Session) -> Scene:
    return Scene(session)


def opened(scene: Scene, key: str, **changes: object) -> int:
    new = NewPacket(
        key=key, batch=key, kind=PacketKind.PACKET, shop_id=scene.shop, circle_id=scene.circle, total=100, shares=3,
        opens_at=scene.now, closes_at=scene.now + HOUR,
    )
    return packets_opening.open_packet(scene.session, replace(new, **changes), scene.now)  # type: ignore[arg-type]


def test_a_packet_a_draw_and_a_drop_fill_a_day(session: Session, scene: Scene) -> None:
    quota = (session, scene.circle, THREE, scene.now)
    opened(scene, "run:a:1:1")
    draw = NewDraw(
        key="run:b:2:1", shop_id=scene.shop, circle_id=scene.circle, title={}, opens_at=scene.now, closes_at=scene.now + DAY,
        prizes=[Prize(PrizeKind.POINTS, "5 points", 5)], standing=timedelta(0),
    )
    drawing.open_draw(session, draw, scene.now)
    assert attention.posts_fit_at(*quota) == scene.now, "one place is left"
    opened(scene, "run:c:3:1", kind=PacketKind.DROP, total=0, value=500)
    assert attention.posts_fit_at(*quota) == scene.now + DAY
    session.execute(update(cards).where(cards.c.subject.is_not(None)).values(sent_at=scene.now - 5 * HOUR))
    assert attention.posts_fit_at(*quota) == scene.now + 19 * HOUR, "they count from when they were sent"


def test_what_waits_has_its_place_and_what_an_owner_hands_out_has_none(session: Session, scene: Scene) -> None:
    for number in range(3):
        opened(scene, f"by:{number}")
    assert attention.posts_fit_at(session, scene.circle, THREE, scene.now) == scene.now
    for number in range(3):
        opened(scene, f"run:a:{number}:1", opens_at=scene.now + HOUR, closes_at=scene.now + 2 * HOUR)
    assert attention.posts_fit_at(session, scene.circle, THREE, scene.now) == scene.now + HOUR + DAY

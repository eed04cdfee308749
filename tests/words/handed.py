"""A red packet that is over, with hostile words wherever somebody may write some: what a notice about one speaks of."""

from datetime import timedelta

from models import packets_opening
from models.packets import PacketKind
from models.packets_opening import NewPacket
from tests.words.office import Office


def handed(office: Office, words: str) -> dict[str, object]:
    """The id of a packet that Bao handed out, and how it ended."""
    scene = office.scene
    new = NewPacket(
        key="by:1:1:1", batch="by:1:1", kind=PacketKind.PACKET, shop_id=scene.shop, circle_id=scene.circle, total=2000,
        shares=10, title={"en": words}, by_id=scene.person("Bao"), opens_at=scene.now, closes_at=scene.now + timedelta(days=1),
    )  # fmt: skip
    packet_id = packets_opening.open_packet(office.session, new, scene.now)
    packets_opening.expire(office.session, packet_id, scene.now + timedelta(days=1))
    return {"packet_id": packet_id, "claimed": 3, "rest": 700}

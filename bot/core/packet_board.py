"""A red packet, a split coupon or a voucher drop in words: its board in the circle, and what its owner hears of it.

Invariant: the board tells what is handed out and who took a share, never how much anybody got.
"""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from bot.core import names
from bot.core.boards import Board
from bot.core.buttons import Button, Buttons
from bot.core.words import Words
from models.circles import Circle
from models.columns import table_of
from models.packets import Packet, PacketKind, claims
from models.packets_opening import LIVE, NewPacket
from models.people import Person
from models.rows import load
from models.shops import Shop
from models.states import PacketState

KINDS = tuple(str(kind) for kind in PacketKind)
TITLE, NAME = 80, 20
_DAY = timedelta(days=1)
SHOWN = 12  # people named on a board
_people = table_of(Person)


def show(session: Session, packet_id: int, words: Words, buttons: Buttons) -> Board | None:
    """The board as it is now; one button as long as something is left."""
    packet = session.get(Packet, packet_id)
    if packet is None:
        return None
    live = packet.state in LIVE
    label = words.say("key_packet", kind=packet.kind, count=packet.tapped)
    rows: list[list[Button]] = [[buttons.button(label, "pkt", packet_id)]] if live else []
    return Board("packet_board", _told(session, packet, words), rows, live)


def values(session: Session, params: Mapping[str, object], words: Words) -> dict[str, object]:
    """What a message about a packet names; {} for a message that is about none."""
    packet_id = params.get("packet_id")
    if not isinstance(packet_id, int):
        return {}
    packet = load(session, Packet, packet_id)
    there, shop = load(session, Circle, packet.circle_id), load(session, Shop, packet.shop_id)
    return {
        "kind": packet.kind, "pays": packet.pays, "shares": packet.shares, "circle": names.shown(there.title, TITLE),
        "rest_named": words.here(currency=shop.currency).money_named(int(str(params.get("rest", 0)))),
    }  # fmt: skip


def offered(new: NewPacket) -> dict[str, object]:
    """What an owner is about to hand out, as the board will say it."""
    return {
        "kind": new.kind, "pays": new.pays, "total": new.total, "shares": new.shares, "equal": new.equal, "worth": new.worth,
        "value": new.value, "most": new.most, "min_order": new.min_order, "days": -(-new.standing // _DAY),
        "valid_days": -(-new.valid_for // _DAY), "closes_at": new.closes_at,
    }  # fmt: skip


def _told(session: Session, packet: Packet, words: Words) -> dict[str, object]:
    takers = _takers(session, packet)
    waits = packet.state == PacketState.COLLECTING
    return {
        "kind": packet.kind, "state": packet.state, "pays": packet.pays, "total": packet.total, "shares": packet.shares,
        "equal": packet.equal, "worth": packet.worth, "value": packet.value, "most": packet.most,
        "min_order": packet.min_order, "days": -(-packet.standing // 86_400), "valid_days": -(-packet.valid_for // 86_400),
        "seconds": packet.window if waits and packet.kind != PacketKind.COUPON else 0, "tapped": packet.tapped,
        "claimed": packet.claimed, "left": None if packet.shares is None else packet.shares - packet.claimed,
        "missing": max(0, (packet.shares or 0) - packet.tapped), "why": packet.why_ended, "closes_at": packet.closes_at,
        "title": names.shown(words.option(packet.title), TITLE) if packet.title else "",
        "shop": names.shown(load(session, Shop, packet.shop_id).name, TITLE),
        "names": words.listed([_name(row) for row in takers]), "folded": max(0, _counted(packet) - len(takers)),
    }  # fmt: skip


def _counted(packet: Packet) -> int:
    """Of a coupon that waits, who is in; else who has a share."""
    return packet.tapped if _waiting_friends(packet) else packet.claimed


def _waiting_friends(packet: Packet) -> bool:
    return packet.kind == PacketKind.COUPON and packet.state == PacketState.COLLECTING


def _takers(session: Session, packet: Packet) -> "list[Row[str, bool]]":
    """The first of them; who only waits for a draw is not named."""
    query = select(_people.c.name, _people.c.by_initial).join(claims, claims.c.person_id == _people.c.id)
    mine = [claims.c.packet_id == packet.id]
    if not _waiting_friends(packet):
        mine.append(claims.c.place.is_not(None))
    return list(session.execute(query.where(*mine).order_by(claims.c.place, claims.c.id).limit(SHOWN)))


def _name(row: "Row[str, bool]") -> str:
    return names.standing(row.name, row.by_initial, NAME)

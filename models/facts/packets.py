"""What happened to a red packet, a split coupon, a voucher drop."""

from dataclasses import dataclass

from models.facts.base import PersonFact


@dataclass(frozen=True)
class PacketEnded(PersonFact):
    """What an owner handed out is over: `why` is "all", "over" or "few"; `rest` went back to the shop."""

    packet_id: int
    why: str
    claimed: int
    rest: int

"""What an owner types behind /packet, /coupon and /voucher. Pure; every pattern is linear in the text."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from models.packets import PacketKind, Pays
from models.packets_opening import MOST_SHARES
from models.vouchers import Worth

KINDS = {"packet": PacketKind.PACKET, "coupon": PacketKind.COUPON, "voucher": PacketKind.DROP}
MOST_FRIENDS, LONGEST = 20, timedelta(days=30)
_AMOUNT = re.compile(r"\d{1,9}(?:[.,]\d{1,4})?", re.ASCII)
_PERCENT = re.compile(r"(\d{1,3})[%％]", re.ASCII)
_TIME = re.compile(r"(\d{1,3})(h|d|小时|天)", re.ASCII)
_JOINED = re.compile(r"(满|最多)(?=\d)", re.ASCII)
_EQUAL, _POINTS = frozenset({"equal", "平分", "均分"}), frozenset({"points", "积分"})
_MOST, _FROM = frozenset({"max", "最多"}), frozenset({"from", "满"})


@dataclass(frozen=True, slots=True)
class Handout:
    """What is to be handed out; amounts in minor units."""

    kind: PacketKind
    total: int = 0
    shares: int | None = None
    equal: bool = False
    pays: Pays = Pays.VOUCHER
    worth: Worth = Worth.AMOUNT
    value: int = 0
    most: int | None = None
    min_order: int = 0
    lasts: timedelta = timedelta(days=1)


def read(command: str, text: str, digits: int) -> Handout | None:
    """The amount first, then how many, then words in any order; None for what cannot be meant."""
    words = _JOINED.sub(r"\1 ", text.lower()).split()
    kind = KINDS[command]
    if not words:
        return None
    begun = _worth(Handout(kind), words[0], digits)
    read_all = begun if begun is None else _rest(begun, words[1:], digits)
    return read_all if read_all is not None and _whole(read_all) else None


def _worth(handout: Handout, word: str, digits: int) -> Handout | None:
    percent = _PERCENT.fullmatch(word)
    if percent is not None:
        of = int(percent[1])
        return replace(handout, worth=Worth.PERCENT, value=of) if handout.kind == PacketKind.DROP and 0 < of <= 100 else None
    amount = _minor(word, digits)
    if not amount:
        return None
    return replace(handout, value=amount) if handout.kind == PacketKind.DROP else replace(handout, total=amount)


def _rest(handout: Handout, words: list[str], digits: int) -> Handout | None:
    found: Handout | None = handout
    while words and found is not None:
        word, *words = words
        if word in _MOST | _FROM:
            amount = _minor(words[0], digits) if words else None
            words, key = words[1:], "most" if word in _MOST else "min_order"
            found = replace(found, **{key: amount}) if amount else None  # type: ignore[arg-type]  # both are amounts
        else:
            found = _word(found, word)
    return found


def _word(found: Handout, word: str) -> Handout | None:
    if word in _EQUAL:
        return replace(found, equal=True)
    if word in _POINTS:
        return replace(found, pays=Pays.POINTS)
    if (time := _TIME.fullmatch(word)) is not None:
        return replace(found, lasts=timedelta(**{"hours" if time[2] in {"h", "小时"} else "days": int(time[1])}))
    return replace(found, shares=int(word)) if word.isascii() and word.isdecimal() and len(word) < 6 and not found.shares else None


def _whole(found: Handout) -> bool:
    """Whether everything fits together."""
    rules: dict[PacketKind, Callable[[Handout], bool]] = {
        PacketKind.PACKET: lambda one: one.most is None and 0 < (one.shares or 0) <= min(MOST_SHARES, one.total),
        PacketKind.COUPON: lambda one: one.most is None and not one.equal and 1 < (one.shares or 0) <= min(MOST_FRIENDS, one.total),
        PacketKind.DROP: lambda one: not one.equal and (one.shares is None or 0 < one.shares <= MOST_SHARES),
    }
    points_alone = found.pays == Pays.VOUCHER or (found.kind == PacketKind.PACKET and not found.min_order)
    capped = found.most is None or found.worth == Worth.PERCENT
    return rules[found.kind](found) and points_alone and capped and timedelta(0) < found.lasts <= LONGEST


def _minor(word: str, digits: int) -> int | None:
    """An amount in minor units; None for no amount, or one with more decimals than the currency has."""
    if _AMOUNT.fullmatch(word) is None:
        return None
    amount = Decimal(word.replace(",", ".")).scaleb(digits)
    return int(amount) if amount == int(amount) else None

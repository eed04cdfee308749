"""The grammar of /sell: one line that says it all, or a pasted 接龙. Pure; what is read is read back before it opens.

`蜜橙 39.9, 3人36, 8人32, 周五20:00` · `Honey oranges 39.90, 3 people 36, 8 people 32, Fri 20:00, stock 50, max 5`
Invariants: never raises; every part is either understood or named in a mistake, but for plain words after the price,
which are the offer's text.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from decimal import Decimal

from handlers import moments
from handlers.choices import Choice, choose
from handlers.numerals import HAN, number, plain
from handlers.typed import MOST
from models.errors import DomainError
from models.prices import Step, check

LONGEST = 4000  # letters of a message
LINES = 200
TITLE, TEXT = 120, 600
SIZES = ("小份", "中份", "大份")  # what a list names though nobody declared it


@dataclass(frozen=True)
class Named:
    """One line of a pasted 接龙: somebody by name, who may not be known to Telegram."""

    name: str
    quantity: int
    option: str = ""
    note: str = ""


@dataclass(frozen=True)
class Offer:
    """What an owner wants to open. Prices are minor units, the deadline an instant."""

    title: str
    price: int
    closes_at: datetime
    steps: tuple[Step, ...] = ()
    count_by: str = "members"
    stock: int | None = None
    per_member: int | None = None
    minimum: int | None = None
    leader_discount: int = 0
    options: tuple[str, ...] = ()
    text: str = ""
    named: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Fault:
    """What could not be understood, as a refusal's code that says what to type."""

    code: str
    params: dict[str, object] = field(default_factory=dict)


_SIGN = r"(?:元|块钱?|yuan|[¥￥$€£]|rmb|cny|usd|eur)"
_PRICE = rf"{_SIGN}?\s?(\d{{1,9}}(?:[.,]\d{{1,3}})?)\s?{_SIGN}?(?:\s?(?:/|each|per|每)\s?(?:份|箱|盒|个|件|piece|box|each)?)?"
_PIECE = r"(?:份|件|箱|盒|个|pieces?|pcs)"
_UNIT = rf"(?P<unit>人团?|位|people|persons?|ppl|members?|{_PIECE})"
_STEP = re.compile(
    rf"(?:满|from|at)?\s?(?P<at>\d{{1,4}})\+?\s?{_UNIT}\s?(?:起|以上|团|and up|or more)?\s?[:=@]?\s?"
    rf"(?:(?P<free>包邮|免运费|free delivery|free shipping)|(?:送|gift:?|plus|\+)\s?(?P<gift>.{{1,60}})|{_PRICE})", re.IGNORECASE,
)  # fmt: skip
_PIECES = re.compile(_PIECE, re.IGNORECASE)
_PRICED = re.compile(rf"(?P<title>.*?)(?:^|[\s:：=]|(?<=[^\d.,\s]))(?:价格?|price)?\s?[:=]?\s?{_PRICE}", re.IGNORECASE)
_NUMBERS = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "stock": rf"(?:stock|库存|限量|一?共|总共)\s?[:=]?\s?(\d{{1,6}})\s?{_PIECE}?|(\d{{1,6}}) (?:in stock|available|left)",
        "per_member": rf"(?:max(?:imum)?|at most|每人(?:最多|限购|限)?|限购?)\s?[:=]?\s?(\d{{1,3}})\s?{_PIECE}?"
        r"(?: (?:a|per) person| each|/人)?",
        "minimum": rf"(?:min(?:imum)?|at least|最少|至少|起团)\s?[:=]?\s?(\d{{1,4}})\s?(?:人|位|people|{_PIECE})?(?:成团|起团|起)?"
        rf"|(\d{{1,4}})\s?(?:人|位|{_PIECE})\s?起?(?:成团|起团)",
    }.items()
}
_LEADER = re.compile(
    rf"(?:leader(?: discount| pays)?|团长(?:优惠|减|少付)?)\s?[:=-]?\s?{_PRICE}(?: (?:off|less))?", re.IGNORECASE
)
_OPTIONS = re.compile(r"(?:options?|kinds?|规格|选项|可选|口味|尺寸)\s?[:=]?\s?(.+)", re.IGNORECASE)
_COMMA = re.compile(r"(?<!\d),|(?<=[.]\d\d),|,(?!\d{2}(?!\d|\s?(?:人|份|件|个|位|people|ppl|pieces|pcs)))|;|\n")
_ROSTER = re.compile(r"\s{0,4}(\d{1,3})\s?[.)/:]\s?(?=\D)(\S.{0,150})")
_HEADING = re.compile(r"#?\s?(?:接龙|group note|拼团|团购)\s?[:：]?", re.IGNORECASE)
_COUNT = re.compile(rf"[\s:x×*+(]{{0,3}}(\d{{1,2}}|{HAN})\s?(?:份|箱|盒|个|件|pcs|pieces?|x)?\)?")


def read(text: str, now: datetime, zone: tzinfo, digits: int = 2) -> Offer | tuple[Fault, ...]:
    """The offer a message says, or what is missing and what to type. `digits`: decimals of the shop's currency."""
    lines = plain(text[:LONGEST].replace("、", "/").replace("，", ";")).splitlines()[:LINES]
    head = [line for line in lines if not _ROSTER.fullmatch(line) and not _HEADING.fullmatch(line.strip())]
    reading = _Reading(now, zone, digits)
    for part in _COMMA.split("\n".join(head)):
        reading.part(part.strip(" .!"))
    return reading.offer([found[2] for line in lines if (found := _ROSTER.fullmatch(line))])


class _Reading:
    """The parts of one message, as they are understood one after the other."""

    def __init__(self, now: datetime, zone: tzinfo, digits: int) -> None:
        self.now, self.zone, self.digits = now, zone, digits
        self.title: list[str] = []
        self.text: list[str] = []
        self.price: int | None = None
        self.closes_at: datetime | None = None
        self.steps: list[Step] = []
        self.units: set[str] = set()
        self.numbers: dict[str, int] = {}
        self.leader_discount = 0
        self.options: tuple[str, ...] = ()
        self.faults: list[Fault] = []

    def part(self, words: str) -> None:
        """Understands one part, or names it as a fault."""
        if not words:
            return
        if any(
            reading(words)
            for reading in (self._number, self._step, self._deadline, self._leader, self._options, self._price)
        ):
            return
        if self.price is None:
            self.title.append(words)
        elif any(letter.isdigit() for letter in words):
            self.faults.append(Fault("offer_part_unread", {"part": words[:60]}))
        else:
            self.text.append(words)

    def _number(self, words: str) -> bool:
        for name, pattern in _NUMBERS.items():
            found = pattern.fullmatch(words)
            if found:
                self.numbers[name] = int(next(group for group in found.groups() if group))
                return True
        return False

    def _step(self, words: str) -> bool:
        found = _STEP.fullmatch(words)
        if found is None:
            return False
        price = self._money(found[5]) if found[5] else None
        self.units.add("pieces" if _PIECES.match(found["unit"]) else "members")
        gift = {"en": found["gift"].strip()} if found["gift"] else {}
        self.steps.append(Step(int(found["at"]), price, gift, bool(found["free"])))
        return True

    def _deadline(self, words: str) -> bool:
        found = moments.read(words, self.now, self.zone)
        self.closes_at = found or self.closes_at
        return found is not None

    def _leader(self, words: str) -> bool:
        found = _LEADER.fullmatch(words)
        self.leader_discount = (self._money(found[1]) or 0) if found else self.leader_discount
        return found is not None

    def _options(self, words: str) -> bool:
        found = _OPTIONS.fullmatch(words)
        if found:
            split = [name.strip() for name in re.split(r"[/|]| or |或", found[1])]
            self.options = tuple(dict.fromkeys(name[:24] for name in split if name))
        return found is not None

    def _price(self, words: str) -> bool:
        found = _PRICED.fullmatch(words) if self.price is None else None
        if found is None:
            return False
        self.price = self._money(found[2])
        if found["title"].strip():
            self.title.append(found["title"].strip(" :="))
        return True

    def _money(self, words: str) -> int | None:
        """Minor units; a fault where the currency has no such coin."""
        amount = Decimal(words.replace(",", ".")).scaleb(self.digits)
        if amount != int(amount):
            self.faults.append(Fault("offer_price_unread", {"price": words}))
        return int(amount)

    def offer(self, roster: list[str]) -> Offer | tuple[Fault, ...]:
        """All of it together, or every fault there is."""
        title = ", ".join(self.title)[:TITLE].strip()
        faults = [*self.faults, *self._lacks(title), *self._against_rules()]
        if faults or self.price is None or self.closes_at is None:
            return tuple(faults)
        count_by = self.units.pop() if self.units else "members"
        named = tuple(_named(line, self.options) for line in roster)
        return Offer(
            title, self.price, self.closes_at, tuple(self.steps), count_by, self.numbers.get("stock"),
            self.numbers.get("per_member"), self.numbers.get("minimum"), self.leader_discount, self.options,
            "\n".join(self.text)[:TEXT], named,
        )  # fmt: skip

    def _lacks(self, title: str) -> list[Fault]:
        found = [Fault("offer_no_title")] if not title else []
        found += [Fault("offer_no_price")] if self.price is None else []
        found += [Fault("offer_no_deadline")] if self.closes_at is None else []
        found += [Fault("closes_before_it_opens")] if self.closes_at is not None and self.closes_at <= self.now else []
        return found + ([Fault("offer_mixed_steps")] if len(self.units) > 1 else [])

    def _against_rules(self) -> list[Fault]:
        if self.price is None:
            return []
        self.steps.sort(key=lambda step: step.at)
        try:
            check(self.price, self.steps)
        except DomainError as error:
            return [Fault(error.code, error.params)]
        too_much = self.price == 0 or 0 in self.numbers.values() or self.leader_discount >= self.price
        return [Fault("price_not_positive" if self.price == 0 else "count_not_positive")] if too_much else []


def _named(line: str, options: tuple[str, ...]) -> Named:
    """`Ann 2份`, `王阿姨 大份`, `Bao x2 large less ripe`; nobody names a number for one piece."""
    found = _COUNT.search(line, 1)
    pieces = number(found[1]) if found else None
    name, rest = (line[: found.start()], line[found.end() :].strip()) if found and pieces else (line, "")
    option = ""
    chosen, closing = choose(rest, options or SIZES), choose(name.strip(), options or SIZES)
    if isinstance(chosen, Choice):
        option, rest = chosen.option, chosen.rest
    elif isinstance(closing, Choice) and closing.rest:
        option, name = closing.option, closing.rest
    if not options:  # a kind nobody declared is a note
        option, rest = "", " ".join(part for part in (option, rest) if part)
    return Named(name.strip(" :,-")[:64] or line.strip()[:64], min(pieces or 1, MOST), option, rest.strip(" ,;:")[:60])

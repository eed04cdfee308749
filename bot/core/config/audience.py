"""Whom a campaign writes to: the conditions of `audience = { … }`, all of which must hold. No condition: every member."""

import re
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, ValidationInfo, WithJsonSchema

from bot.core.config.mistakes import shown, wrong
from bot.core.config.sections import Language, Table
from bot.core.config.values import Duration, Key, Line, money_in

_COUNT = re.compile(r"(>=|<=|=|>|<)\s*(\d{1,7})", re.ASCII)
_SUM = re.compile(r"(>=|<=|=|>|<)\s*(\S+)", re.ASCII)


@dataclass(frozen=True)
class Comparison:
    """At least, at most, or exactly so many (orders, or minor units of the shop's currency)."""

    sign: Literal[">=", "<=", "=", ">", "<"]
    number: int

    def holds(self, number: int) -> bool:
        """Whether a number is as wished."""
        return {
            ">=": number >= self.number, "<=": number <= self.number, "=": number == self.number,
            ">": number > self.number, "<": number < self.number,
        }[self.sign]  # fmt: skip


def _count(value: object) -> Comparison:
    if isinstance(value, Comparison):
        return value
    match = _COUNT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise wrong(f"is {shown(value)}", 'write a sign and a number, as in ">=2"')
    return Comparison(match[1], int(match[2]))  # type: ignore[arg-type]  # the pattern names the signs


def _sum(value: object, info: ValidationInfo) -> Comparison:
    if isinstance(value, Comparison):
        return value
    match = _SUM.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise wrong(f"is {shown(value)}", 'write a sign and an amount, as in ">=100.00"')
    return Comparison(match[1], money_in(match[2], info))  # type: ignore[arg-type]  # the pattern names the signs


CountText = Annotated[
    Comparison,
    BeforeValidator(_count),
    WithJsonSchema({"type": "string", "pattern": r"^(>=|<=|=|>|<)\s*\d{1,7}$"}),
]
SumText = Annotated[
    Comparison,
    BeforeValidator(_sum),
    WithJsonSchema({"type": "string", "pattern": r"^(>=|<=|=|>|<)\s*\d{1,12}(\.\d{1,4})?$"}),
]


class Audience(Table):
    """Conditions on members, all of which must hold; who bought is who collected, and orders count as collected ones."""

    model_config = ConfigDict(serialize_by_alias=True)

    bought: Key | None = Field(None, description="The id of a [[product]] they bought.", examples=['"oranges"'])
    category: Line | None = Field(None, description="A category they bought in.", examples=['"fruit"'])
    within: Duration | None = Field(None, description="Bought it (or anything) within that time.", examples=['"60d"'])
    not_for: Duration | None = Field(
        None, description="Did not buy it (or anything) for that long.", examples=['"30d"']
    )
    orders: CountText | None = Field(None, description="How many orders they have.", examples=['">=2"'])
    spent: SumText | None = Field(None, description="How much they spent in all.", examples=['">=100.00"'])
    buyer_class: Literal["champion", "loyal", "promising", "new", "fading", "asleep"] | None = Field(
        None, alias="class", description="Their class by recency, frequency and money.", examples=['"champion"']
    )
    path: Literal["crowd", "expert", "kin", "self"] | None = Field(
        None, description="What led them to their last order.", examples=['"expert"']
    )
    joined_within: Duration | None = Field(None, description="Joined the circle within that time.", examples=['"14d"'])
    language: Language | None = Field(None, description="The language they read.", examples=['"zh_CN"'])
    voucher: Literal["unused"] | None = Field(None, description="Hold a voucher they have not used.", examples=['"unused"'])

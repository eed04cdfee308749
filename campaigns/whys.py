"""Why a member is in an audience: of its conditions the one that says most, as bot/core/reasons.py puts it into words.

Invariant: a reason is JSON: a code and plain values, some the same for all and some a column of the member's row.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, Row, func, select

from campaigns.conditions import Asked, inside, product
from models.buyer_totals import totals
from models.circles import membership_table
from models.people import person_table

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Why:
    """`said` is the same for all; `looked_up` are columns of a query over people, by the name the reason gives them."""

    said: Mapping[str, object]
    looked_up: Mapping[str, ColumnElement[int]] = field(default_factory=dict)

    def columns(self) -> list[ColumnElement[int]]:
        return [column.label(f"why_{name}") for name, column in self.looked_up.items()]

    def of(self, row: "Row[*tuple[object, ...]]") -> dict[str, object]:
        """The reason of the member in this row."""
        return {**self.said, **{name: getattr(row, f"why_{name}") for name in self.looked_up}}


def why(asked: Asked) -> Why:
    """The condition that says most: what they bought before who they are, and being a member when there is nothing else."""
    wish = asked.audience
    if wish.bought is not None or wish.category is not None or wish.not_for is not None:
        return _bought(asked)
    return _kept(asked) or _counted(asked) or _known(asked)


def _kept(asked: Asked) -> Why | None:
    wish = asked.audience
    if wish.voucher is not None:
        return Why({"code": "voucher"})
    if wish.buyer_class is not None:
        return Why({"code": "class", "class": wish.buyer_class})
    return None if wish.path is None else Why({"code": "path", "path": wish.path})


def _counted(asked: Asked) -> Why | None:
    """A number is a reason unless none would do as well."""
    wish = asked.audience
    if wish.orders is not None and not wish.orders.holds(0):
        return Why({"code": "orders"}, {"orders": _total(asked, totals.c.orders)})
    if wish.within is not None:
        return Why({"code": "within", "days": days(wish.within)})
    if wish.spent is not None and not wish.spent.holds(0):
        return Why({"code": "spent", "shop_id": asked.shop_id}, {"spent": _total(asked, totals.c.spent)})
    return None


def _known(asked: Asked) -> Why:
    wish = asked.audience
    if wish.joined_within is not None:
        return Why({"code": "joined", "days": days(wish.joined_within)}, {"circle_id": _circle(asked)})
    if wish.language is not None:
        return Why({"code": "language", "language": wish.language})
    return Why({"code": "member"}, {"circle_id": _circle(asked)})


def days(length: timedelta) -> int:
    """A length as the days people are told, a part of a day counted as one."""
    return max(1, math.ceil(length / _DAY))


def _bought(asked: Asked) -> Why:
    """Not having bought for long says more than having bought."""
    wish = asked.audience
    code = "not_for" if wish.not_for is not None else "bought" if wish.bought is not None else "category"
    length = wish.not_for or wish.within
    said: dict[str, object] = {"code": code} if length is None else {"code": code, "days": days(length)}
    if wish.bought is not None:
        return Why(said, {"product_id": product(asked)})
    return Why(said if wish.category is None else said | {"category": wish.category})


def _total(asked: Asked, column: ColumnElement[int]) -> ColumnElement[int]:
    mine = totals.c.shop_id == asked.shop_id, totals.c.person_id == person_table.c.id
    return select(column).where(*mine).scalar_subquery()


def _circle(asked: Asked) -> ColumnElement[int]:
    """The first of the circles they are in."""
    c, since = membership_table.c, asked.audience.joined_within
    there = select(func.min(c.circle_id)).where(c.person_id == person_table.c.id, inside(asked))
    return (there if since is None else there.where(c.joined_at >= asked.ago(since))).scalar_subquery()

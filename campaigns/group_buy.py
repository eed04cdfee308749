"""The kind that opens a group buy (a round) in each of its circles at every slot.

Its linter refuses what no member could be told honestly: a ladder that rises, steps nobody can reach, a minimum that
the stock cannot serve.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Config, Finding, Product, money_text
from bot.core.config.mistakes import listed, nearest, shown
from bot.core.config.sections import Table
from bot.core.config.values import Duration, Key, Many, Money, Texts
from campaigns.kinds import Forecast, Slot, Started

if TYPE_CHECKING:  # `tuan check` and `tuan preview` start without a database
    from sqlalchemy.orm import Session

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
LONGEST_ROUND = timedelta(days=60)


class Step(Table):
    """One step of the ladder: from `at` members or pieces on, a lower price, or free delivery, or a gift."""

    at: Annotated[int, Field(ge=1, le=100_000)] = Field(description="How many it takes.", examples=["3"])
    price: Money | None = Field(None, description="What one piece then costs all.", examples=['"36.00"'])
    free_delivery: bool = Field(False, description="Delivery is then free.")
    gift: Texts = Field({}, description="What all then get on top.", examples=['"A jar of honey"'])


class GroupBuy(Campaign):
    """A group buy at set times."""

    kind: Literal["group_buy"] = Field(description="Opens a group buy.", examples=['"group_buy"'])
    product: Key = Field(description="The id of the [[product]].", examples=['"oranges"'])
    ladder: Many[Step] = Field(
        (), max_length=12, description="Price steps.", examples=['[{ at = 3, price = "36.00" }]']
    )
    count: Literal["members", "pieces"] = Field("members", description="What the steps and the minimum count.")
    minimum: Annotated[int, Field(ge=1, le=100_000)] = Field(1, description="Fewer at the deadline, and it fails.")
    per_member: Annotated[int, Field(ge=1, le=100_000)] | None = Field(
        None, description="Most pieces a member.", examples=["5"]
    )
    closes_after: Duration = Field(description="From opening to deadline.", examples=['"24h"'])
    collect: Literal["after_lock", "upfront"] = Field("after_lock", description="When people are asked to pay.")
    pay_within: Duration = Field(_DAY, description="How long a member has to pay after lock.", examples=['"24h"'])
    accept_from: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="Share of the minimum from which the owner may accept a short group.", examples=["0.8"]
    )
    leader_discount: Money = Field(0, description="Off the leader's order.", examples=['"2.00"'])
    delivery_fee: Money = Field(0, description="Added to each order, unless a step makes it free.", examples=['"5.00"'])


@dataclass(frozen=True)
class GroupBuyKind:
    """The kind in the registry."""

    name: str = "group_buy"
    model: type[Campaign] = GroupBuy

    def lint(self, campaign: GroupBuy, catalogue: Catalogue) -> Iterator[Finding]:
        yield from _times(campaign)
        yield from _overlaps(campaign)
        product = catalogue.products.get(campaign.product)
        if product is None:
            yield from _unknown_product(campaign, catalogue)
        elif product.shop != campaign.shop:
            right = f"name a product of {campaign.shop}, or set shop = {shown(product.shop)}"
            yield Finding(
                ("product",), f"product {shown(product.id)} belongs to {product.shop}, not to {campaign.shop}", right
            )
        else:
            currency = catalogue.shops[product.shop].currency if product.shop in catalogue.shops else "XXX"
            yield from _ladder(campaign, product, currency)
            yield from _leader(campaign, product, currency)
            yield from _stock(campaign, product)

    def forecast(self, campaign: GroupBuy, config: Config) -> Forecast:
        """A card in each circle; the most it can cost is what the shop forgoes against the price without a ladder."""
        circles, product = config.circles_of(campaign), config.products[campaign.product]
        off = product.price - _lowest(campaign, product)
        gives_more = any(step.free_delivery or step.gift for step in campaign.ladder)
        bound = None if gives_more or (off and product.stock is None) else off * (product.stock or 0)
        cost = None if bound is None else bound + campaign.leader_discount * len(circles)
        return Forecast(len(circles), tuple(circle.name for circle in circles[:5]), len(circles), cost)

    def start(self, session: "Session", slot: Slot, campaign: GroupBuy, config: Config, now: datetime) -> Started:
        from campaigns import opening  # noqa: PLC0415  # the database is needed only here

        return opening.open_rounds(session, slot, campaign, config, now)

    def under_way(self, session: "Session", campaign: GroupBuy) -> bool:
        from campaigns import opening  # noqa: PLC0415  # the database is needed only here

        return opening.under_way(session, campaign)

    def cancel(self, session: "Session", campaign: GroupBuy, now: datetime) -> bool:
        from campaigns import opening  # noqa: PLC0415  # the database is needed only here

        return opening.cancel_empty(session, campaign, now)


def _times(campaign: GroupBuy) -> Iterator[Finding]:
    for key, length in (("closes_after", campaign.closes_after), ("pay_within", campaign.pay_within)):
        if not length:
            end = "the deadline would be the opening" if key == "closes_after" else "nobody could pay in time"
            yield Finding((key,), f"{key} is nothing, so {end}", f'write a length, as in {key} = "24h"')
        elif length > LONGEST_ROUND:
            yield Finding((key,), f"{key} is {length.days} days", "write 60 days or less")


def _overlaps(campaign: GroupBuy) -> Iterator[Finding]:
    """An interval that comes round while its group buy is open: not wrong, but half of its slots would do nothing."""
    every = campaign.schedule.every
    if every is not None and every < campaign.closes_after and campaign.overlap == "skip":
        what = "closes_after is longer than every, so slots are skipped while one is open"
        yield Finding(("closes_after",), what, "close sooner, or come round less often", warning=True)


def _unknown_product(campaign: GroupBuy, catalogue: Catalogue) -> Iterator[Finding]:
    if campaign.product in catalogue.broken:
        return  # it is there; its own mistakes are told at its place
    meant = nearest(campaign.product, catalogue.products)
    right = f"did you mean {shown(meant)}?" if meant else f"name {listed(catalogue.products)}, or add [[product]]"
    yield Finding(("product",), f"there is no product {shown(campaign.product)}", right)


def _ladder(campaign: GroupBuy, product: Product, currency: str) -> Iterator[Finding]:
    at, price = 0, product.price
    for index, step in enumerate(campaign.ladder):
        path = ("ladder", index)
        if step.at <= at:
            yield Finding(
                (*path, "at"),
                f"ladder goes from {at} back to {step.at}",
                "each step must need more than the one before",
            )
        if step.price is None and not step.gift and not step.free_delivery:
            yield Finding(
                path, f"ladder has nothing at {step.at}", "give the step a price, free_delivery = true or a gift"
            )
        if step.free_delivery and not campaign.delivery_fee:
            yield Finding(
                (*path, "free_delivery"), "ladder makes delivery free, which costs nothing here", "set delivery_fee"
            )
        if step.price is not None:
            yield from _falls(index, step, price, currency)
            price = step.price
        at = step.at


def _falls(index: int, step: Step, before: int, currency: str) -> Iterator[Finding]:
    assert step.price is not None
    path = ("ladder", index, "price")
    now, then = money_text(step.price, currency), money_text(before, currency)
    if step.price == 0:
        yield Finding(path, f"ladder falls to {now} at {step.at}", "write a price above nothing")
    elif index == 0 and step.price >= before:
        yield Finding(
            path, f"ladder begins at {now} with the price at {then}", "the first step must be lower than the price"
        )
    elif step.price >= before:
        verb = "rises" if step.price > before else "stays"
        what = f"ladder {verb} from {then} to {now} at {step.at}"
        yield Finding(path, what, "each step must be lower than the one before")


def _leader(campaign: GroupBuy, product: Product, currency: str) -> Iterator[Finding]:
    lowest = _lowest(campaign, product)
    if campaign.leader_discount and campaign.leader_discount >= lowest:
        off, price = money_text(campaign.leader_discount, currency), money_text(lowest, currency)
        yield Finding(
            ("leader_discount",), f"leader_discount {off} takes all of {price}", "write less than the lowest price"
        )
    if campaign.accept_from is not None and campaign.minimum == 1:
        right = "set minimum, or leave accept_from out"
        yield Finding(
            ("accept_from",), "accept_from is a share of a minimum of 1, so nothing is ever short", right, warning=True
        )


def _stock(campaign: GroupBuy, product: Product) -> Iterator[Finding]:
    if product.stock is None:
        return
    if product.stock == 0:
        yield Finding(
            ("product",), f"the stock of {product.id} is 0, so nobody can join", "raise its stock", warning=True
        )
        return
    for key, number in (("minimum", campaign.minimum), ("per_member", campaign.per_member or 0)):
        if number > product.stock:
            yield Finding(
                (key,), f"{key} {number} is more than the stock of {product.stock}", f"write {product.stock} or less"
            )
    for index, step in enumerate(campaign.ladder):
        if step.at > product.stock:
            what = f"ladder needs {step.at} {campaign.count} with a stock of {product.stock}"
            yield Finding(("ladder", index, "at"), what, "write a step that can be reached, or raise the stock")


def _lowest(campaign: GroupBuy, product: Product) -> int:
    return min([product.price, *(step.price for step in campaign.ladder if step.price is not None)])

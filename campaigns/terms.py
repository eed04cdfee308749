"""The terms a group buy is opened with, as bot.toml writes them, whichever kind opens it; and what makes them no terms.

The linter refuses what no member could be told honestly: a ladder that rises, steps nobody can reach, a minimum that
the stock cannot serve.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from bot.core.config import Campaign, Catalogue, Config, Finding, Product, money_text
from bot.core.config.mistakes import listed, nearest, shown
from bot.core.config.sections import Table
from bot.core.config.values import Duration, Key, Many, Money, Texts

_DAY = timedelta(days=1)
LONGEST_ROUND = timedelta(days=60)


class Step(Table):
    """One step of the ladder: from `at` members or pieces on, a lower price, or free delivery, or a gift."""

    at: Annotated[int, Field(ge=1, le=100_000)] = Field(description="How many it takes.", examples=["3"])
    price: Money | None = Field(None, description="What one piece then costs all.", examples=['"36.00"'])
    free_delivery: bool = Field(False, description="Delivery is then free.")
    gift: Texts = Field({}, description="What all then get on top.", examples=['"A jar of honey"'])


class Terms(Campaign):
    """The keys of every kind that opens a group buy."""

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


def lint(campaign: Terms, catalogue: Catalogue) -> Iterator[Finding]:
    """What the terms break, key by key."""
    yield from _times(campaign)
    yield from _held_out(campaign)
    product = catalogue.products.get(campaign.product)
    if product is None:
        yield from unknown_product(campaign.product, catalogue)
    elif product.shop != campaign.shop:
        yield foreign_product(campaign, product)
    else:
        currency = catalogue.shops[product.shop].currency if product.shop in catalogue.shops else "XXX"
        yield from _ladder(campaign, product, currency)
        yield from _leader(campaign, product, currency)
        yield from _stock(campaign, product)


def cost_max(campaign: Terms, config: Config) -> int | None:
    """The most a slot can cost: what the shop forgoes against the price without a ladder. None is without bound."""
    product, circles = config.products[campaign.product], config.circles_of(campaign)
    off = product.price - lowest(campaign, product)
    gives_more = any(step.free_delivery or step.gift for step in campaign.ladder)
    if gives_more or (off and product.stock is None):
        return None
    return off * (product.stock or 0) + campaign.leader_discount * len(circles)


def unknown_product(key: str, catalogue: Catalogue) -> Iterator[Finding]:
    """A product that stands in no file, with the nearest that does."""
    if key in catalogue.broken:
        return  # it is there; its own mistakes are told at its place
    meant = nearest(key, catalogue.products)
    right = f"did you mean {shown(meant)}?" if meant else f"name {listed(catalogue.products)}, or add [[product]]"
    yield Finding(("product",), f"there is no product {shown(key)}", right)


def foreign_product(campaign: Campaign, product: Product) -> Finding:
    """A product of another shop."""
    right = f"name a product of {campaign.shop}, or set shop = {shown(product.shop)}"
    return Finding(("product",), f"product {shown(product.id)} belongs to {product.shop}, not to {campaign.shop}", right)


def _held_out(campaign: Terms) -> Iterator[Finding]:
    if campaign.holdout:
        what = "holdout keeps messages from people, never a group buy or its price"
        yield Finding(("holdout",), what, "leave holdout out here", warning=True)


def _times(campaign: Terms) -> Iterator[Finding]:
    for key, length in (("closes_after", campaign.closes_after), ("pay_within", campaign.pay_within)):
        if not length:
            end = "the deadline would be the opening" if key == "closes_after" else "nobody could pay in time"
            yield Finding((key,), f"{key} is nothing, so {end}", f'write a length, as in {key} = "24h"')
        elif length > LONGEST_ROUND:
            yield Finding((key,), f"{key} is {length.days} days", "write 60 days or less")


def _ladder(campaign: Terms, product: Product, currency: str) -> Iterator[Finding]:
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


def _leader(campaign: Terms, product: Product, currency: str) -> Iterator[Finding]:
    least = lowest(campaign, product)
    if campaign.leader_discount and campaign.leader_discount >= least:
        off, price = money_text(campaign.leader_discount, currency), money_text(least, currency)
        yield Finding(
            ("leader_discount",), f"leader_discount {off} takes all of {price}", "write less than the lowest price"
        )
    if campaign.accept_from is not None and campaign.minimum == 1:
        right = "set minimum, or leave accept_from out"
        yield Finding(
            ("accept_from",), "accept_from is a share of a minimum of 1, so nothing is ever short", right, warning=True
        )


def _stock(campaign: Terms, product: Product) -> Iterator[Finding]:
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


def lowest(campaign: Terms, product: Product) -> int:
    """The lowest price of one piece that the ladder reaches."""
    return min([product.price, *(step.price for step in campaign.ladder if step.price is not None)])

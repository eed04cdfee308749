"""Audiences that reach nobody, or everybody when they seem to choose: what bot.toml alone can tell.

Invariant: a contradiction is a warning, since it harms nobody and a database may know products that the file does not;
a product that is misspelt is a mistake.
"""

from collections.abc import Iterator
from datetime import timedelta

from bot.core.config import Audience, Campaign, Catalogue, Comparison, Finding
from bot.core.config.mistakes import listed, nearest, shown
from bot.core.config.values import duration_text

_NOBODY = "so nobody is in it"


def lint(campaign: Campaign, catalogue: Catalogue) -> Iterator[Finding]:
    """What is wrong with whom a campaign reaches, if it chooses at all."""
    audience = vars(campaign).get("audience")
    if not isinstance(audience, Audience):
        return
    yield from _product(campaign, audience, catalogue)
    yield from _category(campaign, audience, catalogue)
    for found in (*_numbers(audience), *_times(audience), *_buyers(audience)):
        yield Finding(("audience", *found.at), f"audience {found.what}", found.right, warning=True)
    if audience.language is not None and audience.language not in catalogue.languages:
        what = f"audience.language is {shown(audience.language)}, which the bot does not speak"
        yield Finding(("audience", "language"), what, f"write {listed(catalogue.languages)}", warning=True)
    if getattr(campaign, "to", "members") == "circles" and audience != Audience():
        what = "audience chooses members, and a post in a circle reaches all of it"
        yield Finding(("audience",), what, 'write to = "members", or leave audience out', warning=True)


def _product(campaign: Campaign, audience: Audience, catalogue: Catalogue) -> Iterator[Finding]:
    key = audience.bought
    if key is None or key in catalogue.broken:
        return
    mine = [product.id for product in catalogue.products.values() if product.shop == campaign.shop]
    if key in mine:
        return
    meant = nearest(key, mine)
    right = f"did you mean {shown(meant)}?" if meant else f"name {listed(mine)}, or add [[product]]"
    other = catalogue.products.get(key)
    what = f"there is no product {shown(key)}" if other is None else f"product {shown(key)} belongs to {other.shop}"
    yield Finding(("audience", "bought"), what, right)


def _category(campaign: Campaign, audience: Audience, catalogue: Catalogue) -> Iterator[Finding]:
    """A category is whatever products say; one that none says yet is probably misspelt."""
    mine = {product.category for product in catalogue.products.values() if product.shop == campaign.shop}
    known = sorted(category for category in mine if category is not None)
    if audience.category is None or audience.category in known or catalogue.broken:
        return
    meant = nearest(audience.category, known)
    right = (
        f"did you mean {shown(meant)}?" if meant else f"write {listed(known)}" if known else "give products a category"
    )
    what = f"no product has the category {shown(audience.category)}, {_NOBODY}"
    yield Finding(("audience", "category"), what, right, warning=True)


def _numbers(audience: Audience) -> Iterator[Finding]:
    for key, compared in (("orders", audience.orders), ("spent", audience.spent)):
        if compared is None:
            continue
        if compared.holds(0) and compared.sign in {">=", ">"}:
            yield Finding((key,), f"has {key} {_said(compared, key)}, which holds for everybody", f"leave {key} out")
        elif compared.sign == "<" and compared.number == 0:
            yield Finding((key,), f"has {key} below 0, {_NOBODY}", f'write {key} = "=0" for those who have none')


def _times(audience: Audience) -> Iterator[Finding]:
    for key in ("within", "joined_within"):
        if getattr(audience, key) == timedelta(0):
            yield Finding((key,), f"has no time in {key}, {_NOBODY}", f'write how long, as in {key} = "30d"')
    if (
        audience.within is not None
        and audience.not_for is not None
        and timedelta(0) < audience.within <= audience.not_for
    ):
        lengths = duration_text(audience.within), duration_text(audience.not_for)
        what = "asks for a purchase within {} and for none in {}, {}".format(*lengths, _NOBODY)
        yield Finding(("not_for",), what, "make within longer than not_for, or leave one out")


def _buyers(audience: Audience) -> Iterator[Finding]:
    """Those who never bought have bought nothing, have no class, and were led to no order."""
    orders, spent = audience.orders, audience.spent
    if orders is None or not _only_none(orders):
        if orders is not None and spent is not None and _only_none(spent) and not orders.holds(0):
            yield Finding(("spent",), f"asks for orders and for nothing spent, {_NOBODY}", "leave one out")
        return
    asked = {
        "bought": audience.bought, "category": audience.category, "within": audience.within,
        "class": audience.buyer_class, "path": audience.path,
        "spent": spent if spent is not None and not spent.holds(0) else None,
    }  # fmt: skip
    for key, value in asked.items():
        if value is not None:
            yield Finding(
                (key,), f"asks for people without orders and for {key}, {_NOBODY}", f"leave orders or {key} out"
            )


def _only_none(compared: Comparison) -> bool:
    """Whether 0 is the only number that fits."""
    return (compared.sign, compared.number) in {("=", 0), ("<=", 0), ("<", 1)}


def _said(compared: Comparison, key: str) -> str:
    return f"{compared.sign}{compared.number}" if key == "orders" else f"{compared.sign} nothing"

"""Money on the platform: invoices, what they ask, who paid, refunds; Stars move between a person and a bot."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.errors import bad_request
from sandbox.world import World

# The currencies payments can be made in, besides Stars.
LISTED = """AED AFN ALL AMD ARS AUD AZN BAM BDT BGN BHD BND BOB BRL BYN CAD CHF CLP CNY COP CRC CZK DKK DOP DZD EGP ETB EUR GBP
GEL GHS GTQ HKD HNL HRK HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KRW KZT LBP LKR MAD MDL MMK MNT MOP MUR MVR MXN MYR MZN
NGN NIO NOK NPR NZD PAB PEN PHP PKR PLN PYG QAR RON RSD RUB SAR SEK SGD SYP THB TJS TRY TTD TWD TZS UAH UGX USD UYU UZS VEF VND
YER ZAR ZMW"""
CURRENCIES = frozenset(LISTED.split())
DEAREST_STARS = 100_000


@dataclass(slots=True)
class Invoice:
    """What a bot asked for."""

    bot: int
    title: str
    description: str
    payload: str
    currency: str
    prices: list[dict[str, Any]]
    provider_token: str = ""
    flexible: bool = False
    tip_max: int = 0
    start_parameter: str = ""
    needs: tuple[str, ...] = ()
    period: int = 0
    paid_by: set[int] = field(default_factory=set)

    @property
    def total(self) -> int:
        return sum(price["amount"] for price in self.prices)


@dataclass(slots=True)
class Payment:
    """What somebody paid."""

    charge: str
    bot: int
    person: int
    amount: int
    currency: str
    payload: str
    at: int
    refunded: bool = False


class Books:
    """All payments of a world by their charge."""

    def __init__(self) -> None:
        self.payments: dict[str, Payment] = {}
        self.links: dict[str, Invoice] = {}

    def of(self, bot: int) -> list[Payment]:
        return [payment for payment in self.payments.values() if payment.bot == bot]


def books(world: World) -> Books:
    kept: Books = world.kept.setdefault("books", Books())
    return kept


def read(bot: int, args: dict[str, Any]) -> Invoice:
    """The invoice a call describes, held against the platform's rules."""
    currency, prices, token = args["currency"].upper(), args["prices"], args.get("provider_token") or ""
    if not args["title"].strip() or not args["description"].strip():
        raise bad_request("INVOICE_TITLE_EMPTY" if not args["title"].strip() else "INVOICE_DESCRIPTION_EMPTY")
    if currency != "XTR" and currency not in CURRENCIES:
        raise bad_request("CURRENCY_INVALID")
    if currency == "XTR" and token:
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    if currency != "XTR" and not well_formed(token):
        raise bad_request("PAYMENT_PROVIDER_INVALID")
    if not prices:
        raise bad_request("there must be at least one price")
    if any(not price["label"].strip() for price in prices):
        raise bad_request("can't parse prices: label must be non-empty")
    total = sum(price["amount"] for price in prices)
    if currency == "XTR" and len(prices) != 1:
        raise bad_request("STARS_INVOICE_INVALID")
    if total <= 0 or total > (DEAREST_STARS if currency == "XTR" else 10**8) or (currency != "XTR" and total < 50):
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")
    check_tips(args, currency)
    needs = tuple(name for name in ("name", "phone_number", "email", "shipping_address") if args.get(f"need_{name}"))
    if currency == "XTR" and (needs or args.get("is_flexible")):
        raise bad_request("STARS_INVOICE_INVALID")
    return Invoice(
        bot,
        args["title"],
        args["description"],
        args["payload"],
        currency,
        prices,
        token,
        bool(args.get("is_flexible")),
        args.get("max_tip_amount", 0),
        args.get("start_parameter", ""),
        needs,
        args.get("subscription_period", 0),
    )


def well_formed(token: str) -> bool:
    number, _, rest = token.partition(":")
    return number.isdigit() and bool(rest)


def check_tips(args: dict[str, Any], currency: str) -> None:
    most, tips = args.get("max_tip_amount", 0), args.get("suggested_tip_amounts") or []
    if most < 0 or (most and currency == "XTR"):
        raise bad_request("TIP_MAX_AMOUNT_INVALID" if most < 0 else "STARS_INVOICE_INVALID")
    if len(tips) > 4:
        raise bad_request("there can be at most 4 suggested tip amounts")
    if tips and (tips != sorted(set(tips)) or tips[0] <= 0 or tips[-1] > most):
        raise bad_request("suggested tip amounts must be positive, in increasing order and at most max_tip_amount")

"""Amounts as the reader's language writes them. A shop has one currency, so its sign is left out but where asked for."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_decimal, get_currency_precision

STARS = "XTR"  # Telegram's own; whole, and unknown to CLDR


@lru_cache(maxsize=256)
def digits(currency: str) -> int:
    """How many digits of a currency's amounts stand behind the point."""
    return 0 if currency == STARS else get_currency_precision(currency)


@lru_cache(maxsize=4096)
def money(amount: int, currency: str, language: str) -> str:
    """Minor units as people write them: 3600 of CNY is "36.00"."""
    behind = digits(currency)
    pattern = "#,##0" + ("." + "0" * behind if behind else "")
    return format_decimal(_exact(amount, behind), format=pattern, locale=language)


def money_named(amount: int, currency: str, language: str) -> str:
    """The same with the currency behind it, said once on a receipt: "36.00 CNY"."""
    return f"{money(amount, currency, language)} {'⭐' if currency == STARS else currency}"


def _exact(amount: int, behind: int) -> Decimal:
    return Decimal(amount).scaleb(-behind)

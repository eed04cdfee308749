"""The kinds of values bot.toml is written in: money, durations, counts a period, hours, texts, secrets.

Each is parsed once, into a plain immutable value. What a value means may depend on its shop or on the bot's languages;
the loader hands those over as the validation context (`currency`, `languages`).
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from functools import cache
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from babel.core import get_global
from pydantic import BeforeValidator, ValidationInfo, WithJsonSchema

from bot.core.config.mistakes import listed, nearest, shown, wrong

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"(\d{1,7})([smhd])", re.ASCII)
_MONEY = re.compile(r"\d{1,12}(?:\.(\d{1,4}))?", re.ASCII)
CURRENCIES = frozenset(get_global("all_currencies"))
LONGEST = timedelta(days=3660)
_CALLED = {"RMB": "CNY", "YUAN": "CNY", "元": "CNY", "¥": "CNY", "EURO": "EUR", "€": "EUR", "YEN": "JPY", "$": "USD", "£": "GBP"}
_USUAL = (
    "CNY", "EUR", "USD", "GBP", "JPY", "HKD", "TWD", "SGD", "MYR", "THB", "KRW", "VND", "IDR", "PHP", "INR", "AUD", "NZD",
    "CAD", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "UAH", "KZT", "BRL", "MXN", "ZAR", "AED",
)  # fmt: skip


class SecretMissing(Exception):  # noqa: N818  # reads as what happened, like DomainError's codes
    """The environment lacks a secret that bot.toml names."""


@dataclass(frozen=True)
class Secret:
    """A secret by the name of its environment variable; the value is looked up only when it is used."""

    variable: str

    def reveal(self, environment: Mapping[str, str] = os.environ) -> str:
        """The secret. Raises SecretMissing with one line that says what to do."""
        if value := environment.get(self.variable, "").strip():
            return value
        raise SecretMissing(f"{self.variable} is not set; write export {self.variable}=… before you start")


@dataclass(frozen=True)
class Quota:
    """At most `count` in any `per`."""

    count: int
    per: timedelta


@dataclass(frozen=True)
class QuietHours:
    """Local hours without private promotions; they may run over midnight, and equal times mean none."""

    start: time
    end: time

    def covers(self, at: time) -> bool:
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@cache
def decimals(currency: str) -> int:
    """How many decimals a currency's minor unit has (CLDR, by Babel; loading it takes 10 ms, babel.numbers takes 100)."""
    fractions = get_global("currency_fractions")
    return int(fractions.get(currency, fractions["DEFAULT"])[0])


def money_text(minor: int, currency: str) -> str:
    """Money as bot.toml writes it: `39.90`."""
    places = decimals(currency)
    return f"{Decimal(minor).scaleb(-places):.{places}f}"


def money_in(value: object, info: ValidationInfo) -> int:
    """Money as text in minor units of the currency at hand. Raises what a validator raises."""
    example = 'write money as text, as in "39.90"'
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise wrong(f"is the number {shown(value)}", f'write money as text, "{shown(value)}"')
    match = _MONEY.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise wrong(f"is {shown(value)}", example)
    currency: str | None = (info.context or {}).get("currency")
    places = len(match[1] or "")
    known = places if currency is None else decimals(currency)
    if places > known:
        fitting = f"{Decimal(match[0]).quantize(Decimal(1).scaleb(-known), 'ROUND_DOWN')}"
        raise wrong(f"is {match[0]}, but {currency} has {known} decimals", f'write "{fitting}"')
    return int(Decimal(match[0]).scaleb(known))


def _duration(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise wrong(f"is {shown(value)}", 'write a number and s, m, h or d, as in "24h"')
    length = timedelta(**{_UNITS[match[2]]: int(match[1])})
    if length > LONGEST:
        raise wrong(f"is {shown(value)}, longer than ten years", 'write less, as in "30d"')
    return length


def duration_text(length: timedelta) -> str:
    """A duration as bot.toml writes it, in the largest unit that fits: `24h` is `1d`."""
    seconds = int(length.total_seconds())
    unit, name = next((unit, name) for unit, name in ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s")) if seconds % unit == 0)
    return f"{seconds // unit}{name}"


def _quota(value: object) -> Quota:
    if isinstance(value, Quota):
        return value
    count, slash, per = value.partition("/") if isinstance(value, str) else ("", "", "")
    if not slash or not re.fullmatch(r"\d{1,4}", count, re.ASCII) or not _DURATION.fullmatch(per) or not _duration(per):
        raise wrong(f"is {shown(value)}", 'write how many in how long, as in "2/7d"')
    return Quota(int(count), _duration(per))


def _quiet_hours(value: object) -> QuietHours:
    if isinstance(value, QuietHours):
        return value
    match = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", value, re.ASCII) if isinstance(value, str) else None
    try:
        if match is None:
            raise ValueError(value)
        return QuietHours(time.fromisoformat(match[1]), time.fromisoformat(match[2]))
    except ValueError:
        raise wrong(f"is {shown(value)}", 'write from and to, as in "22:00-08:00"') from None


def _zone(value: object) -> str:
    example = 'write a zone of the tz database, as in "Europe/Helsinki"'
    if not isinstance(value, str):
        raise wrong(f"is {shown(value)}", example)
    try:
        ZoneInfo(value)
    except (OSError, ValueError, KeyError):  # KeyError: ZoneInfoNotFoundError; OSError: "Europe" is a folder
        meant = nearest(value, available_timezones())
        remedy = f"did you mean {shown(meant)}?" if meant else example
        raise wrong(f"is {shown(value)}, which is no time zone", remedy) from None
    return value


def _currency(value: object) -> str:
    if isinstance(value, str) and value in CURRENCIES:
        return value
    meant = _meant_currency(value.upper()) if isinstance(value, str) else None
    remedy = f"did you mean {shown(meant)}?" if meant else 'write three letters, as in "EUR"'
    raise wrong(f"is {shown(value)}, which is no currency", remedy)


def _meant_currency(word: str) -> str | None:
    """The currency behind its everyday name, or one of the usual ones that is one letter away."""
    if word in CURRENCIES:
        return word
    alike = (code for code in _USUAL if len(word) == 3 and sum(map(str.__eq__, code, word)) == 2)
    return _CALLED.get(word) or next(alike, None)


def _secret(value: object) -> Secret:
    if isinstance(value, Secret):
        return value
    match = re.fullmatch(r"env:([A-Za-z_]\w*)", value, re.ASCII) if isinstance(value, str) else None
    if match is None:  # the value is not shown: it may be the secret itself
        raise wrong("is not the name of a secret", 'write "env:NAME" and set NAME in the environment')
    return Secret(match[1])


def _texts(value: object, info: ValidationInfo) -> dict[str, str]:
    languages: tuple[str, ...] = (info.context or {}).get("languages", ("en",))
    if isinstance(value, str):
        value = {languages[0]: value}
    if not isinstance(value, dict) or not value:
        raise wrong(
            f"is {shown(value)}", 'write text, or one for each language, as in { en = "Oranges", zh_CN = "橙子" }'
        )
    for language, text in value.items():
        if language not in languages:
            raise wrong(
                f"has the language {shown(language)}", f"write {listed(languages)}, or add it to languages in [bot]"
            )
        if not isinstance(text, str) or not text.strip():
            raise wrong(f"is {shown(text)} in {language}", "write some text, or leave the language out")
    return dict(value)


def _listed(value: object) -> object:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, list):
        raise wrong(f"is {shown(value)}", f"write a list, as in [{shown(value)}]")
    return tuple(value)


def _one_line(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise wrong(f"is {shown(value)}", "write some text on one line, in quotes")
    return value


def _key(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", value, re.ASCII):
        raise wrong(f"is {shown(value)}", 'write letters, digits, - and _, as in "friday-oranges"')
    return value


T = TypeVar("T")
Many = Annotated[tuple[T, ...], BeforeValidator(_listed)]
Money = Annotated[
    int, BeforeValidator(money_in), WithJsonSchema({"type": "string", "pattern": r"^\d{1,12}(\.\d{1,4})?$"})
]
Duration = Annotated[
    timedelta, BeforeValidator(_duration), WithJsonSchema({"type": "string", "pattern": r"^\d{1,7}[smhd]$"})
]
QuotaText = Annotated[
    Quota, BeforeValidator(_quota), WithJsonSchema({"type": "string", "pattern": r"^\d{1,4}/\d{1,7}[smhd]$"})
]
QuietHoursText = Annotated[
    QuietHours,
    BeforeValidator(_quiet_hours),
    WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d-\d\d:\d\d$"}),
]
SecretName = Annotated[
    Secret, BeforeValidator(_secret), WithJsonSchema({"type": "string", "pattern": r"^env:[A-Za-z_]\w*$"})
]
Texts = Annotated[
    dict[str, str],
    BeforeValidator(_texts),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
            ]
        }
    ),
]
Zone = Annotated[str, BeforeValidator(_zone)]
Currency = Annotated[str, BeforeValidator(_currency), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{3}$"})]
Line = Annotated[str, BeforeValidator(_one_line)]
Key = Annotated[
    str, BeforeValidator(_key), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"})
]

"""The lists of bot.toml: [[shop]], [[circle]], [[product]], and what every [[campaign]] has, whatever its kind."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from bot.core.config.mistakes import shown, wrong
from bot.core.config.sections import Language, PersonId, Table
from bot.core.config.values import Currency, Duration, Key, Line, Many, Money, SecretName, Texts, Zone
from bot.core.config.wording import ON_CARD, Wording

_AT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", re.ASCII)


def _moment(value: object) -> datetime:
    if isinstance(value, datetime) and value.tzinfo is None:
        return value
    text = value.isoformat() if isinstance(value, datetime) else value
    if not isinstance(text, str) or not _AT.match(text):
        raise wrong(f"is {shown(text)}", 'write date and time, as in "2026-12-01T18:00"')
    if not _AT.fullmatch(text):
        raise wrong(f"is {shown(text)}, more than date and time", f'write the shop\'s local time, "{text[:16]}"')
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise wrong(f"is {shown(text)}, which never comes ({error})", "write a day of the calendar") from None


def _moments(value: object) -> tuple[datetime, ...]:
    values = value if isinstance(value, list | tuple) else [value]
    if not values:
        raise wrong("is an empty list", 'write when, as in "2026-12-01T18:00"')
    return tuple(_moment(item) for item in values)


_MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?$"}
Moments = Annotated[
    tuple[datetime, ...],
    BeforeValidator(_moments),
    WithJsonSchema({"anyOf": [_MOMENT, {"type": "array", "items": _MOMENT, "minItems": 1}]}),
]


class Shop(Table):
    """A seller with one currency and one local time."""

    id: Key = Field(description="A short name for this file.", examples=['"orchard"'])
    name: Line = Field(description="What people call it.", examples=['"Orchard Lane"'])
    currency: Currency = Field(description="ISO 4217.", examples=['"EUR"'])
    timezone: Zone = Field(description="The zone its times are written in.", examples=['"Europe/Helsinki"'])
    owners: Many[PersonId] = Field(min_length=1, description="Telegram ids of who sells.", examples=["[1001]"])
    payments: Many[Literal["offline", "stars", "provider"]] = Field(
        ("offline",), min_length=1, description="How people may pay.", examples=['["offline"]']
    )
    provider_token: SecretName | None = Field(
        None, description="The payment provider's token, by the name of a variable.", examples=['"env:PROVIDER_TOKEN"']
    )
    return_window: Duration = Field(timedelta(days=7), description="How long goods may be returned.", examples=['"7d"'])
    pay_to: Texts = Field(
        {}, description="How and where to pay, shown after lock.", examples=['"Transfer to Li Wei, 6222 …"']
    )
    pay_qr: Line | None = Field(
        None, description="A QR picture beside pay_to, inside this folder.", examples=['"photos/pay.png"']
    )
    pickup: Many[Line] = Field((), description="Where and when to collect.", examples=['["Gate 2, Sat 10:00-12:00"]'])
    wants_needed: Annotated[int, Field(ge=1, le=100_000)] = Field(
        5, description="How many members have to wish for something (/want) until the owners are asked to offer it."
    )

    @model_validator(mode="after")
    def _provider_has_a_token(self) -> Self:
        if "provider" in self.payments and self.provider_token is None:
            raise wrong('name "provider" without provider_token', 'add provider_token = "env:PROVIDER_TOKEN"', "payments")
        return self


class Circle(Table):
    """A group chat that a shop has approved; circles may also be approved in the chat."""

    chat_id: Annotated[int, Field(lt=0)] = Field(description="Telegram's id of the group.", examples=["-1001000000001"])
    name: Line = Field(description="What campaigns call it.", examples=['"Office 3F"'])
    shop: Key = Field(description="Needed once two shops exist.", examples=['"orchard"'])
    tags: Many[Key] = Field((), description='Campaigns reach all circles of a tag by "#tag".', examples=['["office"]'])
    language: Language | None = Field(None, description="The language of its card.", examples=['"zh_CN"'])
    timezone: Zone | None = Field(None, description="The zone its times are shown in.", examples=['"Asia/Shanghai"'])
    pickup: Many[Line] = Field(
        (), description="Where and when this circle collects.", examples=['["Gate 2, Sat 10:00-12:00"]']
    )


class Product(Table):
    """A thing a shop sells."""

    id: Key = Field(description="A short name for this file.", examples=['"oranges"'])
    shop: Key = Field(description="Needed once two shops exist.", examples=['"orchard"'])
    title: Texts = Field(description="What the card calls it.", examples=['"Honey oranges, 5 kg"'])
    price: Money = Field(description="Of one piece, before any step.", examples=['"39.90"'])
    stock: Annotated[int, Field(ge=0, le=10_000_000)] | None = Field(
        None, description="Opening stock, shared by all its rounds; left out: no limit.", examples=["200"]
    )
    category: Line | None = Field(None, description="What kind of thing it is.", examples=['"fruit"'])
    options: Many[Line] = Field(
        (), max_length=20, description="Kinds one can choose from.", examples=['["small", "large"]']
    )
    photo: Line | None = Field(None, description="A picture inside this folder.", examples=['"photos/oranges.jpg"'])


class When(Table):
    """A schedule: exactly one of at, every, cron, after. Times are the shop's local time."""

    at: Moments | None = Field(None, description="One date and time, or a list.", examples=['"2026-12-01T18:00"'])
    every: Duration | None = Field(None, description="An interval, counted from the first load.", examples=['"1d"'])
    cron: str | None = Field(
        None, max_length=200, description="Minute, hour, day, month, weekday.", examples=['"0 18 * * fri"']
    )
    after: Literal["joined", "ordered", "delivered", "answered"] | None = Field(
        None, description="What has to happen to a member first.", examples=['"delivered"']
    )
    delay: Duration | None = Field(None, description="How long after that.", examples=['"3d"'])

    @model_validator(mode="before")
    @classmethod
    def _exactly_one(cls, value: object) -> object:
        remedy = 'write one of at, every, cron or after, as in { cron = "0 18 * * fri" }'
        if isinstance(value, When):
            return value
        if not isinstance(value, dict):
            raise wrong(f"is {shown(value)}", remedy)
        named = [key for key in ("at", "every", "cron", "after") if key in value]
        if len(named) != 1 and not set(value) - set(cls.model_fields):
            raise wrong(f"has {' and '.join(named) or 'no time'}", remedy)
        if "delay" in value and "after" not in value:
            raise wrong("has delay without after", 'write { after = "delivered", delay = "3d" }')
        return value


class Campaign(Table):
    """What campaigns of every kind have in common."""

    id: Key = Field(description="Its name for ever: another name is another campaign.", examples=['"friday-oranges"'])
    kind: str = Field(description="What it does.", examples=['"group_buy"'])
    shop: Key = Field(description="Needed once two shops exist.", examples=['"orchard"'])
    schedule: When = Field(description="When it happens.", examples=['{ cron = "0 18 * * fri" }'])
    circles: Many[Line] = Field(
        ("*",),
        min_length=1,
        description='Names of circles, "#tag", or "*" for all of the shop.',
        examples=['["#office"]'],
    )
    text: Texts = Field({}, description="The operator's own words.", examples=['{ en = "Fresh from the orchard." }'])
    misfire_grace: Duration = Field(
        timedelta(minutes=15), description="How late a slot may still start.", examples=['"15m"']
    )
    catch_up: Literal["none", "latest", "all"] = Field("latest", description="Which later slots are made up for.")
    overlap: Literal["skip", "queue", "cancel"] = Field(
        "skip", description="What to do when the one before still runs."
    )
    holdout: Annotated[float, Field(ge=0, lt=1)] = Field(0.0, description="Share of members who are not written to.")
    over_budget: Literal["wait", "drop"] = Field("wait", description="What to do with messages above [attention].")

    @property
    def wording(self) -> Wording:
        """What its text may be; a kind whose text stands elsewhere than on a card says so here."""
        return ON_CARD

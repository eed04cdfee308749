"""The tables of bot.toml that exist once: [bot], [webhook], [rates], [attention]."""

import re
from datetime import time, timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from bot.core.config.mistakes import shown, wrong
from bot.core.config.values import Duration, Many, QuietHours, QuietHoursText, Quota, QuotaText, Secret, SecretName


class Table(BaseModel):
    """A table of bot.toml: exactly its known keys, each of its exact type, immutable once read."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", arbitrary_types_allowed=True)


def _language(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z]{2,3}(_[A-Z][A-Za-z]{1,3})?", value, re.ASCII):
        raise wrong(f"has {shown(value)}", 'write codes such as "en" or "zh_CN"')
    return value


def _address(value: object) -> str:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname or parts.port == 0:
            raise ValueError(value)
    except ValueError:
        raise wrong(f"is {shown(value)}", 'write an address, as in "https://api.telegram.org"') from None
    return str(value).rstrip("/")


def _database(value: object) -> str | Secret:
    if isinstance(value, str) and re.fullmatch(r"env:[A-Za-z_]\w*", value, re.ASCII):
        return Secret(value.removeprefix("env:"))
    if isinstance(value, str) and (match := re.match(r"(sqlite:///.|postgres(?:ql)?(?:\+psycopg)?://)", value)):
        if match[1].startswith("postgres") and re.search(r"//[^/@:]*:[^/@]+@", value):
            raise wrong("has a password in it", 'write database = "env:DATABASE_URL" and set that in the environment')
        return value
    raise wrong("is no database that is known", 'write "sqlite:///tuan.db" or "postgresql://…"')


Language = Annotated[
    str, BeforeValidator(_language), WithJsonSchema({"type": "string", "pattern": "^[a-z]{2,3}(_[A-Z][A-Za-z]{1,3})?$"})
]
Address = Annotated[str, BeforeValidator(_address), WithJsonSchema({"type": "string", "format": "uri"})]
DatabaseAddress = Annotated[str | Secret, BeforeValidator(_database), WithJsonSchema({"type": "string"})]
PersonId = Annotated[int, Field(gt=0)]


class Bot(Table):
    """The bot itself."""

    token: SecretName = Field(
        description="The token from BotFather, by the name of an environment variable.", examples=['"env:BOT_TOKEN"']
    )
    api_root: Address = Field(
        "https://api.telegram.org", description="Where the Bot API is; the sandbox prints its own."
    )
    database: DatabaseAddress = Field(
        "sqlite:///tuan.db",
        description="sqlite:///FILE, postgresql://HOST/NAME, or env:NAME of a variable that holds it.",
    )
    mode: Literal["polling", "webhook"] = Field("polling", description="How updates come in; webhook needs [webhook].")
    languages: Many[Language] = Field(
        ("en", "zh_CN"),
        min_length=1,
        description="Languages the bot speaks; the first is used where none other fits.",
        examples=['["en", "zh_CN"]'],
    )
    operators: Many[PersonId] = Field(
        (), description="Telegram ids of who may pause campaigns and reload.", examples=["[1002]"]
    )

    def database_url(self) -> str:
        """The address of the database. Raises SecretMissing."""
        return self.database.reveal() if isinstance(self.database, Secret) else self.database


class Webhook(Table):
    """Where Telegram reaches the bot when mode is "webhook"."""

    url: Address = Field(description="The public https address.", examples=['"https://bot.example.org/telegram"'])
    secret: SecretName = Field(description="What Telegram proves itself with.", examples=['"env:WEBHOOK_SECRET"'])
    host: str = Field("127.0.0.1", description="The address to listen on.")
    port: int = Field(8443, ge=1, le=65535, description="The port to listen on.")


class Rates(Table):
    """How fast the bot may send: Telegram's limits, edits counted."""

    per_second: Annotated[float, Field(gt=0, le=1000)] = Field(30, description="Messages a second in all.")
    per_chat_per_second: Annotated[float, Field(gt=0)] = Field(1, description="Messages a second to one chat.")
    per_group_per_minute: Annotated[float, Field(gt=0)] = Field(20, description="Messages a minute to one group.")
    paid_broadcast: bool = Field(False, description="Pay Telegram's Stars to send up to 1,000 a second.")

    @model_validator(mode="after")
    def _within_the_platform(self) -> Self:
        if self.per_second > 30 and not self.paid_broadcast:
            raise wrong(f"is {self.per_second:g}", "write 30 or less, or set paid_broadcast = true", "per_second")
        return self


class Attention(Table):
    """How much selling a person and a circle are asked to bear."""

    member_promotions: QuotaText = Field(
        Quota(2, timedelta(days=7)), description="Private promotions one member gets.", examples=['"2/7d"']
    )
    circle_posts: QuotaText = Field(
        Quota(3, timedelta(days=1)), description="Posts one circle gets.", examples=['"3/1d"']
    )
    quiet_hours: QuietHoursText = Field(
        QuietHours(time(22), time(8)),
        description="No private promotions in these local hours.",
        examples=['"22:00-08:00"'],
    )
    nudge_after: Duration = Field(
        timedelta(hours=4), description="An owner is reminded once of a question that waits longer.", examples=['"4h"']
    )

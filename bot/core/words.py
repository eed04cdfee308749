"""Words: everything Tuan says, in one language, for one place and moment.

`text` gives HTML for messages, `say` the same sentence as plain text for tap answers. Invariant: a tap's answer is at
most 200 UTF-16 units, in every language, whatever people and products are called.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from functools import cache, lru_cache
from gettext import GNUTranslations

from markupsafe import Markup

from bot.core import i18n, money_text, names, times
from bot.core.render import Templates, plain
from models.errors import DomainError
from models.facts import SeatLeft, SeatTaken

log = logging.getLogger(__name__)
ANSWER = 200  # characters a tap's answer may have


@cache
def templates() -> Templates:
    """The templates of the house, one for all languages."""
    return Templates(i18n.LOCALES / "templates")


@dataclass(frozen=True)
class Words:
    """One language, and where it is spoken: the shop's currency, the reader's zone, the moment."""

    language: str = i18n.DEFAULT
    currency: str = "CNY"
    zone: tzinfo = UTC
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def here(
        self, *, currency: str | None = None, zone: tzinfo | str | None = None, now: datetime | None = None
    ) -> "Words":
        """The same language for another shop, place or moment."""
        told = times.zone_named(zone) if isinstance(zone, str) else zone
        return replace(self, currency=currency or self.currency, zone=told or self.zone, now=now or self.now)

    @property
    def catalogue(self) -> GNUTranslations:
        return i18n.catalogue(self.language)

    def text(self, template: str, **params: object) -> Markup:
        """A message as HTML. Raises KeyError for a template that is none, UndefinedError for a value that is missing."""
        return templates().block(template, {"words": self, **params})

    def say(self, code: str, **params: object) -> str:
        """A short answer or a refusal as plain text that fits a tap's answer."""
        return _fit(" ".join(plain(self.text(code, **params)).split()))

    def refusal(self, error: DomainError) -> str:
        """What a rule's no means in words: what is so, and what works."""
        if error.code not in templates().places:
            log.error("no words for the refusal %r", error.code)
            return self.say("went_wrong")
        return self.say(error.code, **error.params)

    def seat_answer(self, fact: SeatTaken | SeatLeft) -> str:
        """A tap's answer: the seat, the price of one piece now, what is missing to the next step."""
        template = "seat_left" if isinstance(fact, SeatLeft) else "seat_taken"
        if isinstance(fact, SeatTaken) and fact.pay_by is None:
            return _seat_told(self.language, self.currency, replace(fact, round_id=0, person_id=0))
        return self.say(template, **asdict(fact))

    def option(self, texts: Mapping[str, str] | str) -> str:
        """What an owner wrote, in this language, cleaned; one line."""
        return names.clean(texts if isinstance(texts, str) else i18n.text_of(dict(texts), self.language))

    def written(self, texts: Mapping[str, str]) -> str:
        """What an owner wrote, in this language, line by line as it was written. Clean it before it is shown."""
        return i18n.text_of(dict(texts), self.language)

    def choice(self, option: str) -> str:
        """An option's name: the few every shop uses in this language, all others as the owner wrote them."""
        return plain(self.text("option_named", option=names.shown(option)))

    def listed(self, items: Sequence[str]) -> str:
        """Several things in a row, as this language strings them."""
        return ("、" if self.language.startswith("zh") else ", ").join(items)

    def places(self, places: Sequence[str]) -> str:
        """Places to collect at; they have commas of their own."""
        return " · ".join(places)

    def money(self, amount: int, currency: str | None = None) -> str:
        """Minor units as this language writes them, without a sign."""
        return money_text.money(amount, currency or self.currency, self.language)

    def money_named(self, amount: int, currency: str | None = None) -> str:
        """The same with the currency behind it."""
        return money_text.money_named(amount, currency or self.currency, self.language)

    def when(self, instant: datetime, zone: tzinfo | None = None, now: datetime | None = None) -> Markup:
        """ "Fri 20:00" in the zone of the place."""
        return times.moment(instant, times.when(instant, zone or self.zone, now or self.now, self.language))

    def left(self, instant: datetime) -> str:
        """ "3 h 12 min" until then; "less than a minute" to the end."""
        days, hours, minutes = times.parts(instant - self.now)
        return plain(self.text("time_left", days=days, hours=hours, minutes=minutes))

    def countdown(self, instant: datetime) -> Markup:
        """What is left until then, as an entity that the app keeps right."""
        return times.countdown(instant, self.text("time_counted", left=self.left(instant)))

    def deadline(self, instant: datetime) -> Markup:
        """ "Fri 20:00 (3 h 12 min)"; after it, the time alone."""
        if instant <= self.now:
            return self.when(instant)
        return self.text("time_and_left", when=self.when(instant), left=self.countdown(instant))


@lru_cache(4096)
def _seat_told(language: str, currency: str, fact: SeatTaken) -> str:
    """What taps hear again and again in a hot minute; saying it anew costs 0.3 ms. No time stands in it."""
    return Words(language, currency).say("seat_taken", **asdict(fact))


def _fit(text: str) -> str:
    """Cut to a tap's answer, at a joint between two parts if there is one."""
    while _units(text) > ANSWER and " · " in text:
        text = text.rpartition(" · ")[0]
    while _units(text) > ANSWER:
        text = names.shorten(text, len(text) - 1)
    return text


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2

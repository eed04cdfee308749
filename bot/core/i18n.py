"""Languages: which there are, which one a reader reads, and their catalogues.

Catalogues are the .po files themselves, compiled in memory when a language is first spoken, so that nothing compiled
lies about in the repository and an edited .po file is what people read after the next start.
"""

from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Protocol

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parents[2] / "locales"
DOMAIN = "tuan"
DEFAULT = "en"


class Reader(Protocol):
    """A person, as far as language goes: what /language says, and what their app speaks."""

    @property
    def chosen_language(self) -> str | None: ...
    @property
    def language(self) -> str | None: ...


class Place(Protocol):
    """A circle, as far as language goes."""

    @property
    def language(self) -> str | None: ...


def catalogue_file(language: str) -> Path:
    """Where a language's words stand."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def languages() -> tuple[str, ...]:
    """The languages Tuan speaks, the default first."""
    found = {path.parts[-3] for path in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    return (DEFAULT, *sorted(found - {DEFAULT}))


@cache
def catalogue(language: str) -> GNUTranslations:
    """A language's words."""
    compiled = BytesIO()
    with catalogue_file(language).open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def spoken(tag: str | None) -> str | None:
    """The language of ours that a tag of Telegram's or an operator's means ("zh-hans" is zh_CN); None if we have none."""
    if not tag:
        return None
    wanted = tag.replace("-", "_").lower()
    exact = [language for language in languages() if language.lower() == wanted]
    alike = [language for language in languages() if language.split("_")[0].lower() == wanted.split("_")[0]]
    return next(iter(exact or alike), None)


def language_of(person: Reader | None, circle: Place | None = None, default: str = DEFAULT) -> str:
    """What to speak: what the person chose, else the circle's in the circle, else their app's, else the bot's own."""
    wishes = (
        person.chosen_language if person else None,
        circle.language if circle else None,
        person.language if person else None,
        default,
    )
    return next((language for wish in wishes if (language := spoken(wish))), DEFAULT)


def text_of(texts: dict[str, str], language: str) -> str:
    """What an owner wrote, in the reader's language if it is there, else in the default's, else in any; "" if nothing."""
    if language in texts:
        return texts[language]
    return texts.get(DEFAULT) or next(iter(texts.values()), "")

"""The catalogues' keeper: `python -m bot.core.catalogue check` finds what is missing, `update` brings the .po files up to date.

Invariants: every sentence of the templates stands in every language, none fuzzy, none left over; a translation shows
the values its source shows. English is the source; its catalogue says the same words.
"""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from bot.core.i18n import DEFAULT, LOCALES, catalogue_file, languages

METHODS = [("**.j2", "jinja2"), ("**.py", "python")]
OPTIONS = {"**.j2": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false", "trim_blocks": "true"}}
SOURCES = ("locales/templates", "bot/core", "handlers")
_SLOT = re.compile(r"%\((\w+)\)s")
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)  # catalogues carry no clock: equal words, equal files


def source() -> Catalog:
    """Every sentence that the templates (and code, should any speak) ask for."""
    found = Catalog(project="Tuan", copyright_holder="", creation_date=_EPOCH, revision_date=_EPOCH)
    root = LOCALES.parent
    for folder in SOURCES:
        for name, _, text, comments, context in extract_from_dir(root / folder, METHODS, OPTIONS):
            found.add(text, locations=[(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return found


def load(language: str) -> Catalog:
    """A language's catalogue as it stands; empty if there is none."""
    path = catalogue_file(language)
    if not path.exists():
        return Catalog(locale=language, project="Tuan")
    with path.open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str) -> Catalog:
    """The source's sentences with this language's words; English says what the source says."""
    known = load(language)
    fresh = Catalog(
        locale=language, domain="tuan", project="Tuan", version="1", copyright_holder="", fuzzy=False,
        creation_date=_EPOCH, revision_date=_EPOCH, last_translator="", language_team="", msgid_bugs_address="",
        header_comment=f"# Tuan's words: {language}.",
    )  # fmt: skip
    for message in source():
        if message.id:
            old = known.get(message.id, message.context)
            words = message.id if language == DEFAULT else old.string if old else ""
            fresh.add(message.id, words, locations=message.locations, context=message.context)
    return fresh


def update(language: str) -> Path:
    """Writes the language's .po file; new sentences stand there without words, old ones go."""
    path = catalogue_file(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    whole = path.with_suffix(".new")  # the words that are kept stand in the file: nobody may meet it half written
    with whole.open("wb") as file:
        write_po(file, updated(language), width=120, include_lineno=False, omit_header=False)
    whole.replace(path)
    return path


def mistakes(language: str) -> Iterator[str]:
    """What is wrong with a language, a line each."""
    known, wanted = load(language), source()
    for message in wanted:
        if message.id:
            yield from (f"{language}: {fault}: {_name(message)}" for fault in _faults(message, known))
    for message in known:
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"{language}: no longer said: {_name(message)}"


def _faults(message: Message, known: Catalog) -> Iterator[str]:
    mine = known.get(message.id, message.context)
    if mine is None or not all(_forms(mine.string)):
        yield "no words"
    elif mine.fuzzy:
        yield "fuzzy"
    elif len(_forms(mine.string)) != (known.num_plurals if message.pluralizable else 1):
        yield "not as many plural forms as the language has"
    elif {slot for form in _forms(mine.string) for slot in _slots(form)} != _slots(_forms(message.id)[-1]):
        yield "other values than the source shows"


def _forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _slots(text: str) -> set[str]:
    return set(_SLOT.findall(text))


def _name(message: Message) -> str:
    return repr(_forms(message.id)[-1])


def main(arguments: list[str]) -> int:
    """`check`: 1 and a line for each mistake. `update`: rewrites every catalogue, then checks."""
    if arguments not in (["check"], ["update"]):
        print("python -m bot.core.catalogue check|update", file=sys.stderr)
        return 2
    if arguments == ["update"]:
        for language in languages():
            update(language)
    found = [mistake for language in languages() for mistake in mistakes(language)]
    print("\n".join(found) or f"ok {', '.join(languages())}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Templates: the project's own Jinja2, every sentence a named block, escaped, strict about what is missing.

All templates stand in locales/templates; a block's name is unique over all of them and is what code asks for. What
owners and operators write is never a template: `fill` replaces `{name}` placeholders from a list and nothing else.
"""

import html
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from bot.core import names

if TYPE_CHECKING:
    from bot.core.words import Words

_BLOCK = re.compile(r"\{%-?\s*block\s+(\w+)")
_TAG = re.compile(r"<[^<>]*>")
_MOMENT = re.compile(r"(<tg-time [^<>]*>)[^<>]*")
_SLOT = re.compile(r"\{(\w+)\}")


class Templates:
    """Every template of a folder, compiled when first used and kept."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = _environment(folder)

    @cached_property
    def places(self) -> Mapping[str, str]:
        """Block name -> the file it stands in. Raises ValueError when two blocks share a name."""
        places: dict[str, str] = {}
        for path in sorted(self._folder.glob("*.j2")):
            for name in _BLOCK.findall(path.read_text(encoding="utf-8")):
                if name in places:
                    raise ValueError(f"{path.name} and {places[name]} both have a block {name}")
                places[name] = path.name
        return places

    def block(self, name: str, variables: Mapping[str, object]) -> Markup:
        """One block as HTML. Raises KeyError for a name that is none, UndefinedError for a value that is missing."""
        template = self._environment.get_template(self.places[name])
        rendered = "".join(template.blocks[name](template.new_context(dict(variables))))
        return Markup(tidy(rendered))  # noqa: S704  # its values were escaped on their way in

    def warm(self) -> None:
        """Compiles all of them, so that the first tap does not wait."""
        for name in set(self.places.values()):
            self._environment.get_template(name)


def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=True,
        auto_reload=False,
        cache_size=-1,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_compiled_before(),
    )
    environment.policies["ext.i18n.trimmed"] = True
    install = environment.install_gettext_callables  # type: ignore[attr-defined]  # the i18n extension adds it
    install(_gettext, _ngettext, newstyle=True)
    environment.filters.update(
        money=_money,
        named=_named,
        when=_when,
        left=_left,
        deadline=_deadline,
        countdown=_countdown,
        name=names.shown,
        sentence=_sentence,
        choice=_choice,
        options=_options,
        places=_places,
    )
    return environment


def _compiled_before() -> BytecodeCache | None:
    """What an earlier start compiled, in the user's own temporary folder: compiling all takes 0.2 s, reading it 0.01 s."""
    try:
        return FileSystemBytecodeCache()
    except (OSError, RuntimeError):  # no folder that is ours alone: then each start compiles what it says
        return None


def _words(context: Context) -> "Words":
    return cast("Words", context["words"])


@pass_context
def _gettext(context: Context, message: str) -> str:
    return _words(context).catalogue.gettext(message)


@pass_context
def _ngettext(context: Context, one: str, many: str, n: int) -> str:
    return _words(context).catalogue.ngettext(one, many, n)


@pass_context
def _money(context: Context, amount: int) -> str:
    return _words(context).money(amount)


@pass_context
def _named(context: Context, amount: int) -> str:
    return _words(context).money_named(amount)


@pass_context
def _when(context: Context, instant: datetime) -> Markup:
    return _words(context).when(instant)


@pass_context
def _left(context: Context, instant: datetime) -> str:
    return _words(context).left(instant)


@pass_context
def _countdown(context: Context, instant: datetime) -> Markup:
    return _words(context).countdown(instant)


@pass_context
def _deadline(context: Context, instant: datetime) -> Markup:
    return _words(context).deadline(instant)


@pass_context
def _choice(context: Context, option: str) -> str:
    return _words(context).choice(option)


@pass_context
def _options(context: Context, options: Sequence[str]) -> str:
    return _words(context).listed([_words(context).choice(option) for option in options])


@pass_context
def _places(context: Context, places: Sequence[str]) -> str:
    return _words(context).places([names.shown(place, 60) for place in places])


def _sentence(said: str) -> str:
    """What a member wrote, cleaned and whole: it is theirs, so it is not cut like a name."""
    return names.clean(said)


def tidy(text: str) -> str:
    """No blanks at the ends of lines, at most one empty line in a row, nothing around."""
    lines = [line.rstrip() for line in text.strip().splitlines()]
    return "\n".join(line for i, line in enumerate(lines) if line or lines[i - 1])


def plain(text: str) -> str:
    """What stays of HTML of ours when it is only text: for tap answers and for counting."""
    return html.unescape(_TAG.sub("", text))


def length(text: str) -> int:
    """The length of HTML of ours as Telegram counts it: UTF-16 units after entities are parsed."""
    return len(plain(text).encode("utf-16-le")) // 2


def timeless(text: str) -> str:
    """The text without what only time changes: equal for equal content, now and in an hour."""
    return _MOMENT.sub(r"\1", text)


def fill(text: str, values: Mapping[str, str]) -> Markup:
    """An owner's text with its placeholders filled; what is not in `values` stands as it was written. All is escaped."""
    return escape(_SLOT.sub(lambda slot: values.get(slot[1], slot[0]), text))

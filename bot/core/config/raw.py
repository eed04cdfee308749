"""An entry of a list of bot.toml before it is validated, and the rules that need its place or its neighbours.

Invariant: of two entries with one id the first keeps it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Any

from bot.core.config.mistakes import Finding, Mistake, listed, nearest, shown
from bot.core.config.positions import Path
from bot.core.config.source import Source, outside

UNIQUE = {"shop": ("id",), "circle": ("chat_id", "name"), "product": ("id",), "campaign": ("id",)}
FILES = ("photo", "pay_qr")


@dataclass(frozen=True)
class Raw:
    """One entry as it stands in its file."""

    source: Source
    path: Path
    list: str
    data: dict[str, Any]

    def mistake(self, finding: Finding) -> Mistake:
        return self.source.mistake(self.path, finding)

    def names(self) -> Iterator[str]:
        """Everything others may refer to it by."""
        tags = self.data.get("tags", [])
        for name in (self.data.get("id"), self.data.get("name"), *(tags if isinstance(tags, list) else [])):
            if isinstance(name, str):
                yield from (name, f"#{name}")


def entries(sources: list[Source], name: str) -> tuple[list[Raw], list[Mistake]]:
    """All entries of one list in file order."""
    found, mistakes = [], []
    for index, source in enumerate(sources):
        if index and name not in {"product", "campaign"}:
            continue
        values = source.data.get(name, [])
        for at, data in enumerate(values) if isinstance(values, list) else [(0, values)]:
            if isinstance(values, list) and isinstance(data, dict):
                found.append(Raw(source, (name, at), name, data))
            else:
                mistakes.append(
                    source.mistake((name,), Finding((), f"{name} is no list of tables", f"write each as [[{name}]]"))
                )
    return found, mistakes


def first_mistakes(
    raw: Raw, shops: tuple[str, ...], seen: dict[object, Raw], folder: FilePath
) -> tuple[Raw, list[Mistake]]:
    """What is wrong with an entry among its neighbours; the entry comes back with its shop filled in."""
    raw, shop_findings = _with_shop(raw, shops)
    found = [*_repeated(raw, seen), *shop_findings, *_files(raw, folder)]
    return raw, [raw.mistake(finding) for finding in found]


def late_warnings(raw: Raw, languages: tuple[str, ...]) -> list[Mistake]:
    """Texts that lack a language which the bot speaks."""
    warnings = []
    for path, texts in _texts(raw.data, (), languages):
        if missing := [language for language in languages if language not in texts]:
            key = ".".join(part for part in path if isinstance(part, str))
            right = "add " + ", ".join(f'{language} = "…"' for language in missing)
            warnings.append(raw.mistake(Finding(path, f"{key} lacks {listed(missing)}", right, warning=True)))
    return warnings


def _texts(value: dict[str, Any] | list[Any], path: Path, languages: tuple[str, ...]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Every text by language in an entry, wherever it stands: a table with a language for a key."""
    if isinstance(value, dict) and path and any(language in value for language in languages):
        yield path, value
        return
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(inner, (dict, list)):  # a union is built anew each time, and there are a hundred thousand
            yield from _texts(inner, (*path, key), languages)


def _with_shop(raw: Raw, shops: tuple[str, ...]) -> tuple[Raw, list[Finding]]:
    if raw.list == "shop" or not shops:
        return (raw if raw.list == "shop" else replace(raw, data={"shop": "none", **raw.data})), []
    shop = raw.data.get("shop")
    if shop is None:
        finding = Finding((), "shop is missing, and there is more than one", f"add shop = {shown(shops[0])}")
        return replace(raw, data={**raw.data, "shop": shops[0]}), [finding] if len(shops) > 1 else []
    if not isinstance(shop, str) or shop in shops:
        return raw, []
    meant = nearest(shop, shops)
    right = f"did you mean {shown(meant)}?" if meant else f"there is {listed(shops)}"
    return raw, [Finding(("shop",), f"there is no shop {shown(shop)}", right)]


def _repeated(raw: Raw, seen: dict[object, Raw]) -> Iterator[Finding]:
    for key in UNIQUE[raw.list]:
        value = raw.data.get(key)
        if not isinstance(value, str | int):
            continue
        first = seen.setdefault((key, value), raw)
        if first is not raw:
            place = f"{first.source.file}:{first.source.positions.line((*first.path, key))}"
            yield Finding((key,), f"{key} {shown(value)} is already that of {place}", f"give each {raw.list} its own")


def _files(raw: Raw, folder: FilePath) -> Iterator[Finding]:
    for key in FILES:
        name = raw.data.get(key)
        if not isinstance(name, str) or not name.isprintable():
            continue
        if (why := outside(folder, name)) is not None:
            yield Finding(
                (key,),
                f"{key} {shown(name)} {why}",
                f'name a file in the folder of bot.toml, as in {key} = "photos/a.jpg"',
            )
        elif not (folder / name).is_file():
            yield Finding(
                (key,), f"{key} {shown(name)} is not there", "put the file there, or leave the key out", warning=True
            )

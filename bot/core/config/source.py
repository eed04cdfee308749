"""Reading bot.toml and what it includes: bounded, inside one folder, every mistake at its line."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from pathlib import PurePosixPath

from bot.core.config.bounds import MAX_BYTES, MAX_DEPTH, opened_at, too_deep_at
from bot.core.config.mistakes import Finding, Mistake, printable, shown
from bot.core.config.positions import Path, Positions

MAX_FILES = 2_000
LONGEST_PATH, LONGEST_NAME = 1_024, 255  # bytes; beyond these the system refuses even to look
INCLUDABLE = frozenset({"product", "campaign"})

_REMEDIES = {
    "Unclosed array": "close it with ]",
    "Unclosed inline table": "close it with }",
    "Invalid date": 'write a day of the calendar, as in "2026-12-01T18:00"',
    "Invalid value": 'put text in quotes, as in name = "Orchard Lane"',
    "Illegal character": 'close the text with " before the line ends',
    "Unterminated string": "close the text with a quote",
    "Cannot overwrite": "write each key once",
    "Cannot declare": "write each [table] once, and [[table]] for a list of them",
    "Cannot mutate": "write a table in one place",
    "Duplicate inline table key": "write each key once",
    "Expected '=' after a key": 'write key = value, as in id = "orchard"',
}


_SAID = {"Illegal character '\\n'": "the text does not end on its line"}

_LONG_RUN = re.compile(r"[0-9A-Fa-f_]{16}")
_LONG = Finding((), "a number has more than 18 digits", "write a number of this world")


@dataclass(frozen=True)
class Source:
    """One file: its values, and the line of each."""

    file: str  # as the operator would name it
    data: dict[str, object]
    positions: Positions = field(repr=False)

    def mistake(self, path: Path, finding: Finding) -> Mistake:
        """The finding of the entry at `path`, at its place."""
        line = self.positions.line((*path, *finding.at))
        return Mistake(self.file, line, printable(finding.what), printable(finding.right), finding.warning)


def read(config: FilePath) -> tuple[list[Source], list[Mistake]]:
    """bot.toml first, then the files it includes in order of their names; and what was wrong with reading them."""
    main = _read_file(config, str(config))
    if isinstance(main, Mistake):
        return [], [main]
    sources = [main]
    mistakes: list[Mistake] = []
    for file in _included(main, config, mistakes):
        name = str(config.parent / file)
        source = _read_file(config.parent / file, name)
        if isinstance(source, Mistake):
            mistakes.append(source)
        else:
            sources.append(source)
            mistakes.extend(_misplaced(source))
    return sources, mistakes


def outside(folder: FilePath, name: str) -> str | None:
    """Why a path named in a file may not be used, or None: only what lies inside the folder, by no link."""
    path = PurePosixPath(name)
    if path.is_absolute() or FilePath(name).is_absolute():
        return "starts at the root of the disk"
    if ".." in path.parts or "\\" in name or "\0" in name:
        return "leads out of the folder"
    if len(name.encode()) > LONGEST_PATH or any(len(part.encode()) > LONGEST_NAME for part in path.parts):
        return "is longer than a path may be"
    steps = [folder.joinpath(*path.parts[: n + 1]) for n in range(len(path.parts))]
    try:
        return "goes through a link" if any(step.is_symlink() for step in steps) else None
    except OSError as error:
        return f"cannot be looked at ({error.strerror})"


def there(folder: FilePath, name: str) -> FilePath | None:
    """A picture that bot.toml names, when it is needed: None once it is gone, or a link by now."""
    return folder / name if outside(folder, name) is None and (folder / name).is_file() else None


def _read_file(path: FilePath, name: str) -> Source | Mistake:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Mistake(name, 1, "there is no such file", "write one with tuan init, or name yours with --config")
    except OSError as error:
        return Mistake(name, 1, f"the file cannot be read ({error.strerror})", "name a file that can be read")
    if len(raw) > MAX_BYTES:
        return Mistake(
            name, 1, "the file is larger than 64 KiB", 'split it, and name the parts in include = ["deals/*.toml"]'
        )
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Mistake(name, line, "this is not UTF-8", "save the file as UTF-8")
    return _parse(text, name)


def _parse(text: str, name: str) -> Source | Mistake:
    if (line := too_deep_at(text)) is not None:
        return Mistake(
            name, line, f"tables and keys lie more than {MAX_DEPTH} deep", "no setting needs more than 4 levels"
        )
    try:
        source = Source(name, tomllib.loads(text), Positions(text))
        long = _long_numbers(source.data, ()) if _LONG_RUN.search(text) else ()
        return next((source.mistake(path, _LONG) for path in long), source)
    except tomllib.TOMLDecodeError as error:
        return _syntax(str(error), text, name)
    except (RecursionError, ValueError) as error:  # ValueError: a date such as 2026-02-30, a number of 5,000 digits
        return Mistake(name, 1, f"the file cannot be understood ({shown(str(error), 80)})", "write plain values")


def _long_numbers(value: object, path: Path) -> Iterator[Path]:
    """Where whole numbers stand that no database keeps; TOML takes them of any length, and Python will not even print them."""
    if isinstance(value, int) and value.bit_length() >= 64:
        yield path
    elif isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _long_numbers(inner, (*path, key))


def _syntax(message: str, text: str, name: str) -> Mistake:
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", message)
    plain = message[: found.start()] if found else message
    line = int(found[1]) if found and found[1] else len(text.rstrip().splitlines()) or 1
    if plain.startswith("Unclosed "):
        line, found = opened_at(text, line), None
    right = next((remedy for start, remedy in _REMEDIES.items() if plain.startswith(start)), "write it as key = value")
    column = f" at column {found[2]}" if found and found[2] else ""
    plain = next((said for start, said in _SAID.items() if plain.startswith(start)), plain)
    plain = re.sub(r"\('(.*)',?\)", lambda names: names[1].replace("', '", "."), plain)
    return Mistake(name, line, f"{plain[:1].lower()}{shown(plain[1:], 120)[1:-1]}{column}", right)


def _included(main: Source, config: FilePath, mistakes: list[Mistake]) -> list[str]:
    """The included files, as paths inside the folder."""
    patterns = main.data.get("include", [])
    if not isinstance(patterns, list):
        finding = Finding((), f"include is {shown(patterns)}", 'write a list, as in include = ["deals/*.toml"]')
        mistakes.append(main.mistake(("include",), finding))
        return []
    files: dict[str, None] = {}
    for index, pattern in enumerate(patterns):
        for found in _matching(config, pattern):
            if isinstance(found, Finding):
                mistakes.append(main.mistake(("include", index), found))
            else:
                files.setdefault(found)
    if len(files) > MAX_FILES:
        finding = Finding((), f"include names {len(files)} files", f"include at most {MAX_FILES}")
        mistakes.append(main.mistake(("include",), finding))
    return sorted(files)[:MAX_FILES]


def _matching(config: FilePath, pattern: object) -> Iterator[str | Finding]:
    folder = config.parent
    if (refused := _refused(folder, pattern)) is not None:
        yield refused
        return
    assert isinstance(pattern, str)
    paths = [path for path in folder.glob(pattern) if path.is_file() and path.resolve() != config.resolve()]
    if not paths:
        yield Finding(
            (),
            f"include {shown(pattern)} finds no file",
            'name a file, as in "deals/friday.toml"',
            warning=bool(set(pattern) & set("*?[")),
        )
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if (why := outside(folder, name)) is not None:
            yield Finding((), f"include {shown(name)} {why}", "put the file itself into the folder of bot.toml")
        else:
            yield name


def _refused(folder: FilePath, pattern: object) -> Finding | None:
    """Why a pattern finds nothing at all."""
    if not isinstance(pattern, str) or not pattern:
        return Finding((), f"include has {shown(pattern)}", 'write paths in quotes, as in include = ["deals/*.toml"]')
    fixed = "/".join(part for part in pattern.split("/") if not set(part) & set("*?["))
    if (why := outside(folder, pattern) or outside(folder, fixed)) is not None:
        return Finding((), f"include {shown(pattern)} {why}", "include files inside the folder of bot.toml")
    parts = PurePosixPath(pattern).parts
    if not parts or parts.count("**") > 1 or any("**" in part and part != "**" for part in parts):
        what = f"include {shown(pattern)} is no pattern of files"
        return Finding((), what, 'write * for a name and ** once for any folder, as in "deals/**/*.toml"')
    return None


def patterns(config: FilePath) -> tuple[str, ...]:
    """The include patterns of a bot.toml that may be followed; none while it cannot be read."""
    main = _read_file(config, str(config))
    named = [] if isinstance(main, Mistake) else main.data.get("include", [])
    if not isinstance(named, list):
        return ()
    return tuple(pattern for pattern in named if _refused(config.parent, pattern) is None)


def _misplaced(source: Source) -> Iterator[Mistake]:
    for key in source.data:
        if key not in INCLUDABLE:
            what = f"{shown(key)[1:-1]} stands in an included file"
            yield source.mistake((key,), Finding((), what, "move it to bot.toml, which alone may have it"))

"""Where each key of a TOML text stands (docs/decisions/0003-toml-positions.md).

The standard parser gives values, tree-sitter gives the places; a place that is not found falls back to what holds it.
"""

import tomllib
from collections.abc import Iterator
from functools import cache

import tree_sitter
import tree_sitter_toml

Path = tuple[str | int, ...]


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))


class Positions:
    """The line of every path of one text, such as `("campaign", 0, "ladder", 1, "price")`."""

    def __init__(self, text: str) -> None:
        self._text: str | None = text  # until the first question: a file without a mistake is never parsed for places
        self._lines: dict[Path, int] = {}
        self._counts: dict[Path, int] = {}  # how many [[tables]] of that name came so far

    def line(self, path: Path) -> int:
        """The line of the path, else of the nearest thing around it."""
        if self._text is not None:
            text, self._text = self._text, None
            for node in _parser().parse(text.encode()).root_node.named_children:
                self._statement(node)
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def _statement(self, node: tree_sitter.Node) -> None:
        if node.type == "pair":
            self._pair((), node)
        elif node.type in {"table", "table_array_element"}:
            key, *pairs = (child for child in node.named_children if child.type != "comment")
            path = self._header(tuple(_parts(key)), listed=node.type == "table_array_element")
            around = path[:-1] if node.type == "table_array_element" else path  # the list stands where its first entry does
            self._lines.setdefault(around, _line(node))
            self._lines.setdefault(path, _line(node))
            for pair in pairs:
                self._pair(path, pair)

    def _header(self, parts: tuple[str, ...], *, listed: bool) -> Path:
        """The full path of a header: names of [[tables]] on the way stand for their latest entry."""
        path: Path = ()
        for part in parts[:-1]:
            path = self._latest((*path, part))
        path = (*path, parts[-1])
        if not listed:
            return self._latest(path)
        self._counts[path] = self._counts.get(path, 0) + 1
        return (*path, self._counts[path] - 1)

    def _latest(self, path: Path) -> Path:
        return (*path, self._counts[path] - 1) if path in self._counts else path

    def _pair(self, around: Path, node: tree_sitter.Node) -> None:
        if node.type != "pair" or len(node.named_children) < 2:
            return
        key, value = node.named_children[0], node.named_children[-1]
        path = around
        for part in _parts(key):
            path = (*path, part)
            self._lines.setdefault(path, _line(node))
        self._value(path, value)

    def _value(self, path: Path, node: tree_sitter.Node) -> None:
        if node.type == "inline_table":
            for pair in node.named_children:
                self._pair(path, pair)
        elif node.type == "array":
            items = (child for child in node.named_children if child.type != "comment")
            for index, item in enumerate(items):
                self._lines[(*path, index)] = _line(item)
                self._value((*path, index), item)


def _line(node: tree_sitter.Node) -> int:
    return node.start_point.row + 1


def _parts(key: tree_sitter.Node) -> Iterator[str]:
    """The names of a bare, quoted or dotted key, from left to right."""
    if key.type == "dotted_key":
        for child in key.named_children:
            yield from _parts(child)
    else:
        text = (key.text or b"").decode()
        yield next(iter(tomllib.loads(f"{text} = 0"))) if key.type == "quoted_key" else text

"""How large and how deep a TOML file may be, decided before anything parses it.

A 40 KB dotted key takes the standard parser seconds and deep nesting overflows its stack, so a file is first read as
a flat row of tokens: its cost is one pass, whatever it holds.
"""

import re

MAX_BYTES = 64 * 1024
MAX_DEPTH = 16

# Every alternative of a string also matches to the end of its line or file, so an unclosed one costs one pass, not n².
_STRINGS = (
    r'"""(?:\\.?|[^\\])*?(?:"{3,5}|\Z)'
    r"|'''.*?(?:'{3,5}|\Z)"
    r'|"(?:\\[^\n]|[^"\\\n])*"?'
    r"|'[^'\n]*'?"
    r"|\#[^\n]*"
)
_SAID = re.compile(_STRINGS, re.DOTALL)
_TOKEN = re.compile(rf"{_STRINGS}|[\[\]{{}}.=,\n]", re.DOTALL)


class _Depth:
    """The depth at one place of the text: header, open brackets, and the parts of the keys that lead there."""

    def __init__(self) -> None:
        self.header = 0  # parts of the last [table.name]
        self.opened: list[int] = []  # for every open bracket, the parts of the key it is the value of
        self.dots = 0  # since the last token that ends a key
        self.key = 0  # parts of the key whose value comes next
        self.in_header = False
        self.at_start = True

    def take(self, mark: str) -> int:
        """Moves over one mark; the depth there."""
        here = self.header + sum(self.opened) + self.dots + 1
        if mark == ".":
            self.dots += 1
            return here + 1
        if mark in "[{":
            self._open(mark)
        elif mark in "]}":
            self._close()
        self._end_key(mark)
        return here

    def _open(self, mark: str) -> None:
        self.in_header = self.in_header or (mark == "[" and self.at_start)
        if self.in_header:
            self.header = 0
        else:
            self.opened.append(max(self.key, 1))

    def _close(self) -> None:
        if self.in_header:
            self.header = max(self.header, self.dots + 1)
        elif self.opened:
            self.opened.pop()

    def _end_key(self, mark: str) -> None:
        self.key = self.dots + 1 if mark == "=" else 0
        self.dots = 0
        if mark == "\n" and (self.in_header or not self.opened):
            self.in_header, self.at_start = False, True
        else:
            self.at_start = False


def _surely_shallow(text: str) -> bool:
    """A bound above every depth of the text, found in a fifth of the time: no line opens much, little stays open.

    A header, a line and each bracket left open by a line before it add at most what the widest line has.
    """
    widest = opened = most = 0
    for line in _SAID.sub("", text).split("\n"):
        opening = line.count("[") + line.count("{")
        widest = max(widest, opening + line.count("."))
        opened = max(0, opened + opening - line.count("]") - line.count("}"))
        most = max(most, opened)
    return 2 * widest + most * (widest + 1) + 2 <= MAX_DEPTH


def too_deep_at(text: str) -> int | None:
    """The line (from 1) where tables, arrays and dotted keys lie more than MAX_DEPTH deep, or None."""
    if _surely_shallow(text):
        return None
    depth, line = _Depth(), 1
    for match in _TOKEN.finditer(text):
        mark = match.group()
        if len(mark) == 1 and mark in "[]{}.=,\n" and depth.take(mark) > MAX_DEPTH:
            return line
        line += mark.count("\n")
    return None


def opened_at(text: str, upto: int) -> int:
    """The line of the innermost bracket that is still open at the end of line `upto`; that line if none is."""
    opened: list[int] = []
    line = 1
    for match in _TOKEN.finditer(text):
        mark = match.group()
        if line > upto:
            break
        if mark in {"[", "{"}:
            opened.append(line)
        elif mark in {"]", "}"} and opened:
            opened.pop()
        line += mark.count("\n")
    return opened[-1] if opened else upto

"""The grammar of what people type to join: `+2`, `-1`, `+1 large`, `0`, `接龙`, `我要2份`, `代接 王阿姨 +1`. Pure.

In reply to a card nearly anything that names a number is meant for it; a bare message must be beyond doubt, since
people also agree, count and phone in a chat. Invariants: never raises; linear time; what is not for us is None.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from handlers.choices import Slip, choose
from handlers.numerals import NUMBER, WORDED, number, plain
from models.wishes import Change

MOST = 99  # pieces one message may ask for
LONGEST = 400  # letters; who writes more is telling a story
LINES = 10
NOTE = 60  # letters of a note that the pick list keeps


class Mode(Enum):
    """How the message came to us."""

    REPLY = auto()  # to a card
    BARE = auto()  # just said, while one group buy is open


@dataclass(frozen=True)
class Typed:
    """What is wanted, a change a line, in their order."""

    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Mistake:
    """Meant for us, but not to be done; `code` is one of the refusals' words."""

    code: str
    params: dict[str, object] = field(default_factory=dict)


_UNIT = r"(?:份|个|件|箱|盒|袋|包|瓶|斤|单|pcs|pieces?|pc|x)"
_LEAVE = frozenset({"0", "-", "0份", "退出", "退出接龙", "退团", "退接龙"})
_LEAVE_REPLY = _LEAVE | {
    "退", "不要了", "我不要了", "不要", "不拼了", "不接了", "取消", "算了", "leave", "out", "i'm out", "im out", "cancel",
    "remove me", "count me out", "no longer",
}  # fmt: skip
_JOIN = frozenset({"接龙", "我接龙", "接"})
_JOIN_REPLY = _JOIN | {
    "我要", "我也要", "要", "我来", "我也来", "我参加", "参加", "join", "i'm in", "im in", "count me in", "me too", "in",
}  # fmt: skip
_COURTESY = re.compile(
    r"(?:please|pls|plz|thanks|thank you|thx|many thanks|for me|谢谢|多谢|谢了|麻烦了?|拜托|哈|呀|啦|吧|哦|了|[\W_])+",
    re.IGNORECASE,
)
_SIGNED = re.compile(rf"(?:我也?|也|me|me too)?\s{{0,3}}([+-])\s{{0,3}}({NUMBER})(.*)", re.IGNORECASE)
_LINKED = re.compile(rf"接龙\s{{0,3}}[:,]?\s{{0,3}}(\+?)\s{{0,3}}({NUMBER})?(.*)")
_WANTED = re.compile(
    rf"(?:(?:我|俺)?(?:也|就|想|再)?(?:要|来|拿|订|留|买)|[给帮]我(?:要|来|拿|订|留|买)?)\s{{0,3}}({NUMBER})\s?(.*)"
)
_WISHED = re.compile(
    r"(?:i(?:'d| would)? (?:want|like|take|need)|i'?ll (?:take|have)|i will (?:take|have)|give me|make it|put me down for|"
    rf"count me in for)\s{{1,3}}({WORDED})(.*)", re.IGNORECASE,
)  # fmt: skip
_COUNTED = re.compile(rf"({WORDED})(\s?{_UNIT}|\s)(.*)", re.IGNORECASE)
_FOR_OTHERS = re.compile(r"((?:代接|代|帮|替)\s{0,3}[^+\-\d\s][^+\-\n]{0,30}?)\s{0,3}((?:\+|接龙).*)")
_NAMED = re.compile(
    r"(?:for|给|代|帮|替|代接)\s{0,2}(?:[A-Z][\w.'-]{0,20}(?: [A-Z][\w.'-]{0,20}){0,2}|[\u4e00-\u9fff]{2,6})"
)
_NOT_NAMES = re.compile(r"(?:for|给|代|帮|替|代接)\s{0,2}(?:That|This|The|It|Me|What|You|All|大家|这个|那个)\b")
_AGAIN = re.compile(r"(?<=[^\d\s+-])[\s,;&]{0,3}(?=\+\s?\d)")
_MEASURE = re.compile(
    r"\s*(?:°|%|degrees?|grad|days?|hours?|hrs?|min|km|kg|people|度|天|个?小时|个月|分钟|点|元|块|个?人|名|位|[$€¥£])",
    re.IGNORECASE,
)
_TALK = re.compile(
    r"\b(?:to|that|this|the|idea|agreed?|point|indeed|same|here|votes?|likes?|true|because|but|and|i|we|you|it|is|was)\b",
    re.IGNORECASE,
)


def parse(text: str, options: Sequence[str] = (), mode: Mode = Mode.REPLY) -> Typed | Mistake | None:
    """What a message wants of a group buy with these options; None when it is not for us."""
    if len(text) > LONGEST:
        return None
    lines = [part for line in plain(text).splitlines() for part in _parts(line.strip())]
    if not 1 <= len(lines) <= LINES:
        return None
    read = _Reading(tuple(options), mode)
    return read.lines(lines)


def may_mean(text: str, mode: Mode) -> bool:
    """Whether the text could be for a group buy with the right options: decided before any options are looked up."""
    if parse(text, (), mode) is not None:
        return True
    first = next(iter(plain(text[:LONGEST]).strip().splitlines()), "")
    forms = (
        (_SIGNED, _LINKED, _FOR_OTHERS, _WANTED)
        if mode is Mode.BARE
        else (_SIGNED, _LINKED, _FOR_OTHERS, _WANTED, _COUNTED)
    )
    return len(text) <= LONGEST and any(form.fullmatch(first) for form in forms)


def _parts(line: str) -> list[str]:
    """`+1 large +2 small` is two lines that stand in one."""
    return [part for part in (_AGAIN.split(line) if line[:1] in {"+", "-"} else [line]) if part]


@dataclass(frozen=True)
class _Reading:
    options: tuple[str, ...]
    mode: Mode

    @property
    def bare(self) -> bool:
        return self.mode is Mode.BARE

    def lines(self, lines: list[str]) -> Typed | Mistake | None:
        """All lines, or none; behind a first line that counts, words are its note."""
        changes: list[Change] = []
        for line in lines:
            said = self.line(line)
            if isinstance(said, Mistake):
                return said
            if said is not None:
                changes.append(said)
            elif changes and not self.bare and changes[-1].kind != "leave":
                changes[-1] = _with_note(changes[-1], line)
            else:
                return None
        if len(changes) > 1 and any(change.kind == "leave" for change in changes):
            return Mistake("leave_and_join")
        return Typed(tuple(changes))

    def line(self, line: str) -> Change | Mistake | None:
        """One line."""
        words = line.strip().rstrip("!.~ ").lower() or line.strip()
        if words in (_LEAVE if self.bare else _LEAVE_REPLY):
            return Change("leave")
        if words in (_JOIN if self.bare else _JOIN_REPLY):
            return Change("add", 1)
        return (
            self._signed(line)
            or self._linked(line)
            or self._for_others(line)
            or self._wanted(line)
            or self._unclear(line)
        )

    def _signed(self, line: str) -> Change | Mistake | None:
        found = _SIGNED.fullmatch(line)
        return self._counted("add", found[2], found[3], minus=found[1] == "-") if found else None

    def _linked(self, line: str) -> Change | Mistake | None:
        found = _LINKED.fullmatch(line)
        if found is None or (found[1] and not found[2]) or (not found[2] and line[2:3] not in {" ", ":", ","}):
            return None
        return self._counted("add", found[2] or "1", found[3], minus=False)

    def _for_others(self, line: str) -> Change | Mistake | None:
        """代接 王阿姨 +1: the wish behind the name, the name as its note."""
        found = _FOR_OTHERS.fullmatch(line)
        if found is None:
            return None
        wish = Change("add", 1) if found[2] == "接龙" else self._signed(found[2]) or self._linked(found[2])
        return _with_note(wish, found[1], first=True) if isinstance(wish, Change) else wish

    def _wanted(self, line: str) -> Change | Mistake | None:
        """我要2份, and in reply also "I'd like two", "2份", "2 large please"."""
        found = _WANTED.fullmatch(line) or (None if self.bare else _WISHED.fullmatch(line))
        if found:
            return self._counted("set", found[1], found[2], minus=False)
        return None if self.bare else self._plain_count(line)

    def _plain_count(self, line: str) -> Change | Mistake | None:
        """A number and a unit or an option; other words behind it make it talk ("2 of them were green") but for 2份 少放点."""
        counted = _COUNTED.fullmatch(line)
        if counted is None:
            return None
        said = self._counted("set", counted[1], counted[2] + counted[3], minus=False)
        talks = isinstance(said, Change) and said.note and counted[2].strip().isascii()
        return None if talks else said

    def _unclear(self, line: str) -> Mistake | None:
        """In reply: a number alone, `2+`, `1+1`."""
        found = None if self.bare else re.fullmatch(r"(\d{1,2})\s?(?:\+\s?\d{0,2})?", line)
        return Mistake("unclear", {"pieces": int(found[1]) or 1}) if found else None

    def _counted(self, kind: str, digits: str, rest: str, *, minus: bool) -> Change | Mistake | None:
        """A number and the words behind it, as a change."""
        pieces = number(digits)
        if pieces is None or self._means_other(digits, rest):
            return None
        if re.match(r"[.,]\d", rest):
            return None if self.bare else Mistake("not_whole")
        detail = self._detail(rest, pieces)
        if not isinstance(detail, tuple):
            return detail
        if self.bare and detail[1] and not self._noted(detail[1], pieces, minus=minus):
            return None
        return self._change(kind, -pieces if minus else pieces, *detail)

    @staticmethod
    def _change(kind: str, pieces: int, option: str, note: str) -> Change | Mistake:
        if pieces == 0:
            return Change("leave") if kind == "set" else Mistake("zero")
        if abs(pieces) > MOST:
            return Mistake("too_many", {"most": MOST})
        return Change(kind, pieces, option, note)

    def _means_other(self, digits: str, rest: str) -> bool:
        """Phone numbers, sums, times, shares: a number that is no count of pieces."""
        if len(digits) > (3 if self.bare else 6) or _MEASURE.match(rest):
            return True
        if sum(letter.isdigit() for letter in digits + rest) >= 7:
            return True
        return bool(re.match(r"[/:%^*=+\-\d]|\s[\d+\-*/=]", rest)) and not re.match(r"\s\d{1,2}[a-z:]", rest)

    def _detail(self, rest: str, pieces: int) -> tuple[str, str] | Mistake | None:
        """Option and note of the words behind the number; None when they run on from it without being either."""
        chosen = choose(rest.strip(" ,;:"), self.options)
        if not hasattr(chosen, "rest") and (unit := re.match(rf"\s?{_UNIT}(?![a-z])", rest, re.IGNORECASE)):
            rest = " " + rest[unit.end() :]
            chosen = choose(rest.strip(" ,;:的"), self.options)
        if isinstance(chosen, Slip):
            return Mistake("near_option", {
                "word": chosen.word, "meant": chosen.option, "pieces": pieces, "options": list(self.options),
            })  # fmt: skip
        note = _note(chosen.rest if chosen else rest)
        if chosen is None and note and rest[0].isalpha() and rest[0].isascii():
            return None  # "+1st", "+2nd"
        return (chosen.option if chosen else "", note)

    def _noted(self, note: str, pieces: int, *, minus: bool) -> bool:
        """Whether a bare message's words can only be a note: a name it is for, or a few words behind `+2` and more."""
        if _NAMED.fullmatch(note) and not _NOT_NAMES.match(note):
            return True
        words = note.split()
        return pieces > 1 and not minus and len(words) <= 4 and len(note) <= 24 and not _TALK.search(note)


def _note(words: str) -> str:
    words = " ".join(words.split()).strip(",;:·- ")
    return "" if _COURTESY.fullmatch(words) else words[:NOTE]


def _with_note(change: Change, words: str, *, first: bool = False) -> Change:
    parts = (_note(words), change.note) if first else (change.note, _note(words))
    return replace(change, note=" ".join(part for part in parts if part)[:NOTE])

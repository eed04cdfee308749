"""What a member wishes of their seat, and what the wish makes of its lines. Pure."""

from dataclasses import dataclass

from models.errors import DomainError
from models.seats import Way

Key = tuple[str, str]  # option, note
Lines = dict[Key, int]


@dataclass(frozen=True)
class Change:
    """What a member wants: "add" pieces (negative takes away), "set" them, or "leave"."""

    kind: str
    pieces: int = 0
    option: str = ""
    note: str = ""


@dataclass(frozen=True)
class How:
    """By which way, through whom, and (typed) by which message of the chat."""

    way: Way
    via_person_id: int | None = None
    message_id: int | None = None


def applied(before: Lines, wish: Change, options: list[str]) -> Lines:
    """The lines after the wish. Raises DomainError for a wish that cannot be meant."""
    if wish.kind == "leave":
        return {}
    if wish.pieces == 0 and wish.kind == "add":
        raise DomainError("zero")
    option = _option(before, wish, options)
    if wish.kind == "set":
        kept = {key: pieces for key, pieces in before.items() if key[0] != option}
        return kept | ({(option, wish.note): wish.pieces} if wish.pieces > 0 else {})
    if wish.pieces > 0:
        return before | {(option, wish.note): before.get((option, wish.note), 0) + wish.pieces}
    return _taken_away(before, -wish.pieces, option if options and wish.option else None, wish.note)


def _option(before: Lines, wish: Change, options: list[str]) -> str:
    """The option meant: the one named, or the only one the member has. Taking away needs none."""
    if wish.option:
        if wish.option not in options:
            raise DomainError("unknown_option", option=wish.option, options=options)
        return wish.option
    if not options:
        return ""
    mine = {option for option, _ in before}
    if len(mine) == 1:
        return mine.pop()
    if wish.kind == "add" and wish.pieces < 0:
        return ""
    raise DomainError("option_needed", options=options)


def _taken_away(before: Lines, pieces: int, option: str | None, note: str) -> Lines:
    """Takes pieces away, the plain line first, then the latest; at most all of them (of the option named)."""
    own = [key for key in reversed(before) if option is None or key[0] == option]
    own.sort(key=lambda key: key[1] != note)  # stable: the line with this very note (usually none) goes first
    have = sum(before[key] for key in own)
    if have == 0:
        raise DomainError("nothing_to_take", have=0)
    after = dict(before)
    for key in own:
        gone = min(after[key], pieces)
        after[key] -= gone
        pieces -= gone
    return {key: left for key, left in after.items() if left}

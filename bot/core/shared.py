"""What messages that are composed together have in common is looked up once: the shop, the circle, the reason.

Invariant: it is remembered for one reading session over one snapshot, and only where `sharing` was said; everybody else
asks the database.
"""

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from sqlalchemy.orm import Session

T = TypeVar("T")
_KNOWN = "shared"


def sharing(session: Session) -> None:
    """From now on this session remembers what it was asked `once`."""
    session.info[_KNOWN] = {}


def once(session: Session, what: Hashable, ask: Callable[[], T]) -> T:
    """The answer to `ask`, as it was found for `what` before if this session remembers."""
    known: dict[Hashable, object] | None = session.info.get(_KNOWN)
    if known is None:
        return ask()
    if what not in known:
        known[what] = ask()
    return cast(T, known[what])

"""bot.toml watched while the bot runs: an edit that stands still is told once, and a broken one to the operators.

Invariants: a file that is still being written is left alone until nobody has written to it between two looks; what one
content was found to be is kept until the content changes; operators hear of one content once, over restarts and
processes, since the message's key is made of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from bot.core.config.files import Files, Stats
from models import outbox, people
from models.outbox import Message, Route

EVERY = 2.0  # seconds between two looks
ROOM = 3_000  # letters of mistakes that one message names; the platform takes 4,096


class Watch:
    """Looks at bot.toml and what it includes; `seen` is the content that was judged last."""

    def __init__(self, file: Path, seen: str) -> None:
        self._files = Files(file)
        self._seen = seen
        self._before: Stats | None = None
        self._settled: Stats | None = None
        self._answered: set[tuple[str, int]] = set()

    def look(self) -> str | None:
        """The digest of a content that was not judged yet and stands still; None while there is none."""
        now, before = self._files.stats(), self._before
        self._before = now
        if now != before or now == self._settled:
            return None
        digest = self._files.digest()
        if digest == self._seen:
            self._settled = now
            return None
        return digest

    def answers(self, operator: int) -> None:
        """This operator asked for what stands in the files now, and is told what comes of it in answer."""
        self._answered.add((self._files.digest(), operator))

    def untold(self, digest: str, operators: Iterable[int]) -> list[int]:
        """Who of them has not heard of this content in answer to /reload."""
        return [operator for operator in operators if (digest, operator) not in self._answered]

    def judged(self, digest: str) -> None:
        """What stands in the files was taken over, or refused and told."""
        self._seen = digest


@dataclass(frozen=True)
class Refusal:
    """Why an edit was not taken over: the template that says it, and its values as JSON keeps them."""

    template: str
    params: Mapping[str, object]


def tell(session: Session, operators: Iterable[int], refusal: Refusal, digest: str, now: datetime) -> None:
    """Tells the operators who pressed start why an edit was not taken over; of one content once."""
    reached = [person for operator in sorted(operators) if (person := people.by_telegram_id(session, operator))]
    messages = [
        Message(
            route=Route.PRIVATE, template=refusal.template, params=refusal.params, person_id=person.id,
            dedup=f"reload_refused:{digest}:{person.id}",
        )
        for person in reached
        if person.started_at is not None
    ]  # fmt: skip
    outbox.enqueue(session, messages, now)


def fitting(mistakes: Sequence[str]) -> list[str]:
    """As many of the mistakes as one message holds."""
    kept: list[str] = []
    left = ROOM
    for mistake in mistakes:
        left -= len(mistake.encode("utf-16-le")) // 2
        if left < 0:
            return [*kept, "…"]
        kept.append(mistake)
    return kept

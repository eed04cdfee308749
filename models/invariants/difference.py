"""What a check of the books yields: one thing that is not as it must be."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Select
from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it must be."""

    invariant: str
    subject: str
    expected: object
    found: object

    def __str__(self) -> str:
        return f"{self.invariant}: {self.subject}: expected {self.expected}, found {self.found}"


Check = Callable[[Session], Iterable[Difference]]


def each(session: Session, invariant: str, what: str, query: Select[*tuple[object, ...]]) -> Iterator[Difference]:
    """Rows of (id, expected, found) as differences."""
    for row_id, expected, found in session.execute(query):
        yield Difference(invariant, f"{what} {row_id}", expected, found)

"""Who hears of a fact. Members hear in private, their circle being the way round for those who never pressed start.

Invariant: owners hear in private only, so nothing that concerns money can come to a chat by that way round.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import shops
from models.circles import Circle
from models.columns import table_of
from models.facts import (
    AnyFact,
    CircleFact,
    Fact,
    GiftAccepted,
    GiftArrived,
    MoneyBackDue,
    OfferEnded,
    PersonFact,
    ShopFact,
)
from models.group_buys import Round
from models.rows import load
from models.seats import Seat
from models.states import SeatState, WaitingState
from models.waitlist import Waiting


class Audience(Enum):
    """A kind of hearer."""

    PERSON = auto()  # the member the fact names
    PERSON_OF_MONEY_BACK = auto()  # but where a message of its own says it already
    PERSON_WHO_LET_IT_PASS = auto()  # whose offer expired; who passed it on knows
    GIVER = auto()
    FRIEND = auto()  # who got a gift: in private only, as they need not be in the circle
    LEADER = auto()
    BUYERS = auto()  # everybody who held a seat when it ended
    OWNERS = auto()
    ALL_OWNERS = auto()  # of every shop: the chat belongs to none yet
    CIRCLE = auto()  # one line in the chat
    CIRCLE_FILE = auto()  # a file in the chat, made when it leaves
    LEAVING = auto()  # the bot itself leaves the chat


@dataclass(frozen=True)
class Hearer:
    """A person, a circle, or a person with the circle as the way round."""

    person_id: int | None = None
    circle_id: int | None = None


class Hearers:
    """Finds the hearers of the facts of one write; a round is looked up once, however many orders its lock made."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rounds: dict[int, Round] = {}
        self._finders: dict[Audience, Callable[[AnyFact], list[Hearer]]] = {
            Audience.PERSON: self._person,
            Audience.PERSON_OF_MONEY_BACK: self._person_of_money_back,
            Audience.PERSON_WHO_LET_IT_PASS: self._person_who_let_it_pass,
            Audience.GIVER: self._giver,
            Audience.FRIEND: self._friend,
            Audience.LEADER: self._leader,
            Audience.BUYERS: self._buyers,
            Audience.OWNERS: self._owners,
            Audience.ALL_OWNERS: self._all_owners,
            Audience.CIRCLE: self._circle,
            Audience.CIRCLE_FILE: self._circle,
            Audience.LEAVING: self._circle,
        }

    def of(self, fact: AnyFact, audience: Audience) -> list[Hearer]:
        """Everybody of this audience who hears of the fact."""
        return self._finders[audience](fact)

    def _round(self, fact: AnyFact) -> Round:
        assert isinstance(fact, Fact)
        if fact.round_id not in self._rounds:
            self._rounds[fact.round_id] = load(self._session, Round, fact.round_id)
        return self._rounds[fact.round_id]

    def _members(self, fact: AnyFact, person_ids: Iterable[int]) -> list[Hearer]:
        return [Hearer(person_id, self._round(fact).circle_id) for person_id in person_ids]

    def _person(self, fact: AnyFact) -> list[Hearer]:
        if isinstance(fact, PersonFact):
            return [Hearer(fact.person_id, fact.circle_id)]
        person_id: int | None = getattr(fact, "person_id", None)
        return [] if person_id is None else self._members(fact, [person_id])

    def _person_of_money_back(self, fact: AnyFact) -> list[Hearer]:
        assert isinstance(fact, MoneyBackDue)
        return [] if fact.why == "complaint" else self._person(fact)

    def _person_who_let_it_pass(self, fact: AnyFact) -> list[Hearer]:
        assert isinstance(fact, OfferEnded)
        expired = load(self._session, Waiting, fact.waiting_id).state == WaitingState.EXPIRED
        return self._person(fact) if expired else []

    def _giver(self, fact: AnyFact) -> list[Hearer]:
        assert isinstance(fact, GiftAccepted)
        return self._members(fact, [fact.giver_id])

    def _friend(self, fact: AnyFact) -> list[Hearer]:
        assert isinstance(fact, GiftArrived)
        return _private([fact.friend_id])

    def _leader(self, fact: AnyFact) -> list[Hearer]:
        """The leader, unless an owner leads: owners have their own message."""
        row = self._round(fact)
        if row.leader_id is None or shops.owns(self._session, row.shop_id, row.leader_id):
            return []
        return self._members(fact, [row.leader_id])

    def _buyers(self, fact: AnyFact) -> list[Hearer]:
        seats = table_of(Seat)
        there = seats.c.state.in_((SeatState.RELEASED, SeatState.HELD)), seats.c.round_id == self._round(fact).id
        query = select(seats.c.person_id).where(*there).order_by(seats.c.place)
        return self._members(fact, self._session.scalars(query))

    def _owners(self, fact: AnyFact) -> list[Hearer]:
        if isinstance(fact, Fact):
            return _private(shops.owners(self._session, self._round(fact).shop_id))
        if isinstance(fact, ShopFact):
            return _private(shops.owners(self._session, fact.shop_id))
        assert isinstance(fact, CircleFact)
        shop_id = load(self._session, Circle, fact.circle_id).shop_id
        return self._all_owners(fact) if shop_id is None else _private(shops.owners(self._session, shop_id))

    def _all_owners(self, _fact: AnyFact) -> list[Hearer]:
        return _private(shops.all_owners(self._session))

    def _circle(self, fact: AnyFact) -> list[Hearer]:
        if isinstance(fact, Fact):
            return [Hearer(circle_id=self._round(fact).circle_id)]
        assert isinstance(fact, CircleFact | PersonFact)
        return [Hearer(circle_id=fact.circle_id)]


def _private(person_ids: list[int]) -> list[Hearer]:
    return [Hearer(person_id) for person_id in person_ids]

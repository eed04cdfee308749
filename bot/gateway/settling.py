"""Before and after a send: composing a message from the state as it is now, and writing down what became of it.

Invariants: `prepare` only reads; `settle` is one transaction with the hooks it calls, and does nothing if the row is in
other hands; a hook that fails does not make the message go again: it is logged and the fate is kept without it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bot.core.outages import outage_of
from bot.gateway.ports import Compose, Hooks, Json, Later, Outgoing, Skip
from bot.gateway.verdicts import DELIVERED, Fate, Verdict
from models import cards, deliveries, recipients
from models.deliveries import OutboxRow, Settlement
from models.outbox import OutboxState, Route
from models.people import Person

log = logging.getLogger(__name__)

_FALLBACKS = {Route.PRIVATE: Route.EPHEMERAL, Route.EPHEMERAL: Route.LINK}
_ENDS = {
    Fate.DELIVERED: OutboxState.DELIVERED,
    Fate.DEAD: OutboxState.DEAD,
    Fate.UNKNOWN: OutboxState.UNKNOWN,
    Fate.PARKED: OutboxState.PARKED,
    Fate.DROPPED: OutboxState.DROPPED,
    Fate.GONE: OutboxState.DROPPED,
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A row and what it says now. Without `outgoing` nothing is sent and `verdict` stands."""

    row: OutboxRow
    outgoing: Outgoing | None
    verdict: Verdict = DELIVERED
    anew: bool = True  # False for an edit of a card that stands already


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a letter; `message` as Telegram answered it."""

    letter: Letter
    verdict: Verdict
    message: Json | None = None


def prepare(
    session: Session, hooks: Hooks, row: OutboxRow, now: datetime, compose: Compose | None = None
) -> Letter:
    """Composes what the row says now; a mistake in composing parks the row with its error."""
    if _known_closed(session, row):
        return Letter(row, None, Verdict(Fate.DEAD, "this person cannot be written to in private"))
    try:
        composed = (compose or hooks.compose)(session, row, now)
    except Exception as error:  # whatever a template or what it reads does wrong, a person must look
        if outage_of(error) is not None:
            raise
        log.exception("message %d could not be composed", row.id)
        return Letter(row, None, Verdict(Fate.PARKED, f"{type(error).__name__}: {error}"))
    if isinstance(composed, Skip):
        return Letter(row, None, Verdict(Fate.DROPPED, composed.reason, outcome=composed.outcome))
    if isinstance(composed, Later):
        return Letter(row, None, Verdict(Fate.LATER, composed.why, until=composed.until))
    card = session.get(cards.Card, row.card_id) if row.route is Route.CARD else None
    standing = card is not None and card.message_id is not None
    if card is not None and standing and composed.digest is not None and composed.digest == card.digest:
        return Letter(row, None, Verdict(Fate.DROPPED, "the card shows this already"), anew=False)
    return Letter(row, composed, anew=not standing)


def prepare_all(session: Session, hooks: Hooks, rows: Sequence[OutboxRow], now: datetime) -> list[Letter]:
    """Composes several rows over one snapshot; people are read together, and what rows share is read once."""
    concerned = {row.person_id for row in rows} - {None}
    people = session.scalars(select(Person).where(deliveries.PEOPLE.c.id.in_(concerned))).all()
    compose = _foreseen(session, hooks, rows, now)
    letters = []
    for row in rows:
        letters.append(prepare(session, hooks, row, now, compose))
        if letters[-1].verdict.fate is Fate.PARKED:
            session.rollback()  # on PostgreSQL a failed statement would take the rest along
    del people  # held until here: the session remembers only what somebody holds
    return letters


def _foreseen(session: Session, hooks: Hooks, rows: Sequence[OutboxRow], now: datetime) -> Compose | None:
    """A compose that knows what these rows share; None if each is to look for itself, so that one's mistake is its own."""
    if hooks.foresee is None:
        return None
    try:
        return hooks.foresee(session, rows, now)
    except Exception as error:  # then each is composed for itself, and the one that is to blame is parked
        if outage_of(error) is not None:
            raise
        log.exception("messages %s could not be looked at together", [row.id for row in rows])
        session.rollback()
        return None


def _known_closed(session: Session, row: OutboxRow) -> bool:
    """A private message that has another way goes it at once if the private one is known to be closed."""
    if row.route is not Route.PRIVATE or row.person_id is None or row.circle_id is None:
        return False
    return deliveries.unreachable(session, row.person_id)


def settle(session: Session, hooks: Hooks, result: Result, now: datetime) -> None:
    """Writes down what became of it and lets the house act on it, all or nothing."""
    row, verdict = result.letter.row, result.verdict
    settlement = _settlement(row, verdict, result.message or {}, now)
    if not deliveries.settle(session, row, settlement, now):
        return
    if row.route is Route.CARD and row.card_id is not None:
        _settle_card(session, row.card_id, result, now)
    if verdict.fate is Fate.DEAD and row.route is Route.PRIVATE and row.person_id is not None:
        deliveries.mark_unreachable(session, row.person_id, now)
    if verdict.fate is Fate.LATER and verdict.reason in recipients.WAITED_FOR:
        recipients.waits(session, row.id, verdict.reason)
    elif settlement.state is OutboxState.DROPPED and row.route is not Route.CARD:
        recipients.ended(session, row.id, verdict.outcome or recipients.Outcome.NOTHING)
    _tell(session, hooks, result, now)


def is_plain(result: Result) -> bool:
    """Delivered, and nothing follows from it but that it is: such are settled together."""
    return result.verdict.fate is Fate.DELIVERED and result.letter.row.route is not Route.CARD


def settle_plain(session: Session, hooks: Hooks, results: Sequence[Result], now: datetime) -> None:
    """`settle` for many plain results in one transaction; one by one if somebody else has a row by now."""
    numbers = [(result.letter.row, (result.message or {}).get("message_id")) for result in results]
    if not deliveries.settle_delivered(session, numbers, now):
        for result in results:
            settle(session, hooks, result, now)
        return
    for result in results:
        if hooks.hears_of(result.letter.row):
            _tell(session, hooks, result, now)


def _settle_card(session: Session, card_id: int, result: Result, now: datetime) -> None:
    fate, outgoing = result.verdict.fate, result.letter.outgoing
    if fate is Fate.GONE or (fate is Fate.DELIVERED and outgoing is not None and outgoing.method == "deleteMessage"):
        deliveries.card_gone(session, card_id)
    elif fate is Fate.DELIVERED and outgoing is not None:
        message_id = (result.message or {}).get("message_id") if result.letter.anew else None
        deliveries.card_shown(session, card_id, message_id, outgoing.digest, now)


def _settlement(row: OutboxRow, verdict: Verdict, message: Json, now: datetime) -> Settlement:
    if verdict.fate is Fate.LATER:
        return Settlement(state=OutboxState.QUEUED, not_before=verdict.until, counts=False)
    other = _other_way(row, verdict.fate)
    goes_again = verdict.fate in {Fate.AGAIN, Fate.MOVED} or (verdict.fate is Fate.GONE and row.route is Route.CARD)
    if goes_again or other is not None:
        again = now + timedelta(seconds=verdict.after)
        return Settlement(state=OutboxState.QUEUED, error=verdict.reason, not_before=again, route=other)
    return Settlement(state=_ENDS[verdict.fate], error=verdict.reason or None, message_id=message.get("message_id"))


def _other_way(row: OutboxRow, fate: Fate) -> Route | None:
    """Private closed: by a message only they see; that refused, whatever the reason: by a link without amounts."""
    refused = fate is Fate.DEAD or (fate is Fate.PARKED and row.route is Route.EPHEMERAL)
    if not refused or row.circle_id is None or row.person_id is None:
        return None
    return _FALLBACKS.get(row.route)


def _tell(session: Session, hooks: Hooks, result: Result, now: datetime) -> None:
    row, verdict, message = result.letter.row, result.verdict, result.message or {}
    outgoing = result.letter.outgoing
    try:
        with session.begin_nested():
            if verdict.fate is Fate.DELIVERED:
                hooks.delivered(session, row, message, now)
                if row.route is Route.CARD and result.letter.anew:
                    hooks.card_sent(session, row, message, now)
            elif verdict.fate is Fate.MOVED and outgoing is not None and outgoing.chat_id is not None:
                hooks.migrated(session, outgoing.chat_id, verdict.chat_id or outgoing.chat_id)
            elif verdict.fate is Fate.DEAD and row.target.startswith("circle:"):
                hooks.chat_lost(session, row, now)
    except OperationalError:
        raise  # a lost race or a lost server: the whole settlement is written again
    except Exception:  # the message left: it must not go again because of what the house makes of that
        log.exception("message %d was settled, but the house could not act on it", row.id)

"""The rules of a lucky draw: opening, taking part, closing, revealing, and what it was followed by.

Invariants: no purchase is asked for; who takes part is checked again when it closes, before the tickets' hash is told; the
seed is told only after that hash has reached the circle; a draw that cannot be revealed in time is void and nobody wins.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import boards, draw_record, draws_after, eligible
from models.circles import Circle
from models.columns import Texts
from models.draw_prizes import Prize, give
from models.draws import Draw, DrawEntry, draws, entries
from models.errors import DomainError
from models.facts import AnyFact, DrawClosed, DrawReported, DrawRevealed, DrawVoid, DrawWon
from models.outbox import OUTBOX, OutboxState
from models.rows import fresh, hold, insert_into, load, number_of
from models.states import DRAW, DrawState, advance

REVEALED_AFTER = timedelta(minutes=1)  # so that people have seen the tickets' hash
VOID_AFTER = timedelta(days=1)
REPORTED_AFTER = timedelta(days=14)
_AGAIN = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class NewDraw:
    """A draw to be opened. `key` opens it once; `standing`: how long a member must have been in the circle."""

    key: str
    shop_id: int
    circle_id: int
    title: Texts
    prizes: Sequence[Prize]
    opens_at: datetime
    closes_at: datetime
    standing: timedelta


@dataclass(frozen=True, slots=True)
class Entered:
    """A member's ticket, and their odds as they are now: `prizes` among `tickets`."""

    ticket: str
    tickets: int
    prizes: int
    new: bool


def open_draw(session: Session, new: NewDraw, now: datetime) -> int:
    """Opens it, or will when `opens_at` has come; its id. The same key again opens nothing."""
    seed, terms = secrets.token_hex(32), _terms(session, new)
    state = DrawState.SCHEDULED if new.opens_at > now else DrawState.OPEN
    row = insert_into(session, draws).values(
        key=new.key, shop_id=new.shop_id, circle_id=new.circle_id, state=state, title=dict(new.title), terms=terms,
        prizes=[prize.as_json() for prize in new.prizes], standing=int(new.standing.total_seconds()), seed=seed,
        seed_sha256=draw_record.seed_hash(seed), terms_sha256=draw_record.terms_hash(terms),
        opened_at=new.opens_at, closes_at=new.closes_at,
    )  # fmt: skip
    session.execute(row.on_conflict_do_nothing(index_elements=["key"]))
    draw_id = int(session.execute(select(draws.c.id).where(draws.c.key == new.key)).scalar_one())
    if state is DrawState.OPEN:
        boards.post(session, new.circle_id, f"draw:{draw_id}", now)
    return draw_id


def begin(session: Session, draw_id: int, now: datetime) -> list[AnyFact]:
    """Its circle has room for it now."""
    draw = hold(session, Draw, draw_id)
    if draw.state == DrawState.SCHEDULED and draw.opened_at <= now:
        draw.state = advance(DRAW, draw.state, DrawState.OPEN)
        session.flush()
        boards.post(session, draw.circle_id, f"draw:{draw_id}", now)
    return []


def enter(session: Session, draw_id: int, circle_id: int | None, person_id: int, now: datetime) -> Entered:
    """Takes part, free of charge; once is enough. Raises gone, old_button, draw_over, not_a_member, draw_newcomer, draw_owner."""
    draw = hold(session, Draw, draw_id)
    if draw.circle_id != circle_id:
        raise DomainError("old_button")
    if draw.state != DrawState.OPEN or draw.closes_at <= now:
        raise DomainError("draw_over")
    why = _struck(session, draw, person_id, now)
    if why is not None:
        raise DomainError(_REFUSALS[why], days=-(-draw.standing // 86_400))
    row = {"draw_id": draw_id, "person_id": person_id, "ticket": secrets.token_hex(16), "at": now}
    added = insert_into(session, entries).values(row).on_conflict_do_nothing(index_elements=["draw_id", "person_id"])
    new = session.execute(added.returning(entries.c.id)).first() is not None
    if new:
        boards.mark(session, f"draw:{draw_id}", now)
    return Entered(_ticket(session, draw_id, person_id), tickets_of(session, draw_id), len(draw.prizes), new)


def close(session: Session, draw_id: int, now: datetime) -> list[AnyFact]:
    """Its time is over: who may no longer win is struck, and the hash of the tickets that count is told."""
    draw = hold(session, Draw, draw_id)
    if draw.state != DrawState.OPEN or draw.closes_at > now:
        return []
    _strike(session, draw, now)
    tickets = counting(session, draw_id)
    if not tickets:
        return _void(session, draw, "nobody", now)
    draw.state, draw.closed_at = advance(DRAW, draw.state, DrawState.CLOSED), now
    draw.tickets_sha256 = draw_record.tickets_hash(tickets)
    draw.reveal_at, draw.void_at = now + REVEALED_AFTER, now + VOID_AFTER
    session.flush()
    boards.mark(session, f"draw:{draw_id}", now)
    return [DrawClosed(draw.circle_id, draw_id, len(tickets), draw.tickets_sha256)]


def reveal(session: Session, draw_id: int, now: datetime) -> list[AnyFact]:
    """The seed is told and the prizes are given, once the circle has seen the tickets' hash; too late, it is void."""
    draw = hold(session, Draw, draw_id)
    if draw.state != DrawState.CLOSED or draw.reveal_at is None or draw.reveal_at > now:
        return []
    if draw.void_at is not None and draw.void_at <= now:
        return _void(session, draw, "late", now)
    if not _hash_was_told(session, draw_id):
        draw.reveal_at = now + _AGAIN
        return []
    draw.state, draw.ended_at = advance(DRAW, draw.state, DrawState.REVEALED), now
    draw.report_at = now + REPORTED_AFTER
    session.flush()
    boards.mark(session, f"draw:{draw_id}", now)
    return [DrawRevealed(draw.circle_id, draw_id), *_won(session, draw, now)]


def report(session: Session, draw_id: int, now: datetime) -> list[AnyFact]:
    """Two weeks on: what it was followed by, for the owners."""
    draw = hold(session, Draw, draw_id)
    if draw.report_at is None or draw.report_at > now or draw.ended_at is None:
        return []
    draw.report_at = None
    session.flush()
    before = draws_after.counted(session, draw.circle_id, draw.opened_at - REPORTED_AFTER, draw.opened_at)
    after = draws_after.counted(session, draw.circle_id, draw.ended_at, draw.ended_at + REPORTED_AFTER)
    return [DrawReported(
        draw.circle_id, draw_id, tickets_of(session, draw_id), after.orders, before.orders, after.mutes, before.mutes,
        after.leavers, before.leavers,
    )]  # fmt: skip


def record(session: Session, draw_id: int) -> dict[str, object]:
    """What is published of a draw that was revealed. Raises draw_not_revealed."""
    draw = load(session, Draw, draw_id)
    if draw.state != DrawState.REVEALED:
        raise DomainError("draw_not_revealed")
    return draw_record.written(draw.terms, draw.seed, counting(session, draw_id))


def counting(session: Session, draw_id: int) -> list[str]:
    """The tickets that count, in rising order."""
    mine = entries.c.draw_id == draw_id, entries.c.struck.is_(None)
    return list(session.scalars(select(entries.c.ticket).where(*mine).order_by(entries.c.ticket)))


def tickets_of(session: Session, draw_id: int) -> int:
    """How many take part, struck ones left out."""
    mine = entries.c.draw_id == draw_id, entries.c.struck.is_(None)
    return int(session.execute(select(func.count()).where(*mine)).scalar_one())


_REFUSALS = {"left": "not_a_member", "new": "draw_newcomer", "owner": "draw_owner", "erased": "not_a_member"}


def _terms(session: Session, new: NewDraw) -> dict[str, object]:
    """What is committed to when it opens: words, whole numbers and lists of words (draw_record.py)."""
    circle = load(session, Circle, new.circle_id)
    return {
        "draw": new.key, "circle": circle.title, "prizes": [prize.text for prize in new.prizes],
        "opened_at": new.opens_at.isoformat(), "closes_at": new.closes_at.isoformat(),
        "standing_days": int(new.standing.total_seconds()) // 86_400, "entry": "free",
    }  # fmt: skip


def _struck(session: Session, draw: Draw, person_id: int, now: datetime) -> str | None:
    """Why this person cannot win now; None if they can."""
    return eligible.why_not(session, draw.shop_id, draw.circle_id, person_id, draw.standing, now)


def _strike(session: Session, draw: Draw, now: datetime) -> None:
    for row in session.execute(select(entries.c.id, entries.c.person_id).where(entries.c.draw_id == draw.id)).all():
        why = _struck(session, draw, row.person_id, now)
        if why is not None:
            session.execute(update(entries).where(entries.c.id == row.id).values(struck=why))


def _won(session: Session, draw: Draw, now: datetime) -> list[AnyFact]:
    """Who stands behind the tickets that the record draws; each is given their prize."""
    by_ticket = {
        entry.ticket: entry for entry in fresh(session, select(DrawEntry).where(entries.c.draw_id == draw.id))
    }
    won = draw_record.winners(draw.seed, draw.terms, counting(session, number_of(draw.id)))
    facts: list[AnyFact] = []
    for place, (one, prize) in enumerate(zip(won, draw.prizes, strict=False), 1):
        entry = by_ticket[one["ticket"]]
        entry.place = place
        give(session, draw, Prize.of(prize), place, entry.person_id, now)
        facts.append(DrawWon(entry.person_id, draw.circle_id, number_of(draw.id), place))
    session.flush()
    return facts


def _hash_was_told(session: Session, draw_id: int) -> bool:
    """Whether the message with the tickets' hash has reached its circle."""
    told = OUTBOX.c.dedup == closed_key(draw_id), OUTBOX.c.state == OutboxState.DELIVERED.value
    return session.execute(select(OUTBOX.c.id).where(*told)).first() is not None


def closed_key(draw_id: int) -> str:
    """The dedup key of the message with the tickets' hash (models/notices/draws.py)."""
    return f"draw_closed:{draw_id}"


def _void(session: Session, draw: Draw, why: str, now: datetime) -> list[AnyFact]:
    draw.state, draw.ended_at, draw.why_void = advance(DRAW, draw.state, DrawState.VOID), now, why
    session.flush()
    boards.mark(session, f"draw:{draw.id}", now)
    return [DrawVoid(draw.circle_id, number_of(draw.id), why)]


def _ticket(session: Session, draw_id: int, person_id: int) -> str:
    mine = entries.c.draw_id == draw_id, entries.c.person_id == person_id
    return str(session.execute(select(entries.c.ticket).where(*mine)).scalar_one())

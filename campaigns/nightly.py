"""The night's work: every buyer's class, shop by shop, at a set local hour, in bites that leave the writer to others.

Invariants: what was done stands in the database, so a night that was slept through is made up for at the next start, once;
a bite is looked at by a reader and written in one short transaction; one process works on a shop, and where it stops in
the middle another begins again, the classes being a day old until then.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.database import Database
from campaigns.schedule import instant
from models import chores, standings
from models.shops import shop_table

HOUR = time(3)  # of the shop's day
BITES = 40  # in one call, so that a stop need not wait for a million buyers


@dataclass
class _Night:
    """One shop's classes under way."""

    shop_id: int
    average: float
    after: int
    began: datetime
    heard: datetime  # when the database was last told that it is in hand


class Nightly:
    """Called every second or so; most calls only look at what was done when."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._night: _Night | None = None

    async def look(self) -> None:
        """Takes up the next shop whose night has come, or goes on with the one in hand."""
        if self._night is None and (found := await self._database.read(begin, self._database.clock.now())) is not None:
            self._night = await self._database.write(take, found)
        for _ in range(BITES):
            if self._night is None:
                return
            night = self._night
            bite = await self._database.read(standings.computed, night.shop_id, night.after, night.average, night.began)
            self._night = await self._database.write(kept, night, bite, self._database.clock.now())


def begin(session: Session, now: datetime) -> _Night | None:
    """The first shop whose classes are older than its last HOUR."""
    for shop_id, zone in session.execute(select(shop_table.c.id, shop_table.c.timezone).order_by(shop_table.c.id)):
        done = chores.done_at(session, _name(shop_id))
        if done is None or done < last_hour(now, zone):
            return _Night(shop_id, standings.average(session, shop_id), 0, now, now)
    return None


def take(session: Session, night: _Night) -> _Night | None:
    """The night, if no other process has it in hand or has just done it."""
    done = chores.done_at(session, _name(night.shop_id))
    late = done is not None and done >= night.began
    return night if not late and chores.taken(session, _name(night.shop_id), night.began) else None


def kept(session: Session, night: _Night, bite: standings.Bite | None, now: datetime) -> _Night | None:
    """Writes a bite; after the last one the shop is done, which stands in the database from then on."""
    if not chores.held(session, _name(night.shop_id), night.heard, now):
        return None
    if bite is None:
        chores.done(session, _name(night.shop_id), night.began)
        chores.freed(session, _name(night.shop_id))
        return None
    standings.keep(session, bite)
    return replace(night, after=bite.last, heard=now)


def last_hour(now: datetime, zone: str) -> datetime:
    """When it was HOUR there last."""
    local = now.astimezone(ZoneInfo(zone))
    today = instant(datetime.combine(local.date(), HOUR), ZoneInfo(zone))
    if today <= now:
        return today
    return instant(datetime.combine(local.date() - timedelta(days=1), HOUR), ZoneInfo(zone)).astimezone(UTC)


def _name(shop_id: int) -> str:
    return f"standings:{shop_id}"

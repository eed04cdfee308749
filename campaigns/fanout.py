"""Fan-out: from a run to its messages, batch by batch, until everybody in its audience was decided on.

Invariants: a batch is looked for by a reader and decided on in one write together with the run's cursor, so a process
that is killed anywhere loses and repeats nothing; only as much is queued as leaves in the next seconds, so what a member
mutes, or an operator stops, holds for nearly all of a long run; a kind that fails stops its run and nobody else's.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.core.config import Campaign, Config
from bot.core.database import Database, DatabaseUnavailable
from bot.core.limits import limits_of
from campaigns import arising
from campaigns.broadcast import FromChat
from campaigns.decisions import Batch
from campaigns.kinds import Receiver, RunOf, Writes
from campaigns.registry import KINDS
from models import alarms, fanning, halts
from models.fanning import GoingOn

log = logging.getLogger(__name__)

PAGE = 200  # receivers decided on in one write
AHEAD = timedelta(seconds=10)  # as much is queued as leaves in that time


@dataclass(frozen=True, slots=True)
class Found:
    """Receivers of a run that come next; `last` if none follow."""

    run: GoingOn
    receivers: tuple[Receiver, ...]
    until: int  # the id up to which was looked
    last: bool


class Fanout:
    """`turn()` again and again, from whichever process schedules; several at once harm nobody."""

    def __init__(self, database: Database, config: Callable[[], Config], wake: Callable[[], None]) -> None:
        self._database, self._config, self._wake = database, config, wake
        self._last = 0  # the run that had its turn: the others' come first
        self._turn = asyncio.Lock()

    async def turn(self) -> None:
        """Decides on what there is room for, ends the runs that are over, stops those that fail."""
        async with self._turn:
            while await self._batch():
                self._wake()
            over, failing = await self._database.read(_tended)
            now = self._database.clock.now()
            for run_id in over:
                await self._database.write(fanning.close, run_id, now)
            for run_id in failing:
                await self._stop(run_id)

    async def _batch(self) -> bool:
        """One batch of one run; whether there was one."""
        config, now = self._config(), self._database.clock.now()
        found = await self._database.read(next_run, config, now, self._last)
        if found is None:
            return False
        self._last = found.run_id
        try:
            batch = await self._database.read(look, found, config, now)
            await self._database.write(write, batch, config, now)
        except DatabaseUnavailable:
            raise
        except Exception:
            log.exception("run %d of %s could not go on and is paused", found.run_id, found.key)
            await self._stop(found.run_id)
        return True

    async def _stop(self, run_id: int) -> None:
        """The run pauses, and the operators are told."""
        operators, now = self._config().bot.operators, self._database.clock.now()
        await self._database.write(alarms.stop, run_id, operators, now)
        self._wake()


def next_run(session: Session, config: Config, now: datetime, last: int = 0) -> GoingOn | None:
    """The run whose turn it is, if there is room in the queue: the first after `last`, then from the front."""
    going = [run for run in fanning.under_way(session) if _writes(config, run) is not None]
    if not going:
        return None
    most = max(PAGE, int(config.rates.per_second * AHEAD.total_seconds()))
    if fanning.backlog(session, now + AHEAD, most) >= most:
        return None
    return next((run for run in going if run.run_id > last), going[0])


def look(session: Session, run: GoingOn, config: Config, now: datetime) -> Found:
    """The receivers that come next."""
    campaign, kind = _known(config, run)
    if run.by_event:
        arisen, until, last = arising.page(session, _of(run), campaign, kind, config, run.cursor, PAGE, now)
        return Found(run, tuple(arisen), until, last)
    page = kind.receivers(session, _of(run), campaign, config, run.cursor, PAGE, now)
    return Found(run, tuple(page), page[-1].id if page else run.cursor, last=len(page) < PAGE)


def write(session: Session, found: Found, config: Config, now: datetime) -> bool:
    """Decides on them in this transaction; False, and nothing changed, if the run does not stand there any more."""
    run = found.run
    if not fanning.held(session, run.run_id, run.cursor):
        return False
    campaign, kind = _known(config, run)
    limits = limits_of(config)
    fanning.begun_under(session, run.run_id, limits.kept())
    batch = Batch(session, _of(run), campaign, found.receivers, limits, run.shop_id, now)
    letters = [(one, kind.letter(session, one, _of(run), campaign, config, now)) for one in found.receivers]
    decision = batch.decide(session, letters, _room(session, run, campaign))
    cursor = max(run.cursor, decision.cursor) if decision.full else found.until
    fanning.decide(session, run.run_id, decision.rows, decision.messages, cursor, found.last or decision.full, now)
    return True


def campaign_of(config: Config, run: GoingOn) -> Campaign | None:
    """What the run is to do: an owner's own words, or what bot.toml says now; None where this bot.toml has no such campaign."""
    if run.definition is None:
        return config.campaigns.get(run.key)
    return defined(config, run.definition)


def defined(config: Config, definition: Mapping[str, object]) -> Campaign:
    """An owner's own broadcast, from what bot.toml would hold for it. Raises pydantic's ValidationError."""
    shop = config.shops.get(str(definition.get("shop")))
    context = {"languages": config.bot.languages, "currency": shop.currency if shop else None}
    return FromChat.model_validate(dict(definition), context=context)


def _writes(config: Config, run: GoingOn) -> tuple[Campaign, Writes[Any]] | None:  # Any: as in the registry
    """The campaign and its kind, if it is one that writes to people."""
    campaign = campaign_of(config, run)
    kind: Any = KINDS.get(campaign.kind) if campaign is not None else None
    return (campaign, kind) if campaign is not None and hasattr(kind, "receivers") else None


def _known(config: Config, run: GoingOn) -> tuple[Campaign, Writes[Any]]:
    found = _writes(config, run)
    assert found is not None, "next_run chose it"
    return found


def _of(run: GoingOn) -> RunOf:
    return RunOf(run.run_id, run.campaign_id, run.key, run.slot)


def _room(session: Session, run: GoingOn, campaign: Campaign) -> int | None:
    """How many more messages the run may send."""
    most: int | None = getattr(campaign, "at_most", None)
    return None if most is None else max(0, most - fanning.planned(session, run.run_id))


def _tended(session: Session) -> tuple[list[int], list[int]]:
    """Runs that are over, and runs that fail."""
    return fanning.over(session), halts.failing(session)

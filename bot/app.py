"""The composition root: one process of Tuan, put together from its parts, started and stopped in order.

Invariants: the database is up to date and in line with bot.toml before the first update is heard; whatever falls due is
looked for in the database every second; stopping finishes what is in hand.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session

from bot.core import compose, migrate, sync, watch
from bot.core.buttons import Buttons
from bot.core.clock import Clock
from bot.core.compose import Composer
from bot.core.config import Config
from bot.core.database import Database
from bot.core.outgoing import Later, Outgoing, Skip
from bot.core.ticker import SECOND, Ticker
from bot.gateway.conversations import KeptConversations
from bot.gateway.lifecycle import Gateway
from bot.gateway.lifecycle import Role as Part
from bot.gateway.ports import Compose, Hooks
from bot.gateway.throttle import Rates
from campaigns import linter, slots
from campaigns.desk import CampaignDesk
from campaigns.fanout import Fanout
from campaigns.nightly import Nightly
from handlers.commands import register
from handlers.dispatch import dispatcher
from handlers.memory import Memory
from handlers.scene import Desk, Reloaded
from handlers.survey import look_around
from models import chain, deadlines, notices, polls, posted
from models.deliveries import OutboxRow
from models.errors import DomainError

log = logging.getLogger(__name__)

BATCH = 50  # of what is due, done in one write
CLOSING = 600.0  # seconds between two looks for a day of the ledger that is over


class Role(StrEnum):
    """What a process does; `all` is one process for everything."""

    ALL = "all"
    LISTEN = "listen"
    DELIVER = "deliver"
    SCHEDULE = "schedule"


_PARTS = {
    Role.ALL: frozenset(Part),
    Role.LISTEN: frozenset({Part.LISTEN}),
    Role.DELIVER: frozenset({Part.DELIVER}),
    Role.SCHEDULE: frozenset[Part](),
}


class App:
    """`open()`, then `run()`; `stop()` from a signal handler; `close()` always.

    Opening raises CannotRun, DatabaseBusy, DatabaseUnavailable, SecretMissing or DomainError with one line to tell.
    """

    def __init__(
        self, config: Config, database: Database, token: str, file: Path | None = None, rates: Rates | None = None
    ) -> None:
        self.config = config
        self.database = database
        self.ticker = Ticker()
        self.at_home = asyncio.Event()  # the look around at the start is over
        self.memory = Memory()
        self.file = file
        self._watch = watch.Watch(file, config.digest) if file else None
        self._token = token
        self._buttons = Buttons(token)
        self.composer = Composer(self._buttons, config)
        self.gateway = Gateway(database, token, config.bot.api_root, self._hooks(), rates or _rates(config))
        self._fanout = Fanout(database, lambda: self.config, self.gateway.wake)

    @classmethod
    async def open(
        cls, config: Config, *, clock: Clock | None = None, file: Path | None = None, rates: Rates | None = None
    ) -> "App":
        """Everything ready to run, Telegram asked who the bot is. `rates` go before the config's."""
        token, url = config.bot.token.reveal(), config.bot.database_url()
        (migrate.upgrade if url.startswith("sqlite") else migrate.require)(url)
        app = cls(config, Database.open(url, clock=clock), token, file, rates)
        try:
            await app._open()
        except BaseException:
            await app.close()
            raise
        return app

    async def run(self, role: Role = Role.ALL) -> None:
        """Until `stop()`."""
        if role in {Role.ALL, Role.SCHEDULE}:
            self.ticker.every(SECOND, "deadlines", self.swept)
            self.ticker.every(SECOND, "slots", self._fire)
            self.ticker.every(CLOSING, "ledger", self.days_closed)
            self.ticker.every(SECOND, "fan-out", self._fanout.turn)
            self.ticker.every(SECOND, "classes", Nightly(self.database).look)
        self.ticker.every(watch.EVERY, "bot.toml", self.watched)
        self.ticker.start()
        settling_in = asyncio.create_task(self._settle_in(role))
        try:
            await self.gateway.run(self._dispatcher, _PARTS[role])
        finally:
            settling_in.cancel()
            await self.ticker.stop()

    def stop(self) -> None:
        """Ends `run()` once what is in hand is finished."""
        self.gateway.stop()

    def wake(self) -> None:
        """The clock was moved on by hand: what is due now happens at once."""
        self.ticker.wake()
        self.gateway.wake()

    async def close(self) -> None:
        await self.gateway.close()
        await self.database.close()

    async def reload(self) -> Reloaded:
        """Takes bot.toml over as it is now; if it has mistakes these, and nothing is taken over. What runs stays as it opened.

        What the process was started with (the token, the database, the rates) stays until it is started again.
        """
        if self.file is None:
            return Reloaded()
        loaded = linter.check(self.file)
        if loaded.config is None:
            return Reloaded(mistakes=watch.fitting([str(mistake) for mistake in loaded.mistakes]))
        await self.database.write(sync.sync, loaded.config, slots.load, self.database.clock.now())
        restart = _needs_restart(self.config, loaded.config)
        self.config = loaded.config
        self.memory.places.clear()
        self.composer = Composer(self._buttons, loaded.config)
        self.composer.bot_username = self.desk.bot_username
        self.desk.language, self.desk.operators = loaded.config.bot.languages[0], frozenset(loaded.config.bot.operators)
        self.desk.attention = loaded.config.attention
        await register(self.gateway.bot, _owners(loaded.config), loaded.config.bot.operators)
        return Reloaded(restart=restart)

    async def reload_for(self, operator: int) -> Reloaded:
        """/reload: whoever asks is answered, and does not hear of the same mistakes from the watch as well."""
        if self._watch is not None:
            await asyncio.to_thread(self._watch.answers, operator)
        return await self.reload()

    async def watched(self) -> None:
        """Takes an edited bot.toml over by itself; what is wrong with it the operators are told, and nothing changes."""
        if self._watch is None or (digest := await asyncio.to_thread(self._watch.look)) is None:
            return
        if digest != self.config.digest and (refusal := await self._refusal()) is not None:
            now = self.database.clock.now()
            operators = self._watch.untold(digest, self.config.bot.operators)
            await self.database.write(watch.tell, operators, refusal, digest, now)
            self.gateway.wake()
        self._watch.judged(digest)

    async def _refusal(self) -> watch.Refusal | None:
        """Why bot.toml as it is now is not taken over; None if it is."""
        try:
            taken = await self.reload()
        except DomainError as error:
            log.warning("bot.toml was edited and no longer fits the database: %s %s", error.code, error.params)
            return watch.Refusal("reload_unfit", {"refusal": error.code, "values": dict(error.params)})
        if taken.mistakes:
            log.warning("bot.toml was edited and has mistakes: %s", " | ".join(taken.mistakes))
            return watch.Refusal("reload_refused", {"mistakes": list(taken.mistakes)})
        log.info("bot.toml was edited and is taken over; waiting for the next start: %s", ", ".join(taken.restart) or "nothing")
        return None

    async def _open(self) -> None:
        me = await self.gateway.open()
        now = self.database.clock.now()
        await self.database.write(sync.sync, self.config, slots.load, now)
        self.composer.bot_username = me.username or ""
        self.desk = Desk(
            buttons=self._buttons, memory=self.memory, bot_id=me.id, bot_username=me.username or "",
            language=self.config.bot.languages[0], operators=frozenset(self.config.bot.operators), reload=self.reload_for,
            attention=self.config.attention, campaigns=CampaignDesk(lambda: self.config),
        )  # fmt: skip
        self._dispatcher = dispatcher(self.desk, KeptConversations(self.database))

    def _hooks(self) -> Hooks:
        return Hooks(
            compose=self._compose, foresee=self._foresee, delivered=polls.posted, hears=frozenset({polls.TEMPLATE}),
            card_sent=posted.card_sent, chat_lost=posted.chat_lost, migrated=self._migrated,
        )  # fmt: skip

    def _compose(self, session: Session, row: OutboxRow, now: datetime) -> Outgoing | Skip | Later:
        """By the composer of the moment: /reload makes a new one."""
        return self.composer.compose(session, row, now)

    def _foresee(self, session: Session, rows: Sequence[OutboxRow], now: datetime) -> Compose:
        """The same for several at once."""
        return self.composer.foresee(session, rows, now)

    def _migrated(self, session: Session, old: int, new: int) -> None:
        posted.moved(session, old, new, self.database.clock.now())
        self.memory.places.drop(old)

    async def _settle_in(self, role: Role) -> None:
        """What need not be done before the first update is heard: the menus of commands, the bot's standing in its circles."""
        try:
            await asyncio.to_thread(compose.warm)
            if role not in {Role.ALL, Role.DELIVER}:
                return
            clock = self.database.clock
            await look_around(self.desk.bot_id, self.gateway.lookups, self.database.read, self.database.write, clock.now)
            self.memory.places.clear()
            self.gateway.wake()
            await register(self.gateway.bot, _owners(self.config), self.config.bot.operators)
        except Exception:  # nobody waits for it, so it is told here or nowhere
            log.exception("the look around at the start was not finished")
        finally:
            self.at_home.set()

    async def swept(self) -> None:
        """Everything with a due time, batch by batch."""
        while await self.database.read(deadlines.any_due, self.database.clock.now()) and await self.database.write(
            _sweep, self.database.clock.now()
        ):
            self.gateway.wake()

    async def days_closed(self) -> None:
        """Days of the ledger that are over get their digest; a look costs a read, closing a write."""
        due = await self.database.read(chain.next_close)
        if due is not None and due <= self.database.clock.now():
            await self.database.write(chain.close_days, self.database.clock.now())

    async def fired(self) -> None:
        """Every slot that has come, and whom they write to."""
        await self._fire()
        await self._fanout.turn()

    async def _fire(self) -> None:
        """Each slot in a write of its own."""
        while await self.database.write(slots.fire, self.database.clock.now(), self.config) is not None:
            self.gateway.wake()


def _sweep(session: Session, now: datetime) -> bool:
    """Does what is due and says so; whether anything was."""
    facts = deadlines.sweep(session, now, BATCH)
    notices.notify(session, facts, now)
    return bool(facts)


def _owners(config: Config) -> set[int]:
    """Telegram ids of everybody who owns a shop."""
    return {person for shop in config.shops.values() for person in shop.owners}


def _needs_restart(before: Config, after: Config) -> list[str]:
    """Names of the settings that changed and are only read at the start."""
    fixed = ("token", "api_root", "database", "mode")
    told = [f"bot.{name}" for name in fixed if getattr(before.bot, name) != getattr(after.bot, name)]
    return told + ([] if before.rates == after.rates else ["rates"])


def _rates(config: Config) -> Rates:
    rates = config.rates
    return Rates(
        int(rates.per_second), int(rates.per_chat_per_second), int(rates.per_group_per_minute), paid=rates.paid_broadcast
    )

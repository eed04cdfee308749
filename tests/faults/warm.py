"""A warm parent that forks bots: importing both Telegram libraries takes seconds, a fork takes milliseconds.

Reads orders on standard input, one line of JSON each, and answers each with the process id of a new bot; the end of the
input ends the parent. An order's `plant` breaks one promise on purpose in that bot, so that the harness can show that it
would notice. An order with `words` is a command of `tuan` as somebody types it; its exit code ends up beside its last words.
"""

import asyncio
import ctypes
import gc
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

os.environ.setdefault("PTB_TIMEDELTA", "true")

from sqlalchemy.orm import Session

from bot import cli
from bot.app import App, Role
from bot.core import compose, logs, loop, sqlite, works
from bot.core.config import Config
from bot.gateway import courier, verdicts, worker
from campaigns import fanout
from campaigns.linter import check
from models import deliveries, fanning, inbox
from models.deliveries import OutboxRow

_CAPABILITIES, _CAP_DAC_OVERRIDE = 0x20080522, 1  # linux/capability.h
DOUBT = 0.3  # seconds until what lost its reply goes again: two, if it were left alone, at the end of every run
SLOW_COMMIT = 0.1  # seconds between telling and committing, so that a kill is likely to fall between


def _not_kept(
    session: Session, bot_id: int, updates: Sequence[tuple[int, int, str]], now: datetime, lease_until: datetime | None = None
) -> Mapping[int, int]:
    """Updates are confirmed to Telegram but stand in memory alone."""
    return {number: -number for number, _, _ in updates}


def _never_done(session: Session, row: int, now: datetime) -> bool:
    """"done" is not part of the write that did it."""
    return True


def _told_first() -> None:
    """Whoever waits for a write hears of success before the commit."""
    done, committed = works.Job.run, sqlite._Driven.execute

    def run(self: works.Job, session: Session) -> None:
        done(self, session)
        works.tell([self])

    def execute(self: sqlite._Driven, sql: str, /, *parameters: Any) -> object:
        if sql == "COMMIT":
            time.sleep(SLOW_COMMIT)
        return committed(self, sql, *parameters)

    works.Job.run = run  # type: ignore[method-assign]  # the planted fault
    sqlite._Driven.execute = execute  # type: ignore[assignment,method-assign]  # the planted fault


def _no_inbox() -> None:
    inbox.store = _not_kept
    inbox.mark_done = _never_done


def _done_apart() -> None:
    inbox.mark_done = _never_done


def _cursor_apart() -> None:
    """A run's cursor moves in a transaction of its own, before whom it decided on is written."""
    whole, batch = fanning.decide, fanout.Fanout._batch
    late: list[tuple[Any, ...]] = []

    def moved(
        session: Session, run_id: int, rows: Sequence[Any], messages: Sequence[Any], cursor: int, last: bool, now: datetime
    ) -> None:
        whole(session, run_id, [], [], cursor, last, now)
        late.append((run_id, rows, messages, cursor, last, now))

    async def _batch(self: fanout.Fanout) -> bool:
        there = await batch(self)
        while late:
            await asyncio.sleep(SLOW_COMMIT)
            await self._database.write(whole, *late.pop())
        return there

    fanning.decide = moved
    fanout.Fanout._batch = _batch  # type: ignore[method-assign]  # the planted fault


def _begun_early() -> None:
    """Promotions are marked as begun when they are claimed, a good while before they are sent."""
    claimed = deliveries.claim

    def claim(*args: Any, **more: Any) -> list[OutboxRow]:
        session, now, *_ = args
        rows = claimed(*args, **more)
        if promotions := [row for row in rows if row.promotion]:
            deliveries.begin(session, promotions, now)
        return rows

    deliveries.claim = claim


PLANTS = {
    "none": lambda: None, "no-inbox": _no_inbox, "done-apart": _done_apart, "told-first": _told_first,
    "cursor-apart": _cursor_apart, "begun-early": _begun_early,
}  # fmt: skip


async def serve(config: Config, file: Path) -> None:
    """The bot as `tuan run` runs it."""
    app = await App.open(config, file=file)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, app.stop)
    try:
        await app.run(Role.ALL)
    finally:
        await app.close()


@cache
def config_of(file: Path) -> Config:
    """Read once for all bots of a run."""
    loaded = check(file)
    assert loaded.config is not None, loaded.mistakes
    return loaded.config


def as_nobody_special() -> None:
    """Permissions of files hold for this child of root's as for everybody else (Linux: capget, capset)."""
    libc, header, sets = ctypes.CDLL(None), (ctypes.c_uint32 * 2)(_CAPABILITIES, 0), (ctypes.c_uint32 * 6)()
    assert libc.capget(header, sets) == 0
    sets[0] &= ~(1 << _CAP_DAC_OVERRIDE)
    assert libc.capset(header, sets) == 0


def command(order: dict[str, Any]) -> None:
    """A forked `tuan`, to its end."""
    os.environ.update(order["environment"])
    if order["as_nobody"]:
        as_nobody_special()
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    code: object = 70
    try:
        code = cli.main(order["words"])
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    sys.stderr.flush()
    written = Path(order["log"] + ".code.new")
    written.write_text(str(code), "utf-8")
    written.rename(order["log"] + ".code")
    os._exit(0)


def child(order: dict[str, Any]) -> None:
    """The forked process, to its end."""
    os.dup2(os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), sys.stderr.fileno())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if "words" in order:
        command(order)
    file = Path(order["config"])
    PLANTS[order["plant"]]()
    fanout.PAGE = order.get("page") or fanout.PAGE
    verdicts._SHORTEST = DOUBT
    if order["lease"]:
        worker._LEASE = courier.LEASE = timedelta(seconds=order["lease"])
    try:
        loop.run(serve(config_of(file), file))
    except BaseException as error:
        print(f"the bot died: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        os._exit(1)
    os._exit(0)


def main() -> None:
    logs.configure(secrets=[])
    compose.warm()
    gc.freeze()  # a child that collects would copy every page of the parent
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are many and nobody mourns them
    print("warm", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        if "config" in order:
            config_of(Path(order["config"]))
        pid = os.fork()
        if pid == 0:
            child(order)
        print(pid, flush=True)


if __name__ == "__main__":
    main()

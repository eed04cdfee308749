"""`tuan run`: the bot for real, until SIGTERM or Ctrl-C; what is in hand is finished."""

import asyncio
import gc
import logging
import os
import signal
import sys
from argparse import Namespace
from pathlib import Path

gc.disable()  # nothing of what is imported can be collected, and looking costs a tenth of the start
os.environ.setdefault("PTB_TIMEDELTA", "true")  # else python-telegram-bot warns when retry_after is read

from bot.app import App, Role
from bot.core import logs, loop
from bot.core.config import Config, SecretMissing
from bot.core.database import DatabaseBusy, DatabaseUnavailable
from bot.gateway.ports import CannotRun
from campaigns.linter import check
from models.errors import DomainError

gc.freeze()
gc.enable()
log = logging.getLogger("tuan")


def main(args: Namespace) -> int:
    loaded = check(args.config)
    if loaded.config is None:
        print(*loaded.mistakes, sep="\n", file=sys.stderr)
        return 1
    try:
        logs.configure(secrets=[loaded.config.bot.token.reveal()])
        loop.run(_run(loaded.config, args.config, Role(args.role)))
    except (CannotRun, DatabaseBusy, DatabaseUnavailable, SecretMissing) as error:
        print(f"tuan run: {error}", file=sys.stderr)
        return 1
    except DomainError as error:
        print(f"tuan run: {args.config} no longer fits the database: {error.code} {error.params}", file=sys.stderr)
        return 1
    return 0


async def _run(config: Config, file: Path, role: Role) -> None:
    app = await App.open(config, file=file)
    try:
        for wish in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(wish, app.stop)
        log.info("@%s listens (%s)", app.desk.bot_username, role)
        await app.run(role)
    finally:
        await app.close()

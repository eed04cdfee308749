"""What `tuan run` does once everything it needs is imported: the bot, until SIGTERM or Ctrl-C."""

import asyncio
import logging
import signal
import sys
from argparse import Namespace
from pathlib import Path

from bot.app import App, Role
from bot.core import logs, loop
from bot.core.config import Config, SecretMissing
from bot.core.database import DatabaseBusy, DatabaseUnavailable
from bot.gateway.ports import CannotRun
from campaigns.linter import check
from models.errors import DomainError

log = logging.getLogger("tuan")


def serve(args: Namespace) -> int:
    """The exit code: 0 when told to end, 1 with one line when it cannot run."""
    loaded = check(args.config)
    if loaded.config is None:
        print(*loaded.mistakes, sep="\n", file=sys.stderr)
        return 1
    if loaded.config.bot.mode == "webhook":
        print('tuan run: webhooks are not served yet; set mode = "polling" in bot.toml', file=sys.stderr)
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

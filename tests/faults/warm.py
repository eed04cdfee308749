"""A warm parent that forks bots: importing both Telegram libraries takes seconds, a fork takes milliseconds.

Reads commands on standard input: `fork` starts a bot and prints its process id; the end of the input ends the parent.
`--plant` breaks one promise on purpose, so that the harness above can show that it would notice.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

os.environ.setdefault("PTB_TIMEDELTA", "true")

from sqlalchemy.orm import Session

from bot.app import App, Role
from bot.core import logs
from campaigns.linter import check
from models import inbox

PLANTS = ("none", "no-inbox", "done-apart")


def _not_kept(
    session: Session, bot_id: int, updates: Sequence[tuple[int, int, str]], now: datetime, lease_until: datetime | None = None
) -> Mapping[int, int]:
    """The planted fault: updates are confirmed to Telegram but stand in memory alone."""
    return {number: -number for number, _, _ in updates}


def _never_done(session: Session, row: int, now: datetime) -> bool:
    """The planted fault: "done" is not part of the write that did it."""
    return True


def plant(name: str) -> None:
    """Breaks one promise in this process and all it forks."""
    if name == "no-inbox":
        inbox.store = _not_kept
        inbox.mark_done = _never_done
    elif name == "done-apart":
        inbox.mark_done = _never_done


async def serve(file: Path) -> None:
    """The bot as `tuan run` runs it."""
    loaded = check(file)
    assert loaded.config is not None, loaded.mistakes
    app = await App.open(loaded.config, file=file)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, app.stop)
    try:
        await app.run(Role.ALL)
    finally:
        await app.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--plant", choices=PLANTS, default="none")
    args = parser.parse_args()
    plant(args.plant)
    logs.configure(secrets=[])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are many and nobody mourns them
    print("warm", flush=True)
    for line in sys.stdin:
        if line.strip() == "fork":
            child = os.fork()
            if child == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                asyncio.run(serve(args.config))
                os._exit(0)
            print(child, flush=True)


if __name__ == "__main__":
    main()

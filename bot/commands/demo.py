"""`tuan demo`: a living circle on a pretend Telegram. Headless it plays one whole story and proves the books at its end."""

import asyncio
import os
import signal
import sys
from argparse import Namespace

os.environ.setdefault("PTB_TIMEDELTA", "true")  # else python-telegram-bot warns when retry_after is read

from bot.core import logs
from bot.core.database import DatabaseBusy, DatabaseUnavailable
from bot.demo.evening import Evening, evening
from bot.demo.living import live
from bot.demo.people import Missed
from bot.demo.story import play
from bot.demo.transcript import Transcript
from models import invariants


def main(args: Namespace) -> int:
    logs.configure(secrets=[])
    try:
        return asyncio.run(_headless(args) if args.headless else _page(args))
    except (Missed, DatabaseBusy, DatabaseUnavailable, OSError) as error:
        print(f"tuan demo: {error}", file=sys.stderr)
        return 1


async def _headless(args: Namespace) -> int:
    async with evening(args.port, args.seed, args.database, hurry=True) as played:
        transcript = Transcript(played.session, played.sandbox.url, played.names, print)
        transcript.start()
        try:
            await play(played, print, transcript.caught_up)
        finally:
            await transcript.stop()
        differences = await played.app.database.read(invariants.check)
    print(*differences, sep="\n", file=sys.stderr)
    print(f"\nThe books agree: {not differences}. Nothing is parked.")
    return 1 if differences else 0


async def _page(args: Namespace) -> int:
    async with evening(args.port, args.seed, args.database) as played:
        stop = asyncio.Event()
        for wish in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(wish, stop.set)
        living = asyncio.create_task(live(played, args.seed))
        print(f"\n  The circle is here:  {_address(played)}\n\n  Ctrl-C ends the evening.", flush=True)
        await stop.wait()
        living.cancel()
        await asyncio.gather(living, return_exceptions=True)
    return 0


def _address(played: Evening) -> str:
    return f"{played.sandbox.url}/"

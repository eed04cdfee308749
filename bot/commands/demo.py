"""`tuan demo`: a living circle on a pretend Telegram. Headless it plays one whole story and proves the books at its end."""

import asyncio
import os
import signal
import sys
from argparse import Namespace

os.environ.setdefault("PTB_TIMEDELTA", "true")  # else python-telegram-bot warns when retry_after is read

from bot.core import logs
from bot.core.database import DatabaseBusy, DatabaseUnavailable
from bot.demo.evening import evening, parked
from bot.demo.living import live, opened
from bot.demo.people import Missed
from bot.demo.story import play
from bot.demo.transcript import Transcript
from models import invariants

WELCOME = """
  The circle is here:  {address}

  Three people sit side by side: Ann, Bao, and Li Wei, who sells. Try this:
    · as Ann, type +2; as Bao, tap +1 below the card
    · watch the price fall for all as friends join
    · move the clock on by six hours: the price is locked
    · open Tuan in the list of chats of each: receipts for Ann and Bao, the pick list for Li Wei

  Ctrl-C ends the evening."""


def main(args: Namespace) -> int:
    logs.configure(secrets=[])
    try:
        return asyncio.run(_headless(args) if args.headless else _page(args))
    except (Missed, DatabaseBusy, DatabaseUnavailable, OSError) as error:
        print(f"tuan demo: {error}", file=sys.stderr)
        return 1


async def _headless(args: Namespace) -> int:
    async with evening(args.port, args.seed, args.database, language=args.language, hurry=True) as played:
        transcript = Transcript(played.session, played.sandbox.url, played.names, print)
        transcript.start()
        try:
            await play(played, print, transcript.caught_up)
        finally:
            await transcript.stop()
        wrong = await played.app.database.read(invariants.check) + await played.app.database.read(parked)
    print(*wrong, sep="\n", file=sys.stderr, end="\n" if wrong else "")
    print("" if wrong else "\nThe books agree, and nothing is parked.")
    return 1 if wrong else 0


async def _page(args: Namespace) -> int:
    async with evening(args.port, args.seed, args.database, language=args.language) as played:
        stop = asyncio.Event()
        for wish in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(wish, stop.set)
        opening = asyncio.create_task(opened(played))
        await _first(opening, stop)
        if not stop.is_set():
            opening.result()
            print(WELCOME.format(address=f"{played.sandbox.url}/"), flush=True)
        living = asyncio.create_task(live(played, args.seed))
        await _first(living, stop)
        for task in (opening, living):
            task.cancel()
        await asyncio.gather(opening, living, return_exceptions=True)
    return 0


async def _first(task: "asyncio.Task[None]", stop: asyncio.Event) -> None:
    """Until the task is done or somebody ends the evening."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()

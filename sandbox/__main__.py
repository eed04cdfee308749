"""`python -m sandbox [--port N]`: the pretend Telegram alone, until interrupted."""

import argparse
import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from sandbox.errors import ApiError
from sandbox.fast import optional
from sandbox.server import start

uvloop = optional("uvloop")


def arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox",
        description="A pretend Telegram on this machine.",
        epilog="Example: python -m sandbox --port 8081",
    )
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one (default 8081)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--seed", type=int, default=0, help="makes codes and faults repeat themselves")
    parser.add_argument("--no-limits", action="store_true", help="no 429 however fast a bot sends")
    parser.add_argument("--state", type=Path, help="keep the world in this file between runs")
    return parser.parse_args(words)


async def serve(given: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stop.set)
    running = await start(
        given.port, host=given.host, seed=given.seed, limits=False if given.no_limits else None, state=given.state
    )
    sys.stdout.write(f"Sandbox: {running.url}/\n")
    sys.stdout.flush()
    await stop.wait()
    await running.stop()


def main(words: Sequence[str] | None = None) -> int:
    """Serves until interrupted; `words` instead of the process's own arguments."""
    given = arguments(words)
    gc.freeze()
    gc.set_threshold(
        50_000, 20, 20
    )  # a world only grows: looking through it often for rubbish costs a fifth of the speed
    try:
        (uvloop or asyncio).run(serve(given))
    except ApiError as error:
        sys.stderr.write(f"{error.description.removeprefix('Bad Request: ')}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

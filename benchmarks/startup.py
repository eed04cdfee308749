"""From the start of the process to its first getUpdates, and its memory then, against importing aiogram and
python-telegram-bot alone; and the commands that need neither. Run: `python -m benchmarks.startup [--runs 5]`.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from benchmarks.ground import BOT_ID, Ground, ground, process

IMPORTS = "import aiogram, telegram; print(open('/proc/self/status').read())"  # getrusage would count its parent's memory
QUICK = (("--help",), ("check", "--config", "bot.toml"), ("schema",), ("preview", "--config", "bot.toml"))


def imports_alone() -> tuple[float, float]:
    """Seconds and MiB of a process that imports both libraries and ends."""
    begun = time.perf_counter()
    run = subprocess.run([sys.executable, "-c", IMPORTS], capture_output=True, text=True, check=True)
    return time.perf_counter() - begun, _resident(run.stdout)


async def to_first_poll(folder: Path) -> tuple[float, float]:
    """Seconds and MiB of `tuan run` until it listens, on a database it has used before."""
    async with ground(folder, 0) as place:
        config = str(place.config(opens=timedelta(days=40)))
        async with process("-m", "bot.cli", "run", "--config", config):
            await place.listening()
        return await _listens(place, config)


async def _listens(place: Ground, config: str) -> tuple[float, float]:
    before = place.world.queues[BOT_ID].turn
    begun = time.perf_counter()
    async with process("-m", "bot.cli", "run", "--config", config) as bot:
        while place.world.queues[BOT_ID].turn == before:  # noqa: ASYNC110  # the sandbox counts, it has no bell for this
            await asyncio.sleep(0.005)
        seconds = time.perf_counter() - begun
        status = await asyncio.to_thread(Path(f"/proc/{bot.pid}/status").read_text, "ascii")
    return seconds, _resident(status)


def _resident(status: str) -> float:
    """MiB of memory in use, from what the system says of a process."""
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def quick(arguments: tuple[str, ...]) -> float:
    """Seconds of one command that needs neither library."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-m", "bot.cli", *arguments], capture_output=True, check=False, env=os.environ)
    return time.perf_counter() - begun


def measure(runs: int) -> dict[str, object]:
    """Medians over `runs`; imports and starts take turns, so that both see the same machine."""
    pairs: list[tuple[tuple[float, float], tuple[float, float]]] = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            pairs.append((imports_alone(), asyncio.run(to_first_poll(Path(folder)))))
    commands = {" ".join(words[:1]): round(statistics.median(quick(words) for _ in range(runs)), 2) for words in QUICK}
    return {
        "time_ratio": round(statistics.median(start[0] / alone[0] for alone, start in pairs), 2),
        "memory_ratio": round(statistics.median(start[1] / alone[1] for alone, start in pairs), 2),
        "imports_seconds": round(statistics.median(alone[0] for alone, _ in pairs), 2),
        "first_poll_seconds": round(statistics.median(start[0] for _, start in pairs), 2),
        "imports_mib": round(statistics.median(alone[1] for alone, _ in pairs)),
        "first_poll_mib": round(statistics.median(start[1] for _, start in pairs)),
        "slowest_quick_command_seconds": max(commands.values()),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    print(json.dumps(measure(parser.parse_args().runs)))


if __name__ == "__main__":
    main()

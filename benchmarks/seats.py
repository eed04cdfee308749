"""Taps turned into durable seats (SQLite, synchronous=FULL), against a bare aiogram bot that only answers the same taps.

Both bots run in a process of their own against the same sandbox-side driver, in turn, several times; the ratio is
taken pair by pair and its median told. Run: `python -m benchmarks.seats [--taps 3000] [--flight 64] [--pairs 3]`.
"""

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.ground import OFFICE, TOKEN, Ground, ground, process

LONE = 150  # taps one after the other
WARM = 200  # taps that are not counted


@dataclass(frozen=True)
class Figures:
    """Answered taps a second, and waits in milliseconds as the person who taps sees them."""

    per_second: float
    cpu: float  # milliseconds of the bot's processor time for each tap
    p50: float
    p99: float
    lone: float


async def _tap_all(place: Ground, people: list[int], flight: int) -> tuple[float, list[float]]:
    """Every person taps once, `flight` at a time; seconds, and each wait in ms."""
    queue, waits = list(people), list[float]()

    async def taps() -> None:
        while queue:
            answer = await place.press(queue.pop())
            if answer.get("timeout"):
                raise TimeoutError("a tap was not answered")
            waits.append(answer["ms"])

    begun = time.perf_counter()
    await asyncio.gather(*(taps() for _ in range(flight)))
    return time.perf_counter() - begun, sorted(waits)


async def _measure(place: Ground, pid: int, taps: int, flight: int) -> Figures:
    warm, lone, many = place.people[:WARM], place.people[WARM : WARM + LONE], place.people[WARM + LONE :][:taps]
    await _tap_all(place, warm, flight)
    _, alone = await _tap_all(place, lone, 1)
    before = cpu_seconds(pid)
    seconds, waits = await _tap_all(place, many, flight)
    cpu = (cpu_seconds(pid) - before) / len(many) * 1000
    return Figures(len(many) / seconds, cpu, statistics.median(waits), waits[int(len(waits) * 0.99)], statistics.median(alone))


def cpu_seconds(pid: int) -> float:
    """Processor time a process has used, all its threads, user and system (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def bare(folder: Path, taps: int, flight: int) -> Figures:
    """The bare bot: no seats, only answers."""
    async with ground(folder, taps + WARM + LONE) as place:
        return await _with(place, taps, flight, "benchmarks.bare", place.running.url, TOKEN, str(OFFICE))


async def tuan(folder: Path, taps: int, flight: int) -> Figures:
    """Tuan as `tuan run` starts it, each tap a new seat in a fresh SQLite file."""
    async with ground(folder, taps + WARM + LONE) as place:
        module = ("bot.cli", "run", "--config", str(place.config(opens=timedelta(days=40))))
        return await _with(place, taps, flight, *module)


async def _with(place: Ground, taps: int, flight: int, *module: str) -> Figures:
    async with process("-m", *module) as bot:
        await (place.find_card() if module[0] == "benchmarks.bare" else place.open_round())
        await place.come_in()
        return await _measure(place, bot.pid, taps, flight)


async def measure(taps: int, flight: int, pairs: int) -> dict[str, object]:
    """Median ratio over `pairs`, and every figure behind it."""
    rows: list[tuple[Figures, Figures]] = []
    for number in range(pairs):
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
            rows.append((await bare(Path(one), taps, flight), await tuan(Path(two), taps, flight)))
        plain, durable = rows[-1]
        print(f"  pair {number + 1}: bare {plain.per_second:.0f}/s, tuan {durable.per_second:.0f}/s, "
              f"CPU {plain.cpu:.2f} and {durable.cpu:.2f} ms, "
              f"lone {durable.lone:.1f} ms", flush=True)
    return {
        "ratio": round(statistics.median(two.per_second / one.per_second for one, two in rows), 2),
        "bare_per_second": round(statistics.median(one.per_second for one, _ in rows)),
        "tuan_per_second": round(statistics.median(two.per_second for _, two in rows)),
        "bare_cpu_ms": round(statistics.median(one.cpu for one, _ in rows), 2),
        "tuan_cpu_ms": round(statistics.median(two.cpu for _, two in rows), 2),
        "lone_tap_ms": round(statistics.median(two.lone for _, two in rows), 1),
        "bare_lone_tap_ms": round(statistics.median(one.lone for one, _ in rows), 1),
        "p99_ms": round(statistics.median(two.p99 for _, two in rows), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--taps", type=int, default=3000)
    parser.add_argument("--flight", type=int, default=64)
    parser.add_argument("--pairs", type=int, default=3)
    args = parser.parse_args()
    print(json.dumps(asyncio.run(measure(args.taps, args.flight, args.pairs))))


if __name__ == "__main__":
    main()

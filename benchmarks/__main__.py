"""`make bench`: every figure of the README, as a table and as JSON; each is a ratio taken in one run on this machine."""

import asyncio
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import gettempdir

from benchmarks import audiences, broadcast, burst, ledger, many_campaigns, packets, questions, referral, seats, startup

QUESTIONS = Path(gettempdir()) / "tuan-bench-questions.db"  # 2 GB; filling it takes minutes, so it is kept


def machine() -> str:
    """What the figures were taken on."""
    model = next((line.split(":")[1].strip() for line in _cpuinfo() if line.startswith("model name")), platform.machine())
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _cpuinfo() -> list[str]:
    try:
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:  # noqa: PTH123  # no path of ours
            return file.readlines()
    except OSError:
        return []


def main() -> int:
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    print(f"{machine()}, commit {commit}")
    figures: dict[str, dict[str, object]] = {}
    runs: tuple[tuple[str, Callable[[], dict[str, object]]], ...] = (
        ("seats", lambda: asyncio.run(seats.measure(3000, 64, 3))),
        ("burst", lambda: asyncio.run(burst.measure(1000))),
        ("startup", lambda: startup.measure(5)),
        ("broadcast", lambda: asyncio.run(broadcast.measure(broadcast.SAMPLE))),
        ("paid_broadcast", lambda: asyncio.run(broadcast.measure(broadcast.PAID_SAMPLE, paid=True))),
        ("many_campaigns", lambda: asyncio.run(many_campaigns.measure(10_000, 20.0))),
        ("audiences", audiences.measure),
        ("ledger", ledger.measure),
        ("packets", packets.measure),
        ("referral", referral.measure),
        ("questions", lambda: questions.measure(1_000_000, keep=QUESTIONS)),
    )
    for name, run in runs:
        print(f"\n{name}", flush=True)
        figures[name] = run()
        for what, value in figures[name].items():
            print(f"  {what.replace('_', ' '):34}{value}", flush=True)
    print("\n" + json.dumps({"machine": machine(), "commit": commit, **figures}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Ten thousand campaigns: how long the start takes, what the ticker costs while nothing is due.

Run: `python -m benchmarks.many_campaigns [--campaigns 10000] [--seconds 20]`.
"""

import argparse
import asyncio
import json
import os
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.ground import TOKEN, TOKEN_NAME
from bot.app import App, Role
from bot.core.loop import spare_the_collector
from campaigns import linter
from sandbox.server import start

A_FILE = 150  # campaigns in one file of at most 64 KiB

_HEAD = """\
include = ["deals/*.toml"]

[bot]
token    = "env:{token}"
api_root = "{api_root}"
database = "sqlite:///{database}"

[[shop]]
id       = "orchard"
name     = "Orchard Lane"
currency = "CNY"
timezone = "Asia/Shanghai"
owners   = [1001]

[[circle]]
chat_id = -1001000000001
name    = "Office 3F"

[[product]]
id    = "oranges"
title = "Honey oranges, 5 kg"
price = "39.90"
"""

_CAMPAIGN = """\
[[campaign]]
id           = "oranges-{number}"
kind         = "group_buy"
schedule     = {{ {schedule} }}
circles      = ["Office 3F"]
product      = "oranges"
ladder       = [{{ at = 3, price = "36.00" }}, {{ at = 8, price = "32.00" }}]
minimum      = 3
closes_after = "2d"
text         = {{ en = "Crisp, from this week's harvest.", zh_CN = "本周现摘，脆甜。" }}
"""


def write(folder: Path, campaigns: int, api_root: str) -> Path:
    """A bot.toml with that many campaigns in files beside it; none is due before tomorrow."""
    (folder / "deals").mkdir()
    for first in range(0, campaigns, A_FILE):
        numbers = range(first, min(first + A_FILE, campaigns))
        text = "\n".join(_CAMPAIGN.format(number=number, schedule=_schedule(number)) for number in numbers)
        (folder / "deals" / f"{first:06}.toml").write_text(text, "utf-8")
    file = folder / "bot.toml"
    file.write_text(_HEAD.format(token=TOKEN_NAME, api_root=api_root, database=folder / "tuan.db"), "utf-8")
    return file


def _schedule(number: int) -> str:
    """Thousands of expressions that differ; dates for one in ten, intervals for another."""
    if number % 10 == 0:
        return f'at = "2099-{number % 12 + 1:02}-{number % 28 + 1:02}T18:00:00"'
    if number % 10 == 1:
        return f'every = "{2 + number % 30}d"'
    month = (datetime.now(UTC).month + 1 + number % 10) % 12 + 1
    return f'cron = "{number % 60} {number // 60 % 24} {number % 28 + 1} {month} *"'


async def measure(campaigns: int, seconds: float) -> dict[str, object]:
    """Seconds for reading, for the first start and for the next; the idle ticker's share of a core."""
    os.environ[TOKEN_NAME] = TOKEN
    sandbox = await start(limits=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            file = write(Path(folder), campaigns, sandbox.url)
            figures: dict[str, object] = {"campaigns": campaigns}
            for name in ("first_start_s", "next_start_s"):
                began, spent = time.perf_counter(), time.process_time()
                config = linter.load(file)
                figures["of_it_reading_s"] = round(time.perf_counter() - began, 2)
                spare_the_collector()  # as `tuan run` does between the two
                app = await App.open(config, file=file)
                figures[name] = round(time.perf_counter() - began, 2)
                figures[f"{name}_of_processor"] = round(time.process_time() - spent, 2)  # where others use the cores too
                if name == "next_start_s":
                    figures["idle_share_of_a_core"] = f"{await _idle(app, seconds):.2%}"
                await app.close()
    finally:
        await sandbox.stop()
    return figures


async def _idle(app: App, seconds: float) -> float:
    """Processor time of this process, all threads, while the ticker finds nothing."""
    running = asyncio.create_task(app.run(Role.SCHEDULE))
    await asyncio.sleep(2.0)  # the start is over
    began = time.process_time()
    await asyncio.sleep(seconds)
    spent = time.process_time() - began
    app.stop()
    await running
    return spent / seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--campaigns", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    args = parser.parse_args()
    print(json.dumps(asyncio.run(measure(args.campaigns, args.seconds))))


if __name__ == "__main__":
    main()

"""A whole bot.toml to break in one place at a time."""

from datetime import UTC, datetime
from pathlib import Path

from bot.core.config import Loaded
from campaigns.linter import check

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

WHOLE = """\
[bot]
token = "env:BOT_TOKEN"
languages = ["en", "zh_CN"]
operators = [1002]

[rates]
per_second = 30

[attention]
member_promotions = "2/7d"
quiet_hours = "22:00-08:00"

[[shop]]
id = "orchard"
name = "Orchard Lane"
currency = "CNY"
timezone = "Asia/Shanghai"
owners = [1001]

[[circle]]
chat_id = -1001000000001
name = "Office 3F"
tags = ["office"]

[[product]]
id = "oranges"
title = { en = "Honey oranges", zh_CN = "蜜橙" }
price = "39.90"
stock = 200

[[campaign]]
id = "friday-oranges"
kind = "group_buy"
schedule = { cron = "0 18 * * fri" }
circles = ["#office"]
product = "oranges"
ladder = [
    { at = 3, price = "36.00" },
    { at = 8, price = "32.00" },
]
minimum = 3
per_member = 5
closes_after = "24h"
"""


def write(folder: Path, text: str, name: str = "bot.toml") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str) -> Loaded:
    return check(write(folder, text), NOW)


def told(loaded: Loaded) -> list[str]:
    """The mistakes as `bot.toml:LINE: …`."""
    return [f"{Path(found.file).name}:{found.line}: {found.what}; {found.right}" for found in loaded.mistakes]

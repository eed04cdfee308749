"""The demo's bot.toml: Orchard Lane, its circle Office 3F and what it sells, for a sandbox on this machine."""

from datetime import datetime

TOKEN_NAME = "TUAN_DEMO_TOKEN"  # noqa: S105  # the variable's name
OFFICE = -1001000000001

_TEXT = """\
[bot]
token     = "env:{token}"
api_root  = "{api_root}"
database  = "{database}"
languages = ["en", "zh_CN"]
operators = [1002]

[rates]
per_second = {per_second}
per_chat_per_second = {per_chat}
per_group_per_minute = {per_group}

[[shop]]
id       = "orchard"
name     = "Orchard Lane"
currency = "CNY"
timezone = "Asia/Shanghai"
owners   = [1001]
pay_to   = {{ en = "Transfer to Li Wei, 6222 0210 0112", zh_CN = "转账给李伟 6222 0210 0112" }}
pickup   = ["Gate 2, Sat 10:00-12:00", "Front desk"]

[[circle]]
chat_id  = {office}
name     = "Office 3F"
tags     = ["office"]
language = "{language}"

[[product]]
id       = "eggs"
title    = {{ en = "Free-range eggs, 30", zh_CN = "散养鸡蛋 30 枚" }}
price    = "36.00"
stock    = 40
category = "eggs"

[[campaign]]
id           = "eggs-tomorrow"
kind         = "group_buy"
schedule     = {{ at = "{tomorrow}" }}
circles      = ["#office"]
product      = "eggs"
ladder       = [{{ at = 2, price = "33.00" }}]
minimum      = 2
per_member   = 3
closes_after = "6h"
collect      = "upfront"
pay_within   = "3h"
text         = {{ en = "Laid this week.", zh_CN = "本周新下的蛋。" }}
"""


def toml(api_root: str, database: str, language: str, tomorrow: datetime, *, hurry: bool = False) -> str:
    """The whole file. `tomorrow` is the shop's wall time at which the campaign opens its group buy.

    `hurry`: at rates above Telegram's, for a sandbox that has been told not to mind.
    """
    per_second, per_chat, per_group = (30, 30, 1800) if hurry else (30, 1, 20)
    return _TEXT.format(
        token=TOKEN_NAME, api_root=api_root, database=database, language=language, office=OFFICE,
        tomorrow=tomorrow.strftime("%Y-%m-%dT%H:%M"), per_second=per_second, per_chat=per_chat, per_group=per_group,
    )  # fmt: skip

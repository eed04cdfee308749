"""The demo's bot.toml: Orchard Lane, its circles and what it sells, for a sandbox on this machine."""

from datetime import datetime

TOKEN_NAME = "TUAN_DEMO_TOKEN"  # noqa: S105  # the variable's name
OFFICE, STAIRWELL = -1001000000001, -2000000001
VIEWER = 1003  # Ann, through whose eyes the story looks at its cards

_TEXT = """\
[bot]
token     = "env:{token}"
api_root  = "{api_root}"
database  = "{database}"
languages = ["{language}", "{other}"]
operators = [1002]

[attention]
circle_posts = "12/1d"                      # a story has more in a day than a circle should bear

[[shop]]
id       = "orchard"
name     = "Orchard Lane"
currency = "CNY"
timezone = "Asia/Shanghai"
owners   = [1001]
pay_to   = {{ en = "Transfer to Li Wei, 6222 0210 0112", zh_CN = "转账给李伟 6222 0210 0112" }}
pickup   = [{pickup}]

[[circle]]
chat_id  = {office}
name     = "Office 3F"
tags     = ["office"]
language = "{language}"

[[circle]]
chat_id  = {stairwell}
name     = "Stairwell B"
tags     = ["home"]
language = "zh_CN"

[[product]]
id       = "eggs"
title    = {{ en = "Free-range eggs, 30", zh_CN = "散养鸡蛋 30 枚" }}
price    = "36.00"
stock    = 40
category = "eggs"

[[product]]
id       = "pears"
title    = {{ en = "Autumn pears", zh_CN = "秋月梨" }}
price    = "22.00"
stock    = 40
category = "fruit"
options  = ["small", "large"]

[[campaign]]
id           = "eggs-upfront"
kind         = "group_buy"
schedule     = {{ at = "{later}" }}
circles      = ["#office"]
product      = "eggs"
ladder       = [{{ at = 3, price = "33.00" }}]
minimum      = 2
per_member   = 3
closes_after = "6h"
collect      = "upfront"
pay_within   = "3h"
text         = {{ en = "Laid this week.", zh_CN = "本周新下的蛋。" }}

[[campaign]]
id           = "pears-short"
kind         = "group_buy"
schedule     = {{ at = "{later}" }}
circles      = ["#office"]
product      = "pears"
minimum      = 4
accept_from  = 0.75
closes_after = "7h"
leader_discount = "2.00"

[[product]]
id       = "chestnuts"
title    = {{ en = "Roast chestnuts", zh_CN = "糖炒栗子" }}
price    = "18.00"
category = "snacks"

[[campaign]]
id           = "chestnut-poll"
kind         = "demand_poll"
schedule     = {{ at = "2099-01-01T10:00" }}
circles      = ["#office"]
product      = "chestnuts"
needed       = 3
lasts        = "5h"
closes_after = "20h"
ladder       = [{{ at = 4, price = "15.00" }}]

[[campaign]]
id           = "autumn-draw"
kind         = "lucky_draw"
schedule     = {{ at = "2099-01-01T10:00" }}
circles      = ["#office"]
prizes       = [{{ voucher = "5.00" }}, {{ goods = {{ en = "A jar of honey", zh_CN = "一罐蜂蜜" }}, worth = "20.00" }}]
budget       = "25.00"
lasts        = "2h"
text         = {{ en = "Autumn draw", zh_CN = "秋天抽奖" }}

[[campaign]]
id            = "bring-a-friend"
kind          = "referral"
schedule      = {{ at = "2099-01-01T10:00" }}
circles       = ["#office"]
reward        = "5.00"
friend_reward = "3.00"
hold          = "7d"
budget        = "100.00"
lasts         = "30d"
"""
_PICKUP = {"en": '"Gate 2, Sat 10:00-12:00", "Front desk"', "zh_CN": '"2号门 周六10:00-12:00", "前台"'}


def toml(api_root: str, database: str, language: str, later: datetime) -> str:
    """The whole file. `later` is the shop's wall time at which the campaigns open their group buys."""
    return _TEXT.format(
        token=TOKEN_NAME, api_root=api_root, database=database, language=language, office=OFFICE, stairwell=STAIRWELL,
        other="zh_CN" if language == "en" else "en", pickup=_PICKUP[language], later=later.strftime("%Y-%m-%dT%H:%M"),
    )  # fmt: skip

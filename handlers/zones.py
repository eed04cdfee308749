"""Time zones as people type them: a city in English or Chinese, a zone's own name, `UTC+8`; the nearest where none fits.

Invariant: whatever is read is a zone that this machine knows. A zone stands on a button by a number made of its name, so
that a list that grew since does not move it.
"""

import re
import zlib
from functools import cache
from zoneinfo import available_timezones

from rapidfuzz import fuzz, process

from handlers.numerals import plain

USUAL = (
    "Asia/Shanghai", "Asia/Singapore", "Asia/Tokyo", "Europe/London", "Europe/Berlin", "America/New_York",
    "America/Los_Angeles", "Australia/Sydney",
)  # fmt: skip
MOST, NEAR = 4, 75  # candidates offered, and how alike (of 100) they have to be
_CITIES = {
    "Asia/Shanghai": "北京 上海 广州 深圳 杭州 南京 成都 重庆 武汉 西安 中国 beijing shenzhen guangzhou chengdu china",
    "Asia/Urumqi": "乌鲁木齐 新疆", "Asia/Hong_Kong": "香港 hongkong", "Asia/Macau": "澳门", "Asia/Taipei": "台北 台湾 taiwan",
    "Asia/Singapore": "新加坡", "Asia/Kuala_Lumpur": "吉隆坡 马来西亚 malaysia", "Asia/Tokyo": "东京 大阪 日本 osaka japan",
    "Asia/Seoul": "首尔 韩国 korea", "Asia/Bangkok": "曼谷 泰国 thailand", "Asia/Ho_Chi_Minh": "胡志明市 西贡 saigon hanoi",
    "Asia/Jakarta": "雅加达", "Asia/Manila": "马尼拉", "Asia/Kolkata": "印度 孟买 德里 india mumbai delhi bangalore",
    "Asia/Dubai": "迪拜 abu_dhabi", "Europe/Moscow": "莫斯科", "Europe/Helsinki": "赫尔辛基 芬兰 finland espoo tampere",
    "Europe/Stockholm": "斯德哥尔摩 瑞典 sweden", "Europe/Berlin": "柏林 德国 慕尼黑 法兰克福 germany munich frankfurt hamburg",
    "Europe/Paris": "巴黎 法国 france", "Europe/London": "伦敦 英国 uk england", "Europe/Madrid": "马德里 barcelona spain",
    "Europe/Rome": "罗马 米兰 milan italy", "Europe/Amsterdam": "阿姆斯特丹 荷兰", "Europe/Zurich": "苏黎世 瑞士 geneva",
    "America/New_York": "纽约 波士顿 华盛顿 boston washington miami nyc", "America/Chicago": "芝加哥 休斯顿 dallas houston austin",
    "America/Denver": "丹佛", "America/Los_Angeles": "洛杉矶 旧金山 西雅图 san_francisco seattle san_diego portland sf la",
    "America/Toronto": "多伦多 蒙特利尔 montreal ottawa", "America/Vancouver": "温哥华", "America/Sao_Paulo": "圣保罗 rio",
    "Australia/Sydney": "悉尼 堪培拉", "Australia/Melbourne": "墨尔本", "Australia/Perth": "珀斯", "Australia/Brisbane": "布里斯班",
    "Pacific/Auckland": "奥克兰 新西兰 wellington", "UTC": "utc gmt",
}  # fmt: skip
_OFFSET = re.compile(r"(?:utc|gmt)?\s*([+-])\s*([0-9]{1,2})(?::?00)?", re.IGNORECASE)
_FIXED = re.compile(r"Etc/GMT([+-])([0-9]{1,2})")


def find(words: str) -> tuple[str, ...]:
    """The zones some words mean: one, if there is no doubt; several to choose from; none if nothing comes near."""
    said = re.sub(r"[\s_]+", "_", plain(words[:80]).strip().casefold())
    if (fixed := _fixed(said)) is not None:
        return (fixed,)
    exact = _cities().get(said) or _named().get(said)
    return exact[:MOST] if exact else _nearest(said)


def numbered(name: str) -> int:
    """The number under which a zone stands on a button."""
    return zlib.crc32(name.encode())


def by_number(number: int) -> str | None:
    """The zone of that number; None for one of another time."""
    return _numbers().get(number)


def shown(name: str) -> str:
    """A zone as people read it; fixed ones are named by the clock, whose sign is the other way round."""
    fixed = _FIXED.fullmatch(name)
    if fixed is None:
        return name.replace("_", " ")
    return f"UTC{'-' if fixed[1] == '+' else '+'}{fixed[2]}"


def _fixed(said: str) -> str | None:
    found = _OFFSET.fullmatch(said)
    if found is None:
        return None
    name = f"Etc/GMT{'-' if found[1] == '+' else '+'}{int(found[2])}"
    return name if name in available_timezones() else None


def _nearest(said: str) -> tuple[str, ...]:
    choices = {
        **{city: zones[0] for city, zones in _cities().items()},
        **{name: names[0] for name, names in _named().items()},
    }
    if len(said) < 3:
        return ()
    found = process.extract(said, list(choices), scorer=fuzz.ratio, score_cutoff=NEAR, limit=MOST)
    return tuple(dict.fromkeys(choices[name] for name, _, _ in found))


@cache
def _named() -> dict[str, tuple[str, ...]]:
    """Zones by their whole names, in small letters."""
    return {name.casefold(): (name,) for name in sorted(available_timezones())}


@cache
def _cities() -> dict[str, tuple[str, ...]]:
    """Zones by the places people call them by; the best known first."""
    known: dict[str, tuple[str, ...]] = {city: (zone,) for zone, cities in _CITIES.items() for city in cities.split()}
    for name in sorted(available_timezones(), key=lambda name: (name.count("/"), name)):
        if "/" in name and not name.startswith(("Etc/", "SystemV/")):
            city = name.rsplit("/", 1)[1].casefold()
            known[city] = tuple(dict.fromkeys((*known.get(city, ()), name)))
    return known


@cache
def _numbers() -> dict[int, str]:
    return {numbered(name): name for name in available_timezones()}

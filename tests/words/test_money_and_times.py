"""Amounts, times and names as the reader's language writes them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from bot.core import money_text, names, render, times
from bot.core.words import Words

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # 20:00 in Shanghai
NOW = FRIDAY - timedelta(hours=3, minutes=12)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (3600, "CNY", "36.00"),
        (5, "CNY", "0.05"),
        (0, "EUR", "0.00"),
        (-200, "CNY", "-2.00"),
        (123456789, "CNY", "1,234,567.89"),
        (3900, "JPY", "3,900"),
        (1234, "KWD", "1.234"),
        (100, "XTR", "100"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_amounts_without_a_sign(amount: int, currency: str, text: str, language: str) -> None:
    assert money_text.money(amount, currency, language) == text


def test_a_receipt_names_the_currency() -> None:
    assert money_text.money_named(6400, "CNY", "en") == "64.00 CNY"
    assert money_text.money_named(100, "XTR", "zh_CN") == "100 ⭐"


def test_a_deadline_says_when_and_what_is_left() -> None:
    unix = int(FRIDAY.timestamp())
    assert Words("en", zone=SHANGHAI, now=NOW).deadline(FRIDAY) == (
        f'<tg-time unix="{unix}">Fri 20:00</tg-time> (<tg-time unix="{unix}" format="r">3 h 12 min</tg-time>)'
    )
    assert render.plain(Words("zh_CN", zone=SHANGHAI, now=NOW).deadline(FRIDAY)) == "周五 20:00（还有 3 小时 12 分）"


def test_a_deadline_that_is_over_says_only_when() -> None:
    assert render.plain(Words("en", zone=SHANGHAI, now=FRIDAY).deadline(FRIDAY)) == "Fri 20:00"


def test_a_time_far_away_names_its_date() -> None:
    later = FRIDAY + timedelta(days=30)
    assert render.plain(Words("en", zone=SHANGHAI, now=NOW).when(later)) == "Sun 20 Dec 20:00"
    assert render.plain(Words("zh_CN", zone=SHANGHAI, now=NOW).when(later)) == "12月20日 周日 20:00"


def test_a_time_a_year_away_names_its_year_and_one_soon_after_new_year_does_not() -> None:
    english, chinese = Words("en", zone=SHANGHAI, now=NOW), Words("zh_CN", zone=SHANGHAI, now=NOW)
    assert render.plain(english.when(FRIDAY + timedelta(days=365))) == "Sat 20 Nov 2027 20:00"
    assert render.plain(chinese.when(FRIDAY - timedelta(days=365))) == "2025年11月20日 周四 20:00"
    assert render.plain(english.when(FRIDAY + timedelta(days=60))) == "Tue 19 Jan 20:00"


@pytest.mark.parametrize(
    ("left", "english", "chinese"),
    [
        (timedelta(days=2, hours=4, minutes=50), "2 d 4 h", "2 天 4 小时"),
        (timedelta(days=1, minutes=5), "1 d", "1 天"),
        (timedelta(hours=1), "1 h", "1 小时"),
        (timedelta(minutes=1, seconds=59), "1 min", "1 分"),
        (timedelta(seconds=59), "less than a minute", "不到一分钟"),
        (timedelta(seconds=-9), "less than a minute", "不到一分钟"),
    ],
)
def test_what_is_left(left: timedelta, english: str, chinese: str) -> None:
    assert Words("en", now=NOW).left(NOW + left) == english
    assert Words("zh_CN", now=NOW).left(NOW + left) == chinese


def test_each_circle_hears_its_own_time() -> None:
    assert render.plain(Words("en", now=NOW).here(zone="Europe/Berlin").when(FRIDAY)) == "Fri 13:00"
    assert times.zone_named(None) == ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann", "Ann"),
        ("  Ann \n Lee ", "Ann Lee"),
        ("Ann\u202egnp.exe", "Anngnp.exe"),
        ("A\u200bn\u2060n", "Ann"),
        ("", "…"),
        ("\u3164\u2800", "…"),
        ("\u200b", "…"),
        ("王" * 40, "王" * 23 + "…"),
        ("👩‍👩‍👧 Mum", "👩‍👩‍👧 Mum"),
        ("a\u200db", "ab"),
        ("Z" + "\u0300" * 50, "Z\u0300\u0300"),
        ("<b>Bao</b>", "<b>Bao</b>"),
        ("\x00\x07", "…"),
        ("\ud83d", "…"),
    ],
)
def test_hostile_names_are_only_names(name: str, shown: str) -> None:
    assert names.shown(name) == shown


def test_a_member_may_stand_there_by_an_initial() -> None:
    assert [names.initial(name) for name in ("ann lee", "王阿姨", "", "<b>")] == ["A.", "王.", "….", "<."]


@given(st.text(max_size=400), st.integers(2, 40))
def test_no_name_is_long_or_has_two_lines(name: str, limit: int) -> None:
    shown = names.shown(name, limit)
    assert 0 < len(shown) <= limit
    assert not set(shown) & set("\n\r\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\u200b")


@given(st.text(max_size=200))
def test_lengths_are_counted_after_entities_in_utf16(text: str) -> None:

    html = Markup('<b>{}</b><tg-time unix="1">x</tg-time>').format(text)
    assert render.length(html) == len(text.encode("utf-16-le", "surrogatepass")) // 2 + 1


def test_an_owners_text_is_never_a_template() -> None:
    filled = render.fill(
        "Hi {name}, {{ 7*7 }} {shop} {secret} {% raw %} <i>", {"name": "<Ann> {shop}", "shop": "Orchard"}
    )
    assert filled == "Hi &lt;Ann&gt; {shop}, {{ 7*7 }} Orchard {secret} {% raw %} &lt;i&gt;"

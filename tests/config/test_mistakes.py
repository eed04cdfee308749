"""Broken files: each mistake is told at its line, with a remedy, and all of them at once."""

import time
from pathlib import Path

import pytest

from bot.core.config import Config
from campaigns.linter import ConfigRefused, check, load
from tests.config.pages import NOW, WHOLE, read, told, write

CASES = [
    # what stands, what Ann the operator writes instead, the line, what she is told
    ('token = "env:BOT_TOKEN"', 'token = "123:abc"', 2, 'token is not the name of a secret; write "env:NAME"'),
    ('token = "env:BOT_TOKEN"', "", 1, 'token is missing; add token = "env:BOT_TOKEN"'),
    ('token = "env:BOT_TOKEN"', 'tokn = "env:BOT_TOKEN"', 2, "unknown key tokn; did you mean token?"),
    ("[rates]", "[rate]", 6, "unknown key rate; did you mean rates?"),
    ("per_second = 30", "per_second = 31", 7, "per_second is 31; write 30 or less"),
    ("per_second = 30", "per_second = 0", 7, "per_second is 0; write a number above 0"),
    ("per_second = 30", 'per_second = "fast"', 7, 'per_second is "fast"; write a number'),
    ("per_second = 30", "per_second = 2000\npaid_broadcast = true", 7, "per_second is 2000; write 1000"),
    ('"2/7d"', '"2 a week"', 10, 'member_promotions is "2 a week"; write how many in how long'),
    ('"22:00-08:00"', '"22:00-28:00"', 11, 'quiet_hours is "22:00-28:00"; write from and to'),
    ('languages = ["en", "zh_CN"]', 'languages = "en"', 3, 'languages is "en"; write a list, as in ["en"]'),
    ("operators = [1002]", "operators = [-5]", 4, "operators is -5; write a number above 0"),
    ('"CNY"', '"CNZ"', 16, 'currency is "CNZ", which is no currency; did you mean "CNY"?'),
    ('"CNY"', '"eur"', 16, 'currency is "eur", which is no currency; did you mean "EUR"?'),
    ('"CNY"', '"points"', 16, 'currency is "points", which is no currency; write three letters, as in "EUR"'),
    ('"Asia/Shanghai"', '"Asia/Shangai"', 17, 'which is no time zone; did you mean "Asia/Shanghai"?'),
    ('"Asia/Shanghai"', '"../../etc/passwd"', 17, "which is no time zone"),
    ("owners = [1001]", "", 13, "owners is missing; add owners = [1001]"),
    ("owners = [1001]", 'owners = ["Li Wei"]', 18, 'owners is "Li Wei"; write a whole number'),
    ("owners = [1001]", "owners = []", 18, "owners is []; write at least 1"),
    ("owners = [1001]", 'owners = [1001]\npayments = ["provider"]', 19, "provider_token"),
    ("owners = [1001]", 'owners = [1001]\npayments = ["cash"]', 19, 'payments is "cash"; write "offline", "stars" or "provider"'),
    ("owners = [1001]", 'owners = [1001]\npay_qr = "../pay.png"', 19, "leads out of the folder"),
    ("chat_id = -1001000000001", "chat_id = 1001", 21, "chat_id is 1001; write a number below 0"),
    ('price = "39.90"', 'price = "39.999"', 28, 'price is 39.999, but CNY has 2 decimals; write "39.99"'),
    ('price = "39.90"', "price = 39.9", 28, 'price is the number 39.9; write money as text, "39.9"'),
    ('price = "39.90"', 'price = "39,90"', 28, 'price is "39,90"; write money as text'),
    ('price = "39.90"', 'price = "-1"', 28, 'price is "-1"; write money as text'),
    ("stock = 200", "stock = -1", 29, "stock is -1; write 0 or more"),
    ("stock = 200", "stock = 2.5", 29, "stock is 2.5; write"),
    ("stock = 200", "stok = 200", 29, "unknown key stok; did you mean stock?"),
    ('zh_CN = "蜜橙"', 'zh = "蜜橙"', 27, 'title has the language "zh"; write en or zh_CN'),
    ('zh_CN = "蜜橙"', "zh_CN = 5", 27, "title is 5 in zh_CN; write some text"),
    ('kind = "group_buy"', 'kind = "groupbuy"', 33, 'unknown kind "groupbuy"; did you mean "group_buy"?'),
    ('kind = "group_buy"', "", 31, 'kind is missing; add kind = "group_buy"'),
    ('{ cron = "0 18 * * fri" }', '{ cron = "0 18 * * fry" }', 34, "weekday 'fry' is no number; write 0 to 7 or sun to sat"),
    ('{ cron = "0 18 * * fri" }', '{ cron = "0 18 31 2 *" }', 34, "never comes"),
    ('{ cron = "0 18 * * fri" }', '{ corn = "0 18 * * fri" }', 34, "unknown key schedule.corn; did you mean cron?"),
    ('{ cron = "0 18 * * fri" }', "{}", 34, "schedule has no time; write one of at, every, cron or after"),
    ('{ cron = "0 18 * * fri" }', '{ every = "1d", at = "2026-12-01T18:00" }', 34, "schedule has at and every"),
    ('{ cron = "0 18 * * fri" }', '{ every = "5s" }', 34, "every is less than a minute"),
    ('{ cron = "0 18 * * fri" }', '{ every = "daily" }', 34, 'schedule.every is "daily"; write a number and s, m, h or d'),
    ('{ cron = "0 18 * * fri" }', '{ at = "2026-02-30T18:00" }', 34, "which never comes"),
    ('{ cron = "0 18 * * fri" }', '{ at = "2026-12-01T18:00+08:00" }', 34, 'write the shop\'s local time, "2026-12-01T18:00"'),
    ('{ cron = "0 18 * * fri" }', '{ at = "tomorrow" }', 34, 'schedule.at is "tomorrow"; write date and time'),
    ('{ cron = "0 18 * * fri" }', '{ after = "delivered", delay = "3d" }', 34, "a group buy opens by the clock"),
    ('{ cron = "0 18 * * fri" }', '{ cron = "0 18 * * fri", delay = "3d" }', 34, "schedule has delay without after"),
    ('{ cron = "0 18 * * fri" }', '"0 18 * * fri"', 34, 'schedule is "0 18 * * fri"; write one of'),
    ('circles = ["#office"]', 'circles = ["#ofice"]', 35, 'orchard has no tag "#ofice"; did you mean "#office"?'),
    ('circles = ["#office"]', 'circles = ["Nowhere"]', 35, 'orchard has no circle "Nowhere"; name #office or Office 3F'),
    ('circles = ["#office"]', "circles = []", 35, "circles is []; write at least 1"),
    ('product = "oranges"', 'product = "orange"', 36, 'there is no product "orange"; did you mean "oranges"?'),
    ('product = "oranges"', "", 31, 'product is missing; add product = "oranges"'),
    ('at = 8, price = "32.00"', 'at = 8, price = "38.00"', 39, "ladder rises from 36.00 to 38.00 at 8; each step must be lower"),
    ('at = 8, price = "32.00"', 'at = 8, price = "36.00"', 39, "ladder stays from 36.00 to 36.00 at 8"),
    ('at = 8, price = "32.00"', 'at = 3, price = "32.00"', 39, "ladder goes from 3 back to 3"),
    ('at = 8, price = "32.00"', 'at = 8, pric = "32.00"', 39, "did you mean price?"),
    ('at = 8, price = "32.00"', "at = 8", 39, "ladder has nothing at 8"),
    ('at = 8, price = "32.00"', 'at = "8", price = "32.00"', 39, 'ladder.at is "8"; write a whole number, as in at = 3'),
    ('at = 8, price = "32.00"', 'at = 800, price = "32.00"', 39, "ladder needs 800 members with a stock of 200"),
    ('at = 3, price = "36.00"', 'at = 3, price = "39.90"', 38, "the first step must be lower than the price"),
    ("minimum = 3", "minimum = 0", 41, "minimum is 0; write 1 or more"),
    ("minimum = 3", "minimum = 201", 41, "minimum 201 is more than the stock of 200"),
    ("per_member = 5", "per_member = 500", 42, "per_member 500 is more than the stock of 200"),
    ('closes_after = "24h"', 'closes_after = "0h"', 43, "closes_after is nothing, so the deadline would be the opening"),
    ('closes_after = "24h"', 'closes_after = "-1h"', 43, 'closes_after is "-1h"; write a number and s, m, h or d'),
    ('closes_after = "24h"', 'closes_after = "61d"', 43, "closes_after is 61 days; write 60 days or less"),
    ('closes_after = "24h"', 'closes_after = "24h"\ncollect = "later"', 44, 'collect is "later"; write "after_lock" or "upfront"'),
    ('closes_after = "24h"', 'closes_after = "24h"\nleader_discount = "32"', 44, "leader_discount 32.00 takes all of 32.00"),
    ('closes_after = "24h"', 'closes_after = "24h"\naccept_from = 1.5', 44, "accept_from is 1.5; write 1 or less"),
    ('closes_after = "24h"', 'closes_after = "24h"\nshop = "orchid"', 44, 'there is no shop "orchid"; did you mean "orchard"?'),
    ("minimum = 3", "minimum = 3\nminimum = 4", 42, "write each key once"),
    ("minimum = 3", "minimum = three", 41, "put text in quotes"),
    ('name = "Orchard Lane"', 'name = "Orchard Lane', 15, "close the text"),
    ("[bot]", '[bot]\nmode = "webhook"', 2, "mode is webhook without [webhook]; add [webhook] with url and secret"),
    ("[bot]", '[bot]\ndatabase = "mysql://x"', 2, 'database is no database that is known; write "sqlite:///tuan.db"'),
    ("[bot]", '[bot]\ndatabase = "postgresql://me:pw@host/db"', 2, "database has a password in it"),
    ("[bot]", "bot = 5\n[bit]", 1, "bot is 5; write it as a table, [bot]"),
    ("[[shop]]", "[shop]", 13, "shop is no list of tables; write each as [[shop]]"),
]  # fmt: skip


@pytest.mark.parametrize(("stands", "instead", "line", "told_is"), CASES, ids=lambda value: str(value)[:40])
def test_a_mistake_is_told_at_its_line(tmp_path: Path, stands: str, instead: str, line: int, told_is: str) -> None:
    assert WHOLE.count(stands) == 1
    loaded = read(tmp_path, WHOLE.replace(stands, instead))
    assert loaded.config is None
    assert any(text.startswith(f"bot.toml:{line}: ") and told_is in text for text in told(loaded)), told(loaded)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case[1])[:40])
def test_one_mistake_is_told_once_and_hides_no_other(tmp_path: Path, case: tuple[str, str, int, str]) -> None:
    loaded = read(tmp_path, WHOLE.replace(case[0], case[1]))
    assert 1 <= len(loaded.mistakes) <= 3, told(loaded)
    for text in told(loaded):
        assert "\n" not in text
        assert text.isprintable()


def test_the_whole_file_is_whole(tmp_path: Path) -> None:
    loaded = read(tmp_path, WHOLE)
    assert loaded.mistakes == loaded.warnings == ()
    assert isinstance(loaded.config, Config)


def test_the_example_shop_has_no_mistake() -> None:
    loaded = check(Path(__file__).parents[2] / "bot.toml", NOW)
    assert loaded.mistakes == ()


def test_all_mistakes_come_at_once_in_file_order(tmp_path: Path) -> None:
    text = WHOLE.replace('"CNY"', '"CNZ"').replace("stock = 200", "stok = 200").replace('"24h"', '"a day"')
    text = text.replace('price = "39.90"', 'price = "x"').replace('"#office"', '"#ofice"')
    text = text.replace("per_second = 30", "per_second = 40")
    lines = [found.line for found in read(tmp_path, text).mistakes]
    assert lines == [7, 16, 28, 29, 43]  # what depends on a mistaken entry is not judged


def test_ids_are_given_once(tmp_path: Path) -> None:
    twice = WHOLE + WHOLE[WHOLE.index("[[product]]") : WHOLE.index("[[campaign]]")]
    (found,) = told(read(tmp_path, twice))
    assert found.startswith('bot.toml:45: id "oranges" is already that of ')
    assert found.endswith("bot.toml:26; give each product its own")


def test_two_shops_must_be_named(tmp_path: Path) -> None:
    bakery = '[[shop]]\nid = "bakery"\nname = "Bakery"\ncurrency = "EUR"\ntimezone = "Europe/Helsinki"\nowners = [1001]\n'
    found = told(read(tmp_path, WHOLE + bakery))
    assert [text.split(":")[1] for text in found] == ["20", "25", "31"]
    assert all('shop is missing, and there is more than one; add shop = "orchard"' in text for text in found)
    named = WHOLE
    for table in ("[[circle]]", "[[product]]", "[[campaign]]"):
        named = named.replace(table, f'{table}\nshop = "orchard"')
    assert read(tmp_path, named + bakery).mistakes == ()
    other = named.replace('[[campaign]]\nshop = "orchard"', '[[campaign]]\nshop = "bakery"').replace('["#office"]', '["*"]')
    (found,) = told(read(tmp_path, other + bakery))
    assert 'product "oranges" belongs to orchard, not to bakery' in found


def test_yen_have_no_decimals_and_dinars_three(tmp_path: Path) -> None:
    yen = WHOLE.replace('"CNY"', '"JPY"').replace('"39.90"', '"3990"').replace("36.00", "3600").replace("32.00", "3200")
    config = read(tmp_path, yen).config
    assert config is not None
    assert config.products["oranges"].price == 3990
    dinars = read(tmp_path, WHOLE.replace('"CNY"', '"KWD"').replace('"39.90"', '"39.905"')).config
    assert dinars is not None
    assert dinars.products["oranges"].price == 39_905


def test_a_text_that_lacks_a_language_is_a_warning(tmp_path: Path) -> None:
    loaded = read(tmp_path, WHOLE.replace(', zh_CN = "蜜橙"', ""))
    assert loaded.config is not None
    assert [str(found).split("bot.toml:")[1] for found in loaded.warnings] == ['27: warning: title lacks zh_CN; add zh_CN = "…"']


def test_a_date_that_is_over_is_a_warning(tmp_path: Path) -> None:
    loaded = read(tmp_path, WHOLE.replace('{ cron = "0 18 * * fri" }', '{ at = "2026-11-01T18:00" }'))
    assert loaded.config is not None
    assert "is over; nothing will fire" in str(loaded.warnings[0])


def test_slots_that_would_be_skipped_are_a_warning(tmp_path: Path) -> None:
    loaded = read(tmp_path, WHOLE.replace('{ cron = "0 18 * * fri" }', '{ every = "12h" }'))
    assert loaded.config is not None
    assert "closes_after is longer than every" in str(loaded.warnings[0])


def test_mistakes_never_repeat_a_secret(tmp_path: Path) -> None:
    text = WHOLE.replace('"env:BOT_TOKEN"', '"110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"')
    assert "AAHdq" not in "\n".join(told(read(tmp_path, text)))


def test_loading_a_broken_file_says_everything_in_one_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigRefused, match="did you mean stock"):
        load(write(tmp_path, WHOLE.replace("stock", "stok")), NOW)


@pytest.mark.parametrize(
    "bomb",
    [
        "a" + ".a" * 20_000 + " = 1\n",
        "a = " + "[" * 30_000,
        "a = " + "{a=" * 15_000,
        "[" + "a." * 20_000 + "a]\n",
        '"a' + '\\"""' * 12_000,
        '"""' + '\\"""' * 12_000,
        "a = '''" + "''" * 20_000,
        "[" * 40_000,
        "#" * 70_000,
        "a = 1\n" * 12_000,
        "a = " + "9" * 60_000,
        "[[product]]\n" * 5_000,
        "a = [" + "{b = 1}, " * 6_000 + "]",
        "\x00" * 1000,
        "[a.b.c.d]\ne.f.g.h = { i.j.k.l = { m.n.o.p.q = 1 } }",
    ],
    ids=range(15),
)
def test_bombs_are_refused_with_a_line_and_fast(tmp_path: Path, bomb: str) -> None:
    begun = time.process_time()
    loaded = read(tmp_path, bomb)
    assert time.process_time() - begun < 1.0
    assert loaded.config is None
    assert loaded.mistakes


def test_more_than_64_kib_are_refused_and_as_much_is_not(tmp_path: Path) -> None:
    filled = WHOLE + "#" * (64 * 1024 - len(WHOLE.encode()))
    assert read(tmp_path, filled).mistakes == ()
    assert told(read(tmp_path, filled + "#")) == [
        'bot.toml:1: the file is larger than 64 KiB; split it, and name the parts in include = ["deals/*.toml"]'
    ]


def test_depth_16_is_taken_and_17_is_not(tmp_path: Path) -> None:
    deep = WHOLE + "[a]\nb = " + "[" * 14 + "]" * 14
    assert "16 deep" not in "".join(told(read(tmp_path, deep)))
    assert "16 deep" in "".join(told(read(tmp_path, deep.replace("[" * 14, "[" * 15))))
    assert "16 deep" not in "".join(told(read(tmp_path, WHOLE + "# " + "[" * 99 + '\n"' + "." * 99 + '" = """' + "[" * 99 + '"""')))


@pytest.mark.parametrize("raw", [b"\xff\xfe[bot]", b"[bot]\nname = \"\xe9\"", b""])
def test_what_is_no_text_is_told(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "bot.toml"
    path.write_bytes(raw)
    assert check(path, NOW).mistakes


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    (found,) = check(tmp_path / "none.toml", NOW).mistakes
    assert str(found).endswith("none.toml:1: there is no such file; write one with tuan init, or name yours with --config")
    assert "cannot be read" in str(check(tmp_path, NOW).mistakes[0])


def test_a_mark_of_the_byte_order_and_windows_lines_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "bot.toml"
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert check(path, NOW).mistakes == ()
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").replace("stock", "stok").encode())
    assert [found.line for found in check(path, NOW).mistakes] == [29]

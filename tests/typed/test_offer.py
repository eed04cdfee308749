"""What owners type to open a group buy: one line that says it all, and a pasted 接龙."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import moments
from handlers.offer import Fault, Named, Offer, read
from models.prices import Step

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEDNESDAY_NOON = datetime(2026, 11, 18, 4, 0, tzinfo=UTC)
FRIDAY_EVENING = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def offer(text: str, digits: int = 2) -> Offer:
    found = read(text, WEDNESDAY_NOON, SHANGHAI, digits)
    assert isinstance(found, Offer), found
    return found


def faults(text: str) -> set[str]:
    found = read(text, WEDNESDAY_NOON, SHANGHAI)
    assert not isinstance(found, Offer)
    return {fault.code for fault in found}


@pytest.mark.parametrize(
    "text",
    [
        "蜜橙 39.9, 3人36, 8人32, 周五20:00",
        "蜜橙39.9，3人36，8人32，周五20:00",
        "蜜橙 ¥39.90；满3人36；满8人32元；周五晚8点截止",
        "蜜橙 39.9元\n3人团 36\n8人团 32\n截止 周五 20:00",
        "蜜橙：39.9，3人36.00，8人32.00，11月20日20:00",
        "蜜橙 39,90, 3 people 36,00, 8 people 32,00, Fri 8pm",
        "蜜橙 39.90, from 3 people 36, 8+ people: 32, by Friday 20:00",
        "蜜橙 39.90, 3 ppl 36, 8 ppl 32, 20 Nov 20:00",
        "蜜橙 39.90, 3 people 36, 8 people 32, 2026-11-20 20:00",
        "蜜橙 39.90, 8人32, 3人36, 周五",
    ],
)
def test_one_line_says_it_all(text: str) -> None:
    found = offer(text)
    assert (found.title, found.price, found.closes_at) == ("蜜橙", 3990, FRIDAY_EVENING)
    assert found.steps == (Step(3, 3600), Step(8, 3200))
    assert found.count_by == "members"


def test_everything_that_can_be_said() -> None:
    found = offer(
        "Honey oranges, 5 kg 39.90, 10 pieces 36, 30 pieces free delivery, Fri 20:00, stock 50, max 5, min 3, "
        "options small/large, leader 2 off, straight from the orchard"
    )
    assert found == Offer(
        "Honey oranges, 5 kg",
        3990,
        FRIDAY_EVENING,
        (Step(10, 3600), Step(30, free_delivery=True)),
        "pieces",
        50,
        5,
        3,
        200,
        ("small", "large"),
        "straight from the orchard",
    )


def test_the_same_in_chinese() -> None:
    found = offer(
        "蜜橙 5 公斤 39.9，3人36，8人32，周五20:00，库存50，每人限5，3人成团，规格 大份/小份，团长减2，果园直发"
    )
    assert (found.title, found.stock, found.per_member, found.minimum) == ("蜜橙 5 公斤", 50, 5, 3)
    assert (found.options, found.leader_discount, found.text) == (("大份", "小份"), 200, "果园直发")


def test_a_pasted_list_keeps_its_names() -> None:
    found = offer(
        "#接龙\n蜜橙 5公斤 39.9元\n3人36, 8人32\n周五20:00截止\n\n"
        "1. Ann 2份\n2. Bao 大份\n3、王阿姨2份 少放点\n4. Aunt Wang x3\n5. 老李"
    )
    assert found.title == "蜜橙 5公斤"
    assert found.named == (
        Named("Ann", 2),
        Named("Bao", 1, note="大份"),
        Named("王阿姨", 2, note="少放点"),
        Named("Aunt Wang", 3),
        Named("老李", 1),
    )


def test_a_pasted_list_with_declared_options() -> None:
    found = offer("蜜橙 39.9, 周五20:00, 规格 大份/小份\n1. Ann 大份 2份\n2. Bao 2 小份\n3. Chen 两份大份")
    assert found.named == (Named("Ann", 2, "大份"), Named("Bao", 2, "小份"), Named("Chen", 2, "大份"))


def test_yen_have_no_coins_behind_the_point() -> None:
    assert offer("みかん 3900, 3人3600, 周五20:00", digits=0).price == 3900
    assert {"offer_price_unread"} == {
        fault.code for fault in read("x 39.5, Fri 20:00", WEDNESDAY_NOON, SHANGHAI, 0) if isinstance(fault, Fault)
    }


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", {"offer_no_title", "offer_no_price", "offer_no_deadline"}),
        ("oranges", {"offer_no_price", "offer_no_deadline"}),
        ("39.9, Fri", {"offer_no_title"}),
        ("oranges 39.90", {"offer_no_deadline"}),
        ("oranges 39.90, Fri, 3 people 45", {"ladder_rises"}),
        ("oranges 39.90, Fri, 3人36, 3人32", {"ladder_order"}),
        ("oranges 39.90, Fri, 3人36, 5份32", {"offer_mixed_steps"}),
        ("oranges 39.90, Fri, colour 7b", {"offer_part_unread"}),
        ("oranges 39.905, Fri", {"offer_price_unread"}),
        ("oranges 0, Fri", {"price_not_positive"}),
        ("oranges 39.90, Fri, max 0", {"count_not_positive"}),
        ("oranges 39.90, 2026-11-17 20:00", {"closes_before_it_opens"}),
    ],
)
def test_what_is_missing_is_said(text: str, codes: set[str]) -> None:
    assert faults(text) == codes


@pytest.mark.parametrize(
    ("words", "local"),
    [
        ("周五20:00", "11-20 20:00"),
        ("周三11:00", "11-25 11:00"),
        ("周三13点", "11-18 13:00"),
        ("下周五 20:00", "11-27 20:00"),
        ("今晚8点", "11-18 20:00"),
        ("明天下午3点半", "11-19 15:30"),
        ("后天", "11-20 20:00"),
        ("tonight 9pm", "11-18 21:00"),
        ("tomorrow 18:00", "11-19 18:00"),
        ("Sunday", "11-22 20:00"),
        ("next Fri 20:00", "11-27 20:00"),
        ("11:30", "11-19 11:30"),
        ("23:30", "11-18 23:30"),
        ("24h", "11-19 12:00"),
        ("3天", "11-21 12:00"),
        ("2 days", "11-20 12:00"),
        ("90 min", "11-18 13:30"),
        ("28 Nov 20:00", "11-28 20:00"),
        ("Nov 28, 20:00", "11-28 20:00"),
        ("28.11. 20:00", "11-28 20:00"),
        ("11-28 20:00", "11-28 20:00"),
        ("11月28日晚上8点", "11-28 20:00"),
        ("2026年11月28日", "11-28 20:00"),
        ("Sat 12 am", "11-21 00:00"),
        ("until Fri 20:00", "11-20 20:00"),
        ("截止到周五20:00", "11-20 20:00"),
        ("晚上12点", "11-19 00:00"),
    ],
)
def test_deadlines_as_people_say_them(words: str, local: str) -> None:
    found = moments.read(words, WEDNESDAY_NOON, SHANGHAI)
    assert found is not None
    assert f"{found.astimezone(SHANGHAI):%m-%d %H:%M}" == local


@pytest.mark.parametrize(
    "words",
    [
        "",
        "fresh",
        "3人36",
        "39.9",
        "sunny",
        "marmalade",
        "25:00",
        "Fri 20:61",
        "31.2. 20:00",
        "周八",
        "may",
        "0-0",
        "5",
    ],
)
def test_what_is_no_deadline(words: str) -> None:
    assert moments.read(words, WEDNESDAY_NOON, SHANGHAI) is None


def test_a_time_that_the_clocks_skip_is_the_first_one_after() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    found = moments.read("29.3. 02:30", datetime(2026, 3, 28, 12, 0, tzinfo=UTC), berlin)
    assert found == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


SALES = st.text(alphabet="蜜橙 39.,0人份周五:\n1Ann/options-+月日", max_size=120)


@given(st.text(max_size=600) | SALES)
def test_no_text_raises(text: str) -> None:
    found = read(text, WEDNESDAY_NOON, SHANGHAI)
    assert found if not isinstance(found, Offer) else found.closes_at > WEDNESDAY_NOON


@pytest.mark.parametrize("piece", ["3人36,", "1. A 2\n", "x ", "9", "周五", ",", "1. a ", "options a/", "下"])
def test_no_text_takes_long(piece: str) -> None:
    began = datetime.now(UTC)
    read((piece * 4000)[:4000], WEDNESDAY_NOON, SHANGHAI)
    assert datetime.now(UTC) - began < timedelta(seconds=1)

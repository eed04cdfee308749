"""Whom each condition of an audience finds, on both engines; and all of them against a plain look at every person."""

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from bot.core.config.audience import Audience
from campaigns import audiences, conditions
from models import circles, privacy, standings, vouchers
from models.people import Person
from models.states import CircleState
from tests.campaigns.village import DAY, PRODUCTS, Village
from tests.config.pages import WHOLE, read
from tests.rules.scene import engine_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def village(database_url: str) -> Iterator[Village]:
    engine = engine_of(database_url)
    with Session(engine, expire_on_commit=False) as session:
        yield Village(session, NOW)
    engine.dispose()


def test_without_a_condition_everybody_in_the_circles_is_found_once(village: Village) -> None:
    village.comes("Ann")
    village.comes("Bao", "office", "stairwell")
    village.comes("Chen", "stairwell")
    office, stairwell = village.circles.values()
    assert village.found() == {
        "Ann": {"code": "member", "circle_id": office}, "Bao": {"code": "member", "circle_id": office},
        "Chen": {"code": "member", "circle_id": stairwell},
    }  # fmt: skip
    assert set(village.found("stairwell")) == {"Bao", "Chen"}
    assert village.counted() == (3, 3)


def test_who_left_was_erased_or_is_elsewhere_is_in_no_audience(village: Village) -> None:
    for name in ("Ann", "Bao", "Chen"):
        village.comes(name)
    circles.leave(village.session, village.circles["office"], village.people["Bao"], NOW)
    privacy.erase(village.session, village.people["Chen"], NOW)
    assert set(village.found()) == {"Ann"}
    assert village.found("stairwell") == {}


def test_all_are_counted_and_apart_those_who_can_be_written_to(village: Village) -> None:
    village.comes("Ann")
    village.comes("Bao", started=False)
    village.comes("Chen", blocked=True)
    assert village.counted() == (3, 1)


def test_bought_means_collected_and_kept(village: Village) -> None:
    for name in ("Ann", "Bao", "Chen", "Dora"):
        village.comes(name)
    village.buys("Ann")
    village.orders_one("Bao")
    village.refunds(village.buys("Chen"))
    village.buys("Dora", "eggs")
    assert village.found(bought="oranges") == {"Ann": {"code": "bought", "product_id": village.products["oranges"]}}
    assert village.found(category="dairy") == {"Dora": {"code": "category", "category": "dairy"}}


def test_within_and_not_for_speak_of_what_is_named(village: Village) -> None:
    for name in ("Ann", "Bao", "Chen"):
        village.comes(name)
    village.buys("Ann", "oranges", days=50)
    village.buys("Ann", "eggs", days=2)
    village.buys("Bao", "oranges", days=20)
    assert set(village.found(bought="oranges", within="30d")) == {"Bao"}
    assert set(village.found(bought="oranges", not_for="30d")) == {"Ann"}
    assert set(village.found(within="30d")) == {"Ann", "Bao"}
    assert set(village.found(not_for="10d")) == {"Bao", "Chen"}, "who never bought has not bought for long"
    oranges = village.products["oranges"]
    assert village.found(bought="oranges", not_for="30d")["Ann"] == {"code": "not_for", "days": 30, "product_id": oranges}
    assert village.found(bought="oranges", within="60d")["Ann"] == {"code": "bought", "days": 60, "product_id": oranges}


def test_numbers_that_none_would_do_for_find_who_never_bought(village: Village) -> None:
    for name in ("Ann", "Bao", "Chen"):
        village.comes(name)
    village.buys("Ann", total=5000)
    village.buys("Ann", total=7000)
    village.buys("Bao", total=1000)
    assert village.found(orders=">=2") == {"Ann": {"code": "orders", "orders": 2}}
    assert set(village.found(orders="<2")) == {"Bao", "Chen"}
    assert set(village.found(orders="=0")) == {"Chen"}
    assert village.found(spent=">=120.00") == {"Ann": {"code": "spent", "spent": 12000, "shop_id": village.shop}}
    assert set(village.found(spent="<=10.00")) == {"Bao", "Chen"}


def test_the_last_order_says_the_path(village: Village) -> None:
    village.comes("Ann")
    village.buys("Ann", days=20, path="crowd")
    last = village.buys("Ann", days=5, path="kin")
    assert village.found(path="kin") == {"Ann": {"code": "path", "path": "kin"}}
    village.refunds(last)
    assert village.found(path="kin") == {}
    assert set(village.found(path="crowd")) == {"Ann"}


def test_classes_are_those_of_last_night(village: Village) -> None:
    village.comes("Ann")
    village.buys("Ann", days=5)
    assert village.found(**{"class": "new"}) == {}
    standings.keep(village.session, standings.computed(village.session, village.shop, 0, 3990.0, NOW))
    assert village.found(**{"class": "new"}) == {"Ann": {"code": "class", "class": "new"}}


def test_joined_lately_is_about_the_circles_asked_for(village: Village) -> None:
    village.comes("Ann", "office", days=5)
    village.comes("Bao", "office", days=50)
    circles.join(village.session, village.circles["stairwell"], village.people["Bao"], NOW - DAY)
    assert set(village.found("office", joined_within="14d")) == {"Ann"}
    assert set(village.found(joined_within="14d")) == {"Ann", "Bao"}
    stairwell = village.circles["stairwell"]
    assert village.found(joined_within="14d")["Bao"] == {"code": "joined", "days": 14, "circle_id": stairwell}


def test_the_language_is_what_they_chose_else_their_apps_else_the_bots(village: Village) -> None:
    village.comes("Ann", language="en-GB")
    village.comes("Bao", language="zh-hans")
    village.comes("Chen", language="en")
    village.comes("Dora", language="fi")
    village.comes("Emil")
    village.session.get_one(Person, village.people["Chen"]).chosen_language = "zh_CN"
    village.session.flush()
    assert set(village.found(language="zh_CN")) == {"Bao", "Chen"}
    assert set(village.found(language="en")) == {"Ann", "Dora", "Emil"}
    chinese = Audience(language="zh_CN")
    asked = (village.session, village.shop, village.ids(), chinese, NOW)
    assert audiences.count(*asked, default="zh_CN").all == 4, "who reads neither reads the bot's own"


def test_a_voucher_that_can_still_be_used(village: Village) -> None:
    for name in ("Ann", "Bao"):
        village.comes(name)
    terms = vouchers.Terms(key="thanks", worth=vouchers.Worth.AMOUNT, value=500, valid_for=timedelta(days=10))
    terms_id = vouchers.put(village.session, village.shop, terms, NOW)
    vouchers.grant(village.session, terms_id, village.people["Ann"], "a", NOW)
    assert village.found(voucher="unused") == {"Ann": {"code": "voucher"}}
    village.now += timedelta(days=11)
    assert village.found(voucher="unused") == {}


def test_conditions_must_all_hold(village: Village) -> None:
    for name in ("Ann", "Bao", "Chen"):
        village.comes(name, language="zh-hans" if name != "Chen" else "en")
        village.buys(name)
    village.buys("Ann", "eggs")
    assert set(village.found(bought="oranges", category="dairy", language="zh_CN", orders=">=2")) == {"Ann"}


def test_pages_meet_everybody_once(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(25):
        village.comes(f"Ann {number}")
        if number % 3:
            village.buys(f"Ann {number}")
    for few in (0, 1000):  # each person asked, and a set gone through
        monkeypatch.setattr(audiences, "FEW", few)
        met: list[str] = []
        while page := list(village.found(limit=4, after=village.people[met[-1]] if met else 0, bought="oranges")):
            met += page
        assert met == [f"Ann {number}" for number in range(25) if number % 3]


def test_a_shop_sees_nothing_of_another_shop(village: Village) -> None:
    village.comes("Ann")
    village.buys("Ann")
    village.shop, before = village.add(type(village.session.get_one(circles.Circle, 1))(
        chat_id=-5, title="x", state=CircleState.APPROVED, created_at=NOW)), village.shop  # fmt: skip
    assert village.found(bought="oranges") == {}
    assert set(village.found(orders="=0")) == {"Ann"}
    village.shop = before


def test_many_circles_find_the_same_as_few(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    village.comes("Ann", "office", "stairwell")
    village.comes("Bao", "stairwell")
    few = village.found("stairwell")
    monkeypatch.setattr(conditions, "FEW_CIRCLES", 0)
    assert village.found("stairwell") == few
    assert village.counted("stairwell") == (2, 2)


def test_examples_have_names_and_reasons(village: Village) -> None:
    for name in ("Ann", "Bao", "Chen"):
        village.comes(name)
        village.buys(name)
    found = audiences.examples(village.session, village.shop, village.ids(), Audience(orders=">=1"), NOW, 2)
    assert [(one.name, one.why) for one in found] == [(name, {"code": "orders", "orders": 1}) for name in ("Ann", "Bao")]


def test_a_campaign_names_circles_by_name_tag_chat_and_star(village: Village, tmp_path) -> None:
    config = read(tmp_path, WHOLE).config
    campaign = config.campaigns["friday-oranges"]
    office, stairwell = village.circles.values()
    village.session.get_one(circles.Circle, stairwell).tags = ["home"]
    village.session.get_one(circles.Circle, office).chat_id = -1001000000001  # named in the file, titled otherwise
    village.session.flush()
    for words, wanted in (
        (("Office 3F",), [office]), (("stairwell",), [stairwell]), (("#home",), [stairwell]), (("*",), [office, stairwell]),
        (("nowhere",), []),
    ):  # fmt: skip
        named = campaign.model_copy(update={"circles": words})
        assert audiences.circle_ids(village.session, village.shop, named, config) == wanted


@pytest.mark.parametrize("seed", range(6))
def test_every_combination_finds_whom_a_plain_look_finds(village: Village, seed: int) -> None:
    chance = random.Random(seed)
    names = [f"P{number}" for number in range(30)]
    for name in names:
        where = chance.sample(["office", "stairwell"], chance.randint(1, 2))
        village.comes(name, *where, days=chance.randint(1, 60), language=chance.choice(["en", "zh-hans", None]))
        for _ in range(chance.randint(0, 4)):
            path = chance.choice(["kin", "crowd", "self", "expert"])
            order = village.buys(name, chance.choice(list(PRODUCTS)), days=chance.uniform(1, 90),
                                 total=chance.randint(1, 9) * 1000, path=path)  # fmt: skip
            if chance.random() < 0.2:
                village.refunds(order)
    known = {name: _known(village, name) for name in names}
    for _ in range(25):
        wish = {key: value for key, value in _wishes(chance).items() if chance.random() < 0.4}
        expected = {name for name in names if _fits(village, name, known[name], wish)}
        said = f"seed {seed}: {json.dumps(wish)}"
        assert set(village.found(**wish)) == expected, said
        assert village.counted(**wish)[0] == len(expected), said


def _wishes(chance: random.Random) -> dict[str, str]:
    sign = chance.choice([">=", "<=", "=", "<", ">"])
    return {
        "bought": chance.choice(list(PRODUCTS)), "category": chance.choice(["fruit", "dairy"]),
        "within": f"{chance.randint(1, 80)}d", "not_for": f"{chance.randint(1, 80)}d",
        "orders": f"{sign}{chance.randint(0, 3)}", "spent": f"{sign}{chance.randint(0, 30_000)}",
        "path": chance.choice(["kin", "crowd", "self", "expert"]), "language": chance.choice(["en", "zh_CN"]),
        "joined_within": f"{chance.randint(1, 60)}d",
    }  # fmt: skip


def _known(village: Village, name: str) -> tuple[str | None, list[datetime]]:
    """Their language, and when they joined their circles."""
    person = village.people[name]
    since = village.session.query(circles.Membership).filter_by(person_id=person)
    return village.session.get_one(Person, person).language, [one.joined_at for one in since]


def _fits(village: Village, name: str, known: tuple[str | None, list[datetime]], wish: dict[str, str]) -> bool:
    """The same by plain words."""
    asked, person = Audience.model_validate(wish), village.people[name]
    mine = [order for order in village.orders if order.person_id == person and order.state != "refunded"]
    kinds = {village.products[key]: category for key, category in PRODUCTS.items()}
    named = [[order for order in mine if order.product_id == village.products[asked.bought]]] if asked.bought else []
    named += [[order for order in mine if kinds[order.product_id] == asked.category]] if asked.category else []
    spoken, since = known
    last = max(mine, key=lambda order: order.collected_at, default=None)
    return (
        all(named)
        and all(asked.within is None or any(order.collected_at >= NOW - asked.within for order in some)
                for some in named or [mine])
        and all(asked.not_for is None or not any(order.collected_at > NOW - asked.not_for for order in some)
                for some in named or [mine])
        and (asked.orders is None or asked.orders.holds(len(mine)))
        and (asked.spent is None or asked.spent.holds(sum(order.total for order in mine)))
        and (asked.path is None or (last is not None and last.path == asked.path))
        and (asked.language is None or (spoken == "zh-hans") == (asked.language == "zh_CN"))
        and (asked.joined_within is None or any(joined_at >= NOW - asked.joined_within for joined_at in since))
    )  # fmt: skip

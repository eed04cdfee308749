"""The rules of the house: whatever kind the operator writes, such keys are refused, at their line, with the reason."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.core.config import Product
from bot.core.config.mistakes import table_inside
from campaigns import rules
from campaigns.registry import KINDS
from tests.config.pages import WHOLE, read, told

LEVELS, PRAISE, NOBODY = "pay on more than one level", "reward praise", "show members who are not there"
PERSON, FEE = "make the price depend on who a person is", "ask people to pay for taking part"

# what the operator writes into a campaign of that kind, the reason it is refused
KEYS = [
    ("referral", "levels = 2", LEVELS),
    ("referral", "level2 = '1.00'", LEVELS),
    ("referral", "reward_2 = '1.00'", LEVELS),
    ("referral", "second-level-reward = '1.00'", LEVELS),
    ("referral", "grandReward = '1.00'", LEVELS),
    ("referral", "downline = true", LEVELS),
    ("referral", "tiers = [{ reward = '5.00' }]", LEVELS),
    ("referral", "reward = ['5.00', '2.00']", LEVELS),
    ("referral", "reward = { first = '5.00', second = '2.00' }", LEVELS),
    ("referral", "entry_fee = '10.00'", FEE),
    ("referral", "reward_on = 'click'", "pay for something else than a completed order"),
    ("referral", "per_invite = '0.50'", "pay for something else than a completed order"),
    ("showcase", "min_stars = 4", PRAISE),
    ("showcase", "rating = 5", PRAISE),
    ("showcase", "only_positive = true", PRAISE),
    ("showcase", "reward_levels = [1, 2]", LEVELS),
    ("showcase", "if_kind = true", PRAISE),
    ("showcase", "sentiment = 'good'", PRAISE),
    ("showcase", "for_praise = '5.00'", PRAISE),
    ("ask_buyers", "reward = '1.00'", "pay for answers"),
    ("ask_buyers", "hide_critical = true", "hide criticism"),
    ("group_buy", "fake = 3", NOBODY),
    ("group_buy", "bots = 3", NOBODY),
    ("group_buy", "seed_members = 2", NOBODY),
    ("group_buy", "auto_fill = true", NOBODY),
    ("group_buy", "initial_members = 5", NOBODY),
    ("group_buy", "shown_count = 99", NOBODY),
    ("team_buy", "fill_with_robots = true", NOBODY),
    ("group_buy", "price_for = { ann = '30.00' }", PERSON),
    ("group_buy", "vip_price = '30.00'", PERSON),
    ("group_buy", "new-buyer-price = '30.00'", PERSON),
    ("group_buy", "price = { champion = '30.00', new = '35.00' }", PERSON),
    ("group_buy", "ladder = [{ at = 3, price = '36.00', for = 'champions' }]", PERSON),
    ("flash_sale", "audience = { class = 'champion' }", "choose who may have the price"),
    ("group_buy", "dynamic_price = true", PERSON),
    ("lucky_draw", "min_orders = 1", "make people buy to take part"),
    ("lucky_draw", "ticket_price = '1.00'", "make people buy to take part"),
    ("lucky_draw", "audience = { bought = 'oranges' }", "make people buy to take part"),
    ("lucky_draw", "weight = 'orders'", "decide who wins"),
    ("some_draw", "prizes = ['50.00', '60.00']\nbudget = '100.00'", "worth 110.00, above the budget of 100.00"),
    ("some_draw", "prizes = [{ worth = '30.00', count = 4 }]\ncap = '100.00'", "worth 120.00, above the cap of 100.00"),
    ("voucher_drop", "amount = '6.00'\nmax = '5.00'", "amount is worth 6.00, above the max of 5.00"),
    ("voucher_drop", "percent = 120", "percent is 120, more than the price"),
    ("referral", "reward = '60.00'\nbudget = '50.00'", "reward is worth 60.00, above the budget of 50.00"),
    ("referral", "friend_reward = '30.00'\nreward = '30.00'\nbudget = '50.00'", "friend_reward is worth 60.00, above the budget"),
    ("group_buy", "leader_discount = { ann = '5.00' }", PERSON),
    ("something_new", "levels = 3", LEVELS),
]


@pytest.mark.parametrize(("kind", "written", "why"), KEYS, ids=[f"{kind}: {written[:40]}" for kind, written, _ in KEYS])
def test_a_key_is_refused_with_the_reason_at_its_line(tmp_path: Path, kind: str, written: str, why: str) -> None:
    campaign = f'\n[[campaign]]\nid = "other"\nkind = "{kind}"\n{written}\n'
    text = WHOLE + campaign
    found = [line for line in told(read(tmp_path, text)) if why in line]
    assert len(found) == 1, told(read(tmp_path, text))
    key = written.partition(" = ")[0]
    first = text[: text.index(f"\n{campaign.strip()}")].count("\n") + 5
    assert found[0].startswith(f"bot.toml:{first}: {key}"), found
    about = [line for line in told(read(tmp_path, text)) if line.startswith(f"bot.toml:{first}:")]
    assert about == found, "one mistake is told once"
    assert "; " in found[0]


def test_a_product_has_one_price_for_all(tmp_path: Path) -> None:
    found = told(read(tmp_path, WHOLE.replace("stock = 200", 'stock = 200\nprice_for_members = "30.00"')))
    assert len(found) == 1
    assert found[0].startswith(f"bot.toml:30: price_for_members would {PERSON}; leave it out: in a group buy all pay one price")


def keys_of(model: type[BaseModel], path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every key a model knows, with those of the tables inside it."""
    found: list[tuple[str, ...]] = []
    for name, field in model.model_fields.items():
        here = (*path, field.alias or name)
        inner = table_inside(field.annotation)
        found += [here, *(keys_of(inner, here) if inner is not None else [])]
    return found


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_no_kind_knows_a_key_that_a_rule_refuses(kind: str) -> None:
    known = keys_of(KINDS[kind].model)
    assert [path for path in known if rules._broken(path, kind)] == []  # the rule itself is asked
    assert [path for path in keys_of(Product) if rules._broken(path, "None")] == []  # the same

"""What no campaign may do, whatever its kind: more than one level, paid praise, invented members, broken caps, a price by person.

The rules look at the keys as they stand in the file, before any kind is asked: such keys are unknown to every kind, and
the operator should hear which rule of the house they would break. Invariant: no kind knows a key that a rule refuses.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from bot.core.config import Finding
from bot.core.config.mistakes import shown
from bot.core.config.positions import Path

PRICED = frozenset({"group_buy", "team_buy", "flash_sale", "demand_poll"})
REFERRAL = frozenset({"referral"})
DRAW = frozenset({"lucky_draw"})
ASKS = frozenset({"ask_buyers"})
THANKS = frozenset({"regulars"})
TOP = ""
CAPS = ("cap", "budget", "max", "max_discount", "max_amount", "limit")
WORTHS = ("reward", "friend_reward", "amount", "prize", "discount")
_AMOUNT = re.compile(r"\d{1,12}(\.\d{1,4})?", re.ASCII)


@dataclass(frozen=True)
class Rule:
    """Keys of these names are refused: why, and what would be right. `kinds`: only there; None: everywhere."""

    names: re.Pattern[str]
    what: str
    right: str
    kinds: frozenset[str] | None = None
    below: str | None = None  # only for keys inside that key; TOP: only for keys of the entry itself


def _rule(names: str, what: str, right: str, kinds: frozenset[str] | None = None, below: str | None = None) -> Rule:
    return Rule(re.compile(names), what, right, kinds, below)


_NOBODY = "show members who are not there"
_ONE_PRICE = "in a group buy all pay one price; discounts go by a condition that everyone can meet"
RULES = (
    _rule(
        r"levels?|tiers?|generations?|depth|downlines?|uplines?|mlm|(level|tier|(friend_)?reward)_?[2-9]\w*"
        r"|(second|third|indirect|grand|sub)_?(levels?|tiers?|(friend_)?rewards?|referr\w*)\w*|\w*(reward|referral)_levels?",
        "pay on more than one level",
        "leave it out: only who brought the friend is thanked, one level, and that is no setting",
    ),
    _rule(
        r"(entry|entrance|join|joining|sign_?up|membership|starter)_?(fee|price|cost|deposit)|buy_?in|starter_?kit|fee",
        "ask people to pay for taking part",
        "leave it out: inviting friends and drawing cost nothing",
    ),
    _rule(
        r"(per|on|for)_(click|bind|join|invite|invitation)s?|(reward|pay|paid)_(on|at|for|per|when)_?\w*",
        "pay for something else than a completed order",
        "leave it out: a reward is paid on a completed order after the return window",
        REFERRAL,
    ),
    _rule(
        r"((min|max|needs?|requires?|if|for)_)?(stars?|ratings?|scores?|sentiment)(_\w+)?|praise\w*|\w+_praise|positive(_\w+)?"
        r"|(only|if|when|for|must_be|needs?|requires?)_(positive|good|kind|nice|happy|praise|favou?rable)(_\w+)?",
        "reward praise",
        "leave it out: people are thanked for a review being there, never for being kind",
    ),
    _rule(
        r"(hide|drop|skip|remove|filter)_(bad|critical|criticism|negative|low)\w*",
        "hide criticism",
        "leave it out: the newest critical answer stays visible",
    ),
    _rule(
        r"rewards?|points|vouchers?|amount|bonus",
        "pay for answers",
        "leave it out: helpful answers earn thanks and standing, nothing that can be spent",
        ASKS,
        TOP,
    ),
    _rule(
        r"products?|prices?|discounts?|vouchers?|amount|percent|ladder|budget|points|rewards?",
        "sell something",
        "leave it out: regulars are thanked, and there is nothing to buy",
        THANKS,
        TOP,
    ),
    _rule(
        r"(fake|bots?|phantom|ghost|dummy|invented|virtual|robot|shill)s?(_\w+)?|\w+_(bots?|fakes?)"
        r"|(seed|seeded|pad|padding)(_(with|members?|seats?|people|buyers|joins|roster))?|(auto_?)?(fill|top_?up)(_\w+)?"
        r"|(initial|start|starting|base|extra|pretend|show|shown|display|displayed)_"
        r"(members?|seats?|people|persons?|count|joined|buyers?|participants?)",
        _NOBODY,
        "leave it out: too few is said openly, and accept_from lets the owner accept a short group",
    ),
    _rule(
        r"(price|discount|ladder|step)s?_(for|by|of|per)_(?!piece)\w+|(price|discount)s?_for"
        r"|(personal|private|vip|members?|new_?buyers?|newcomers?|first_time|loyal|loyalty|champions?|class|special|dynamic"
        r"|individual)_(price|discount|ladder)s?|price_(new|vip|loyal|champion|member|personal)\w*|surge\w*",
        "make the price depend on who a person is",
        f"leave it out: {_ONE_PRICE}",
    ),
    _rule(
        r"for|who|only|only_for|class|audience|members?|persons?|people|new_buyers(_only)?|language|segments?",
        "make the price depend on who a person is",
        f"leave it out: {_ONE_PRICE}",
        PRICED,
        "ladder",
    ),
    _rule(
        r"audience",
        "choose who may have the price",
        "leave it out and name circles: everybody in a circle may join",
        PRICED,
    ),
    _rule(
        r"(requires?|needs?|min|must)_(orders?|purchases?|buy|bought|spent)|must_buy|tickets?_(per|for|price)_?\w*|ticket_price"
        r"|per_(order|purchase)|buy_to_\w+|bought|orders|spent",
        "make people buy to take part",
        "leave it out: a draw is open to every member of its circles, without a purchase",
        DRAW,
    ),
    _rule(
        r"weights?(_\w+)?|odds\w*|chances?(_\w+)?|(chosen|fixed|known|forced)_winners?|winner_ids?|rigged",
        "decide who wins",
        "leave it out: every entrant has the same odds, and anybody can recompute the winners",
        DRAW,
    ),
)  # fmt: skip


def refused(data: Mapping[str, object]) -> Iterator[Finding]:
    """Every key of an entry that breaks a rule, at its place."""
    kind = data.get("kind") if isinstance(data.get("kind"), str) else None
    for path in _keys(data, (), []):
        if (rule := _broken(path, str(kind))) is not None:
            key = ".".join(part for part in path if isinstance(part, str))
            yield Finding(path, f"{shown(key)[1:-1]} would {rule.what}", rule.right)
    yield from _levels(data)
    yield from _prices(data)
    yield from _caps(data)


def _keys(value: object, path: Path, found: list[Path]) -> list[Path]:
    """Adds the paths of all keys, from the top down; a language's code is no key."""
    if isinstance(value, dict):
        for key, inner in value.items():
            there = (*path, str(key))
            found.append(there)
            if isinstance(inner, (dict, list)):  # a union is built anew each time, and there are a million
                _keys(inner, there, found)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            if isinstance(inner, (dict, list)):
                _keys(inner, (*path, index), found)
    return found


@lru_cache(4096)  # ten thousand campaigns have the same few keys
def _broken(path: Path, kind: str) -> Rule | None:
    name = re.sub(r"(?<=[a-z])(?=[A-Z])|-", "_", str(path[-1])).lower()
    for rule in RULES:
        there = rule.kinds is None or kind in rule.kinds
        if there and _lies(path[:-1], rule.below) and rule.names.fullmatch(name):
            return rule
    return None


def _lies(around: Path, below: str | None) -> bool:
    return below is None or (not around if below == TOP else below in around)


def _levels(data: Mapping[str, object]) -> Iterator[Finding]:
    """Several amounts where one reward stands are levels under another name."""
    for key in ("reward", "friend_reward"):
        value = data.get(key)
        if isinstance(value, list | Mapping) and len(value) > 1:
            what = f"{key} has {len(value)} amounts, which would pay on more than one level"
            yield Finding((key,), what, f'write one amount, as in {key} = "5.00"')


def _prices(data: Mapping[str, object]) -> Iterator[Finding]:
    """A table where one price stands is a price by person."""
    for key in ("price", "solo_price", "leader_price", "leader_discount"):
        if isinstance(data.get(key), Mapping):
            what = f"{key} is a table, which would make the price depend on who a person is"
            yield Finding((key,), what, f'write one amount, as in {key} = "36.00": {_ONE_PRICE}')


def _caps(data: Mapping[str, object]) -> Iterator[Finding]:
    """What is given away may not be worth more than the cap that stands beside it."""
    percent = data.get("percent")
    if isinstance(percent, int | float) and percent > 100:
        yield Finding(("percent",), f"percent is {shown(percent)}, more than the price", "write 100 or less")
    caps = [(key, amount) for key in CAPS if (amount := _amount(data.get(key))) is not None]
    if not caps:
        return
    name, cap = min(caps, key=lambda named: named[1])
    for path, amount in _worths(data):
        if amount > cap:
            key = ".".join(part for part in path if isinstance(part, str))
            yield Finding(
                path, f"{key} is worth {amount}, above the {name} of {cap}", f"give {cap} or less, or raise {name}"
            )


def _worths(data: Mapping[str, object]) -> Iterator[tuple[Path, Decimal]]:
    """Everything that is given away, and what it is worth: single amounts, both rewards together, prizes, all prizes."""
    single = {key: amount for key in WORTHS if (amount := _amount(data.get(key))) is not None}
    yield from (((key,), amount) for key, amount in single.items())
    if {"reward", "friend_reward"} <= set(single):
        yield ("friend_reward",), single["reward"] + single["friend_reward"]
    prizes, total = None if data.get("kind") in DRAW else data.get("prizes"), Decimal()  # a draw counts its own prizes
    for index, prize in enumerate(prizes if isinstance(prizes, list) else []):
        worth = prize.get("worth", prize.get("amount", prize.get("value"))) if isinstance(prize, Mapping) else prize
        count = prize.get("count", prize.get("winners", 1)) if isinstance(prize, Mapping) else 1
        total += (_amount(worth) or Decimal()) * (count if isinstance(count, int) else 1)
        yield ("prizes", index), total


def _amount(value: object) -> Decimal | None:
    return Decimal(value) if isinstance(value, str) and _AMOUNT.fullmatch(value) else None

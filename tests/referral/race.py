"""Eight processes that bring the same friends by the same few links, order and leave; then the caps and the books are compared.

`python -m tests.referral.race --attempts 8000` is the long run; `--plant` lets FAULTS in, each of which the comparison must
find. Prints its figures, its seed and the engine.
"""

import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import group_buys, joins, notices, referral_binding, referral_budget, referral_following
from models.invariants import ledger
from models.invariants import referrals as checks
from models.referrals import ReferralLink, Way, days, referrals
from models.rows import insert_into
from models.seats import Way as SeatWay
from models.wishes import Change, How
from tests.racing import PROCESSES, Act, Outcome, command, race
from tests.referral.bazaar import PRICE, Bazaar

PER_DAY, PER_MONTH = 3, 5
MOST = {len("2026-11-30"): PER_DAY, len("2026-11"): PER_MONTH}
ZONE = ZoneInfo("Asia/Shanghai")
DAYS = tuple(datetime(2026, month, day, 10, tzinfo=UTC) for month, day in ((11, 29), (11, 30), (12, 1)))
LATER = DAYS[-1] + timedelta(hours=1)


class Table(NamedTuple):
    """What everybody reaches for."""

    circle: int
    inviters: list[int]
    friends: list[int]
    rounds: list[int]


def laid(session: Session, attempts: int) -> Table:
    """Inviters with a link each, friends who are new, and group buys that are paid on joining; a budget for three a link."""
    many = max(2, attempts // 120)
    bazaar = Bazaar(session, per_day=PER_DAY, per_month=PER_MONTH, budget=many * 3 * 800 + 100)
    inviters = [bazaar.person(f"I{number}") for number in range(many)]
    for person in inviters:
        referral_binding.link(session, bazaar.circle, person, bazaar.now)
    terms = replace(
        bazaar.terms, product_id=bazaar.product, price=PRICE, ladder=(), collect="upfront", closes_at=LATER + timedelta(days=1)
    )
    rounds = [group_buys.open_round(session, terms, bazaar.now)[0] for _ in range(many)]
    return Table(bazaar.circle, inviters, [bazaar.person(f"F{number}") for number in range(many * 15)], rounds)


def count_without_looking(session: Session, link: ReferralLink, period: str, most: int) -> bool:
    """A planted fault: friends are counted, and nobody is told that it is enough."""
    mine = {"offer_id": link.offer_id, "person_id": link.person_id, "period": period}
    session.execute(insert_into(session, days).values(**mine, friends=0).on_conflict_do_nothing(index_elements=[*mine]))
    session.execute(update(days).filter_by(**mine).values(friends=days.c.friends + 1))
    return most > 0


FAULTS: tuple[Callable[[], None], ...] = (
    lambda: setattr(referral_binding, "_counted", count_without_looking),
    lambda: setattr(referral_budget, "promise", lambda *_: True),  # promised, and not set aside
    lambda: setattr(referral_following, "_come_to_nothing", lambda *_: {}),  # seats that are left are not followed
)


def acts(table: Table, attempts: int, seed: int, planted: bool) -> Iterator[Act]:
    """What one process does: in its first half friends come by links, then they order as well."""
    for plant in FAULTS if planted else ():
        plant()
    dice = random.Random(seed)
    for number in range(attempts):
        comes = number < attempts // 2 or dice.random() < 0.2
        yield _comes(table, dice) if comes else _orders(table, dice)


def _comes(table: Table, dice: random.Random) -> Act:
    """A friend, at times another inviter, by somebody's link on one of three days, the last in another month."""
    inviter, now = dice.choice(table.inviters), dice.choice(DAYS)
    friend = dice.choice(table.friends if dice.random() < 0.9 else table.inviters)

    def act(session: Session) -> None:
        link = referral_binding.link(session, table.circle, inviter, now)
        notices.notify(session, referral_binding.bind(session, link, friend, Way.LINK, now)[1], now)

    return act


def _orders(table: Table, dice: random.Random) -> Act:
    """A friend takes a seat, which is an order here, or leaves it."""
    friend, round_id = dice.choice(table.friends), dice.choice(table.rounds)
    wish = Change("add", 1) if dice.random() < 0.7 else Change("leave")

    def act(session: Session) -> None:
        notices.notify(session, joins.change(session, round_id, friend, wish, How(SeatWay.TAPPED), LATER), LATER)

    return act


def books(session: Session, _: Table) -> list[str]:
    """What does not agree, as sentences; and how many came, of whom none is lost and none too many."""
    wrong = [str(difference) for check in (*checks.CHECKS, *ledger.CHECKS) for difference in check(session)]
    came = Counter(
        (row.inviter_id, period)
        for row in session.execute(select(referrals.c.inviter_id, referrals.c.bound_at))
        for day in [row.bound_at.astimezone(ZONE).date().isoformat()] for period in (day, day[:7])
    )  # fmt: skip
    counted = {(row.person_id, row.period): row.friends for row in session.execute(select(days)) if row.friends}
    wrong += [f"{number} came by {who} in {period}" for (who, period), number in came.items() if number > MOST[len(period)]]
    return wrong if counted == came else [*wrong, f"counted {counted}, came {dict(came)}"]


def run(url: str, attempts: int, seed: int, *, planted: bool = False) -> Outcome:
    """So many attempts in all; the first half of each process's are to come by a link."""
    return race(
        url, lambda session: laid(session, attempts),
        lambda table, number: acts(table, attempts // PROCESSES, seed + number, planted), books,
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(command(run, __doc__, "attempts", 8_000))

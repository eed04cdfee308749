"""Two hundred sybils against an invitation: rings, leave-and-return, refund abuse; and honest members beside them.

`python -m tests.referral.fraud --sybils 200 --honest 300` prints what the attack won, what the cap is, and how many honest
invitations were held. `--plant` takes the day's limit and the signals away, which the figures must show.
"""

import argparse
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import ledger, referral_rewards
from models.referrals import referrals
from models.states import ReferralState
from tests.referral.bazaar import Bazaar
from tests.rules.scene import engine_of

BUDGET, PER_DAY, BOTH = 1_000_000, 5, 800  # minor units in all; friends a day; what one friend costs


@dataclass(frozen=True)
class Outcome:
    """Minor units that reached sybils; how many honest invitations there were, and how many of them were held."""

    won: int
    cap: int
    flagged: int
    honest: int
    held: int
    wrong: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Loss within the cap, two in a hundred honest ones held at most, the books in order."""
        return self.won <= self.cap and self.held * 50 <= self.honest and not self.wrong

    def __str__(self) -> str:
        share = 100 * self.held / max(1, self.honest)
        return (
            f"sybils won {self.won / 100:.2f}, their heads' limits and the budget allow {self.cap / 100:.2f}; "
            f"{self.flagged} of theirs held; "
            f"honest invitations {self.honest}, held {self.held} ({share:.1f} %); differences {len(self.wrong)}"
        )


def attack(session: Session, sybils: int, honest: int, seed: int, *, plant: bool = False) -> Outcome:
    """All of it on one offer. Honest people invite one or two, who stay and keep what they bought."""
    dice = random.Random(seed)
    limits = {"per_day": 10_000, "per_month": 100_000} if plant else {"per_day": PER_DAY, "per_month": 30}
    bazaar = Bazaar(session, budget=BUDGET, **limits)
    good = _honest(bazaar, honest, dice)
    _sybils(bazaar, sybils, dice)
    with mock.patch.object(referral_rewards, "ENOUGH", 99 if plant else referral_rewards.ENOUGH):
        bazaar.waits(days=8)
    return _counted(bazaar, good, sybils)


def _honest(bazaar: Bazaar, count: int, dice: random.Random) -> list[str]:
    """Regulars bring a friend or two over some weeks; friends look around before they buy."""
    friends = []
    for number in range(count // 2):
        name = f"Regular {number}"
        bazaar.person(name)
        for one in range(dice.choice((1, 1, 2, 3))):
            friends.append(f"Friend {number}.{one}")
            if bazaar.refused(name, friends[-1]):
                friends.pop()
        if number % 20 == 19:
            bazaar.waits(hours=dice.randint(6, 30))
    bazaar.buys(*friends)
    gone = [name for name in friends if dice.random() < 0.02]  # people do leave chats
    bazaar.leaves_chat(*gone)
    return friends


def _sybils(bazaar: Bazaar, count: int, dice: random.Random) -> None:
    """One person with many accounts, a tenth of them heads: rings among heads, orders given back, chats left, and back again."""
    names = [f"Sybil {number}" for number in range(count)]
    heads = names[: _heads(count)]
    for head in heads:
        bazaar.person(head)
    came = [name for name in names[len(heads) :] if not bazaar.refused(dice.choice(heads), name)]
    for one, other in zip(heads, [*heads[1:], heads[0]], strict=True):  # a ring
        if not bazaar.refused(one, other):
            came.append(other)
    bazaar.buys(*came)
    bazaar.leaves_chat(*[name for name in came if dice.random() < 0.8])
    bazaar.gives_back(*[name for name in came if dice.random() < 0.3])
    before = _rows(bazaar)
    for name in came:  # leave and return
        bazaar.refused(dice.choice(heads), name)
    assert _rows(bazaar) == before, "who came once comes for nothing"


def _rows(bazaar: Bazaar) -> int:
    return int(bazaar.session.execute(select(func.count()).select_from(referrals)).scalar_one())


def _heads(count: int) -> int:
    return max(2, count // 10)


def _counted(bazaar: Bazaar, good: list[str], sybils: int) -> Outcome:
    ids = {bazaar.person(f"Sybil {number}", member=False) for number in range(sybils)}
    won = sum(ledger.balance(bazaar.session, ledger.wallet(bazaar.shop, who)) for who in ids)
    c = referrals.c
    flagged = select(func.count()).where(c.state == ReferralState.FLAGGED, c.friend_id.in_(ids))
    held = [name for name in good if bazaar.of(name).state == ReferralState.FLAGGED]
    cap = min(BUDGET, _heads(sybils) * PER_DAY * BOTH)
    return Outcome(
        won, cap, int(bazaar.session.execute(flagged).scalar_one()), len(good), len(held), tuple(bazaar.wrong())
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sybils", type=int, default=200)
    parser.add_argument("--honest", type=int, default=300)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--plant", action="store_true")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        engine = engine_of(f"sqlite:///{Path(folder) / 'fraud.db'}")
        with Session(engine, expire_on_commit=False) as session:
            outcome = attack(session, asked.sybils, asked.honest, asked.seed, plant=asked.plant)
        engine.dispose()
    print(f"seed {asked.seed}: {outcome}")
    return 0 if outcome.holds else 1


if __name__ == "__main__":
    sys.exit(main())

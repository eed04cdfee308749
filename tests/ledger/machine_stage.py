"""Where the machine of deals plays: Orchard Lane and Office 3F, four members of long standing and five who are not in it yet.

Invariant: each step foresees what the code must say, a refusal by its code, before it is asked.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import update

from models import chain, circles, deadlines, notices
from models.catalogue import Product
from models.circles import membership_table
from models.errors import DomainError
from models.facts import AnyFact
from models.prices import Step
from models.shops import shop_table
from tests.ledger import foreseen, machine_run
from tests.ledger.foreseen import Foreseen, GroupBuy
from tests.rules.scene import FRIDAY, Scene

MEMBERS = ("Ann", "Bao", "Chen", "Dora")
STRANGERS = ("Emil", "Fay", "Gus", "Hui", "Ines")
EVERYBODY = (*MEMBERS, *STRANGERS)
WHO = st.sampled_from(EVERYBODY)
YES = st.booleans()
SURE = st.sampled_from([False, False, True])  # of what would end most of the others, were it done as often as they
PICK = st.integers(0, 10_000)
AMOUNTS = st.integers(1, 5000)
RETURNED_WITHIN = timedelta(days=1)


class Stage(machine_run.Machine):
    """A circle, its people and an open group buy; what the model knows of them."""

    def __init__(self) -> None:
        super().__init__()
        within = int(foreseen.PAY_WITHIN.total_seconds())
        ladder = (Step(foreseen.STEP_AT, foreseen.STEP),)
        self.scene = Scene(self.session, minimum=1, ladder=ladder, pay_within=within, closes_at=FRIDAY + foreseen.OPEN_FOR)
        self.session.execute(update(shop_table).values(return_window=int(RETURNED_WITHIN.total_seconds())))
        self.model = Foreseen(self.scene.now)
        self.people = {name: self.scene.person(name, member=name in MEMBERS) for name in EVERYBODY}
        self.model.owner, long_ago = self.scene.owner, self.now - timedelta(days=10)
        self.session.execute(update(membership_table).values(joined_at=long_ago))
        for name in ("Li Wei", *MEMBERS):
            self._known(self.scene.people[name], long_ago)
        self.products = [self.scene.product, self._pears()]
        notices.notify(self.session, self.scene.opened, self.now)
        self.model.deals[self.scene.round] = GroupBuy(False, self.scene.product, self.scene.row.closes_at)
        self.number = 0

    def _pears(self) -> int:
        pears = Product(shop_id=self.scene.shop, key="pears", title={"en": "Pears"}, price=foreseen.PRICE, category="fruit")
        self.session.add(pears)
        self.session.flush()
        return pears.id or 0

    def _known(self, person: int, since: datetime) -> None:
        self.model.joined[person] = since
        self.model.there.add(person)

    @property
    def now(self) -> datetime:
        return self.scene.now

    def does(self, code: str | None, work: Callable[[], list[AnyFact]]) -> bool:
        """One write, as the bot makes it: refused with that code and nothing kept, or told."""
        refused = None
        try:
            with self.session.begin_nested():
                notices.notify(self.session, work(), self.now)
        except DomainError as no:
            refused = no.code
        assert refused == code, f"{refused}, not {code}"
        return refused is None

    # Time, and what each part does when it has passed; what is due is done by the bot in one go before

    @rule(hours=st.sampled_from([0.01, 1.1, 1.1, 7, 25, 25, 72]))
    def hours_pass(self, hours: float) -> None:
        self.time_passes(timedelta(hours=hours))

    def time_passes(self, wait: timedelta) -> None:
        self.scene.now += wait
        self.model.now = self.now
        for _ in range(20):
            if not deadlines.any_due(self.session, self.now):
                break
            notices.notify(self.session, deadlines.sweep(self.session, self.now), self.now)
        assert not deadlines.any_due(self.session, self.now)
        chain.close_days(self.session, self.now)
        self.falls_due()

    def falls_due(self) -> None:
        """What the model makes of the time that has passed; a part calls those that come before it first."""

    def happened(self) -> None:
        """What follows from what became of orders, in other parts of the model."""

    # Who is there

    def enters_circle(self, person: int) -> None:
        circles.join(self.session, self.scene.circle, person, self.now)
        self.model.joined.setdefault(person, self.now)
        self.model.there.add(person)

    def open_still(self, _person: int) -> bool:
        """Whether something is open that keeps somebody from being forgotten."""
        return False

    def forgets(self, person: int) -> None:
        """All that is known of them has been forgotten."""
        self.model.there.discard(person)
        self.model.joined.pop(person, None)

    def next_key(self) -> str:
        self.number += 1
        return f"step:{self.number}"

    def balances(self) -> Mapping[str, int]:
        return {self._key(word, number): amount for (word, number), amount in self.model.balances.items()}

    def _key(self, word: str, number: int) -> str:
        shop = self.scene.shop
        return {
            "shop": f"shop:{shop}:money", "shop points": f"shop:{shop}:points", "clearing": f"clearing:{shop}:money",
            "wallet": f"wallet:{shop}:{number}", "points": f"points:{shop}:{number}", "debt": f"debt:{shop}:{number}",
            "pending": f"pending:wallet:{shop}:{number}", "packet": f"packet:{number}", "packet points": f"packet:{number}",
            "campaign": f"campaign:{number}",
        }[word]  # fmt: skip

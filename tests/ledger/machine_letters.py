"""Vouchers that a shop gives by terms of all sorts: the part of machine_of_deals that is limited."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from models import vouchers
from models.vouchers import Terms, Worth
from tests.ledger.foreseen import Voucher
from tests.ledger.machine_stage import PICK, WHO, YES, Stage

MOST_TERMS, PER_MEMBER, TOTAL, VALID = 3, 2, 11, timedelta(days=4)
LEAST, MOST = st.sampled_from([0, 4000, 7300]), st.sampled_from([None, 300])
SCOPES = st.sampled_from(["shop", "category", "product"])


class Giving(Stage):
    """At most two vouchers of a kind to one member, and eleven in all."""

    def __init__(self) -> None:
        super().__init__()
        self.terms: dict[int, Voucher] = {}  # what one of these is like
        self.letters: dict[int, list[int]] = {}  # who had one

    @initialize(percent=YES, value=st.integers(1, 100), most=MOST, least=LEAST, scope=SCOPES)
    def first_vouchers(self, percent: bool, value: int, most: int | None, least: int, scope: str) -> None:
        self.gives_vouchers("", True, 1, percent, value, most, least, scope)

    @rule(who=WHO, everybody=YES, which=PICK, percent=YES, value=st.integers(1, 100), most=MOST, least=LEAST, scope=SCOPES)
    def gives_vouchers(
        self, who: str, everybody: bool, which: int, percent: bool, value: int, most: int | None, least: int, scope: str
    ) -> None:
        """Of new terms, or of those that there are; to one, or to everybody as long as there are any."""
        if len(self.terms) < MOST_TERMS and which % 2:
            self._promises(percent, value, most, least, scope, self.products[which // 2 % 2])
        for one in self.people if everybody and self.terms else [who] if self.terms else []:
            self._gives_one(one, sorted(self.terms)[which % len(self.terms)])

    def _promises(self, percent: bool, value: int, most: int | None, least: int, scope: str, product: int) -> None:
        """Pears are the only fruit; oranges are of no category."""
        worth, value = (Worth.PERCENT, value) if percent else (Worth.AMOUNT, value * 20)
        terms = Terms(
            key=self.next_key(), worth=worth, value=value, valid_for=VALID, most=most if percent else None, min_order=least,
            category="fruit" if scope == "category" else None, product_id=product if scope == "product" else None,
            per_member=PER_MEMBER, total=TOTAL,
        )  # fmt: skip
        number = vouchers.put(self.session, self.scene.shop, terms, self.now)
        only = {"shop": None, "category": self.products[1], "product": product}[scope]
        self.terms[number] = Voucher(0, value, self.now, percent, terms.most, least, only)
        self.letters[number] = []

    def _gives_one(self, who: str, number: int) -> None:
        person, had, one = self.people[who], self.letters[number], self.terms[number]
        code = "vouchers_gone" if len(had) == TOTAL else "voucher_had" if had.count(person) == PER_MEMBER else None
        reason = self.next_key()
        if self.does(code, lambda: vouchers.grant(self.session, number, person, reason, self.now) and []):
            had.append(person)
            self.model.vouchers[reason] = Voucher(
                person, one.value, self.now + VALID, one.percent, one.most, one.least, one.only
            )

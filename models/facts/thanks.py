"""What happened to a person's wallet, vouchers and points, and by what an order became cheaper or was paid."""

from dataclasses import dataclass
from datetime import datetime

from models.facts.base import OrderFact, PersonFact


@dataclass(frozen=True)
class VoucherGranted(PersonFact):
    """A person was given a voucher."""

    voucher_id: int
    shop_id: int


@dataclass(frozen=True)
class WalletCredited(PersonFact):
    """Money came into a wallet. `why` names the block that explains it (reason_<why>); `order_id` if it is about an order."""

    shop_id: int
    amount: int
    why: str
    order_id: int | None = None


@dataclass(frozen=True)
class PointsCredited(PersonFact):
    """Points were given."""

    shop_id: int
    amount: int
    why: str


@dataclass(frozen=True)
class PaidLess(OrderFact):
    """Something of the member's own went onto an order. `by` is "wallet", "voucher" or "points"; `due` is what is left to pay."""

    by: str
    amount: int
    due: int
    pay_by: datetime | None


@dataclass(frozen=True)
class VoucherReturned(OrderFact):
    """The order it was used for ended, or became too small for it: the voucher is good again."""

    voucher_id: int
    shop_id: int

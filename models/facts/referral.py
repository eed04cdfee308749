"""What happened to an invitation. Its names and amounts are looked up by `referral_id` when the message leaves."""

from dataclasses import dataclass

from models.facts.base import PersonFact, ShopFact


@dataclass(frozen=True)
class ReferralFact(PersonFact):
    """Something about a friend who came by a link; `side`: "inviter" or "friend", whoever hears it."""

    shop_id: int
    referral_id: int
    side: str


@dataclass(frozen=True)
class FriendBound(ReferralFact):
    """A friend came by a member's link: both hear what both get, and when."""


@dataclass(frozen=True)
class FriendOrdered(ReferralFact):
    """The friend's first order: what both get is set aside."""


@dataclass(frozen=True)
class RewardPending(ReferralFact):
    """The order is completed; what both get waits until the goods can no longer be returned."""


@dataclass(frozen=True)
class RewardPaid(ReferralFact):
    """It is in the wallet."""


@dataclass(frozen=True)
class RewardVoid(ReferralFact):
    """Nothing comes of it: `why` is "refunded", "spent" (the budget), "refused" (by the owner); `paid`: it had been paid."""

    why: str
    paid: bool


@dataclass(frozen=True)
class RewardChecked(ReferralFact):
    """A person looks at it first."""


@dataclass(frozen=True)
class RewardFlagged(ShopFact):
    """Three signals or more: the owner decides."""

    referral_id: int

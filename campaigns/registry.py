"""Every kind of campaign there is. A new kind is one file and one line here."""

from collections.abc import Mapping
from typing import Any

from campaigns.ask_buyers import AskBuyersKind
from campaigns.broadcast import BroadcastKind
from campaigns.demand_poll import DemandPollKind
from campaigns.digest import DigestKind
from campaigns.group_buy import GroupBuyKind
from campaigns.kinds import Kind
from campaigns.lucky_draw import LuckyDrawKind
from campaigns.red_packet import RedPacketKind
from campaigns.referral import ReferralKind
from campaigns.regulars import RegularsKind
from campaigns.reminder import ReminderKind
from campaigns.reorder import ReorderKind
from campaigns.showcase import ShowcaseKind
from campaigns.split_coupon import SplitCouponKind
from campaigns.voucher_drop import VoucherDropKind
from campaigns.win_back import WinBackKind

_EVERY: tuple[Kind[Any], ...] = (  # Any: a kind takes campaigns of its own model alone, and its name chooses that model
    GroupBuyKind(),
    DemandPollKind(),
    BroadcastKind(),
    DigestKind(),
    ReminderKind(),
    ReorderKind(),
    WinBackKind(),
    RegularsKind(),
    AskBuyersKind(),
    LuckyDrawKind(),
    ReferralKind(),
    RedPacketKind(),
    SplitCouponKind(),
    VoucherDropKind(),
    ShowcaseKind(),
)
KINDS: Mapping[str, Kind[Any]] = {kind.name: kind for kind in _EVERY}

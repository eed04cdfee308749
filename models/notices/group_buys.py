"""What a group buy, its orders, offers and gifts make people hear. Amounts go to the member in private and to the owners."""

from models import facts as f
from models.notices.notice import NOW, A, Notice, Table

NOTICES: Table = {
    f.RoundOpened: (),  # the card says it
    f.SeatTaken: (),  # the tap's answer says it
    f.SeatLeft: (),
    f.StepReached: (Notice(A.CIRCLE, "step_reached", "step_reached:{round_id}:{at}"),),
    f.LeaderChanged: (Notice(A.PERSON, "leader_changed", "leader_changed:{round_id}:{person_id}:{now}"),),
    f.RoundShort: (Notice(A.OWNERS, "round_short", "round_short:{round_id}", "decide"),),
    f.RoundLocked: (
        Notice(A.OWNERS, "round_locked_owner", "round_locked:{round_id}", "pick_list"),
        Notice(A.LEADER, "round_locked_leader", "round_locked_leader:{round_id}", "pick_list"),
    ),
    f.RoundFailed: (
        Notice(A.OWNERS, "round_failed_owner", "round_failed_owner:{round_id}", "again"),
        Notice(A.BUYERS, "round_failed", "round_failed:{round_id}"),
    ),
    f.RoundRecalled: (Notice(A.BUYERS, "round_recalled", "round_recalled:{round_id}"),),
    f.RoundEnded: (Notice(A.OWNERS, "round_ended", "round_ended:{round_id}", "ended"),),
    f.PaymentAsked: (Notice(A.PERSON, "payment_asked", "payment_asked:{order_id}:{pay_by}:{due}", "pay", NOW),),
    f.OrderSettledAtLock: (Notice(A.PERSON, "order_settled_at_lock", "order_settled_at_lock:{order_id}:{total}:{paid}"),),
    f.PaymentClaimed: (Notice(A.OWNERS, "payment_claimed", "payment_claimed:{order_id}:{now}", "claimed", NOW),),
    f.PaymentConfirmed: (Notice(A.PERSON, "payment_confirmed", "payment_confirmed:{order_id}:{now}", None, NOW),),
    f.PaymentDenied: (Notice(A.PERSON, "payment_denied", "payment_denied:{order_id}:{now}", "pay", NOW),),
    f.PaymentReminder: (Notice(A.PERSON, "payment_reminder", "payment_reminder:{order_id}:{pay_by}", "pay"),),
    f.MoneyBackDue: (
        Notice(A.PERSON_OF_MONEY_BACK, "money_back_due", "money_back_due:{order_id}:{why}:{amount}:{now}"),
        Notice(A.OWNERS, "money_back_due_owner", "money_back_due_owner:{order_id}:{why}:{amount}:{now}", "back"),
    ),
    f.MoneyBackDone: (Notice(A.PERSON, "money_back_done", "money_back_done:{order_id}:{kind}:{now}", None, NOW),),
    f.OrderLapsed: (Notice(A.PERSON, "order_lapsed", "order_lapsed:{order_id}"),),
    f.OrderDropped: (Notice(A.OWNERS, "order_dropped", "order_dropped:{order_id}"),),
    f.OfferMade: (Notice(A.PERSON, "offer_made", "offer_made:{waiting_id}:{until}", "offer"),),
    f.OfferEnded: (Notice(A.PERSON_WHO_LET_IT_PASS, "offer_ended", "offer_ended:{waiting_id}:{now}"),),
    f.WaitlistClosed: (Notice(A.PERSON, "waitlist_closed", "waitlist_closed:{round_id}:{person_id}"),),
    f.GoodsArrived: (Notice(A.PERSON, "goods_arrived", "goods_arrived:{order_id}"),),
    f.CollectReminder: (Notice(A.PERSON, "collect_reminder", "collect_reminder:{order_id}"),),
    f.OrderCollected: (Notice(A.PERSON, "order_collected", "order_collected:{order_id}", "collected", NOW),),
    f.ComplaintRaised: (Notice(A.OWNERS, "complaint_raised", "complaint_raised:{complaint_id}", "complaint", NOW),),
    f.ComplaintResolved: (Notice(A.PERSON, "complaint_resolved", "complaint_resolved:{complaint_id}", None, NOW),),
    f.GiftArrived: (Notice(A.FRIEND, "gift_arrived", "gift_arrived:{gift_id}"),),
    f.GiftAccepted: (Notice(A.GIVER, "gift_accepted", "gift_accepted:{gift_id}"),),
    f.BuyersThanked: (Notice(A.PERSON, "buyers_thanked", "buyers_thanked:{order_id}"),),
}

# What changes what a card shows: its step, roster, price, state, and whether a seat may be waited for.
MARKS: frozenset[type] = frozenset({
    f.RoundOpened, f.SeatTaken, f.SeatLeft, f.LeaderChanged, f.RoundShort, f.RoundLocked, f.RoundFailed, f.RoundRecalled,
    f.RoundEnded, f.OrderLapsed, f.OrderDropped, f.PaymentAsked, f.MoneyBackDone, f.GoodsArrived, f.GiftAccepted,
})  # fmt: skip

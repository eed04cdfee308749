"""What invitations make people hear: the two of them, each in private, and the owner where a person decides."""

from models import facts as f
from models.notices.notice import NOW, A, Notice, Table

_KEY = "{referral_id}:{side}"

NOTICES: Table = {
    f.FriendBound: (Notice(A.PERSON, "referral_bound", f"referral_bound:{_KEY}", "referral_bound", NOW),),
    f.FriendOrdered: (Notice(A.PERSON, "referral_ordered", f"referral_ordered:{_KEY}:{{now}}"),),
    f.RewardPending: (Notice(A.PERSON, "referral_pending", f"referral_pending:{_KEY}"),),
    f.RewardPaid: (Notice(A.PERSON, "referral_paid", f"referral_paid:{_KEY}"),),
    f.RewardVoid: (Notice(A.PERSON, "referral_void", f"referral_void:{_KEY}"),),
    f.RewardChecked: (Notice(A.PERSON, "referral_checked", f"referral_checked:{_KEY}"),),
    f.RewardFlagged: (
        Notice(A.OWNERS, "referral_flagged", "referral_flagged:{referral_id}", "referral_flagged"),
    ),
}  # fmt: skip

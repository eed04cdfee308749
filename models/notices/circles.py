"""What happens to a circle makes its owners hear."""

from models import facts as f
from models.notices.notice import NOW, A, Notice, Table

NOTICES: Table = {
    f.CircleAsked: (
        Notice(A.ALL_OWNERS, "circle_asked_owner", "circle_asked:{circle_id}:{now}", "circle", NOW),
        Notice(A.CIRCLE, "circle_asked", "circle_asked_here:{circle_id}:{now}", None, NOW),
    ),
    f.CircleApproved: (Notice(A.OWNERS, "circle_approved", "circle_approved:{circle_id}:{now}", None, NOW),),
    f.CircleRefused: (Notice(A.LEAVING, "leave_chat", "leave_chat:{circle_id}:{now}", None, NOW),),
    f.RightsMissing: (Notice(A.OWNERS, "rights_missing", "rights_missing:{circle_id}:{now}"),),
}

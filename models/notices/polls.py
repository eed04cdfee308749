"""What members' polls make people hear: the circle in one line, the owners with the count. A vote itself says nothing."""

from models import facts as f
from models.notices.notice import A, Notice, Table

NOTICES: Table = {
    f.PollReached: (Notice(A.CIRCLE, "poll_reached", "poll_reached:{poll}"),),
    f.PollLost: (Notice(A.OWNERS, "poll_lost_owner", "poll_lost:{poll}", "poll_lost"),),
    f.PollEnded: (
        Notice(A.CIRCLE, "poll_ended", "poll_ended:{poll}"),
        Notice(A.OWNERS, "poll_ended_owner", "poll_ended_owner:{poll}"),
    ),
}

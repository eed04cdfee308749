"""What a lucky draw makes people hear: the circle sees the hash, then the seed; winners and owners hear by themselves."""

from models import facts as f
from models.notices.notice import A, Notice, Table

NOTICES: Table = {
    f.DrawClosed: (Notice(A.CIRCLE, "draw_closed", "draw_closed:{draw_id}"),),
    f.DrawRevealed: (
        Notice(A.CIRCLE_FILE, "draw_revealed", "draw_revealed:{draw_id}"),
        Notice(A.OWNERS, "draw_revealed_owner", "draw_revealed_owner:{draw_id}"),
    ),
    f.DrawWon: (Notice(A.PERSON, "draw_won", "draw_won:{draw_id}:{place}"),),
    f.DrawVoid: (
        Notice(A.CIRCLE, "draw_void", "draw_void:{draw_id}"), Notice(A.OWNERS, "draw_void_owner", "draw_void_owner:{draw_id}"),
    ),
    f.DrawReported: (Notice(A.OWNERS, "draw_report", "draw_report:{draw_id}"),),
}  # fmt: skip

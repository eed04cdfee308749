"""What a red packet makes people hear: its owner how it ended. Who was drawn hears of the voucher or the points (thanks.py)."""

from models import facts as f
from models.notices.notice import A, Notice, Table

NOTICES: Table = {
    f.PacketEnded: (Notice(A.PERSON, "packet_ended", "packet_ended:{packet_id}"),),
}

"""What a wish makes people hear: the owners when enough wish for it, those who wished when it opens."""

from models import facts as f
from models.notices.notice import NOW, A, Notice, Table

NOTICES: Table = {
    f.WantAsked: (Notice(A.OWNERS, "want_asked", "want_asked:{want_id}", "want_asked", NOW),),
    f.WantOffered: (Notice(A.PERSON, "want_offered", "want_offered:{want_id}", "want_offered"),),
}

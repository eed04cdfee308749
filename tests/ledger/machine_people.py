"""People who come, leave, come back and have themselves forgotten: the part of machine_of_deals that nobody owns."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from models import circles, privacy
from models.people import Person
from tests.ledger.machine_stage import SURE, WHO, Stage


class Coming(Stage):
    """Who is in the circle, and who a name stands for: an erased person who comes again is somebody new."""

    @rule(who=WHO, what=st.sampled_from(["comes", "comes", "leaves", "is forgotten"]), sure=SURE)
    def is_seen(self, who: str, what: str, sure: bool) -> None:
        if what == "comes":
            self.enters_circle(self.people[who])
        elif what == "leaves":
            circles.leave(self.session, self.scene.circle, self.people[who], self.now)
            self.model.there.discard(self.people[who])
        elif sure:
            self.has_it_forgotten(who)

    def has_it_forgotten(self, who: str) -> None:
        """All that is known of them. What they still hold is let go first; while something is open, they stay."""
        person = self.people[who]
        code = "orders_open" if self.open_still(person) else None
        if self.does(code, lambda: privacy.erase(self.session, person, self.now) or []):
            self.forgets(person)
            self.came("people erased")
            self.people[who] = self._somebody_new(who)

    def _somebody_new(self, name: str) -> int:
        row = Person(telegram_id=5000 + self.number, name=name, seen_at=self.now, started_at=self.now)
        self.next_key()
        self.session.add(row)
        self.session.flush()
        return row.id or 0

"""Lucky draws that people enter and leave the circle from: the part of machine_of_deals that is drawn by lot."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule
from sqlalchemy import select, update

from models import draw_record, drawing
from models.draw_prizes import Prize
from models.drawing import NewDraw
from models.draws import draws, entries
from models.outbox import OUTBOX, OutboxState
from tests.ledger.machine_run import same
from tests.ledger.machine_stage import PICK, WHO, YES, Stage
from tests.ledger.model_draws import OPEN_FOR, STANDING, VALID, Draw, Draws

MOST_DRAWS = 3
PRIZES = st.lists(st.sampled_from([("voucher", 500), ("voucher", 250), ("points", 80), ("goods", 0)]), min_size=1, max_size=3)
_STATES = select(draws.c.id, draws.c.state, draws.c.why_void)


class Drawing(Stage):
    """Draws of one, two or three prizes."""

    def __init__(self) -> None:
        super().__init__()
        self.draws = Draws(self.model)

    @precondition(lambda self: len(self.draws.draws) < MOST_DRAWS)
    @rule(prizes=PRIZES, entered=YES)
    def opens_a_draw(self, prizes: list[tuple[str, int]], entered: bool) -> None:
        seconds = int(VALID.total_seconds())
        new = NewDraw(
            key=self.next_key(), shop_id=self.scene.shop, circle_id=self.scene.circle, title={"en": "A draw"},
            prizes=[Prize(kind, f"{kind} {value}", value, seconds) for kind, value in prizes], opens_at=self.now,
            closes_at=self.now + OPEN_FOR, standing=STANDING,
        )  # fmt: skip
        self.draws.draws[drawing.open_draw(self.session, new, self.now)] = Draw(prizes, new.closes_at)
        if entered:
            self.enters_a_draw("", len(self.draws.draws) - 1, True)

    @precondition(lambda self: self.draws.draws)
    @rule(who=WHO, which=PICK, everybody=YES)
    def enters_a_draw(self, who: str, which: int, everybody: bool) -> None:
        for one in self.people if everybody else [who]:
            self.enters(one, which)

    def enters(self, who: str, which: int) -> None:
        number = sorted(self.draws.draws)[which % len(self.draws.draws)]
        person, code = self.people[who], self.draws.refusal(number, self.people[who])
        if self.does(code, lambda: drawing.enter(self.session, number, self.scene.circle, person, self.now) and []):
            self.draws.enters(number, person)

    @precondition(lambda self: any(one.state == "closed" for one in self.draws.draws.values()))
    @rule()
    def the_hash_arrives(self) -> None:
        """Telegram has the message with the tickets' hash."""
        closed = OUTBOX.c.template == "draw_closed"
        self.session.execute(update(OUTBOX).where(closed).values(state=OutboxState.DELIVERED.value))
        for draw in self.draws.draws.values():
            draw.told = draw.told or draw.state == "closed"

    def falls_due(self) -> None:
        super().falls_due()
        for number in self.draws.revealing():
            mine = entries.c.draw_id == number, entries.c.place.is_not(None)
            won = select(entries.c.person_id).where(*mine).order_by(entries.c.place)
            self.draws.wins(number, list(self.session.scalars(won)))
            draw_record.verified(drawing.record(self.session, number))
        self.draws.closing()

    @invariant()
    def draws_are_the_models(self) -> None:
        found = {row.id: (row.state, row.why_void) for row in self.session.execute(_STATES)}
        same(found, {number: (draw.state, draw.why) for number, draw in self.draws.draws.items()})

    def teardown(self) -> None:
        for draw in self.draws.draws.values():
            self.came(f"draws {draw.state}" + (f" ({draw.why})" if draw.why else ""))
        super().teardown()

"""Stories of a lucky draw in Office 3F: who may take part, what is told when, who wins what, and what is void."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import circles, draw_record, drawing, invariants, ledger, notices
from models.draw_prizes import Prize
from models.drawing import NewDraw
from models.draws import Draw, PrizeKind, draws, entries
from models.errors import DomainError
from models.facts import AnyFact, DrawClosed, DrawReported, DrawRevealed, DrawVoid, DrawWon
from models.outbox import OUTBOX, OutboxState
from models.states import DrawState
from models.vouchers import voucher_table
from tests.rules.conftest import CIRCLE
from tests.rules.scene import Scene

DAY = timedelta(days=1)
PRIZES = (
    Prize(PrizeKind.VOUCHER, "voucher of 5.00", 500, 60 * 86_400),
    Prize(PrizeKind.POINTS, "50 points", 50),
    Prize(PrizeKind.GOODS, "A box of oranges"),
)


def opened(scene: Scene, **changes: object) -> int:
    new = NewDraw(
        key="run:spring:1:1", shop_id=scene.shop, circle_id=scene.circle, title={"en": "Spring draw"}, prizes=PRIZES,
        opens_at=scene.now, closes_at=scene.now + DAY, standing=3 * DAY,
    )
    return drawing.open_draw(scene.session, replace(new, **changes), scene.now)  # type: ignore[arg-type]


def enters(scene: Scene, draw_id: int, name: str, at: datetime | None = None) -> drawing.Entered:
    return drawing.enter(scene.session, draw_id, scene.circle, scene.person(name), at or scene.now)


def told(scene: Scene, facts: list[AnyFact], now: datetime) -> None:
    """The messages stand in the outbox, and leave."""
    notices.notify(scene.session, facts, now)
    scene.session.execute(update(OUTBOX).where(OUTBOX.c.template == "draw_closed").values(state=OutboxState.DELIVERED.value))


def held(scene: Scene, draw_id: int) -> tuple[list[AnyFact], datetime]:
    """Closes and reveals; the facts of the revealing, and when."""
    closing = scene.now + DAY
    told(scene, drawing.close(scene.session, draw_id, closing), closing)
    revealing = closing + drawing.REVEALED_AFTER
    return drawing.reveal(scene.session, draw_id, revealing), revealing


def test_five_take_part_and_three_win(session: Session, scene: Scene) -> None:
    draw_id = opened(scene)
    assert opened(scene) == draw_id, "the same slot again opens nothing"
    tickets = {name: enters(scene, draw_id, name).ticket for name in CIRCLE}
    again = enters(scene, draw_id, "Ann")
    assert (again.ticket, again.new, again.tickets, again.prizes) == (tickets["Ann"], False, 5, 3)
    facts, _ = held(scene, draw_id)
    assert isinstance(facts[0], DrawRevealed)
    won = [fact for fact in facts if isinstance(fact, DrawWon)]
    assert [fact.place for fact in won] == [1, 2, 3]
    assert len({fact.person_id for fact in won}) == 3
    proven = draw_record.verified(drawing.record(session, draw_id))
    names = {ticket: scene.people[name] for name, ticket in tickets.items()}
    assert [names[ticket] for ticket, _ in proven.winners] == [fact.person_id for fact in won]
    assert session.execute(select(voucher_table.c.person_id, voucher_table.c.value)).all() == [(won[0].person_id, 500)]
    assert ledger.balance(session, ledger.points(scene.shop, won[1].person_id)) == 50
    assert invariants.check(session) == []


def test_the_seed_waits_for_the_hash_to_have_arrived(session: Session, scene: Scene) -> None:
    draw_id = opened(scene)
    enters(scene, draw_id, "Ann")
    closing = scene.now + DAY
    facts = drawing.close(session, draw_id, closing)
    assert isinstance(facts[0], DrawClosed)
    notices.notify(session, facts, closing)
    assert drawing.reveal(session, draw_id, closing + timedelta(minutes=5)) == [], "the chat has not seen it yet"
    told(scene, facts, closing)
    assert drawing.reveal(session, draw_id, closing + timedelta(minutes=5, seconds=31)) != []
    assert drawing.reveal(session, draw_id, closing + timedelta(minutes=6)) == [], "once"


def test_who_cannot_be_told_in_time_wins_nothing(session: Session, scene: Scene) -> None:
    draw_id = opened(scene)
    enters(scene, draw_id, "Ann")
    notices.notify(session, drawing.close(session, draw_id, scene.now + DAY), scene.now + DAY)
    facts = drawing.reveal(session, draw_id, scene.now + 2 * DAY)
    assert [(type(fact), getattr(fact, "why", "")) for fact in facts] == [(DrawVoid, "late")]
    with pytest.raises(DomainError, match="draw_not_revealed"):
        drawing.record(session, draw_id)
    assert session.execute(select(voucher_table.c.id)).all() == []
    assert invariants.check(session) == []


def test_nobody_takes_part(session: Session, scene: Scene) -> None:
    draw_id = opened(scene)
    facts = drawing.close(session, draw_id, scene.now + DAY)
    assert [(type(fact), getattr(fact, "why", "")) for fact in facts] == [(DrawVoid, "nobody")]
    assert invariants.check(session) == []


@pytest.mark.parametrize(("name", "code"), [("Li Wei", "draw_owner"), ("Gus", "draw_newcomer"), ("Kim", "not_a_member")])
def test_who_may_not(scene: Scene, name: str, code: str) -> None:
    scene.person("Gus")
    scene.person("Kim", member=False)
    draw_id = opened(scene)
    with pytest.raises(DomainError, match=code):
        enters(scene, draw_id, name)
    assert drawing.tickets_of(scene.session, draw_id) == 0


def test_too_late_and_from_another_circle(scene: Scene) -> None:
    draw_id = opened(scene)
    with pytest.raises(DomainError, match="draw_over"):
        enters(scene, draw_id, "Ann", scene.now + DAY)
    with pytest.raises(DomainError, match="old_button"):
        drawing.enter(scene.session, draw_id, scene.circle + 1, scene.person("Ann"), scene.now)
    with pytest.raises(DomainError, match="gone"):
        drawing.enter(scene.session, draw_id + 1, scene.circle, scene.person("Ann"), scene.now)


def test_who_has_left_at_the_closing_does_not_win(session: Session, scene: Scene) -> None:
    draw_id = opened(scene)
    for name in ("Ann", "Bao"):
        enters(scene, draw_id, name)
    circles.leave(session, scene.circle, scene.person("Bao"), scene.now)
    facts, _ = held(scene, draw_id)
    assert [fact.person_id for fact in facts if isinstance(fact, DrawWon)] == [scene.person("Ann")]
    struck = session.execute(select(entries.c.struck).where(entries.c.person_id == scene.person("Bao"))).scalar_one()
    assert struck == "left"


def test_a_full_circle_waits_for_its_turn(session: Session, scene: Scene) -> None:
    later = scene.now + timedelta(hours=5)
    draw_id = opened(scene, opens_at=later, closes_at=later + DAY)
    with pytest.raises(DomainError, match="draw_over"):
        enters(scene, draw_id, "Ann")
    drawing.begin(session, draw_id, scene.now)
    assert session.get(Draw, draw_id).state == DrawState.SCHEDULED  # type: ignore[union-attr]  # it is there
    drawing.begin(session, draw_id, later)
    assert enters(scene, draw_id, "Ann", later).new


def test_two_weeks_on_the_owner_hears_what_followed(session: Session, scene: Scene) -> None:
    draw_id = opened(scene)
    for name in CIRCLE:
        enters(scene, draw_id, name)
    _, revealed = held(scene, draw_id)
    circles.leave(session, scene.circle, scene.person("Emil"), revealed + 3 * DAY)
    assert drawing.report(session, draw_id, revealed + 13 * DAY) == []
    fact, = drawing.report(session, draw_id, revealed + 14 * DAY)
    assert isinstance(fact, DrawReported)
    assert (fact.entered, fact.leavers, fact.leavers_before, fact.orders) == (5, 1, 0, 0)
    assert drawing.report(session, draw_id, revealed + 15 * DAY) == [], "once"


@pytest.mark.parametrize(("what", "found"), [
    ("seed", "the seed of draw"), ("tickets", "the tickets of draw"), ("place", "draw winners"), ("terms", "the terms of draw"),
])  # fmt: skip
def test_the_books_find_what_somebody_changed(session: Session, scene: Scene, what: str, found: str) -> None:
    draw_id = opened(scene)
    for name in CIRCLE:
        enters(scene, draw_id, name)
    held(scene, draw_id)
    changed = {
        "seed": update(draws).values(seed="11" * 32), "terms": update(draws).values(terms={"prizes": ["A car"]}),
        "tickets": update(entries).where(entries.c.place.is_(None)).values(struck="left"),
        "place": update(entries).where(entries.c.place == 1).values(place=9),
    }
    session.execute(changed[what])
    session.expire_all()
    assert found in " ".join(map(str, invariants.check(session)))

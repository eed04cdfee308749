"""A lucky draw that was held, with hostile words wherever somebody may write some: what notices about draws speak of."""

from datetime import timedelta

from sqlalchemy import update

from models import draw_record, drawing
from models.draw_prizes import Prize
from models.drawing import NewDraw
from models.draws import Draw, PrizeKind, draws, entries
from models.people import Person
from models.states import DrawState
from tests.words.office import Office

PLACES = 12


def drawn(office: Office, words: str) -> dict[str, object]:
    """The ids of a draw with a dozen winners; Bao has the first place."""
    scene, session = office.scene, office.session
    new = NewDraw(
        key="run:spring:1:1", shop_id=scene.shop, circle_id=scene.circle, title={"en": words}, opens_at=scene.now,
        prizes=[Prize(PrizeKind.GOODS, words)] * PLACES, closes_at=scene.now + timedelta(days=1), standing=timedelta(),
    )  # fmt: skip
    draw_id = drawing.open_draw(session, new, scene.now)
    for number in range(1, PLACES + 1):
        name = "Bao" if number == 1 else f"Winner {number}"
        person = scene.person(name)
        session.get_one(Person, person).name = words
        ticket = {"draw_id": draw_id, "person_id": person, "ticket": f"{number:032x}", "at": scene.now, "place": number}
        session.execute(entries.insert().values(ticket))
    told = draw_record.tickets_hash(drawing.counting(session, draw_id))
    revealed = {"state": DrawState.REVEALED, "tickets_sha256": told, "ended_at": scene.now}
    session.execute(update(draws).where(draws.c.id == draw_id).values(revealed))
    session.expire(session.get_one(Draw, draw_id))
    return {"draw_id": draw_id, "place": 1, "tickets_sha256": told}

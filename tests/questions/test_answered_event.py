"""A campaign after "answered": it is about whoever asked, once a question, and not about who answered."""

from sqlalchemy import select

from models.campaigns import campaigns
from models.event_slots import Event, event_slots
from tests.questions.test_waves import buyers
from tests.questions.town import Town


def listens(town: Town) -> None:
    town.session.execute(campaigns.insert().values(
        key="thanks", kind="broadcast", digest="", first_loaded_at=town.now, shop_id=town.shop, event=Event.ANSWERED, delay=3600,
    ))  # fmt: skip


def heard(town: Town) -> list[tuple[str, str]]:
    rows = town.session.execute(select(event_slots.c.person_id, event_slots.c.subject))
    return [(town.named(row.person_id), row.subject) for row in rows]


def test_an_answered_question_is_an_event_of_who_asked_it_once(town: Town) -> None:
    listens(town)
    buyers(town, "Ann", "Bao")
    question = town.asks("Chen", public=True)
    town.answers("Ann", question, "Sweet as honey.")
    town.answers("Bao", question, "A bit sour to me.")
    assert heard(town) == [("Chen", f"question:{question}")]


def test_words_that_wait_for_a_person_answer_nothing_yet(town: Town) -> None:
    listens(town)
    buyers(town, "Ann")
    question = town.asks("Chen", public=True)
    town.answers("Ann", question, "Write to me: https://elsewhere.example/oranges")
    assert heard(town) == []

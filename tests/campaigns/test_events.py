"""What happens to members brings them a letter: once, in their circle, when its time has come, late ones as the campaign says."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from campaigns.desk import CampaignDesk
from models import campaigns as table
from models import circles, events, group_buys, handover, joins, locks, notices, payments
from models.campaigns import RunState
from models.catalogue import products
from models.circles import circle_table
from models.errors import DomainError
from models.event_slots import Event, event_slots
from models.group_buys import Terms
from models.orders import order_table
from models.seats import Way
from models.shops import owner_table
from models.wishes import Change, How
from tests.campaigns.quarter import DAY, HOUR, MINUTE, NOON, OFFICE, STAIRS, Quarter, hello


def after(what: str, delay: str, more: str = "") -> str:
    return hello("welcome", f'{{ after = "{what}", delay = "{delay}" }}', more)


def joins_in(quarter: Quarter, name: str, chat: int = OFFICE) -> None:
    """They come in by the front door, as the handlers let them."""
    with quarter.writing() as session:
        circles.join(session, _circle(session, chat), quarter.people[name], quarter.now)


def _circle(session: Session, chat: int) -> int:
    return session.execute(select(circle_table.c.id).where(circle_table.c.chat_id == chat)).scalar_one()


def people(quarter: Quarter, *names: str) -> Quarter:
    """They live in Stairwell B, so we know them, and have pressed start."""
    quarter.moves_in(*names, chat=STAIRS)
    return quarter.at(NOON)


def slots_of(quarter: Quarter) -> int:
    with Session(quarter.engine) as session:
        return session.scalar(select(func.count()).select_from(event_slots)) or 0


def told(quarter: Quarter) -> list[str]:
    names = {f"person:{number}": name for name, number in quarter.people.items()}
    return [names[target] for row, target, _ in quarter.left if row in quarter.letters]


def test_who_joins_is_welcomed_an_hour_later_and_once(quarter: Quarter) -> None:
    people(quarter.loads(after("joined", "1h")), "Ann", "Bao")
    joins_in(quarter, "Ann")
    joins_in(quarter, "Ann")  # spoke again in the same moment
    quarter.goes_on(NOON + HOUR - MINUTE, 10 * MINUTE)
    assert told(quarter) == []
    quarter.goes_on(NOON + HOUR)
    assert told(quarter) == ["Ann"]
    with quarter.writing() as session:
        circles.leave(session, _circle(session, OFFICE), quarter.people["Ann"], quarter.now)
    joins_in(quarter, "Ann")
    quarter.goes_on(NOON + DAY)
    assert told(quarter) == ["Ann"]
    assert quarter.verified() == []


def test_who_comes_together_is_one_run(quarter: Quarter) -> None:
    people(quarter.loads(after("joined", "1h")), "Ann", "Bao", "Chen")
    for name in ("Ann", "Bao", "Chen"):
        joins_in(quarter, name)
        quarter.now += MINUTE
    quarter.at(NOON + HOUR + 5 * MINUTE).all_at_once()
    (run,) = quarter.runs("welcome")
    assert run.counts == {"delivered": 3}
    assert run.slot == NOON + HOUR + 2 * MINUTE
    assert run.state is RunState.DONE


def test_a_circle_that_the_campaign_does_not_name_is_none_of_its_business(quarter: Quarter) -> None:
    quarter.loads(after("joined", "1h"))
    quarter.moves_in("Ann")  # of the office
    quarter.at(NOON)
    joins_in(quarter, "Ann", STAIRS)
    quarter.goes_on(NOON + 2 * HOUR)
    assert told(quarter) == []
    assert slots_of(quarter) == 1
    assert quarter.verified() == []


def test_nobody_reaches_back_before_a_campaign_was_there(quarter: Quarter) -> None:
    people(quarter.loads(), "Ann")
    joins_in(quarter, "Ann")
    quarter.loads(after("joined", "1h"))
    quarter.goes_on(NOON + DAY)
    assert told(quarter) == []


def test_who_left_before_its_time_gets_nothing(quarter: Quarter) -> None:
    people(quarter.loads(after("joined", "1h")), "Ann")
    joins_in(quarter, "Ann")
    with quarter.writing() as session:
        circles.leave(session, _circle(session, OFFICE), quarter.people["Ann"], quarter.now)
    quarter.goes_on(NOON + 2 * HOUR)
    assert told(quarter) == []


@pytest.mark.parametrize(("catch_up", "late"), [("none", []), ("latest", ["Ann"]), ("all", ["Ann"])])
def test_late_ones_are_made_up_for_as_the_campaign_says(quarter: Quarter, catch_up: str, late: list[str]) -> None:
    people(quarter.loads(after("joined", "1h", f'catch_up = "{catch_up}"')), "Ann", "Bao")
    joins_in(quarter, "Ann")
    quarter.now += 3 * HOUR
    joins_in(quarter, "Bao")
    quarter.at(NOON + 4 * HOUR).all_at_once()  # the bot slept
    assert told(quarter) == [*late, "Bao"]
    assert quarter.verified() == []


def test_a_paused_campaign_lets_them_wait_and_a_removed_one_lets_them_be(quarter: Quarter) -> None:
    people(quarter.loads(after("joined", "1h")), "Ann", "Bao")
    desk = CampaignDesk(lambda: quarter.config)
    campaign_id = _campaign(quarter)
    joins_in(quarter, "Ann")
    with quarter.writing() as session:
        desk.pause(session, campaign_id, quarter.now)
    quarter.goes_on(NOON + 70 * MINUTE, 10 * MINUTE)
    assert told(quarter) == []
    with quarter.writing() as session:
        desk.resume(session, campaign_id, quarter.now)
    quarter.all_at_once()
    assert told(quarter) == ["Ann"]
    joins_in(quarter, "Bao")
    quarter.loads()
    quarter.goes_on(quarter.now + DAY)
    assert told(quarter) == ["Ann"]


def test_run_now_takes_who_waits_and_says_so_if_nobody_does(quarter: Quarter) -> None:
    people(quarter.loads(after("joined", "5h")), "Ann")
    desk = CampaignDesk(lambda: quarter.config)
    with quarter.writing() as session, pytest.raises(DomainError, match="nothing_waits"):
        desk.run_now(session, _campaign(quarter), quarter.now)
    joins_in(quarter, "Ann")
    with quarter.writing() as session:
        desk.run_now(session, _campaign(quarter), quarter.now)
    quarter.all_at_once()
    assert told(quarter) == ["Ann"]
    quarter.goes_on(NOON + DAY)
    assert told(quarter) == ["Ann"]


def test_an_edit_to_a_timetable_forgets_who_waited(quarter: Quarter) -> None:
    people(quarter.loads(after("joined", "1h")), "Ann", "Bao")
    joins_in(quarter, "Ann")
    quarter.loads(hello("welcome", '{ at = "2026-12-24T12:00" }'))
    quarter.goes_on(NOON + DAY)
    assert told(quarter) == []


def test_ordered_and_delivered_are_heard_where_they_happen(quarter: Quarter) -> None:
    thanks = after("delivered", "1d").replace("welcome", "thanks")
    quarter.loads(after("ordered", "1h"), thanks)
    quarter.moves_in("Ann", "Bao")
    quarter.moves_in("Li", telegram_id=8888)
    quarter.at(NOON)
    orders = _bought(quarter, ("Ann", "Bao"))
    assert slots_of(quarter) == 2
    quarter.goes_on(quarter.now + 2 * HOUR)
    assert sorted(told(quarter)) == ["Ann", "Bao"]
    _collects(quarter, orders["Ann"])
    quarter.left.clear()
    quarter.goes_on(quarter.now + DAY + HOUR, HOUR)
    assert told(quarter) == ["Ann"]
    assert quarter.run("thanks").counts == {"delivered": 1}
    assert quarter.verified() == []


def _bought(quarter: Quarter, names: Sequence[str]) -> dict[str, int]:
    """A group buy opened, joined and locked; the order of each."""
    with quarter.writing() as session:
        product = session.execute(select(products)).one()
        terms = Terms(
            shop_id=product.shop_id, circle_id=_circle(session, OFFICE), product_id=product.id, price=3990,
            closes_at=quarter.now + HOUR,
        )  # fmt: skip
        round_id, facts = group_buys.open_round(session, terms, quarter.now)
        notices.notify(session, facts, quarter.now)
        for name in names:
            found = joins.change(session, round_id, quarter.people[name], Change("add", 1), How(Way.TAPPED), quarter.now)
            notices.notify(session, found, quarter.now)
    quarter.now += HOUR
    with quarter.writing() as session:
        notices.notify(session, locks.close(session, round_id, quarter.now), quarter.now)
        rows = session.execute(select(order_table.c.person_id, order_table.c.id)).all()
    return {name: next(row.id for row in rows if row.person_id == quarter.people[name]) for name in names}


def _collects(quarter: Quarter, order_id: int) -> None:
    with quarter.writing() as session:
        owner = session.execute(select(owner_table.c.person_id)).scalar_one()
        for done in (payments.confirm, handover.collect):
            facts: list[Any] = done(session, order_id, owner, quarter.now)
            notices.notify(session, facts, quarter.now)
            notices.notify(session, facts, quarter.now)  # said twice, heard once


def test_an_answer_is_heard_by_whoever_records_it(quarter: Quarter) -> None:
    people(quarter.loads(after("answered", "10m")), "Ann")
    quarter.moves_in("Ann")
    with quarter.writing() as session:
        for _ in range(2):
            events.heard(session, Event.ANSWERED, quarter.people["Ann"], None, 1, "question:7", quarter.now)
    quarter.goes_on(NOON + HOUR, 10 * MINUTE)
    assert told(quarter) == ["Ann"]


def test_two_events_of_one_member_are_one_letter_about_the_latest(quarter: Quarter) -> None:
    people(quarter.loads(after("answered", "1h")), "Ann")
    quarter.moves_in("Ann")
    with quarter.writing() as session:
        for number in range(3):
            at = quarter.now + timedelta(minutes=number)
            events.heard(session, Event.ANSWERED, quarter.people["Ann"], None, 1, f"question:{number}", at)
    quarter.at(NOON + 2 * HOUR).all_at_once()
    assert told(quarter) == ["Ann"]
    with Session(quarter.engine) as session:
        (taken,) = events.of_run(session, quarter.run("welcome").id, 0, 10)
    assert taken.subject == "question:2"


def _campaign(quarter: Quarter) -> int:
    with Session(quarter.engine) as session:
        return next(one.id for one in table.loaded(session) if one.key == "welcome")


def test_the_desk_lists_skips_and_runs(quarter: Quarter) -> None:
    quarter.loads(hello(schedule='{ cron = "0 12 * * *" }')).crowd(3)
    desk = CampaignDesk(lambda: quarter.config)
    with quarter.writing() as session:
        (line,) = desk.listed(session, quarter.now)
        assert (line.key, line.shop, line.zone, line.next_at, line.last) == ("hello", "Orchard Lane", "Asia/Shanghai", NOON, None)
        assert desk.skip_next(session, line.id, quarter.now) == NOON
    quarter.goes_on(NOON + HOUR)
    assert quarter.left == []
    with quarter.writing() as session:
        run_id = desk.run_now(session, line.id, quarter.now)
        with pytest.raises(DomainError, match="run_under_way"):
            desk.run_now(session, line.id, quarter.now)
    quarter.all_at_once()
    assert desk_run(desk, quarter, run_id) == {"delivered": 3}
    with quarter.writing() as session:
        desk.pause(session, line.id, quarter.now)
    quarter.goes_on(NOON + DAY + HOUR, HOUR)
    with quarter.writing() as session:
        desk.resume(session, line.id, quarter.now)
        assert desk.listed(session, quarter.now)[0].next_at == NOON + 2 * DAY
    quarter.all_at_once()
    assert len(quarter.left) == 3


def desk_run(desk: CampaignDesk, quarter: Quarter, run_id: int) -> dict[str, int]:
    with Session(quarter.engine) as session:
        return dict(desk.run(session, run_id).counts)


def test_an_owners_own_words_are_a_run_that_no_file_ends(quarter: Quarter) -> None:
    quarter.loads().crowd(4)
    desk = CampaignDesk(lambda: quarter.config)
    quarter.at(NOON)
    definition: dict[str, object] = {"text": {"en": "Back on Monday, {name}."}, "circles": ["Office 3F"]}
    with quarter.writing() as session:
        owner = session.execute(select(owner_table.c.person_id)).scalar_one()
        reach = desk.reach(session, 1, definition, quarter.now)
        assert (reach.count, reach.of_whom_reachable) == (4, 4)
        with pytest.raises(DomainError, match="not_yours"):
            desk.broadcast(session, 1, definition, quarter.people["P1"], quarter.now)
        run_id = desk.broadcast(session, 1, definition, owner, quarter.now)
    quarter.loads(hello(schedule='{ at = "2026-12-24T12:00" }'))
    quarter.all_at_once()
    assert desk_run(desk, quarter, run_id) == {"delivered": 4}
    with Session(quarter.engine) as session:
        assert desk.run(session, run_id).by == owner
        assert [line.key for line in desk.listed(session, quarter.now)] == ["hello"]
    assert quarter.verified() == []


def test_where_nobody_listens_nothing_is_written(quarter: Quarter) -> None:
    people(quarter.loads(hello()), "Ann")
    joins_in(quarter, "Ann")
    assert slots_of(quarter) == 0


def test_the_moment_of_a_slot_is_taken_once(quarter: Quarter) -> None:
    """Events of the very moment at which a run was taken still get a run of their own."""
    people(quarter.loads(after("joined", "1h")), "Ann", "Bao")
    joins_in(quarter, "Ann")
    at: datetime = quarter.now
    quarter.goes_on(NOON + HOUR)
    quarter.now, now = at, quarter.now
    joins_in(quarter, "Bao")
    quarter.now = now
    quarter.all_at_once()
    assert told(quarter) == ["Ann", "Bao"]

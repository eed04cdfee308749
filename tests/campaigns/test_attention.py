"""The attention budget: exact counts, waits until it fits, quiet hours in everybody's own zone, two at once, random histories."""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from bot.core.limits import limits_of
from bot.gateway.verdicts import Fate, Verdict
from models import attention, deliveries, outbox
from models.attention import Drop, Limits, Quota, Turn, Wait
from models.circles import circle_table
from models.hours import Hours
from models.outbox import OUTBOX, Message, Route
from models.recipients import Outcome
from tests.campaigns.quarter import DAY, HOUR, LEASE, MINUTE, NOON, OFFICE, STAIRS, START, Quarter, hello
from tests.campaigns.test_slots import engine_of
from tests.templates import lay

EACH_DAY = '{ cron = "0 12 * * *" }'
TO_CIRCLES = 'to = "circles"'


def sent_to(quarter: Quarter, name: str) -> list[datetime]:
    return [at for _, target, at in quarter.left if target == f"person:{quarter.people[name]}"]


def test_two_a_week_and_the_third_waits_for_the_first_to_be_a_week_ago(quarter: Quarter) -> None:
    more = 'useful_for = "10d"'
    quarter.loads(*(hello(f"h{n}", f'{{ at = "2026-11-2{n}T12:00" }}', more) for n in range(3))).moves_in("Ann")
    quarter.at(NOON)
    quarter.goes_on(NOON + 12 * DAY, 6 * HOUR)
    assert sent_to(quarter, "Ann") == [NOON, NOON + DAY, NOON + 7 * DAY]
    assert quarter.run("h2").waited == {"over_budget": 1}
    assert quarter.run("h2").counts == {"delivered": 1}
    assert quarter.verified() == []


def test_waiting_until_it_is_of_no_use_is_not_waiting(quarter: Quarter) -> None:
    quarter.loads(hello(schedule=EACH_DAY)).moves_in("Ann")
    quarter.at(NOON)
    quarter.goes_on(NOON + 6 * DAY, 6 * HOUR)
    assert sent_to(quarter, "Ann") == [NOON, NOON + DAY]
    last = [run.counts for run in quarter.runs()]
    assert last[:3] == [{"delivered": 1}, {"delivered": 1}, {"over_budget": 1}]


def test_drop_says_drop(quarter: Quarter) -> None:
    more = 'over_budget = "drop"\nuseful_for = "30d"'
    quarter.loads(*(hello(f"h{n}", f'{{ at = "2026-11-2{n}T12:00" }}', more) for n in range(3))).moves_in("Ann")
    quarter.at(NOON)
    quarter.goes_on(NOON + 12 * DAY, 6 * HOUR)
    assert len(sent_to(quarter, "Ann")) == 2
    assert quarter.run("h2").counts == {"over_budget": 1}


def test_what_was_cut_off_in_mid_send_counts(quarter: Quarter) -> None:
    quarter.loads(hello("h0"), hello("h1"), member="1/7d").moves_in("Ann")
    quarter.fate = lambda row: Verdict(Fate.UNKNOWN, "reset")
    quarter.at(NOON).all_at_once()
    assert len(quarter.left) == 1
    with quarter.writing() as session:  # the same where a lease ran out instead
        session.execute(update(OUTBOX).where(OUTBOX.c.state == "unknown").values(state="sending", lease_until=quarter.now))
        assert deliveries.expire(session, quarter.now + MINUTE) == 1
    quarter.goes_on(NOON + 2 * DAY, 12 * HOUR)
    assert len(quarter.left) == 1


def test_no_quota_at_all_means_nothing_that_sells(quarter: Quarter) -> None:
    quarter.loads(hello(), member="0/7d").moves_in("Ann")
    quarter.at(NOON).all_at_once()
    assert quarter.run().counts == {"over_budget": 1}


def test_several_at_once_leave_no_more_than_fit(quarter: Quarter) -> None:
    quarter.loads(*(hello(f"h{n}") for n in range(5))).moves_in("Ann", "Bao")
    quarter.at(NOON).all_at_once()
    assert len(sent_to(quarter, "Ann")) == len(sent_to(quarter, "Bao")) == 2
    assert quarter.verified() == []


def test_quiet_hours_are_the_readers_own(quarter: Quarter) -> None:
    """08:00 in Shanghai: the shop's people hear it at once, others when their own night is over."""
    quarter.loads(hello(schedule='{ at = "2026-11-20T08:30" }'))
    quarter.moves_in("Ann")
    quarter.moves_in("Emma", timezone="America/New_York")
    quarter.moves_in("Late", quiet_from=6 * 60, quiet_to=9 * 60 + 30)
    quarter.moves_in("Never", quiet_from=0, quiet_to=0, timezone="America/New_York")
    quarter.goes_on(START + 3 * HOUR, 15 * MINUTE)
    quarter.goes_on(START + DAY, 6 * HOUR)
    assert sent_to(quarter, "Ann") == [START + 30 * MINUTE]
    assert sent_to(quarter, "Never") == [START + 30 * MINUTE]
    assert sent_to(quarter, "Late") == [START + 90 * MINUTE]
    assert sent_to(quarter, "Emma") == [START + 30 * MINUTE]  # 19:30 there
    assert quarter.run().waited == {"quiet_hours": 1}


def test_without_a_zone_of_their_own_it_is_the_circles(quarter: Quarter) -> None:
    more = hello(schedule='{ at = "2026-11-20T15:00" }').replace('["Office 3F"]', '["*"]')
    quarter.loads(more)
    quarter.moves_in("Ann")
    quarter.moves_in("Emma", chat=STAIRS)  # New York: 02:00
    quarter.at(START + 7 * HOUR).goes_on(START + DAY, 30 * MINUTE)
    assert sent_to(quarter, "Ann") == [START + 7 * HOUR]
    assert sent_to(quarter, "Emma") == [START + 13 * HOUR]
    assert quarter.verified() == []


def test_a_circle_gets_three_posts_a_day_and_peoples_own_group_buys_are_none_of_them(quarter: Quarter) -> None:
    quarter.loads(*(hello(f"h{n}", more=TO_CIRCLES) for n in range(5)), circle="3/1d")
    quarter.at(NOON).all_at_once()
    assert len(quarter.left) == 3
    quarter.goes_on(NOON + DAY - HOUR, HOUR)
    assert len(quarter.left) == 3
    quarter.goes_on(NOON + DAY + HOUR, HOUR)
    assert len(quarter.left) == 5
    assert quarter.verified() == []


def test_a_loosened_budget_is_for_runs_to_come_a_tightened_one_for_all(quarter: Quarter) -> None:
    quarter.loads(hello("h0"), hello("h1")).moves_in("Ann")
    quarter.at(NOON).fires()
    quarter.fans_out()
    quarter.loads(hello("h0"), hello("h1"), member="1/7d")
    quarter.all_at_once()
    assert len(quarter.left) == 1
    quarter.loads(hello("h0"), hello("h1"), member="9/7d")
    quarter.goes_on(NOON + HOUR, HOUR)
    assert len(quarter.left) == 1 or quarter.verified() == []


def test_two_deliverers_at_once_cannot_break_a_budget(quarter: Quarter) -> None:
    """Two processes have one message each for Ann in their hands; both look before either has settled."""
    quarter.loads(hello("h0"), hello("h1"), member="1/7d").moves_in("Ann")
    quarter.at(NOON).fires()
    quarter.fans_out()
    with quarter.writing() as session:
        one = deliveries.claim(session, quarter.now, 1, LEASE)
    with quarter.writing() as session:
        two = deliveries.claim(session, quarter.now, 1, LEASE)
    assert {row.target for row in (*one, *two)} == {f"person:{quarter.people['Ann']}"}
    limits = limits_of(quarter.config)
    with Session(quarter.engine) as session:
        found = [attention.verdicts(session, [_turn(row)], limits, quarter.now)[row.id] for row in (*one, *two)]
    assert [type(verdict) for verdict in found] == [Wait, Wait]
    for row in (*one, *two):
        quarter.hands_over(row)
    quarter.goes_on(NOON + HOUR, MINUTE)
    assert len(quarter.left) == 1
    assert quarter.verified() == []


def test_eight_deliverers_race_for_everybody(quarter: Quarter) -> None:
    quarter.loads(*(hello(f"h{n}") for n in range(6))).crowd(12)
    quarter.at(NOON).fires()
    quarter.fans_out()

    def deliverer(_: int) -> None:
        while quarter.delivers(3):
            pass

    for _ in range(6):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(deliverer, range(8)))
        quarter.now += 3 * MINUTE
    assert {len(sent_to(quarter, name)) for name in quarter.people} == {2}
    assert quarter.verified() == []


def _turn(row: deliveries.OutboxRow) -> Turn:
    return Turn(row.id, row.target, row.person_id, row.circle_id, row.promotion, row.params)


def test_a_promotion_of_no_campaign_counts_all_the_same(quarter: Quarter) -> None:
    quarter.loads(hello()).moves_in("Ann")
    quarter.at(NOON)
    with quarter.writing() as session:
        said = {"html": "x", "why": "y"}
        ann = quarter.people["Ann"]
        ads = [
            Message(route=Route.PRIVATE, template="ready", params=said, person_id=ann, promotion=True, dedup=str(n))
            for n in range(3)
        ]  # fmt: skip
        outbox.enqueue(session, ads, quarter.now)
    quarter.delivers()
    quarter.all_at_once()
    assert len(quarter.left) == 2


def test_receipts_have_no_quota_and_no_quiet_hours(quarter: Quarter) -> None:
    quarter.loads(hello(), member="0/7d").moves_in("Ann")
    quarter.at(START - 3 * HOUR)  # five in the morning
    with quarter.writing() as session:
        receipt = Message(route=Route.PRIVATE, template="ready", params={"html": "x"}, person_id=quarter.people["Ann"])
        outbox.enqueue(session, [receipt], quarter.now)
    quarter.delivers()
    assert len(quarter.left) == 1


def test_posts_of_a_circle_count_the_cards_that_campaigns_opened(village: Quarter) -> None:
    village.loads(hello())
    with village.writing() as session:
        circle = session.scalar(select(circle_table.c.id).where(circle_table.c.chat_id == OFFICE)) or 0
        assert attention.posts_fit_at(session, circle, Quota(0, DAY), NOON) is None
        assert attention.posts_fit_at(session, circle, Quota(1, DAY), NOON) == NOON


# Random histories

SPRING = datetime(2026, 3, 1, tzinfo=UTC)  # before the clocks are changed
ZONES = ("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia", "Europe/Helsinki")
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["run", "wait", "unknown", "dead", "again", "reload"]), st.integers(1, 60), st.integers(0, 5)
    ), min_size=4, max_size=8,
)  # fmt: skip


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(steps=STEPS, day=st.integers(0, 250 * 24), quota=st.sampled_from([(1, 1), (2, 3), (2, 7)]))
def test_no_history_breaks_a_budget_or_somebodys_night(
    steps: list[tuple[str, int, int]], day: int, quota: tuple[int, int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("history")
    engine = engine_of(lay(f"sqlite:///{folder / 'tuan.db'}"))
    there = Quarter(engine, folder / "shop").at(SPRING + day * HOUR)
    _lives(there, steps, quota)
    there.engine.dispose()


def _lives(there: Quarter, steps: list[tuple[str, int, int]], quota: tuple[int, int]) -> None:
    count, days = quota
    pages = [hello(f"h{n}", f'{{ every = "{5 + 7 * n}h" }}', f'over_budget = "{("wait", "drop")[n % 2]}"') for n in range(3)]
    there.loads(*pages, member=f"{count}/{days}d")
    for number, zone in enumerate(ZONES):
        own = {"quiet_from": 60 * number, "quiet_to": 60 * (number + 9)} if number % 2 else {}
        there.moves_in(f"P{number}", timezone=zone, **own)
    for what, hours, dice in steps:
        fates = {"unknown": Fate.UNKNOWN, "dead": Fate.DEAD if dice == 0 else Fate.AGAIN, "again": Fate.AGAIN}
        there.fate = partial(_fated, fates.get(what, Fate.DELIVERED), dice)
        if what == "reload":
            there.loads(*pages, member=f"{max(1, count - dice % 2)}/{days}d")
        there.goes_on(there.now + hours * HOUR, timedelta(hours=max(1, hours // 3), minutes=7 * dice))
    _nobody_was_asked_too_much(there, count, timedelta(days=days))
    assert there.verified() == []


def _fated(fate: Fate, dice: int, row: deliveries.OutboxRow) -> Verdict:
    return Verdict(fate if row.id % 6 == dice else Fate.DELIVERED, after=60)


def _nobody_was_asked_too_much(there: Quarter, count: int, per: timedelta) -> None:
    sent = defaultdict(list)
    for _, target, at in there.left:
        sent[target].append(at)
    for number, zone in enumerate(ZONES):
        times = sent[f"person:{there.people[f'P{number}']}"]
        for at in times:
            assert sum(at - per < other <= at for other in times) <= count
            local = at.astimezone(ZoneInfo(zone)).time()
            start, end = (time(number), time(number + 9)) if number % 2 else (time(22), time(8))
            quiet = start <= local < end if start < end else local >= start or local < end
            assert not quiet, (zone, local)


@settings(max_examples=300, deadline=None)
@given(
    minute=st.integers(0, 365 * 24 * 60), zone=st.sampled_from(ZONES),
    start=st.integers(0, 1439), end=st.integers(0, 1439),
)  # fmt: skip
def test_quiet_hours_end_where_the_clock_says_even_when_it_is_changed(minute: int, zone: str, start: int, end: int) -> None:
    hours, moment = Hours(start, end), SPRING + minute * MINUTE
    over = hours.over_at(moment, zone)
    assert over >= moment
    assert not hours.covers(over, zone)
    assert over - moment <= timedelta(hours=26)
    probe = moment
    while probe < over:
        assert hours.covers(probe, zone)
        probe += timedelta(minutes=7)


def test_what_fits_when() -> None:
    quota = Quota(2, DAY)
    assert quota.fits_at([], NOON) == NOON
    assert quota.fits_at([NOON - HOUR, NOON - 2 * HOUR], NOON) == NOON + 22 * HOUR
    assert quota.fits_at([NOON - HOUR, NOON - 2 * HOUR, NOON - 3 * HOUR], NOON) == NOON + 22 * HOUR
    assert quota.fits_at([NOON - DAY, NOON - HOUR], NOON) == NOON
    assert Quota(0, DAY).fits_at([], NOON) is None
    assert Limits(quota, quota, Hours(0, 0)).kept() == {"member": [2, 86400], "circle": [2, 86400]}
    assert Drop(Outcome.LATE, "x").outcome is Outcome.LATE


def test_the_budget_is_looked_up_by_its_index(village: Quarter) -> None:
    village.loads(hello()).moves_in("Ann")
    village.at(NOON).fires()
    village.fans_out()
    (row,) = village._claimed(1)
    asked: list[tuple[str, object]] = []
    event.listen(village.engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    with Session(village.engine) as session:
        attention.verdicts(session, [_turn(row)], limits_of(village.config), village.now)
        statement, values = next(call for call in asked if "other.promotion" in call[0])
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()  # type: ignore[arg-type]  # its own
    steps = "\n".join(str(step[-1]) for step in plan)
    assert "ix_outbox_promotions" in steps
    assert "SCAN" not in steps, steps

"""From a campaign's schedule to its runs: each slot is taken once, whatever happens.

Invariants: a slot's run and the move of `next_at` stand or fall in one transaction; `next_at` only rises, so neither
editing bot.toml nor a restart takes a slot again; what a slot starts is written in that same transaction. What an event
of some members brings is taken together, as one run.
"""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.core.config import Campaign, Config
from campaigns import narrowed
from campaigns.kinds import Slot
from campaigns.registry import KINDS
from campaigns.schedule import Schedule, schedule_of
from models import campaigns as table
from models import events, fanning, halts
from models.campaigns import Due, Known, RunState
from models.errors import DomainError

_TICK = timedelta(microseconds=1)
OWNERS = ":"  # stands in the keys of what owners send from the chat, and never in bot.toml's
_MOST_PASSED = 200  # slots passed over in one transaction; the next one goes on from there


def load(session: Session, config: Config, now: datetime) -> None:
    """Brings the campaigns' rows in line with bot.toml. Slots of the past are never added, nor taken ones repeated."""
    known, shops = table.known(session), table.shop_ids(session)
    new = []
    for key, campaign in config.campaigns.items():
        values = _loaded(config, campaign, known.get(key), now) | {"shop_id": shops.get(campaign.shop)}
        if key not in known:
            new.append({"key": key, "first_loaded_at": now, **values})
        elif known[key].removed_at is not None or known[key].digest != values["digest"]:
            table.change(session, known[key].id, {"removed_at": None, **values})
    table.add(session, new)
    for key, row in known.items():
        if key not in config.campaigns and row.removed_at is None and OWNERS not in key:
            table.change(session, row.id, {"removed_at": now, "next_at": None})
            halts.cancel_all(session, row.id, now)
    narrowed.recall(session, config)


def take_slot(session: Session, now: datetime, config: Config) -> Slot | None:
    """The next slot that has come, as a run that is nobody else's; None if none has.

    Late slots are made up for by catch_up; a slot whose predecessor still runs is treated by overlap.
    """
    if (waiting := _begin_queued(session, now, config)) is not None:
        return waiting
    unknown: list[int] = []  # of a newer bot.toml that another process has loaded
    for _ in range(_MOST_PASSED):
        due = table.due(session, now, unknown)
        if due is None:
            return _take_arisen(session, now, config)
        if due.key not in config.campaigns:
            unknown.append(due.id)
        elif (slot := _take(session, due, config, now)) is not None:
            return slot
    return None


def fire(session: Session, now: datetime, config: Config) -> Slot | None:
    """Takes the next slot and starts it, all in this transaction. A rule that refuses the start ends the run as failed."""
    slot = take_slot(session, now, config)
    if slot is not None:
        start(session, slot, config, now)
    return slot


def start(session: Session, slot: Slot, config: Config, now: datetime) -> None:
    """Starts a slot that was taken in this transaction."""
    campaign = config.campaigns[slot.campaign]
    try:
        with session.begin_nested():
            started = KINDS[campaign.kind].start(session, slot, campaign, config, now)
    except DomainError as error:
        table.finish(session, slot.run_id, RunState.FAILED, {"error": error.code}, now)
        return
    if started.finished:
        table.finish(session, slot.run_id, RunState.DONE, started.record, now)


def digest(campaign: Campaign, zone: str) -> str:
    """Of what decides the slots, and whose they are: another digest means another schedule."""
    return hashlib.sha256(f"{campaign.schedule.model_dump_json()} {zone} {campaign.shop}".encode()).hexdigest()


def _schedule(config: Config, campaign: Campaign, first_loaded_at: datetime) -> Schedule:
    return schedule_of(campaign.schedule, config.shops[campaign.shop].timezone, first_loaded_at)


def _loaded(config: Config, campaign: Campaign, known: Known | None, now: datetime) -> dict[str, object]:
    """What a campaign's row says after this bot.toml was loaded."""
    mark = digest(campaign, config.shops[campaign.shop].timezone)
    if known is not None and known.removed_at is None and known.digest == mark:
        return {"digest": mark}
    when = campaign.schedule
    heard = {"event": when.after, "delay": int((when.delay or timedelta()).total_seconds())}
    schedule = _schedule(config, campaign, known.first_loaded_at if known else now)
    next_at = _first_after_edit(schedule, known, now)
    return {"kind": campaign.kind, "digest": mark, "next_at": next_at, **heard}


def _first_after_edit(schedule: Schedule, known: Known | None, now: datetime) -> datetime | None:
    """The first slot of a new or edited schedule; one that is due and was not taken yet stays, if it still is a slot."""
    due = known.next_at if known else None
    if due is not None and due <= now and schedule.next_at(due - _TICK) == due:
        return due
    return schedule.next_at(now)


def _begin_queued(session: Session, now: datetime, config: Config) -> Slot | None:
    for run in table.queued(session):
        campaign = config.campaigns.get(run.key)
        if campaign is None or _under_way(session, run.campaign_id, campaign, now):
            continue
        if table.begin(session, run.run_id, now):
            return Slot(run.key, run.run_id, run.slot)
    return None


def _take(session: Session, due: Due, config: Config, now: datetime) -> Slot | None:
    """One step of a due campaign: its slot taken, or passed over for a reason that the run keeps."""
    campaign = config.campaigns[due.key]
    schedule = _schedule(config, campaign, due.first_loaded_at)
    slot, state = _choice(schedule, campaign, due.next_at, now)
    if state is RunState.RUNNING:
        state = _overlap(session, due.id, campaign, now)
    table.change(session, due.id, {"next_at": schedule.next_at(slot)})
    run_id = table.take(session, due.id, slot, state, now)
    return Slot(due.key, run_id, slot) if run_id is not None and state is RunState.RUNNING else None


def _choice(schedule: Schedule, campaign: Campaign, first: datetime, now: datetime) -> tuple[datetime, RunState]:
    """Which of the slots from `first` to now comes next, and whether it runs or was missed."""
    latest_late = now - campaign.misfire_grace - _TICK
    if first > latest_late or campaign.catch_up == "all":
        return first, RunState.RUNNING
    before = first - _TICK
    newest_late = schedule.last_at(before, latest_late) or first
    newest = schedule.last_at(before, now) or first
    if campaign.catch_up == "latest" and newest == newest_late:
        return newest, RunState.RUNNING
    return newest_late, RunState.MISSED


def _overlap(session: Session, campaign_id: int, campaign: Campaign, now: datetime) -> RunState:
    if campaign.overlap == "cancel" and KINDS[campaign.kind].cancel(session, campaign, now):
        halts.cancel_all(session, campaign_id, now)
        return RunState.RUNNING
    if not _under_way(session, campaign_id, campaign, now):
        return RunState.RUNNING
    return RunState.QUEUED if campaign.overlap == "queue" else RunState.SKIPPED


def _under_way(session: Session, campaign_id: int, campaign: Campaign, now: datetime) -> bool:
    """A fan-out whose last messages wait for room in their readers' week holds no slot back."""
    return fanning.busy(session, campaign_id, now) or KINDS[campaign.kind].under_way(session, campaign)


def _take_arisen(session: Session, now: datetime, config: Config) -> Slot | None:
    """The slots of one campaign that members' events brought and that have come, all in one run.

    However late, a member's event is made up for as the campaign says; the run before it holds it back in no case, as
    that is about other members.
    """
    unknown: list[int] = []
    while (found := events.next_campaign(session, now, unknown)) is not None:
        campaign_id, key = found
        campaign = config.campaigns.get(key)
        if campaign is None:
            unknown.append(campaign_id)
            continue
        late = now if campaign.schedule.after is None else now - campaign.misfire_grace - _TICK
        if campaign.schedule.after is None or campaign.catch_up == "none":
            events.pass_over(session, campaign_id, late, now)
        if (latest := events.latest_due(session, campaign_id, now)) is not None:
            run_id = take_at(session, campaign_id, latest, now)
            events.take(session, campaign_id, run_id, latest)
            return Slot(key, run_id, latest)
    return None


def take_at(session: Session, campaign_id: int, slot: datetime, now: datetime) -> int:
    """A run for a moment that no schedule names; where that very moment has one, a little later."""
    while (run_id := table.take(session, campaign_id, slot, RunState.RUNNING, now)) is None:
        slot += _TICK
    return run_id

"""The campaigns' desk: what operators and owners do to campaigns and runs from the chat (handlers/ports.py, Campaigns).

Invariants: everything happens in the caller's transaction; pausing, resuming and skipping never make a slot fire twice,
and nothing that was due while a campaign was paused fires when it goes on.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from bot.core.config import Campaign, Config
from bot.core.config.letters import Letters
from campaigns import audiences, fanout, slots
from campaigns.broadcast import by_owner
from campaigns.kinds import Slot
from campaigns.preview import seconds
from campaigns.schedule import Schedule, schedule_of
from models import campaigns as table
from models import events, fanning, halts, runs, shops
from models.campaigns import Loaded, RunState
from models.errors import DomainError
from models.runs import CampaignLine, Reach, RunLine


class CampaignDesk:
    """Made by the composition root with the bot.toml of the moment."""

    def __init__(self, config: Callable[[], Config]) -> None:
        self._config = config

    # Campaigns of bot.toml

    def listed(self, session: Session, now: datetime) -> list[CampaignLine]:
        """All that are loaded, by name, each with its last run."""
        loaded = [one for one in table.loaded(session) if slots.OWNERS not in one.key]
        last = runs.last_of(session, [one.id for one in loaded])
        return [self._line(one, last.get(one.id)) for one in loaded]

    def one(self, session: Session, campaign_id: int) -> CampaignLine:
        """One of them, with its last run. Raises gone."""
        last = runs.latest(session, campaign_id, 1)
        return self._line(self._held(session, campaign_id), last[0] if last else None)

    def pause(self, session: Session, campaign_id: int, now: datetime) -> None:
        """No slot of it starts until it is resumed; what runs goes on."""
        self._held(session, campaign_id)
        table.change(session, campaign_id, {"paused_at": now})

    def resume(self, session: Session, campaign_id: int, now: datetime) -> None:
        """Its next slot is the first from now on."""
        one = self._held(session, campaign_id)
        if one.paused_at is None:
            return
        next_at = one.next_at
        if next_at is not None and next_at <= now:
            next_at = self._schedule(one).next_at(now)
        table.change(session, campaign_id, {"paused_at": None, "next_at": next_at})

    def run_now(self, session: Session, campaign_id: int, now: datetime) -> int:
        """A run beside the schedule. Raises run_under_way, or nothing_waits where an event has to come first."""
        one = self._held(session, campaign_id)
        if one.event is None and fanning.busy(session, campaign_id, now):
            raise DomainError("run_under_way")
        latest = events.latest_waiting(session, campaign_id) if one.event is not None else None
        if one.event is not None and latest is None:
            raise DomainError("nothing_waits")
        run_id = slots.take_at(session, campaign_id, now, now)
        if latest is not None:
            events.take(session, campaign_id, run_id, latest)
        slots.start(session, Slot(one.key, run_id, now), self._config(), now)
        return run_id

    def skip_next(self, session: Session, campaign_id: int, now: datetime) -> datetime:
        """The next slot is left out; returns it. Raises nothing_to_skip."""
        one = self._held(session, campaign_id)
        slot = self._schedule(one).next_at(now) if one.next_at is not None and one.next_at <= now else one.next_at
        if slot is None:
            raise DomainError("nothing_to_skip")
        table.take(session, campaign_id, slot, RunState.SKIPPED, now)
        table.change(session, campaign_id, {"next_at": self._schedule(one).next_at(slot)})
        return slot

    # Runs

    def runs(self, session: Session, campaign_id: int, limit: int) -> list[RunLine]:
        """The last ones, the newest first."""
        return runs.latest(session, campaign_id, limit)

    def run(self, session: Session, run_id: int) -> RunLine:
        """How far it is, whom it reached, whom not and why. Raises gone."""
        return runs.run(session, run_id)

    def pause_run(self, session: Session, run_id: int, now: datetime) -> None:
        """Nothing more of it leaves until it is resumed. Raises run_over."""
        halts.pause(session, run_id, halts.BY_PERSON)

    def resume_run(self, session: Session, run_id: int, now: datetime) -> None:
        """Raises run_over."""
        halts.resume(session, run_id)

    def cancel_run(self, session: Session, run_id: int, now: datetime) -> None:
        """What has not left never will. Raises run_over."""
        halts.cancel(session, run_id, now)

    # Owners' own broadcasts

    def reach(self, session: Session, shop_id: int, definition: Mapping[str, object], now: datetime) -> Reach:
        """Whom it would reach, and how long that takes at the platform's limits."""
        config, campaign = self._config(), self._defined(session, shop_id, definition, now)
        circles = audiences.circle_ids(session, shop_id, campaign, config)
        if campaign.to == "circles":
            return Reach(len(circles), len(circles), seconds(len(circles), config))
        found = audiences.count(session, shop_id, circles, campaign.audience, now)
        examples = audiences.examples(session, shop_id, circles, campaign.audience, now)
        names, why = tuple(one.name for one in examples), by_owner(examples[0].why, shop_id) if examples else None
        return Reach(found.all, found.reachable, seconds(found.reachable, config), names, why)

    def broadcast(
        self, session: Session, shop_id: int, definition: Mapping[str, object], by: int, now: datetime
    ) -> int:
        """Starts it; the id of its run. Raises not_yours for anybody but the shop's owners."""
        shops.require_owner(session, shop_id, by)
        campaign = self._defined(session, shop_id, definition, now)
        campaign_id = table.add_owners(session, shop_id, campaign.kind, now)
        run_id = slots.take_at(session, campaign_id, now, now)
        kept = self._whole(session, shop_id, definition, now)
        table.define(session, run_id, kept, {"by": by})
        return run_id

    def _defined(self, session: Session, shop_id: int, definition: Mapping[str, object], now: datetime) -> Letters:
        campaign = fanout.defined(self._config(), self._whole(session, shop_id, definition, now))
        assert isinstance(campaign, Letters), "owners send broadcasts"
        return campaign

    def _whole(self, session: Session, shop_id: int, definition: Mapping[str, object], now: datetime) -> dict[str, object]:
        """What bot.toml would hold for it; the owner says what and to whom, the rest is how broadcasts are."""
        shop = shops.by_id(session, shop_id)
        at = now.astimezone(ZoneInfo(shop.timezone)).strftime("%Y-%m-%dT%H:%M:%S")
        return {"id": "from-the-chat", "kind": "broadcast", "shop": shop.key, "schedule": {"at": at}, **definition}

    # What stands behind them

    def _held(self, session: Session, campaign_id: int) -> Loaded:
        """The campaign, held against whoever takes its slots. Raises gone."""
        one = table.hold(session, campaign_id)
        if one is None or one.key not in self._config().campaigns:
            raise DomainError("gone", what="campaigns")
        return one

    def _schedule(self, one: Loaded) -> Schedule:
        campaign = self._config().campaigns[one.key]
        return schedule_of(campaign.schedule, self._zone(campaign), one.first_loaded_at)

    def _zone(self, campaign: Campaign) -> str:
        return self._config().shops[campaign.shop].timezone

    def _line(self, one: Loaded, last: RunLine | None) -> CampaignLine:
        return CampaignLine(
            id=one.id, key=one.key, kind=one.kind, shop=one.shop or "", zone=one.zone or "UTC",
            paused=one.paused_at is not None, next_at=one.next_at, event=one.event, delay=timedelta(seconds=one.delay),
            last=last,
        )  # fmt: skip

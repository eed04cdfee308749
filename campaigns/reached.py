"""What a database knows of the coming slots: circles approved in the chat, members of audiences, when campaigns were first loaded.

Invariants: nothing is written; whoever a slot would reach is asked of the kind itself, as the fan-out asks it, at the
moment of the preview; large audiences are counted and not listed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core import names, reasons
from bot.core.config import Campaign, Circle, Config, Letters
from bot.core.words import Words
from campaigns import audiences, receivers
from campaigns.kinds import Forecast, Receiver, RunOf, Writes
from campaigns.preview import Reach, to_members
from campaigns.registry import KINDS
from models import campaigns as table
from models.circles import circle_table
from models.people import person_table
from models.shops import shop_table
from models.states import CircleState

LISTED = 5_000  # receivers that are asked for one by one; a larger audience is counted by its conditions
PAGE = 500
EXAMPLES = 5
_Kind = Writes[Any]  # Any: a kind takes campaigns of its own model, and a campaign comes with its own kind


@dataclass(frozen=True)
class _Found:
    """The receivers that a run would have now; `whole` if these are all."""

    receivers: list[Receiver]
    whole: bool


class Reached:
    """Asked once for each campaign, at one moment."""

    def __init__(self, session: Session, config: Config, at: datetime) -> None:
        self._session = session
        self._at = at
        self._config = replace(config, circles=(*config.circles, *_approved(session, config)))
        self._known = table.known(session)
        self._paused = set(session.scalars(select(table.campaigns.c.key).where(table.campaigns.c.paused_at.is_not(None))))
        self._shops = set(session.scalars(select(shop_table.c.key)))

    def of(self, campaign: Campaign) -> Reach:
        known = self._known.get(campaign.id)
        since = known.first_loaded_at if known is not None else None
        forecast, whys = self._reached(campaign)
        return Reach(forecast, whys, since, paused=campaign.id in self._paused)

    def _reached(self, campaign: Campaign) -> tuple[Forecast, tuple[str, ...]]:
        kind = KINDS[campaign.kind]
        forecast: Forecast = kind.forecast(campaign, self._config)
        if not to_members(campaign) or not hasattr(kind, "receivers") or campaign.shop not in self._shops:
            return forecast, ()
        return self._members(cast(Letters, campaign), cast(_Kind, kind), forecast)

    def _members(self, campaign: Letters, kind: _Kind, forecast: Forecast) -> tuple[Forecast, tuple[str, ...]]:
        found = self._found(campaign, kind)
        audience, reachable = len(found.receivers), self._reachable([one.id for one in found.receivers])
        if not found.whole:
            shop = receivers.shop_id(self._session, campaign)
            there = audiences.circle_ids(self._session, shop, campaign, self._config)
            counted = audiences.count(self._session, shop, there, campaign.audience, self._at)
            audience, reachable = counted.all, counted.reachable
        messages = min(round(reachable * (1 - campaign.holdout)), campaign.at_most or reachable)
        first = found.receivers[:EXAMPLES]
        told = Forecast(audience, tuple(self._names(first)), messages, forecast.cost_max)
        return told, tuple(self._why(one, campaign) for one in first)

    def _found(self, campaign: Letters, kind: _Kind) -> _Found:
        """Page by page, as the fan-out would."""
        known = self._known.get(campaign.id)
        run = RunOf(0, known.id if known else 0, campaign.id, self._at)
        listed: list[Receiver] = []
        while len(listed) < LISTED:
            after = listed[-1].id if listed else 0
            page = kind.receivers(self._session, run, campaign, self._config, after, PAGE, self._at)
            listed += page
            if len(page) < PAGE:
                return _Found(listed, whole=True)
        return _Found(listed, whole=False)

    def _reachable(self, person_ids: list[int]) -> int:
        c, found = person_table.c, 0
        for first in range(0, len(person_ids), PAGE):
            some = c.id.in_(person_ids[first : first + PAGE])
            query = select(func.count()).where(some, c.started_at.is_not(None), c.unreachable_at.is_(None))
            found += self._session.execute(query).scalar_one()
        return found

    def _names(self, found: list[Receiver]) -> Iterator[str]:
        called = select(person_table.c.id, person_table.c.name).where(person_table.c.id.in_([one.id for one in found]))
        known = {row.id: row.name for row in self._session.execute(called)}
        return (names.shown(known.get(one.id, "")) for one in found)

    def _why(self, receiver: Receiver, campaign: Campaign) -> str:
        words = Words("en", now=self._at).here(currency=self._config.shops[campaign.shop].currency)
        return reasons.reason(self._session, receiver.why, words)


def _approved(session: Session, config: Config) -> Iterator[Circle]:
    """Circles that were approved in the chat and do not stand in the file."""
    c, known = circle_table.c, {circle.chat_id for circle in config.circles}
    query = select(c.chat_id, c.title, c.tags, shop_table.c.key).join(shop_table, shop_table.c.id == c.shop_id)
    for chat_id, title, tags, shop in session.execute(query.where(c.state == CircleState.APPROVED).order_by(c.id)):
        if chat_id not in known:
            yield Circle.model_construct(chat_id=chat_id, name=names.shown(title, 60), shop=shop, tags=tuple(tags))

"""Receivers of a run that an event brought: the members it happened to, as far as they are in the campaign's audience.

Invariants: an event counts in the circle where it happened, and only there; nobody gets two letters of one run, however
much happened to them.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.core.config import Campaign, Config
from campaigns import receivers
from campaigns.kinds import Receiver, RunOf, Writes
from models import events
from models.events import Taken

Kind = Writes[Any]  # Any: as in the registry


def page(
    session: Session, run: RunOf, campaign: Campaign, kind: Kind, config: Config, after: int, limit: int, now: datetime
) -> tuple[list[Receiver], int, bool]:
    """The next receivers, up to which member was looked, and whether that was the last."""
    taken = events.of_run(session, run.run_id, after, limit)
    there = set(receivers.circle_ids(session, campaign, config))
    found = [
        _receiver(chosen, one, campaign)
        for one in taken
        if one.circle_id is None or one.circle_id in there
        for chosen in kind.receivers(session, run, campaign, config, one.person_id - 1, 1, now)
        if chosen.id == one.person_id
    ]
    return found, taken[-1].person_id if taken else after, len(taken) < limit


def _receiver(chosen: Receiver, taken: Taken, campaign: Campaign) -> Receiver:
    """They are in the audience, yet it is the event that brought the letter."""
    about = {**chosen.about, "subject": taken.subject}
    if taken.circle_id is not None:
        about |= {"circle_id": taken.circle_id, "place": taken.circle_id}
    return Receiver(chosen.id, {"code": "event", "event": campaign.schedule.after, "subject": taken.subject}, about)

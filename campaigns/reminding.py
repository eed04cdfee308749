"""What the kind reminder finds in the database, and what it says of it."""

from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from bot.core.config import Config
from campaigns import receivers
from campaigns.kinds import Letter, Receiver, RunOf
from campaigns.reminder import Reminder
from models import heard, near
from models.near import Near, Waiting


def of_rounds(
    session: Session, run: RunOf, campaign: Reminder, config: Config, after: int, limit: int, now: datetime
) -> list[Receiver]:
    """Circles with a group buy that is near its end or a step and was not told of: one line a circle and slot."""
    there = [circle_id for circle_id in receivers.circle_ids(session, campaign, config) if circle_id > after]
    found = _near(session, there, campaign, now)
    if not found:
        return []
    told = heard.rounds_told(session, run.campaign_id, there, min(one.opened_at for one in found))
    fresh = sorted((one for one in found if one.round_id not in told), key=lambda one: (one.circle_id, one.closes_at))
    firsts = [next(rows) for _, rows in groupby(fresh, key=lambda one: one.circle_id)]
    return [receivers.circle(one.circle_id, round_id=one.round_id) for one in firsts[:limit]]


def of_round(session: Session, receiver: Receiver, campaign: Reminder, now: datetime) -> Letter | None:
    """The line, unless the group buy has moved on since it was found."""
    found = {one.round_id: one for one in _near(session, [receiver.id], campaign, now)}
    one = found.get(int(str(receiver.why["round_id"])))
    if one is None:
        return None
    params: dict[str, object] = {"round_id": one.round_id, "round_ids": [one.round_id], "text": dict(campaign.text)}
    if campaign.about == "step":
        params["most_missing"] = campaign.missing
    return Letter(
        f"reminder_{campaign.about}", params, once=f"{campaign.about}:{one.round_id}", expires_at=one.closes_at
    )


def of_orders(
    session: Session, campaign: Reminder, config: Config, after: int, limit: int, now: datetime
) -> list[Receiver]:
    """Members who pressed start and have an order that waits for them, the most urgent one each."""
    there = receivers.circle_ids(session, campaign, config)
    return [_waiting(one) for one in _waits(session, there, campaign, now, after, limit)]


def of_order(session: Session, receiver: Receiver, campaign: Reminder, now: datetime) -> Letter | None:
    """What is owed or waits, said as it says itself otherwise; it will not say it again."""
    order_id = int(str(receiver.about["order_id"]))
    say = near.say_pay if campaign.about == "pay" else near.say_collect
    params = say(session, order_id, now)
    if params is None:
        return None
    template = "payment_reminder" if campaign.about == "pay" else "collect_reminder"
    return Letter(template, params, promotion=False, once=f"{campaign.about}:{order_id}")


def _near(session: Session, circle_ids: list[int], campaign: Reminder, now: datetime) -> list[Near]:
    if campaign.about == "deadline":
        return near.closing(session, circle_ids, now, now + campaign.before)
    return near.short_of_a_step(session, circle_ids, now, campaign.missing)


def _waits(
    session: Session, circle_ids: list[int], campaign: Reminder, now: datetime, after: int, limit: int
) -> list[Waiting]:
    if campaign.about == "pay":
        return near.to_pay(session, circle_ids, now, now + campaign.before, after, limit)
    return near.to_collect(session, circle_ids, now - campaign.after, after, limit)


def _waiting(one: Waiting) -> Receiver:
    return Receiver(one.person_id, {"code": "event", "event": "ordered"}, {"order_id": one.order_id})

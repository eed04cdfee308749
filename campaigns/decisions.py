"""What is decided on a batch of a run: who is written to, who not and why, and when a message may leave at the earliest.

Invariants: everybody in the batch gets one recipient; the arm of a hold-out is drawn for all of them, whatever else is
decided; a message is queued only for whom it may leave before it is of no use, as far as is known now. All of it is asked
again when the message leaves (models/attention.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.core.config import Campaign
from campaigns import holdout
from campaigns.kinds import Letter, Receiver, RunOf
from models import crowd, fanning
from models.attention import OVER_BUDGET, QUIET_HOURS, Limits
from models.crowd import Standing
from models.mutes import ALL
from models.outbox import Message, Priority, Route
from models.recipients import Arm, Outcome

USEFUL_FOR = timedelta(days=2)  # where neither the campaign nor the letter says
_STRANGER = Standing(Outcome.NO_CONSENT, "UTC")


@dataclass(frozen=True, slots=True)
class Decision:
    """What a batch comes to: recipients, messages, and the last receiver decided on."""

    rows: Sequence[Mapping[str, object]]
    messages: Sequence[Message]
    cursor: int
    full: bool  # the run has sent as many as its campaign allows


@dataclass(frozen=True, slots=True)
class _Verdict:
    """On one receiver: the outcome, or when its message leaves and what that had to wait for."""

    outcome: Outcome
    not_before: datetime | None = None
    waited: str | None = None


class Batch:
    """Receivers of a run that are decided on together, at one moment."""

    def __init__(
        self, session: Session, run: RunOf, campaign: Campaign, receivers: Sequence[Receiver], limits: Limits,
        shop_id: int | None, now: datetime,
    ) -> None:  # fmt: skip
        self._run, self._campaign, self._limits, self._now = run, campaign, limits, now
        self._standings = self._known(session, receivers, shop_id)

    def decide(
        self, session: Session, letters: Sequence[tuple[Receiver, Letter | None]], room: int | None
    ) -> Decision:
        """`room`: how many more messages the run may send; None for as many as there are receivers."""
        told = fanning.told(session, [self._key(receiver, letter) for receiver, letter in letters if letter and letter.once])
        rows: list[Mapping[str, object]] = []
        messages: list[Message] = []
        cursor = 0
        for receiver, letter in letters:
            if room is not None and len(messages) >= room:
                return Decision(rows, messages, cursor, full=True)
            verdict = self._verdict(receiver, letter, told)
            rows.append(self._row(receiver, verdict))
            if verdict.outcome is Outcome.QUEUED and letter is not None:
                messages.append(self._message(receiver, letter, verdict))
                told.add(messages[-1].dedup or "")
            cursor = receiver.id
        return Decision(rows, messages, cursor, full=room is not None and len(messages) >= room)

    def _known(self, session: Session, receivers: Sequence[Receiver], shop_id: int | None) -> Mapping[int, Standing]:
        ids = [receiver.id for receiver in receivers]
        if any(receiver.circle for receiver in receivers):
            return crowd.places(session, ids, self._now - self._limits.circle.per, self._now)
        return crowd.members(session, ids, shop_id, self._now - self._limits.member.per)

    # On one receiver

    def _verdict(self, receiver: Receiver, letter: Letter | None, told: set[str]) -> _Verdict:
        standing = self._standings.get(receiver.id, _STRANGER)
        if standing.refusal is not None:
            return _Verdict(standing.refusal)
        if letter is None:
            return _Verdict(Outcome.NOTHING)
        if standing.muted.intersection((ALL, *letter.mute_keys) if letter.promotion else letter.mute_keys):
            return _Verdict(Outcome.MUTED)
        if letter.once and self._key(receiver, letter) in told:
            return _Verdict(Outcome.TOLD_BEFORE)
        if self._arm(receiver)[0] is Arm.HELD_OUT:
            return _Verdict(Outcome.HELD_OUT)
        return self._when(receiver, letter, standing)

    def _when(self, receiver: Receiver, letter: Letter, standing: Standing) -> _Verdict:
        """When it may leave; it is not queued if that is too late already."""
        ends = self._expires_at(letter)
        if ends <= self._now:
            return _Verdict(Outcome.LATE)
        if not letter.promotion:
            return _Verdict(Outcome.QUEUED)
        hours = standing.hours or self._limits.quiet
        fits = self._limits.of(circle=receiver.circle).fits_at(standing.sent, self._now)
        if fits is None or (fits > self._now and self._campaign.over_budget == "drop"):
            return _Verdict(Outcome.OVER_BUDGET)
        waits = fits > self._now
        at = fits if receiver.circle and not waits else hours.over_at(fits, standing.zone)
        if at >= ends:
            return _Verdict(Outcome.OVER_BUDGET if waits else Outcome.LATE)
        why = OVER_BUDGET if waits else QUIET_HOURS if at > self._now else None
        return _Verdict(Outcome.QUEUED, at, why)

    # What is written down

    def _row(self, receiver: Receiver, verdict: _Verdict) -> Mapping[str, object]:
        arm, probability = self._arm(receiver)
        return {
            "person_id": None if receiver.circle else receiver.id, "circle_id": receiver.id if receiver.circle else None,
            "arm": arm, "probability": probability, "outcome": verdict.outcome, "waited": verdict.waited,
            "why": dict(receiver.why),
        }  # fmt: skip

    def _message(self, receiver: Receiver, letter: Letter, verdict: _Verdict) -> Message:
        """`mutes` and `member_of` are asked again when it leaves; `over_budget` says what to do then if it does not fit."""
        engine = {
            "why": dict(receiver.why), "campaign": self._run.campaign, "mutes": list(letter.mute_keys),
            OVER_BUDGET: self._campaign.over_budget, "member_of": receiver.about.get("circle_id"),
        }  # fmt: skip
        return Message(
            route=Route.CIRCLE if receiver.circle else Route.PRIVATE, template=letter.template,
            params={**letter.params, **engine}, dedup=self._key(receiver, letter),
            person_id=None if receiver.circle else receiver.id, circle_id=receiver.id if receiver.circle else None,
            priority=Priority.CAMPAIGN if letter.promotion else Priority.TRANSACTIONAL, not_before=verdict.not_before,
            promotion=letter.promotion, run_id=self._run.run_id, expires_at=self._expires_at(letter),
        )  # fmt: skip

    def _arm(self, receiver: Receiver) -> tuple[Arm, float]:
        return holdout.arm(self._run.campaign, _name(receiver), self._campaign.holdout)

    def _key(self, receiver: Receiver, letter: Letter) -> str:
        if letter.once:
            return f"campaign:{self._run.campaign_id}:{letter.once}:{_name(receiver)}"
        return f"run:{self._run.run_id}:{_name(receiver)}"

    def _expires_at(self, letter: Letter) -> datetime:
        return letter.expires_at or self._run.slot + getattr(self._campaign, "useful_for", USEFUL_FOR)


def _name(receiver: Receiver) -> str:
    return f"{'c' if receiver.circle else 'p'}{receiver.id}"

"""A run as people look at it: how far it is, whom it reached, whom not and why, with what can be done about it.

Said by a handler when it is asked for, and again by itself while the run goes on: a row of the outbox with this template
edits the message that showed it, and says what is so when it leaves.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from markupsafe import Markup
from sqlalchemy.orm import Session

from bot.core.buttons import Button, Buttons, Keyboard, keyboard
from bot.core.words import Words
from models import outbox, runs, shops
from models.campaigns import RunState
from models.outbox import Message, Priority, Route
from models.runs import RunLine

TEMPLATE = "run_page"
OWNERS = ":"  # in the key of an owner's own broadcast
AGAIN = tuple(timedelta(seconds=s) for s in (0, 3, 10, 30, 120, 600, 3600, 12 * 3600, 48 * 3600))  # when a page looks again
GOES_ON = (RunState.RUNNING, RunState.QUEUED, RunState.PAUSED)
_TOLD = ("delivered", "queued", "sending", "held")  # said by the sentence of the progress


def page(
    session: Session, run_id: int, words: Words, buttons: Buttons, *, own_zone: bool = False
) -> tuple[Markup, Keyboard]:
    """The run as it stands, in its shop's zone unless the reader has chosen one of their own. Raises DomainError("gone")."""
    line = runs.run(session, run_id)
    if not own_zone and line.shop_id is not None:
        words = words.here(zone=shops.by_id(session, line.shop_id).timezone)
    return said(line, words), keyboard(*_keys(line, words, buttons))


def said(line: RunLine, words: Words) -> Markup:
    """The page in words."""
    name = None if OWNERS in line.campaign else line.campaign
    rest = sorted((what, n) for what, n in line.counts.items() if what not in _TOLD and n)
    waited = sorted((what, n) for what, n in line.waited.items() if n)
    return words.text(TEMPLATE, run=line, name=name, state=str(line.state), rest=rest, waited=waited)


def show(session: Session, person_id: int, message_id: int, run_id: int, now: datetime) -> None:
    """The private message shows the run from now on, a few times while it goes on."""
    outbox.supersede(session, person_id, message_id)
    goes_on = runs.run(session, run_id).state in GOES_ON
    params: Mapping[str, object] = {"run_id": run_id}
    rows = [
        Message(
            route=Route.PRIVATE, template=TEMPLATE, params=params, person_id=person_id, reply_to=message_id,
            priority=Priority.OWN_ACTION if not after else Priority.TRANSACTIONAL, not_before=now + after,
        )
        for after in (AGAIN if goes_on else AGAIN[:1])
    ]  # fmt: skip
    outbox.enqueue(session, rows, now)


def _keys(line: RunLine, words: Words, buttons: Buttons) -> Sequence[Sequence[Button]]:
    def button(label: str, arg: str) -> Button:
        return buttons.button(words.say(label), "crun", line.id, arg)

    if line.state not in GOES_ON:
        return []
    going = button("b_run_resume", "resume") if line.state is RunState.PAUSED else button("b_run_pause", "pause")
    first = [] if line.state is RunState.QUEUED else [going]
    return [[*first, button("b_run_cancel", "cancel")], [button("b_run_look", "look")]]

"""Typed lines in a circle: `+2` as a reply to a card or by itself, edited lines, and the question which group buy is meant.

Invariants: a reply to any other message never counts; a line that is not for us costs no statement; a typed seat is
acknowledged by a reaction or so that only its author sees it.
"""

import re
from dataclasses import dataclass

from aiogram import F, Router
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from markupsafe import escape
from sqlalchemy.orm import Session

from bot.core.buttons import Keyboard, keyboard
from handlers import questions
from handlers.replies import Reply, acknowledging, said, say, thread_of, unseen
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from handlers.typed import Mistake, Mode, may_mean, parse
from models import joins, notices, outbox, shares, spoken
from models.errors import DomainError
from models.facts import AnyFact, SeatLeft, SeatTaken
from models.outbox import READY, Route
from models.seats import Way
from models.spoken import Meant
from models.wishes import Change, How

_PACKED = re.compile(r"(add|set|leave)(-?[0-9]{1,3})(?:o([0-9]{1,2}))?m([0-9]{1,10})")


def routes() -> Router:
    """New and edited lines of text in group chats."""
    router = Router(name="lines")
    router.message.register(typed, F.text)
    router.message.register(spoke)
    router.edited_message.register(edited, F.text)
    return router


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody typed, where, and as a reply to what."""

    text: str
    message_id: int
    reply_to: int | None
    thread_id: int | None


async def typed(message: Message, scene: Scene) -> None:
    """A new line. Most are talk among people and cost nothing."""
    line = line_of(message, scene)
    deals = await scene.unit.read(_candidates, scene, line) if line is not None and may_be_for_us(line) else []
    if line is None or not deals:
        await _talk(line, scene)
    elif scene.sender is None:
        await scene.unit.write(_nobody, scene, line)
    else:
        await _understood(line, deals, scene)


async def spoke(message: Message, scene: Scene) -> None:
    """A photo, a sticker: nothing for us, but its author is a member."""
    del message
    await scene.spoke()


async def edited(message: Message, scene: Scene) -> None:
    """An edited line replaces its own effect; one that had none counts as if it were new."""
    line = line_of(message, scene)
    if line is None or scene.sender is None:
        return
    meant = await scene.unit.read(_affected, scene, line)
    if meant is not None:
        await scene.write(_replaced, scene, meant, line, acknowledging(scene, line.message_id, line.thread_id))
    elif may_be_for_us(line):
        await _understood(line, await scene.unit.read(_candidates, scene, line), scene)


@taps.on("rnd", at=At.ANYWHERE)
async def chosen(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Which of several open group buys a line was for; the button carries what the line said."""
    fact = await scene.write(_chosen, tap)
    return tap.answer(scene.words.seat_answer(fact))


def line_of(message: Message, scene: Scene) -> Line | None:
    """The line, if it can concern a group buy at all: in an approved circle, as a reply to us or to nobody."""
    if scene.place is None or not scene.place.approved or not message.text:
        return None
    replied = message.reply_to_message
    if replied is not None and replied.forum_topic_created is not None:
        replied = None  # in a topic every message replies to the one that opened it
    if replied is not None and (replied.from_user is None or replied.from_user.id != scene.desk.bot_id):
        return None
    return Line(message.text, message.message_id, replied.message_id if replied else None, thread_of(message))


async def _understood(line: Line, deals: list[Meant], scene: Scene) -> None:
    """Acts on a line that is for one group buy, asks when it may be for several, keeps silent when for none."""
    if len(deals) == 1:
        wish = _read(line, deals[0])
        if wish is None:
            await _talk(line, scene)
        else:
            by = acknowledging(scene, line.message_id, line.thread_id)
            await scene.write(_seated, scene, deals[0], wish, line, by)
    elif deals:
        await scene.write(said, *_which(line, deals, scene), unseen(scene, line.message_id, line.thread_id))


async def _talk(line: Line | None, scene: Scene) -> None:
    """No count: a question where it replies to a card and asks something, else talk among people."""
    if line is None or not await questions.typed(scene, line.text, line.message_id, line.reply_to, line.thread_id):
        await scene.spoke()


def may_be_for_us(line: Line) -> bool:
    """Whether any group buy could read the line as meant for it; decided without the database."""
    return may_mean(line.text, _mode(line))


def _mode(line: Line) -> Mode:
    """Generous to a reply to the card, strict with a line that only stands in the chat."""
    return Mode.BARE if line.reply_to is None else Mode.REPLY


def _read(line: Line, deal: Meant) -> tuple[Change, ...] | None:
    """What the line wishes of that group buy. Raises the mistake it makes as DomainError."""
    read = parse(line.text, deal.options, _mode(line))
    if isinstance(read, Mistake):
        raise DomainError(read.code, **read.params)
    return None if read is None else tuple(read.changes)


def _candidates(session: Session, scene: Scene, line: Line) -> list[Meant]:
    assert scene.place is not None
    if line.reply_to is None:
        return spoken.bare(session, scene.place.id, line.thread_id)
    meant = spoken.by_reply(session, scene.place.id, line.reply_to)
    return [meant] if meant else []


def _affected(session: Session, scene: Scene, line: Line) -> Meant | None:
    if scene.place is None or scene.person is None:
        return None
    return spoken.by_message(session, scene.place.id, scene.person.id, line.message_id)


def _nobody(session: Session, scene: Scene, line: Line) -> None:
    """An anonymous admin or a channel asked for a seat: one line a day says why there is none."""
    assert scene.place is not None
    once = f"nobody:{scene.place.id}:{scene.now:%Y-%m-%d}"
    params = {"html": scene.words.text("nobody_in_particular"), "keyboard": None}
    row = outbox.Message(
        route=Route.CIRCLE, template=READY, params=params, circle_id=scene.place.id, dedup=once, reply_to=line.message_id,
        thread_id=line.thread_id,
    )  # fmt: skip
    outbox.enqueue(session, [row], scene.now)


def _seated(session: Session, who: Who, scene: Scene, deal: Meant, wish: tuple[Change, ...], line: Line, by: Reply) -> None:
    how = How(Way.TYPED, shares.came_by(session, deal.round_id, who.person_id), line.message_id)
    facts = [joins.change(session, deal.round_id, who.person_id, change, how, who.now) for change in wish]
    _acknowledge(session, who, scene, facts, by)


def _replaced(session: Session, who: Who, scene: Scene, deal: Meant, line: Line, by: Reply) -> None:
    first, *rest = _read(line, deal) or (None,)
    facts = [joins.replace(session, deal.round_id, who.person_id, line.message_id, first, who.now)]
    how = How(Way.TYPED, message_id=line.message_id)
    facts += [joins.change(session, deal.round_id, who.person_id, change, how, who.now) for change in rest if change]
    _acknowledge(session, who, scene, facts, by)


def _acknowledge(session: Session, who: Who, scene: Scene, moves: list[list[AnyFact]], by: Reply) -> None:
    """Everyone hears what follows; the author hears of the seat as it stands at the end."""
    for facts in moves:
        notices.notify(session, facts, who.now)
    own = [fact for facts in moves for fact in facts[:1] if isinstance(fact, SeatTaken | SeatLeft)]
    if own:
        say(session, who, str(escape(scene.words.seat_answer(own[-1]))), by=by)


def _which(line: Line, deals: list[Meant], scene: Scene) -> tuple[str, Keyboard | None]:
    """The question, with a button a group buy; a line with a note or several options is to be said to the card itself."""
    rows = []
    for deal in deals:
        packed = _packed(line, deal)
        if packed is None:
            return scene.words.text("which_reply"), None
        title = scene.words.option(deal.title)
        rows.append([scene.desk.buttons.button(title, "rnd", deal.round_id, packed)])
    return scene.words.text("which_round"), keyboard(*rows)


def _packed(line: Line, deal: Meant) -> str | None:
    """One plain wish as a button's argument: kind, pieces, option by its place, message."""
    try:
        wish = _read(line, deal)
    except DomainError:
        return None
    if wish is None or len(wish) != 1 or wish[0].note:
        return None
    option = f"o{deal.options.index(wish[0].option)}" if wish[0].option else ""
    return f"{wish[0].kind}{wish[0].pieces}{option}m{line.message_id}"


def _chosen(session: Session, who: Who, tap: Tap) -> SeatTaken | SeatLeft:
    found = _PACKED.fullmatch(tap.arg or "")
    if found is None:
        raise DomainError("old_button")
    option = spoken.option_at(session, tap.id, int(found[3])) if found[3] else ""
    how = How(Way.TYPED, shares.came_by(session, tap.id, who.person_id), int(found[4]))
    facts = joins.change(session, tap.id, who.person_id, Change(found[1], int(found[2]), option), how, who.now)
    notices.notify(session, facts, who.now)
    own = facts[0]
    assert isinstance(own, SeatTaken | SeatLeft)
    return own

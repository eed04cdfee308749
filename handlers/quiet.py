"""/quiet in private: what a member does not want to hear of, their quiet hours, their time zone. One screen says how it stands.

Invariants: a button says what is to be, not what is to change, so tapping it twice does it once; receipts and answers to
one's own doing are never muted.
"""

from collections.abc import Callable

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.state import State
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core.buttons import Button, Keyboard, keyboard
from handlers import hours, zones
from handlers.hours import Hours, TooLong
from handlers.replies import say, show_anew
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import mutes, people, quiet
from models.errors import DomainError
from models.quiet import Item, Quiet

WORD = State("word", group_name="quiet")  # the next line is hours or a place
USUAL_HOURS = ((22 * 60, 8 * 60), (23 * 60, 7 * 60), (0, 0))
_DAY = 24 * 60
Page = tuple[str, Keyboard]


def routes() -> Router:
    """/quiet, and the line that follows it."""
    router = Router(name="quiet")
    router.message.register(quiet_, Command("quiet"))
    router.message.register(typed, WORD, F.text, ~F.text.startswith("/"))
    return router


async def quiet_(message: Message, command: CommandObject, scene: Scene) -> None:
    """How things stand; with words behind it (`22-8`, `off`, a city) they change at once."""
    del message
    if command.args:
        await _understood(command.args, scene)
    else:
        await scene.write(_shown, scene)


async def typed(message: Message, scene: Scene) -> None:
    """Hours or a place, as somebody types them."""
    await _understood(message.text or "", scene)


async def _understood(words: str, scene: Scene) -> None:
    """Keeps the conversation open until something was understood."""
    assert scene.state is not None
    read = hours.read(words)
    if isinstance(read, TooLong):
        raise DomainError("quiet_hours_long", word=hours.shown(read.begin, read.end))
    found = () if read else zones.find(words)
    if read is None and not found:
        raise DomainError("quiet_not_understood")
    if len(found) != 1 and read is None:
        await scene.write(_which_zone, scene, found)
        return
    await scene.state.clear()
    await scene.write(_set, scene, read, found[0] if found else None)
    scene.forget_person()


@taps.on("q", at=At.PRIVATE)
async def page(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Turns to another page of the screen: `arg` names it."""
    if tap.arg == "open":
        await scene.write(_shown, scene)
        return tap.answer()
    show = _PAGES.get(tap.arg or "")
    if show is None:
        raise DomainError("old_button")
    if tap.arg in {"hours", "zone"}:
        assert scene.state is not None
        await scene.state.set_state(WORD)
    await scene.write(_turned, scene, tap.message_id, show)
    return tap.answer()


@taps.on("qm", "qu", at=At.PRIVATE)
async def muted(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Mutes or unmutes what `arg` says, on the screen of /quiet."""
    await scene.write(_mute, scene, tap, _PAGES["items" if tap.arg in {"item", "cat", "items"} else "show"])
    return tap.answer(scene.words.say("quiet_muted" if tap.op == "qm" else "quiet_unmuted"))


@taps.on("qh", at=At.PRIVATE)
async def hours_chosen(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Hours by a button: both minutes in one number, or the usual ones."""
    begin, end = divmod(tap.id, _DAY)
    if begin >= _DAY:
        raise DomainError("old_button")
    assert scene.state is not None
    await scene.state.clear()
    await scene.write(_chosen, scene, tap, Hours(None, None) if tap.arg == "usual" else Hours(begin, end), None)
    return tap.answer(scene.words.say("quiet_set"))


@taps.on("qz", at=At.PRIVATE)
async def zone_chosen(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """A zone by a button."""
    zone = zones.by_number(tap.id)
    if zone is None:
        raise DomainError("old_button")
    assert scene.state is not None
    await scene.state.clear()
    await scene.write(_chosen, scene, tap, None, zone)
    scene.forget_person()
    return tap.answer(scene.words.say("quiet_set"))


def _shown(session: Session, who: Who, scene: Scene) -> None:
    say(session, who, *_screen(session, who, scene))


def _turned(session: Session, who: Who, scene: Scene, message_id: int, show: Callable[[Session, Who, Scene], Page]) -> None:
    show_anew(session, who, message_id, *show(session, who, scene))


def _set(session: Session, who: Who, scene: Scene, read: Hours | None, zone: str | None) -> None:
    _keep(session, who, read, zone)
    say(session, who, *_screen(session, who, scene))


def _chosen(session: Session, who: Who, scene: Scene, tap: Tap, read: Hours | None, zone: str | None) -> None:
    _keep(session, who, read, zone)
    show_anew(session, who, tap.message_id, *_screen(session, who, scene))


def _keep(session: Session, who: Who, read: Hours | None, zone: str | None) -> None:
    if read is not None:
        both = None if read.begin is None or read.end is None else (read.begin, read.end)
        people.set_quiet_hours(session, who.person_id, both, who.now)
    if zone is not None:
        people.set_timezone(session, who.person_id, zone, who.now)


def _mute(session: Session, who: Who, scene: Scene, tap: Tap, show: Callable[[Session, Who, Scene], Page]) -> None:
    if tap.op == "qu" and tap.arg == "items":
        for key in mutes.of(session, who.person_id) - {mutes.ALL, mutes.ASKS}:
            mutes.unmute(session, who.person_id, key)
    elif tap.op == "qu":
        mutes.unmute(session, who.person_id, _key(session, tap))
    else:
        mutes.mute(session, who.person_id, _key(session, tap), who.now)
    show_anew(session, who, tap.message_id, *show(session, who, scene))


def _key(session: Session, tap: Tap) -> str:
    """What a button mutes. Raises old_button, gone."""
    if tap.arg in {mutes.ALL, mutes.ASKS}:
        return tap.arg
    item = quiet.item(session, tap.id)
    key = {"item": item.key, "cat": item.category_key}.get(tap.arg or "")
    if key is None:
        raise DomainError("old_button")
    return key


def _screen(session: Session, who: Who, scene: Scene) -> Page:
    stands = quiet.of(session, who.person_id)
    words = scene.words.here(zone=stands.zone)
    html = words.text(
        "quiet_text", all=stands.everything, asks=stands.asks, hours=_hours(scene, stands),
        muted=words.listed([*stands.categories, *(words.option(item.title) for item in stands.items)]),
        usual=stands.hours is None, zone=zones.shown(stands.zone) if stands.zone else None, clock=words.now.astimezone(words.zone),
    )  # fmt: skip
    return html, keyboard(
        [scene.button("b_quiet_all_off" if stands.everything else "b_quiet_all", _op(stands.everything), 0, mutes.ALL)],
        [scene.button("b_quiet_asks_off" if stands.asks else "b_quiet_asks", _op(stands.asks), 0, mutes.ASKS)],
        [scene.button("b_quiet_items", "q", 0, "items")],
        [scene.button("b_quiet_hours", "q", 0, "hours"), scene.button("b_quiet_zone", "q", 0, "zone")],
    )


def _op(muted: bool) -> str:
    return "qu" if muted else "qm"


def _hours(scene: Scene, stands: Quiet) -> str | None:
    """As a member reads them; None for none."""
    usual = scene.desk.attention.quiet_hours
    begin, end = stands.hours or (usual.start.hour * 60 + usual.start.minute, usual.end.hour * 60 + usual.end.minute)
    return None if begin == end else hours.shown(begin, end)


def _items(session: Session, who: Who, scene: Scene) -> Page:
    """What may be muted: categories, then products, one button each."""
    stands, found = quiet.of(session, who.person_id), quiet.near(session, who.person_id)
    first = {item.category_key: item for item in reversed(found) if item.category_key}
    rows = [[_mutable(scene, stands, item, "cat", item.category or "", key)] for key, item in reversed(first.items()) if key]
    rows += [[_mutable(scene, stands, item, "item", scene.words.option(item.title), item.key)] for item in found]
    if stands.items or stands.categories:
        rows.append([scene.button("b_quiet_nothing", "qu", 0, "items")])
    return scene.words.text("quiet_items" if found else "quiet_no_items"), keyboard(*rows, [_back(scene)])


def _mutable(scene: Scene, stands: Quiet, item: Item, arg: str, name: str, key: str) -> Button:
    label = "b_quiet_unmute" if key in stands.muted else "b_quiet_mute"
    return scene.button(label, _op(key in stands.muted), item.product_id, arg, name=name)


def _hours_page(session: Session, who: Who, scene: Scene) -> Page:
    del session, who
    row = [scene.desk.buttons.button(hours.shown(*both), "qh", both[0] * _DAY + both[1]) for both in USUAL_HOURS if any(both)]
    rest = [scene.button("b_quiet_no_hours", "qh", 0), scene.button("b_quiet_usual", "qh", 0, "usual")]
    return scene.words.text("quiet_hours_how"), keyboard(row, rest, [_back(scene)])


def _zone_page(session: Session, who: Who, scene: Scene) -> Page:
    del session, who
    return scene.words.text("quiet_zone_how"), keyboard(*_zone_rows(scene, zones.USUAL), [_back(scene)])


def _which_zone(session: Session, who: Who, scene: Scene, found: tuple[str, ...]) -> None:
    say(session, who, scene.words.text("quiet_zone_which"), keyboard(*_zone_rows(scene, found)))


def _zone_rows(scene: Scene, names: tuple[str, ...]) -> list[list[Button]]:
    made = [scene.desk.buttons.button(zones.shown(name), "qz", zones.numbered(name)) for name in names]
    return [made[i : i + 2] for i in range(0, len(made), 2)]


def _back(scene: Scene) -> Button:
    return scene.button("b_quiet_back", "q", 0, "show")


_PAGES: dict[str, Callable[[Session, Who, Scene], Page]] = {
    "show": _screen, "items": _items, "hours": _hours_page, "zone": _zone_page,
}  # fmt: skip

"""A friend's link to a group buy: made by the share button, opened in private, joined from there."""

from aiogram import F, Router
from aiogram.exceptions import TelegramAPIError
from aiogram.fsm.state import State
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core.buttons import Button, Keyboard, deep_link, keyboard, link, share_link
from handlers.circles import is_within
from handlers.group_buys import must_be_card
from handlers.replies import PRIVATE, said, say, show_anew
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import joins, lists, notices, people, shares, spoken
from models.facts import SeatLeft, SeatTaken
from models.lists import Deal
from models.rows import load
from models.seats import Way
from models.wishes import Change, How

PAYLOAD = "share_"
SENTENCE = State("sentence", group_name="share")  # waits for the member's own sentence


def routes() -> Router:
    """The sentence that goes with a link."""
    router = Router(name="shares")
    router.message.register(sentence, SENTENCE, F.text, ~F.text.startswith("/"))
    return router


@taps.on("s", at=At.ANYWHERE)
async def share(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The link comes in private; who never pressed start is led there by a link of its own."""
    await scene.look_up()  # how the link gets to them depends on whether they pressed start
    token = await scene.write(_linked, scene, tap)
    if scene.person is not None and scene.person.started:
        return tap.answer(scene.words.say("share_answer"))
    return tap.answer(url=deep_link(scene.desk.bot_username, f"{PAYLOAD}{token}"))


@taps.on("sy", at=At.PRIVATE)
async def say_with_it(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The next line is the sentence that goes with the link."""
    assert scene.state is not None
    await scene.state.set_state(SENTENCE)
    await scene.state.set_data({"round": tap.id})
    await scene.write(said, scene.words.text("share_sentence"))
    return tap.answer()


async def sentence(message: Message, scene: Scene) -> None:
    """One sentence of the member's own; it stands in what they pass on."""
    assert scene.state is not None
    round_id = int((await scene.state.get_data())["round"])
    await scene.state.clear()
    await scene.write(_said, scene, round_id, message.text or "")


@taps.on("jn", at=At.PRIVATE)
async def one_more(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """+1 from the private chat."""
    fact = await scene.write(_moved, scene, tap, 1)
    return tap.answer(scene.words.seat_answer(fact))


@taps.on("fn", at=At.PRIVATE)
async def one_fewer(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """−1 from the private chat."""
    fact = await scene.write(_moved, scene, tap, -1)
    return tap.answer(scene.words.seat_answer(fact))


async def comes_into(scene: Scene, token: str) -> int | None:
    """The circle a link leads to, if Telegram says that who opens it is in that chat, though they never spoke there."""
    found = await scene.unit.read(shares.place_of, token)
    if found is None or scene.sender is None:
        return None
    try:
        member = await scene.unit.lookups.member(found[1], scene.sender.telegram_id)
    except TelegramAPIError:
        return None  # then only who is known as a member is one
    return found[0] if is_within(member) else None


def show(session: Session, who: Who, scene: Scene, token: str) -> None:
    """What a friend's link leads to; one's own leads to the link itself. Raises no_such_link, not_a_member."""
    round_id = shares.arrive(session, token, who.person_id, who.now)
    scene.desk.memory.came_by.drop((round_id, who.person_id))
    shared = shares.by_token(session, token)
    assert shared is not None
    if shared.person_id == who.person_id:
        _send_link(session, who, scene, round_id, token)
        return
    say(session, who, *view(session, who, scene, round_id))


def view(session: Session, who: Who, scene: Scene, round_id: int) -> tuple[str, Keyboard]:
    """The group buy as it stands for this member, with whose link led them there."""
    deal = lists.deal_of(session, round_id, who.person_id)
    words = scene.words.here(currency=deal.currency, zone=scene.zone or deal.timezone)
    shared = shares.arrived_by(session, round_id, who.person_id)
    by = load(session, people.Person, shared.person_id).name if shared else None
    return words.text("deal_private", deal=deal, by=by, said=shared.words if shared else ""), _joining(scene, deal)


def _joining(scene: Scene, deal: Deal) -> Keyboard:
    """The card's buttons for the private chat: one +1 an option, and −1."""
    buttons = scene.desk.buttons
    plus = [buttons.button(f"+1 {scene.words.choice(o)}", "jn", deal.round_id, i) for i, o in enumerate(deal.options)]
    row: list[Button] = plus or [buttons.button("+1", "jn", deal.round_id)]
    return keyboard([*row, buttons.button("−1", "fn", deal.round_id)])


def _moved(session: Session, who: Who, scene: Scene, tap: Tap, pieces: int) -> SeatTaken | SeatLeft:
    option = spoken.option_at(session, tap.id, int(tap.arg)) if tap.arg else ""
    via = shares.came_by(session, tap.id, who.person_id)
    how = How(Way.SHARE if via else Way.LINK, via)
    facts = joins.change(session, tap.id, who.person_id, Change("add", pieces, option), how, who.now)
    notices.notify(session, facts, who.now)
    show_anew(session, who, tap.message_id, *view(session, who, scene, tap.id))
    own = facts[0]
    assert isinstance(own, SeatTaken | SeatLeft)
    return own


def _linked(session: Session, who: Who, scene: Scene, tap: Tap) -> str:
    must_be_card(session, who, tap)
    token = shares.link(session, tap.id, who.person_id, who.now)
    if scene.person is not None and scene.person.started:
        _send_link(session, who, scene, tap.id, token)
    return token


def _said(session: Session, who: Who, scene: Scene, round_id: int, words: str) -> None:
    _send_link(session, who, scene, round_id, shares.say(session, round_id, who.person_id, words, who.now), words)


def _send_link(session: Session, who: Who, scene: Scene, round_id: int, token: str, words: str = "") -> None:
    """The member's own link, ready to be passed on, in private."""
    deal = lists.deal_of(session, round_id)
    url = deep_link(scene.desk.bot_username, f"{PAYLOAD}{token}")
    pass_on = link(scene.words.say("b_pass_on"), share_link(url, words or scene.words.option(deal.title)))
    rows = [[pass_on], [scene.button("b_say_with_it", "sy", round_id)]]
    html = scene.words.text("share_said" if words else "share_link", deal=deal, link=url, said=words)
    say(session, who, html, keyboard(*rows), by=PRIVATE)

"""A seat, or part of it, as a gift: the giver gets a link, the friend picks option and pickup and sees no price."""

from aiogram.methods import AnswerCallbackQuery
from sqlalchemy.orm import Session

from bot.core.buttons import Button, deep_link, keyboard, link, share_link
from handlers.replies import say
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from models import gifts, lists, notices
from models.errors import DomainError
from models.gifts import GiftView

PAYLOAD = "gift_"
CHOICES = 100  # a choice is option * CHOICES + pickup, each counted from 1; 0 is none


@taps.on("gift", at=At.PRIVATE)
async def give(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """How many of the seat's pieces; with one there is no question."""
    await scene.write(_give if tap.arg else _how_many, scene, tap.id, int(tap.arg or 0))
    return tap.answer()


@taps.on("gft", at=At.PRIVATE)
async def choose(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The friend's choice: first the option, then where to collect. `arg` is the gift's token."""
    giver = await scene.write(_chosen, scene, tap)
    return tap.answer(scene.words.say("gift_taken_answer", giver=giver) if giver else None)


def show(session: Session, who: Who, scene: Scene, token: str) -> None:
    """What the friend sees by the link. Raises gift_gone, gift_taken, gift_own."""
    seen = gifts.view(session, token, who.person_id)
    say(session, who, scene.words.text("gift_seen", gift=seen), keyboard(*_choices(scene, seen, token)))


def _choices(scene: Scene, seen: GiftView, token: str) -> list[list[Button]]:
    buttons = scene.desk.buttons
    if seen.options:
        named = [scene.words.choice(option) for option in seen.options]
        return [[buttons.button(name, "gft", i * CHOICES, token)] for i, name in enumerate(named, 1)]
    return _pickups(scene, seen, token, 0) or [[scene.button("b_accept", "gft", 0, token)]]


def _pickups(scene: Scene, seen: GiftView, token: str, option: int) -> list[list[Button]]:
    rows = [scene.desk.buttons.button(pickup, "gft", option * CHOICES + i, token) for i, pickup in enumerate(seen.pickups, 1)]
    return [[row] for row in rows]


def _chosen(session: Session, who: Who, scene: Scene, tap: Tap) -> str:
    """The giver's name once all is chosen; "" while the pickup is still asked for."""
    token = tap.arg or ""
    seen = gifts.view(session, token, who.person_id)
    option, pickup = divmod(tap.id, CHOICES)
    if option > len(seen.options) or pickup > len(seen.pickups):
        raise DomainError("old_button")
    if seen.pickups and not pickup:
        say(session, who, scene.words.text("gift_pickup"), keyboard(*_pickups(scene, seen, token, option)))
        return ""
    chosen = seen.options[option - 1] if option else seen.option
    place = seen.pickups[pickup - 1] if pickup else None
    notices.notify(session, gifts.accept(session, token, who.person_id, chosen, place, who.now), who.now)
    return seen.giver


def _how_many(session: Session, who: Who, scene: Scene, round_id: int, _: int) -> None:
    deal = lists.deal_of(session, round_id, who.person_id)
    if deal.mine <= 1:
        _give(session, who, scene, round_id, 1)
        return
    row = [scene.desk.buttons.button(str(n), "gift", round_id, n) for n in range(1, min(deal.mine, 8) + 1)]
    say(session, who, scene.words.text("gift_how_many", title=deal.title), keyboard(row))


def _give(session: Session, who: Who, scene: Scene, round_id: int, pieces: int) -> None:
    token = gifts.give(session, round_id, who.person_id, pieces, who.now)
    url = deep_link(scene.desk.bot_username, f"{PAYLOAD}{token}")
    deal = lists.deal_of(session, round_id)
    pass_on = link(scene.words.say("b_pass_on"), share_link(url))
    say(session, who, scene.words.text("gift_link", title=deal.title, n=pieces, pieces=pieces, link=url), keyboard([pass_on]))

"""Asking: from a card's button, by /ask, or by a question typed as a reply to a card; what was asked before comes first.

Invariants: what is asked is written in private or taken from the asker's own line; nothing is public before the asker
says so; a tap or a link asks nothing by itself, and only who is in the circle sees what was asked there.
"""

import re
from collections.abc import Callable

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core.buttons import deep_link, keyboard, link
from handlers import question_pages
from handlers.circles import sells_here
from handlers.question_pages import about, require_member
from handlers.replies import PRIVATE, Reply, lead_in, say, thread_of, unseen
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from handlers.wording import SAY_AGAIN, Draft, drafted, finish, is_question, private_state, words_of
from models import answers_votes, circles, lists, notices, people, questions, questions_asking, similar_index, spoken
from models.errors import DomainError
from models.facts import AskPut, QuestionWithShop
from models.outbox import Route
from models.questions import BUYERS, SHOP
from models.questions_asking import Asking, House
from models.rows import number_of
from models.similar_index import Similar

ASKING = State("words", group_name="question")  # the next line or captioned photo is the question
DRAFT = State("draft", group_name="question")  # its words wait
_PAYLOAD = re.compile(r"(asks?|q)_([0-9]{1,18})")
ANY = 0  # in a link: it is asked in private about what
_NO_VOTE = frozenset({"own_words", "sellers_do_not_vote", "shop_not_ranked", "answer_gone"})
Work = Callable[[Session, Who, Scene], None]


def in_private() -> Router:
    """/ask, and the words that follow."""
    router = Router(name="questions")
    router.message.register(ask_privately, Command("ask"))
    router.message.register(worded, ASKING, F.photo)
    router.message.register(worded, ASKING, F.text, ~F.text.startswith("/"))
    return router


def in_circles() -> Router:
    """/ask in a chat."""
    router = Router(name="questions here")
    router.message.register(ask_here, Command("ask"))
    return router


@taps.on("ask", at=At.ANYWHERE)
async def ask(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The card's button leads into the private chat, where what was asked before stands and the words are typed."""
    of = SHOP if tap.arg == "shop" else BUYERS
    if not scene.private:
        await scene.write(_may_look, tap.id)
        return tap.answer(url=_way(scene, tap.id, of))
    work = await _opened(scene, Draft(tap.id, of=of), keep=tap.arg == "draft")
    await scene.write(work, scene)
    return tap.answer()


@taps.on("any", at=At.PRIVATE)
async def ask_anyway(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """None of what was asked before helps."""
    assert scene.state is not None
    draft = await drafted(scene.state)
    if draft.round_id != tap.id:
        raise DomainError("old_button")
    await finish(scene, _ask, scene, draft, PRIVATE)
    return tap.answer()


@taps.on("sim", at=At.PRIVATE)
async def that_helps(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """What was answered before is enough: nobody is asked, and its author hears that it helped."""
    await finish(scene, _helped, tap.id)
    return tap.answer(scene.words.say("asked_before_helped"))


@taps.on("pub", at=At.PRIVATE)
async def consented(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Whether the circle may read it."""
    await scene.write(_consented, tap.id, tap.arg == "1")
    return tap.answer(scene.words.say("consent_yes" if tap.arg == "1" else "consent_no"))


@taps.on("qend", at=At.PRIVATE)
async def taken_back(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The asker does not want to know any more."""
    await scene.write(_withdrawn, tap.id)
    return tap.answer(scene.words.say("question_withdrawn"))


async def worded(message: Message, scene: Scene) -> None:
    """The question, in private."""
    assert scene.state is not None
    words, photo = words_of(message)
    before = await drafted(scene.state)
    await _put(scene, Draft(before.round_id, words, before.of, photo), scene.state, PRIVATE)


async def ask_privately(message: Message, command: CommandObject, scene: Scene) -> None:
    """About what: the group buys of one's circles, or what was on offer there before. Words that come along are kept."""
    del message
    assert scene.state is not None
    draft = Draft(None, command.args or "")
    await scene.state.set_state(DRAFT)
    await scene.state.set_data(draft.as_json())
    await scene.write(_about_what, scene)


async def ask_here(message: Message, command: CommandObject, scene: Scene) -> None:
    """/ask as a reply to a card, or with words; without words it leads into the private chat."""
    if not await sells_here(message, scene):
        return
    replied = message.reply_to_message.message_id if message.reply_to_message else None
    found = await scene.unit.read(_meant, scene, replied, thread_of(message))
    by = unseen(scene, message.message_id, thread_of(message))
    words = command.args or ""
    if len(found) == 1 and words:
        await _typed(scene, Draft(found[0], words), message.message_id, by)
        return
    if words:
        await private_state(scene).set_state(DRAFT)
        await private_state(scene).set_data(Draft(None, words).as_json())
    await scene.write(_which, scene, found, by)


async def typed(scene: Scene, text: str, message_id: int, reply_to: int | None, thread_id: int | None) -> bool:
    """A reply to a card that is no count but a question; False if it is neither."""
    if reply_to is None or scene.sender is None or scene.place is None or not is_question(text):
        return False
    meant = await scene.unit.read(spoken.by_reply, scene.place.id, reply_to)
    if meant is None:
        return False
    await _typed(scene, Draft(meant.round_id, text), message_id, unseen(scene, message_id, thread_id))
    return True


async def opening(scene: Scene, payload: str) -> Work | None:
    """What a link from a card opens, if it is one: the question that was typed there, or the page to type one."""
    found = _PAYLOAD.fullmatch(payload)
    if found is None:
        return None
    row_id = int(found[2])
    if row_id == ANY:
        return _about_what
    if found[1] == "q":
        return lambda session, who, scene: question_pages.of_question(session, who, scene, row_id)
    return await _opened(scene, Draft(row_id, of=SHOP if found[1] == "asks" else BUYERS), keep=True)


async def _opened(scene: Scene, draft: Draft, *, keep: bool) -> Work:
    """The page of a group buy's product; or, with words that waited for it, the question itself."""
    assert scene.state is not None
    waits = await scene.state.get_state() == DRAFT.state and keep
    before = await drafted(scene.state) if waits else draft
    if waits and before.words and before.round_id in {None, draft.round_id}:
        return await _next(scene, Draft(draft.round_id, before.words, before.of, before.photo), scene.state, PRIVATE)
    await scene.state.set_state(ASKING)
    await scene.state.set_data(draft.as_json())
    return lambda session, who, scene: question_pages.show(session, who, scene, draft.round_id or 0, draft.of)


async def _typed(scene: Scene, draft: Draft, message_id: int, by: Reply) -> None:
    """From a line in the circle: on in private, or, for who never pressed start, by a link, which only they see if possible."""
    if scene.person is not None and scene.person.started:
        await _put(scene, draft, private_state(scene), Reply(by.route, message_id, by.thread_id))
        return
    state = private_state(scene)
    await state.set_state(DRAFT)
    await state.set_data(draft.as_json())
    button = link(scene.words.say("key_ask_in_private"), _way(scene, draft.round_id or 0, draft.of))
    await scene.write(lead_in, scene.words.text("ask_in_private"), keyboard([button]), by)


async def _put(scene: Scene, draft: Draft, state: FSMContext, by: Reply) -> None:
    before = await state.get_state(), await state.get_data()
    work = await _next(scene, draft, state, by)
    try:
        await scene.write(work, scene)
    except DomainError as refused:
        await state.clear()
        if refused.code in SAY_AGAIN:
            await state.set_state(before[0])
            await state.set_data(before[1])
        raise


async def _next(scene: Scene, draft: Draft, state: FSMContext, by: Reply) -> Work:
    """Similar questions that were answered, else the question is asked."""
    found = await scene.unit.read(_look, scene, draft) if draft.of == BUYERS else []
    if found:
        await state.set_state(DRAFT)
        await state.set_data(draft.as_json())
        return lambda session, who, scene: question_pages.before(session, who, scene, draft, found)
    await state.clear()
    return lambda session, who, scene: _ask(session, who, scene, draft, by)


def _look(session: Session, scene: Scene, draft: Draft) -> list[Similar]:
    """What was asked like it here; nothing for somebody from elsewhere."""
    place = about(session, draft.round_id or 0)
    here = scene.speaks and scene.place is not None and scene.place.id == place.circle_id
    if not here and not (scene.person and circles.is_member(session, place.circle_id, scene.person.id)):
        return []
    return similar_index.look(session, place.circle_id, place.product_id, draft.words)


def _ask(session: Session, who: Who, scene: Scene, draft: Draft, by: Reply) -> None:
    place = about(session, draft.round_id or 0)
    asking = Asking(place.circle_id, place.product_id, draft.words, draft.of, draft.round_id, draft.photo)
    question_id, facts = questions_asking.ask(session, asking, who.person_id, who.now, house(session, scene))
    told_here = [fact for fact in facts if not isinstance(fact, QuestionWithShop)]  # the answer to asking says it
    notices.notify(session, told_here, who.now)
    question = questions.by_id(session, question_id)
    asked = sum(isinstance(fact, AskPut) for fact in facts)
    html = scene.words.text(
        "question_put", state=str(question.state), of=question.asked_of, n=asked, circle=place.circle, shop=place.shop,
        product=scene.words.option(place.title), waits=question.next_wave_at is not None,
    )  # fmt: skip
    yes, no = scene.button("b_consent_yes", "pub", question_id, 1), scene.button("b_consent_no", "pub", question_id, 0)
    change, end = scene.button("b_say_otherwise", "qed", question_id), scene.button("b_question_end", "qend", question_id)
    say(session, who, html, keyboard([yes, no], [change, end]))
    if by.message_id is not None:
        say(session, who, "", by=Reply(Route.REACTION, by.message_id, by.thread_id))


def house(session: Session, scene: Scene) -> House:
    """What bot.toml says about asking."""
    attention, known = scene.desk.attention, (people.by_telegram_id(session, one) for one in scene.desk.operators)
    night = attention.quiet_hours
    staff = tuple(number_of(person.id) for person in known if person is not None)
    begin, end = (at.hour * 60 + at.minute for at in (night.start, night.end))
    return House(begin, end, staff, nudge_after=attention.nudge_after)


def _may_look(session: Session, who: Who, round_id: int) -> None:
    """Raises old_button for a button of another circle, not_a_member."""
    place = about(session, round_id)
    if place.circle_id != who.circle_id:
        raise DomainError("old_button")
    require_member(session, who, place)


def _way(scene: Scene, round_id: int, of: str) -> str:
    return deep_link(scene.desk.bot_username, f"{'asks' if of == SHOP else 'ask'}_{round_id}")


def _meant(session: Session, scene: Scene, replied: int | None, thread_id: int | None) -> list[int]:
    """The group buys a question here can be about: the card's, else the open ones, else what was offered before."""
    assert scene.place is not None
    meant = spoken.by_reply(session, scene.place.id, replied) if replied is not None else None
    if meant is not None:
        return [meant.round_id]
    opened = [one.round_id for one in spoken.bare(session, scene.place.id, thread_id)]
    return opened or [one.round_id for one in lists.past_offers(session, [scene.place.shop_id or 0], scene.place.id)]


def _which(session: Session, who: Who, scene: Scene, found: list[int], by: Reply) -> None:
    """A button each; they lead into the private chat."""
    deals = [lists.deal_of(session, round_id) for round_id in found]
    rows = [[link(scene.words.option(deal.title), _way(scene, deal.round_id, BUYERS))] for deal in deals]
    if not rows:
        say(session, who, scene.words.text("ask_nothing"), by=by)
    elif by.route is Route.REACTION:
        button = link(scene.words.say("key_ask_in_private"), _way(scene, found[0] if len(found) == 1 else ANY, BUYERS))
        lead_in(session, who, scene.words.text("ask_in_private"), keyboard([button]), by)
    else:
        say(session, who, scene.words.text("ask_which"), keyboard(*rows), by=by)


def _about_what(session: Session, who: Who, scene: Scene) -> None:
    deals = [(deal.round_id, deal.title, deal.circle) for deal in lists.deals_of(session, who.person_id)]
    for circle in circles.of_member(session, who.person_id):
        past = lists.past_offers(session, [circle.shop_id or 0], circle.id)
        deals += [(offer.round_id, offer.title, circle.title) for offer in past if offer.round_id not in {one[0] for one in deals}]
    buttons = scene.desk.buttons
    rows = [[buttons.button(f"{scene.words.option(title)} · {circle}", "ask", n, "draft")] for n, title, circle in deals[:8]]
    say(session, who, scene.words.text("ask_which" if rows else "ask_nothing"), keyboard(*rows) if rows else None)


def _helped(session: Session, who: Who, question_id: int) -> None:
    """The best answer to it has helped; a seller's or one's own is only read."""
    answers = question_pages.answers_to(session, who, question_id)
    try:
        if answers:
            notices.notify(session, answers_votes.vote(session, answers[0].answer_id, who.person_id, who.now), who.now)
    except DomainError as refused:
        if refused.code not in _NO_VOTE:
            raise


def _consented(session: Session, who: Who, question_id: int, public: bool) -> None:
    notices.notify(session, questions_asking.consent(session, question_id, who.person_id, public, who.now), who.now)


def _withdrawn(session: Session, who: Who, question_id: int) -> None:
    notices.notify(session, questions_asking.withdraw(session, question_id, who.person_id, who.now), who.now)

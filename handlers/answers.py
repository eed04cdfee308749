"""What a member does about a question that was put to them, and about answers: answer, not me, mute, ask back, helpful, report.

Invariants: only whom it was put to answers it; a word typed without a tap counts only as a reply to the very message that
asked; a refusal that is mended by typing again keeps the conversation open.
"""

from collections.abc import Callable

from aiogram import F, Router
from aiogram.dispatcher.event.bases import SkipHandler
from aiogram.fsm.state import State
from aiogram.methods import AnswerCallbackQuery
from aiogram.types import Message
from sqlalchemy.orm import Session

from bot.core import names
from bot.core.buttons import keyboard
from handlers.replies import say
from handlers.scene import Scene, Who
from handlers.taps import At, Tap, taps
from handlers.wording import finish, words_of
from models import answers, answers_votes, asks, moderation, notices, questions, questions_asking, spoken_to
from models.asks import Ask
from models.catalogue import Product
from models.errors import DomainError
from models.facts import AskPut
from models.moderation import Kind
from models.questions import Question
from models.rows import load
from models.states import WordsState

SAID = State("said", group_name="answer")  # the next line or captioned photo; `said` names what it is: _WORKS
KINDS = {"q": Kind.QUESTION, "a": Kind.ANSWER, "s": Kind.SHOWCASE}
_SCOPES = ("item", "category", "asks")


def routes() -> Router:
    """What is typed in private about questions."""
    router = Router(name="answers")
    router.message.register(worded, SAID, F.photo)
    router.message.register(worded, SAID, F.text, ~F.text.startswith("/"))
    router.message.register(replied, F.reply_to_message, F.photo | (F.text & ~F.text.startswith("/")))
    return router


@taps.on("qans", "qbk", "qrb", "sans", "aed", "qed", at=At.PRIVATE)
async def begin(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The next line or photo is an answer, a question back, the answer to one, the shop's answer, or an answer said otherwise."""
    prompt = await scene.unit.read(_PROMPTS[tap.op], scene, tap.id)
    assert scene.state is not None
    await scene.state.set_state(SAID)
    await scene.state.set_data({"op": tap.op, "id": tap.id})
    await scene.write(_prompted, scene, tap.op, tap.id, prompt)
    return tap.answer()


@taps.on("qno", at=At.PRIVATE)
async def not_me(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Somebody else is asked."""
    await scene.write(_declined, tap.id)
    return tap.answer(scene.words.say("ask_declined"))


@taps.on("qmu", at=At.PRIVATE)
async def mute(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """First what: this item, its category, every question (`arg`)."""
    if tap.arg is None:
        await scene.write(_mutable, scene, tap.id)
        return tap.answer()
    if tap.arg not in _SCOPES:
        raise DomainError("old_button")
    await scene.write(_muted, tap.id, tap.arg)
    return tap.answer(scene.words.say("ask_muted"), alert=True)


@taps.on("hlp", at=At.ANYWHERE)
async def helpful(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """It helped; a second tap takes that back."""
    stands = await scene.write(_voted, tap.id)
    return tap.answer(scene.words.say("vote_counted" if stands else "vote_taken_back"))


@taps.on("rpt", at=At.PRIVATE)
async def report(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """Words that do not belong here; `arg` says whose, an answer's without it."""
    kind = KINDS.get(tap.arg or "a")
    if kind is None:
        raise DomainError("old_button")
    await scene.write(_reported, kind, tap.id)
    return tap.answer(scene.words.say("reported"), alert=True)


@taps.on("adl", at=At.PRIVATE)
async def delete(tap: Tap, scene: Scene) -> AnswerCallbackQuery:
    """The author takes it back."""
    await scene.write(_deleted, tap.id)
    return tap.answer(scene.words.say("answer_deleted"))


async def worded(message: Message, scene: Scene) -> None:
    """What was typed or shown after a tap."""
    assert scene.state is not None
    known = await scene.state.get_data()
    await finish(scene, _WORKS[str(known["op"])], scene, int(known["id"]), *words_of(message))


async def replied(message: Message, scene: Scene) -> None:
    """A reply to the message that asked needs no tap."""
    assert scene.state is not None
    reply = message.reply_to_message
    if scene.person is None or reply is None or await scene.state.get_state() is not None:
        raise SkipHandler
    found = await scene.unit.read(spoken_to.asked_by, scene.person.id, reply.message_id)
    if found is None:
        raise SkipHandler
    op = {"ask_put": "qans", "back_asked": "qrb"}.get(found.template, "sans")
    await scene.write(_WORKS[op], scene, found.row_id, *words_of(message))


def _ask(session: Session, scene: Scene, ask_id: int) -> str:
    """What was asked, where it may still be answered. Raises not_yours, ask_over, gone."""
    ask = asks.of_person(session, ask_id, scene.person.id if scene.person else 0)
    asks.require_live(ask)
    question = questions.by_id(session, ask.question_id)
    questions.require_alive(question)
    if not asks.knows(session, question, ask.person_id):
        raise DomainError("ask_over")
    return question.words


def _asked_back(session: Session, scene: Scene, ask_id: int) -> str:
    ask = load(session, Ask, ask_id)
    person_id = scene.person.id if scene.person else 0
    if ask.back_by is None or ask.back_replied_at is not None:
        raise DomainError("no_question_back")
    if person_id not in {ask.person_id, ask.asker_id} or person_id == ask.back_by:
        raise DomainError("not_yours")
    return ask.back_words


def _back(session: Session, scene: Scene, ask_id: int) -> str:
    ask = load(session, Ask, ask_id)
    if (scene.person.id if scene.person else 0) not in {ask.person_id, ask.asker_id}:
        raise DomainError("not_yours")
    if ask.back_by is not None:
        raise DomainError("back_once")
    return questions.by_id(session, ask.question_id).words


def _of_shop(session: Session, scene: Scene, question_id: int) -> str:
    question = questions.by_id(session, question_id)
    answers.require_shop(session, question, scene.person.id if scene.person else 0, scene.now)
    return question.words


def _own(session: Session, scene: Scene, answer_id: int) -> str:
    return answers.of_author(session, answer_id, scene.person.id if scene.person else 0).words


def _own_question(session: Session, scene: Scene, question_id: int) -> str:
    question = questions.by_id(session, question_id)
    if scene.person is None or question.asker_id != scene.person.id:
        raise DomainError("not_yours")
    questions_asking.require_editable(session, question)
    return question.words


_PROMPTS: dict[str, Callable[[Session, Scene, int], str]] = {
    "qans": _ask, "qbk": _back, "qrb": _asked_back, "sans": _of_shop, "aed": _own, "qed": _own_question,
}  # fmt: skip


def _prompted(session: Session, who: Who, scene: Scene, op: str, row_id: int, words: str) -> None:
    back = op == "qans" and load(session, Ask, row_id).asker_id is not None and load(session, Ask, row_id).back_by is None
    keys = keyboard([scene.button("key_ask_back", "qbk", row_id)]) if back else None
    say(session, who, scene.words.text("say_now", op=op, about=names.clean(words)), keys)


def _answered(session: Session, who: Who, scene: Scene, ask_id: int, words: str, photo: str | None) -> None:
    answer_id, facts = answers.give(session, ask_id, who.person_id, words, photo, who.now)
    notices.notify(session, facts, who.now)
    _thanked(session, who, scene, answer_id)


def _answered_as_shop(session: Session, who: Who, scene: Scene, question_id: int, words: str, photo: str | None) -> None:
    answer_id, facts = answers.give_as_shop(session, question_id, who.person_id, words, photo, who.now)
    notices.notify(session, facts, who.now)
    _thanked(session, who, scene, answer_id)


def _edited(session: Session, who: Who, scene: Scene, answer_id: int, words: str, photo: str | None) -> None:
    notices.notify(session, answers.edit(session, answer_id, who.person_id, words, photo, who.now), who.now)
    _thanked(session, who, scene, answer_id)


def _asked_otherwise(session: Session, who: Who, scene: Scene, question_id: int, words: str, photo: str | None) -> None:
    facts = questions_asking.edit(session, question_id, who.person_id, words, photo, who.now)
    notices.notify(session, facts, who.now)
    asked = any(isinstance(fact, AskPut) for fact in facts)
    say(session, who, scene.words.text("question_changed", asked=asked))


def _thanked(session: Session, who: Who, scene: Scene, answer_id: int) -> None:
    """What became of it, with a way to say it otherwise or to take it back."""
    answer = answers.of_author(session, answer_id, who.person_id)
    question = load(session, Question, answer.question_id)
    waits, campaign = answer.state != WordsState.SHOWN, question.asker_id is None
    html = scene.words.text("answer_sent", waits=waits, public=question.public, campaign=campaign)
    row = [scene.button("b_say_otherwise", "aed", answer_id), scene.button("b_take_back", "adl", answer_id)]
    say(session, who, html, keyboard(row))


def _asks_back(session: Session, who: Who, scene: Scene, ask_id: int, words: str, photo: str | None) -> None:
    notices.notify(session, asks.ask_back(session, ask_id, who.person_id, words, who.now), who.now)
    say(session, who, scene.words.text("back_sent", photo=photo is not None))


def _answers_back(session: Session, who: Who, scene: Scene, ask_id: int, words: str, photo: str | None) -> None:
    notices.notify(session, asks.answer_back(session, ask_id, who.person_id, words, who.now), who.now)
    say(session, who, scene.words.text("back_sent", photo=photo is not None))


_WORKS: dict[str, Callable[[Session, Who, Scene, int, str, str | None], None]] = {
    "qans": _answered, "qbk": _asks_back, "qrb": _answers_back, "sans": _answered_as_shop, "aed": _edited,
    "qed": _asked_otherwise,
}  # fmt: skip


def _declined(session: Session, who: Who, ask_id: int) -> None:
    notices.notify(session, asks.decline(session, ask_id, who.person_id, who.now), who.now)


def _mutable(session: Session, who: Who, scene: Scene, ask_id: int) -> None:
    ask = asks.of_person(session, ask_id, who.person_id)
    product = load(session, Product, load(session, Question, ask.question_id).product_id)
    title = names.shorten(scene.words.option(product.title), 40)
    rows = [[scene.button("b_mute_item", "qmu", ask_id, "item", name=title)]]
    if product.category is not None:
        rows.append([scene.button("b_mute_category", "qmu", ask_id, "category", name=names.shown(product.category))])
    say(session, who, scene.words.text("mute_what"), keyboard(*rows, [scene.button("b_mute_asks", "qmu", ask_id, "asks")]))


def _muted(session: Session, who: Who, ask_id: int, scope: str) -> None:
    notices.notify(session, asks.mute(session, ask_id, who.person_id, scope, who.now), who.now)


def _voted(session: Session, who: Who, answer_id: int) -> bool:
    if answers_votes.voted(session, answer_id, who.person_id):
        answers_votes.unvote(session, answer_id, who.person_id)
        return False
    notices.notify(session, answers_votes.vote(session, answer_id, who.person_id, who.now), who.now)
    return True


def _reported(session: Session, who: Who, kind: Kind, subject_id: int) -> None:
    notices.notify(session, moderation.report(session, kind, subject_id, who.person_id, "", who.now), who.now)


def _deleted(session: Session, who: Who, answer_id: int) -> None:
    notices.notify(session, answers.delete(session, answer_id, who.person_id, who.now), who.now)

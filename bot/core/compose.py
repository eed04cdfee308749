"""From a row of the outbox to the call that leaves: in the reader's language, zone and currency, with its buttons.

Invariants: a compose only reads; what is said is looked up when it leaves, amounts and times that were promised come
with the row; amounts go to one person only; a message whose reader or card is gone is skipped with its reason.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from markupsafe import Markup
from sqlalchemy.orm import Session

from bot.core import (
    acts,
    asked,
    board_sends,
    boards,
    campaign_words,
    cards,
    draw_board,
    drawings,
    names,
    packet_board,
    pick_texts,
    question_board,
    reasons,
    render,
    run_pages,
    shared,
    showcase_board,
    wish_board,
)
from bot.core.buttons import Buttons, Keyboard, deep_link, keyboard, keyboard_of, link
from bot.core.config import Config
from bot.core.config.source import there
from bot.core.files import File, file_of
from bot.core.i18n import language_of
from bot.core.limits import limits_of
from bot.core.notice_keys import keys_of
from bot.core.outgoing import HTML, Later, Outgoing, Skip
from bot.core.snapshots import Snapshot, snapshot
from bot.core.subjects import Subject, subject, values
from bot.core.words import Words, templates
from models import attention
from models.attention import Drop, Go, Limits, Turn, Verdict, Wait
from models.cards import Card
from models.circles import Circle
from models.deliveries import OutboxRow
from models.outbox import READY, Route
from models.people import Person
from models.polls import TEMPLATE

boards.KINDS.update(want=wish_board.show, draw=draw_board.show, question=question_board.show, showcase=showcase_board.show)
boards.KINDS.update(dict.fromkeys(packet_board.KINDS, packet_board.show))
_OWN_WORDS = frozenset({READY, TEMPLATE, run_pages.TEMPLATE})
Params = dict[str, object]
Compose = Callable[[Session, OutboxRow, datetime], Outgoing | Skip | Later]


@dataclass(frozen=True, slots=True)
class _Letter:
    """One row on its way into words: whom it goes to, what it is about, in which words."""

    row: OutboxRow
    chat_id: int
    person: Person | None
    about: Subject
    words: Words


class Composer:
    """Given to the courier by the composition root, which fills in `bot_username` once Telegram has named it."""

    def __init__(self, buttons: Buttons, config: Config) -> None:
        self.bot_username = ""
        self._buttons = buttons
        self._folder: Path = config.folder
        self._language = config.bot.languages[0]
        self._limits = limits_of(config)
        self._ways: Mapping[Route, Callable[[Session, OutboxRow, datetime], Outgoing | Skip]] = {
            Route.CARD: self._card, Route.REACTION: self._reaction, Route.LINK: self._link, Route.ACT: acts.act,
            Route.FILE: self._file,
        }  # fmt: skip

    def compose(self, session: Session, row: OutboxRow, now: datetime) -> Outgoing | Skip | Later:
        """What leaves for this row, if its reader may be asked to bear it now. Raises what a template raises: the
        gateway parks the row with it."""
        return self._judged(_verdicts(session, [row], self._limits, now), session, row, now)

    def foresee(self, session: Session, rows: Sequence[OutboxRow], now: datetime) -> Compose:
        """`compose` for these rows, each to somebody else: they are judged together, what they share is looked up once."""
        shared.sharing(session)
        return partial(self._judged, _verdicts(session, rows, self._limits, now))

    def _judged(
        self, verdicts: Mapping[int, Verdict], session: Session, row: OutboxRow, now: datetime
    ) -> Outgoing | Skip | Later:
        match verdicts[row.id]:
            case Wait(until, why):
                return Later(until, why)
            case Drop(outcome, why):
                return Skip(why, outcome)
        return self._ways.get(row.route, self._message)(session, row, now)

    # A message to one person, or a line in the circle

    def _message(self, session: Session, row: OutboxRow, now: datetime) -> Outgoing | Skip:
        letter = self._letter(session, row, now)
        if isinstance(letter, Skip):
            return letter
        if row.template in _OWN_WORDS:
            return self._own_words(session, letter)
        told = values(session, row.template, row.params, letter.about, letter.words)
        if row.template in campaign_words.TEMPLATES:
            told |= campaign_words.values(session, row, letter.person, letter.words)
        if told.get(asked.GONE):
            return Skip("what it speaks of was taken back")
        if row.template in pick_texts.TEMPLATES:
            told["pick_list"] = pick_texts.pick_list(session, row, letter.words)
        html = letter.words.text(row.template, **told) + _reason(session, letter)
        return self._sent(letter, html, self._keys(letter, told), self._picture(letter, told))

    def _own_words(self, session: Session, letter: _Letter) -> Outgoing | Skip:
        """Words that were chosen when the row was queued, a run's page, a poll."""
        row = letter.row
        if row.template == run_pages.TEMPLATE:
            own_zone = letter.person is not None and letter.person.timezone is not None
            run_id = int(str(row.params["run_id"]))
            return _edited(letter, *run_pages.page(session, run_id, letter.words, self._buttons, own_zone=own_zone))
        if row.template == TEMPLATE:
            poll = campaign_words.poll(session, int(str(row.params["poll"])), letter.words)
            return Skip("the poll is over") if poll is None else Outgoing(letter.chat_id, "sendPoll", _place(letter) | poll)
        html = Markup(str(row.params["html"])) + _reason(session, letter)  # noqa: S704  # rendered by our templates
        return _edited(letter, html) if row.params.get("edits") else self._sent(letter, html, keyboard_of(row.params))

    def _letter(self, session: Session, row: OutboxRow, now: datetime) -> _Letter | Skip:
        """Resolves the reader and the place; a person is told in their own zone if they named one."""
        person = session.get(Person, row.person_id) if row.person_id is not None else None
        circle = session.get(Circle, row.circle_id) if row.circle_id is not None else None
        in_private = row.route in {Route.PRIVATE, Route.FILE} and person is not None
        chat_id = person.telegram_id if in_private and person else circle.chat_id if circle else None
        if chat_id is None:
            return Skip("there is nobody to say it to any more")
        about = subject(session, row.params, row.circle_id)
        language = language_of(person, None if in_private else circle, self._language)
        zone = (person.timezone if person else None) or about.zone
        words = Words(language, now=now).here(currency=about.currency, zone=zone)
        return _Letter(row, chat_id, person, about, words)

    def _keys(self, letter: _Letter, told: Mapping[str, object]) -> Keyboard | None:
        name = letter.row.params.get("buttons")
        if not isinstance(name, str):
            return None
        owner = letter.row.template != "round_locked_leader"
        return keys_of(name, told, letter.words, self._buttons, owner=owner)

    def _picture(self, letter: _Letter, told: Mapping[str, object]) -> str | Path | bytes | None:
        """How to pay comes with the shop's QR picture, a complaint, an answer or a showcase with its author's photo."""
        if letter.row.template == "payment_asked" and letter.about.pay_qr:
            return there(self._folder, letter.about.pay_qr)
        if isinstance(drawn := told.get(drawings.DRAWN), bytes):
            return drawn
        if isinstance(photo := told.get("photo"), str):
            return photo
        if isinstance(picture := told.get("picture"), str):
            return there(self._folder, picture)
        complaint = told.get("complaint") if letter.row.template == "complaint_raised" else None
        return str(complaint["photo"]) if isinstance(complaint, dict) and complaint["photo"] else None

    def _sent(
        self, letter: _Letter, html: Markup, keys: Keyboard | None = None, picture: str | Path | bytes | None = None
    ) -> Outgoing:
        params = _place(letter) | ({"reply_markup": keys} if keys else {})
        if picture is not None and render.length(html) <= cards.CAPTION:
            said = {"caption": str(html), "parse_mode": "HTML"}
            return Outgoing(letter.chat_id, "sendPhoto", params | said).along("photo", picture)
        return Outgoing(letter.chat_id, "sendMessage", {"text": str(html), **HTML, **params})

    # A deep link for one who never pressed start: no amounts

    def _link(self, session: Session, row: OutboxRow, now: datetime) -> Outgoing | Skip:
        letter = self._letter(session, row, now)
        if isinstance(letter, Skip):
            return letter
        if letter.person is None or letter.person.telegram_id is None:
            return Skip("there is nobody to say it to any more")
        words = letter.words
        named = Markup('<a href="tg://user?id={}">{}</a>').format(
            letter.person.telegram_id, names.shown(letter.person.name)
        )
        product = letter.about.around and words.option(letter.about.around.product)
        template = "link_line" if product else "link_line_plain"
        html = words.text(template, name=named, product=names.shorten(product or "", 60))
        order_id = row.params.get("order_id")
        payload = f"order_{order_id}" if isinstance(order_id, int) else str(row.params.get("payload", "hello"))
        button = link(words.say("key_open_private"), deep_link(self.bot_username, payload))
        return self._sent(letter, html, keyboard([button]))

    # A reaction, a call that is no message, a file

    def _reaction(self, session: Session, row: OutboxRow, now: datetime) -> Outgoing | Skip:
        circle = session.get(Circle, row.circle_id)
        if circle is None or row.reply_to is None:
            return Skip("there is nothing to react to")
        reaction = [{"type": "emoji", "emoji": row.params["emoji"]}]
        return Outgoing(circle.chat_id, "setMessageReaction", {"message_id": row.reply_to, "reaction": reaction})

    def _file(self, session: Session, row: OutboxRow, now: datetime) -> Outgoing | Skip:
        letter = self._letter(session, row, now)
        if isinstance(letter, Skip):
            return letter
        file: File = file_of(session, row, letter.words)
        params = _place(letter) | {"caption": str(file.caption), "parse_mode": "HTML"}
        return Outgoing(letter.chat_id, "sendDocument", params).along("document", (file.name, file.content))

    # The card

    def _card(self, session: Session, row: OutboxRow, now: datetime) -> Outgoing | Skip:
        card = session.get(Card, row.card_id) if row.card_id is not None else None
        if card is not None and card.subject is not None:
            return self._board(session, card, card.subject, now)
        shot = snapshot(session, card.round_id) if card is not None and card.round_id is not None else None
        if shot is None:
            return Skip("the group buy is gone")
        words = cards.words_for(shot, language_of(None, _Tongue(shot.language), self._language), now)
        return self._edit(shot, words) if shot.message_id is not None else self._anew(shot, words)

    def _board(self, session: Session, card: Card, shows: str, now: datetime) -> Outgoing | Skip:
        circle = session.get(Circle, card.circle_id)
        about = subject(session, {}, card.circle_id)
        words = Words(language_of(None, circle, self._language), now=now).here(currency=about.currency, zone=about.zone)
        face = boards.face(session, shows, words, self._buttons)
        if circle is None or face is None or (card.message_id is None and not face.live):
            return Skip("there is nothing to show any more")
        return board_sends.anew(circle, face) if card.message_id is None else board_sends.again(circle, card, face, now)

    def _edit(self, shot: Snapshot, words: Words) -> Outgoing:
        face = cards.face(shot, words, self._buttons, caption=shot.has_photo)
        params: Params = {"message_id": shot.message_id, "reply_markup": face.keyboard}
        if shot.has_photo:
            said: Params = {"caption": face.html, "parse_mode": "HTML"}
            return Outgoing(shot.chat_id, "editMessageCaption", params | said, digest=face.digest)
        return Outgoing(shot.chat_id, "editMessageText", {"text": face.html, **HTML, **params}, digest=face.digest)

    def _anew(self, shot: Snapshot, words: Words) -> Outgoing:
        """A picture that is gone is left out: models/posted.py sees what came of it, so that edits know what they edit."""
        photo = shot.photo_file_id or there(self._folder, shot.photo or "") if shot.has_photo else None
        face = cards.face(shot, words, self._buttons, caption=photo is not None)
        thread = {"message_thread_id": shot.thread_id} if shot.thread_id is not None else {}
        params: Params = {"reply_markup": face.keyboard, **thread}
        if photo is None:
            return Outgoing(shot.chat_id, "sendMessage", {"text": face.html, **HTML, **params}, digest=face.digest)
        said: Params = {"caption": face.html, "parse_mode": "HTML"}
        sent = Outgoing(shot.chat_id, "sendPhoto", params | said, digest=face.digest)
        return sent.along("photo", photo)


@dataclass(frozen=True, slots=True)
class _Tongue:
    """A circle, as far as its language goes."""

    language: str | None


def _verdicts(session: Session, rows: Sequence[OutboxRow], limits: Limits, now: datetime) -> Mapping[int, Verdict]:
    """Of each row whether it may leave; only what sells, or is of a campaign, has to ask."""
    turns = [
        Turn(row.id, row.target, row.person_id, row.circle_id, row.promotion, row.params)
        for row in rows if row.promotion or "campaign" in row.params
    ]  # fmt: skip
    return dict.fromkeys((row.id for row in rows), Go()) | (attention.verdicts(session, turns, limits, now) if turns else {})


def _reason(session: Session, letter: _Letter) -> Markup:
    """A private promotion says in its last line why it came and how to stop it."""
    row = letter.row
    if not (row.promotion or reasons.PREVIEW in row.params) or row.route is not Route.PRIVATE:
        return Markup("")
    why, words = row.params["why"], letter.words

    def said() -> Markup:
        told = reasons.reason(session, why if isinstance(why, Mapping) else str(why), words)
        return Markup("\n\n") + words.text("promotion_why", why=told)

    return shared.once(session, ("reason", words.language, repr(why)), said)


def _place(letter: _Letter) -> Params:
    """Where in its chat the message stands: its topic, what it replies to, who alone sees it."""
    row, params = letter.row, Params()
    if row.route in {Route.PRIVATE, Route.FILE} and letter.person is not None:
        return params
    if row.thread_id is not None:
        params["message_thread_id"] = row.thread_id
    if row.reply_to is not None:
        params["reply_parameters"] = {"message_id": row.reply_to, "allow_sending_without_reply": True}
    if row.route is Route.EPHEMERAL and letter.person is not None:
        params["ephemeral_message_parameters"] = {"receiver_user_id": letter.person.telegram_id}
    return params


def _edited(letter: _Letter, html: Markup, keys: Keyboard | None = None) -> Outgoing:
    """A private message that stands already, as it is now."""
    params: Params = {"text": str(html), **HTML, "message_id": letter.row.reply_to}
    keys = keys or keyboard_of(letter.row.params)
    return Outgoing(letter.chat_id, "editMessageText", params | ({"reply_markup": keys} if keys else {}))


def warm() -> None:
    """Compiles the templates before the first message waits for them."""
    templates().warm()

"""What handlers say: to a person in private, or in a circle so that only its author sees it.

Invariants: in a circle a person's own doings never become a line for all, but for one that leads into private, once; what
cannot be said unseen is said in private, and where that is not possible either, by a reaction. Typed seats are
acknowledged in words a few times a minute and circle, else by a reaction, since words share the group's rate with its
card. Every answer is a row of the outbox, queued in the write that it answers.
"""

from dataclasses import dataclass

from aiogram import types
from sqlalchemy.orm import Session

from bot.core.buttons import Keyboard
from handlers.scene import Scene, Who
from models import outbox
from models.outbox import READY, Message, Priority, Route

YES, NO = "👍", "🤔"  # both are among the reactions Telegram takes from bots


@dataclass(frozen=True, slots=True)
class Reply:
    """Where an answer goes: decided before the write, used inside it."""

    route: Route
    message_id: int | None = None  # what it answers, in the circle
    thread_id: int | None = None

    def row(self, who: Who, html: str, keyboard: Keyboard | None = None, *, well: bool = True) -> Message:
        """The message; as a reaction it says only whether all is well."""
        private = self.route is Route.PRIVATE
        params: dict[str, object] = {"html": html, "keyboard": keyboard}
        if self.route is Route.REACTION:
            params = {"emoji": YES if well else NO}
        return Message(
            route=self.route, template="reaction" if self.route is Route.REACTION else READY, params=params,
            person_id=who.person_id, circle_id=None if private else who.circle_id,
            priority=Priority.TRANSACTIONAL if self.route is Route.EPHEMERAL else Priority.OWN_ACTION,  # the card goes first
            reply_to=self.message_id, thread_id=self.thread_id,
        )  # fmt: skip


def thread_of(message: types.Message) -> int | None:
    """The forum topic a message stands in."""
    return message.message_thread_id if message.is_topic_message else None


PRIVATE = Reply(Route.PRIVATE)


def unseen(scene: Scene, message_id: int | None, thread_id: int | None = None) -> Reply:
    """The way of an answer that only its author sees."""
    if scene.private:
        return PRIVATE
    if scene.place is not None and scene.place.is_admin:
        return Reply(Route.EPHEMERAL, message_id, thread_id)
    if scene.person is not None and scene.person.started:
        return PRIVATE
    return Reply(Route.REACTION, message_id, thread_id)


def acknowledging(scene: Scene, message_id: int, thread_id: int | None = None) -> Reply:
    """The way of "your seat stands": words where there is room for them, else a reaction on what was typed."""
    place = scene.place
    if place is not None and place.is_admin and scene.desk.memory.may_whisper(place.id, scene.now):
        return Reply(Route.EPHEMERAL, message_id, thread_id)
    return Reply(Route.REACTION, message_id, thread_id)


def say(
    session: Session, who: Who, html: str, keyboard: Keyboard | None = None, *, by: Reply = PRIVATE, well: bool = True
) -> None:
    """Queues one answer to the person who acts. A work, or part of one."""
    outbox.enqueue(session, [by.row(who, html, keyboard, well=well)], who.now)


def lead_in(session: Session, who: Who, html: str, keyboard: Keyboard, by: Reply) -> None:
    """Where `by` can say nothing unseen: a line in the circle with the way into private, once a person, then a reaction."""
    if by.route is not Route.REACTION:
        say(session, who, html, keyboard, by=by)
        return
    row = Message(
        route=Route.CIRCLE, template=READY, params={"html": html, "keyboard": keyboard}, circle_id=who.circle_id,
        priority=Priority.OWN_ACTION, dedup=f"way_in:{who.circle_id}:{who.person_id}", reply_to=by.message_id,
        thread_id=by.thread_id,
    )  # fmt: skip
    outbox.enqueue(session, [row, by.row(who, html, well=False)], who.now)


def show_anew(session: Session, who: Who, message_id: int, html: str, keyboard: Keyboard) -> None:
    """A private message shows how things stand now; of several changes that wait only the newest leaves."""
    row = Message(
        route=Route.PRIVATE, template=READY, params={"html": html, "keyboard": keyboard, "edits": True},
        person_id=who.person_id, priority=Priority.OWN_ACTION, reply_to=message_id,
    )  # fmt: skip
    outbox.supersede(session, who.person_id, message_id)
    outbox.enqueue(session, [row], who.now)


def said(session: Session, who: Who, html: str, keyboard: Keyboard | None = None, by: Reply = PRIVATE) -> None:
    """The work of an update that only gets an answer."""
    say(session, who, html, keyboard, by=by)

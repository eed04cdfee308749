"""The one table from fact to message: who hears of it, in which words, how soon, how often. Each subject has a file.

Invariants: every fact has a row here or is silent on purpose; a message stands in the transaction of what it tells of;
its `dedup` key is made of what happened, so telling the same thing twice says it once. Nobody in a circle is told of
another's money: amounts go to the member in private and to the owners.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from models import outbox, referral_following, wishing
from models.cards import Card
from models.columns import table_of
from models.events import of_facts
from models.facts import AnyFact, Fact
from models.group_buys import Round
from models.hearers import Audience, Hearer, Hearers
from models.notices import circles, draws, group_buys, packets, polls, questions, referral, thanks, wants
from models.notices.notice import A, Notice, Table
from models.outbox import Message, Route

NOTICES: Table = {
    **group_buys.NOTICES, **circles.NOTICES, **polls.NOTICES, **questions.NOTICES,
    **draws.NOTICES, **wants.NOTICES, **thanks.NOTICES,
    **packets.NOTICES, **referral.NOTICES,
}
MARKS = group_buys.MARKS | questions.MARKS  # facts that change what a card shows

_CARD = select(table_of(Card).c.id, table_of(Card).c.message_id, table_of(Round).c.thread_id).join(
    table_of(Round), table_of(Round).c.id == table_of(Card).c.round_id
).where(table_of(Card).c.round_id == bindparam("of_round"))  # fmt: skip


def notify(session: Session, facts: Iterable[AnyFact], now: datetime) -> None:
    """Queues what these facts make people hear, and marks the cards they change."""
    facts = list(facts)
    facts += wishing.follow(session, facts, now)
    facts += referral_following.follow(session, facts, now)
    session.flush()
    told = [(fact, notice) for fact in facts for notice in NOTICES[type(fact)]]
    if told:
        hearers = Hearers(session)
        outbox.enqueue(session, [message for fact, notice in told for message in _said(session, hearers, fact, notice, now)], now)
    of_facts(session, facts, now)
    for round_id in dict.fromkeys(fact.round_id for fact in facts if isinstance(fact, Fact) and type(fact) in MARKS):
        outbox.mark_card(session, round_id, now)


def _said(session: Session, hearers: Hearers, fact: AnyFact, notice: Notice, now: datetime) -> list[Message]:
    params = {key: _plain(value) for key, value in asdict(fact).items()}
    key = notice.key.format(**params, now=_plain(now))
    said = params if notice.buttons is None else params | {"buttons": notice.buttons}
    return [_message(session, fact, notice, key, said, hearer) for hearer in hearers.of(fact, notice.to)]


def _message(
    session: Session, fact: AnyFact, notice: Notice, key: str, params: dict[str, object], hearer: Hearer
) -> Message:
    card = _card(session, fact.round_id) if notice.to is A.CIRCLE and isinstance(fact, Fact) else None
    return Message(
        route=_route(notice.to), template=notice.template, params=params, person_id=hearer.person_id,
        circle_id=hearer.circle_id, priority=notice.priority,
        dedup=key if hearer.person_id is None else f"{key}:{hearer.person_id}",
        reply_to=card.message_id if card is not None else None, thread_id=card.thread_id if card is not None else None,
    )  # fmt: skip


def _route(to: Audience) -> Route:
    return {A.CIRCLE: Route.CIRCLE, A.CIRCLE_FILE: Route.FILE, A.LEAVING: Route.ACT}.get(to, Route.PRIVATE)


def _card(session: Session, round_id: int) -> "Row[int, int | None, int | None] | None":
    return session.execute(_CARD, {"of_round": round_id}).one_or_none()


def _plain(value: object) -> object:
    """A fact's value as JSON keeps it: instants as ISO text, tuples as lists."""
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value

"""What a person may take with them (export) and have forgotten (erase).

Invariants: nothing that says who somebody was stays behind: names, words, photos, messages; sums, stock and other
people's orders stay true, so the rows stay without a person. Nobody is erased while an order of theirs is under way.
"""

from datetime import datetime

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.orm import Session

from models import conversations, inbox, joins, mutes, notices, questions_forgetting, spent, statement, wants
from models.accounts import account_table
from models.buyer_totals import totals
from models.circles import membership_table
from models.columns import table_of
from models.complaints import complaint_table
from models.draws import entries as draw_entries
from models.errors import DomainError
from models.gifts import gift_table
from models.group_buys import rounds
from models.orders import UNDER_WAY, line_table, numbered, order_table
from models.packets import claims as packet_claims
from models.paths import answers_read
from models.payments import BACK, payment_table
from models.people import Person, person_table
from models.polls import votes as poll_votes
from models.questions_forgetting import OWN as OWN_QUESTIONS
from models.recipients import recipients
from models.referral_rewards import forget as forget_invitations
from models.referrals import links as invite_links
from models.referrals import referrals
from models.rows import load
from models.seats import Seat, SeatEvent, SeatLine, Way
from models.shares import arrival_table, share_table
from models.standings import standings
from models.states import PaymentState, RoundState, SeatState, WaitingState
from models.vouchers import voucher_table
from models.waitlist import waiting_table, withdraw
from models.wishes import Change, How

seats, lines, events = table_of(Seat), table_of(SeatLine), table_of(SeatEvent)

Kept = dict[str, object]

# What is kept of a person, by the column that names them; lines, events, payments and complaints hang below these.
OWN: tuple[tuple[str, Table, str], ...] = (
    ("memberships", membership_table, "person_id"), ("seats", seats, "person_id"), ("orders", order_table, "person_id"),
    ("waitlist", waiting_table, "person_id"), ("gifts_given", gift_table, "giver_id"),
    ("gifts_received", gift_table, "friend_id"), ("shares", share_table, "person_id"),
    ("came_by", arrival_table, "person_id"), ("answers_read", answers_read, "person_id"),
    ("bought", totals, "person_id"), ("standings", standings, "person_id"), ("accounts", account_table, "person_id"),
    ("vouchers", voucher_table, "person_id"), ("mutes", mutes.mutes, "person_id"), ("wishes", wants.voices, "person_id"),
    ("draws", draw_entries, "person_id"), ("campaigns", recipients, "person_id"),
    ("packets", packet_claims, "person_id"), ("polls", poll_votes, "person_id"),
    ("invited", referrals, "inviter_id"), ("came_by_invitation", referrals, "friend_id"),
    ("invite_links", invite_links, "person_id"),
)  # fmt: skip
UNDECIDED = (RoundState.OPEN, RoundState.DECIDING)
SECRETS = frozenset({"token"})  # a link that still works is no part of an export that may be passed on


def export(session: Session, person_id: int) -> Kept:
    """Everything kept of a person, as JSON values. Raises gone."""
    person = session.execute(select(person_table).where(person_table.c.id == person_id)).mappings().one_or_none()
    if person is None:
        raise DomainError("gone", what="people")
    kept: Kept = {"person": _plain(dict(person))}
    for name, table, column in (*OWN, *OWN_QUESTIONS):
        kept[name] = _rows(session, table, column, [person_id])
    seat_ids, order_ids = _ids(session, seats, person_id), _ids(session, order_table, person_id)
    kept["seat_lines"] = _rows(session, lines, "seat_id", seat_ids)
    kept["seat_events"] = _rows(session, events, "seat_id", seat_ids)
    kept["order_lines"] = _rows(session, line_table, "order_id", order_ids)
    kept["payments"] = _rows(session, payment_table, "order_id", order_ids)
    kept["complaints"] = _rows(session, complaint_table, "order_id", order_ids)
    kept["ledger"] = statement.rows_of(session, person_id)
    return kept


def erase(session: Session, person_id: int, now: datetime) -> None:
    """Forgets a person. Open seats are left first; places on a waitlist are given up.

    Raises orders_open(count) while an order is under way or money is to be given back, and owner_stays for who owns a shop.
    """
    person = load(session, Person, person_id)
    if person.erased_at is not None:
        return
    _require_no_shop(session, person_id)
    _leave_open_seats(session, person_id, now)
    _leave_waitlists(session, person_id, now)
    _require_nothing_open(session, person_id)
    _forget_words(session, person_id)
    notices.notify(session, questions_forgetting.forget(session, person_id, now), now)
    spent.forget(session, person_id)
    if person.telegram_id is not None:
        inbox.forget(session, person.telegram_id)
        conversations.forget(session, person.telegram_id)
    wants.forget(session, person_id, now)
    forget_invitations(session, person_id, now)
    for table in (membership_table, arrival_table, answers_read, standings, mutes.mutes):
        session.execute(delete(table).where(table.c.person_id == person_id))
    person.telegram_id, person.name, person.username, person.language, person.chosen_language = None, "", None, None, None
    person.timezone, person.started_at, person.keeps_cues, person.erased_at = None, None, False, now
    person.quiet_from, person.quiet_to = None, None
    session.flush()


def _require_no_shop(session: Session, person_id: int) -> None:
    owners = order_table.metadata.tables["shop_owners"]
    if session.execute(select(owners.c.shop_id).where(owners.c.person_id == person_id)).first() is not None:
        raise DomainError("owner_stays")


def _require_nothing_open(session: Session, person_id: int) -> None:
    """No order under way, no money on its way back, no seat that is about to become an order."""
    session.flush()
    mine = order_table.c.person_id == person_id
    under_way = select(order_table.c.id).where(mine, order_table.c.state.in_(UNDER_WAY))
    back = (
        select(payment_table.c.order_id).join(order_table, order_table.c.id == payment_table.c.order_id)
        .where(mine, payment_table.c.kind.in_(BACK), payment_table.c.state == PaymentState.DUE)
    )  # fmt: skip
    deciding = (
        select(func.count()).select_from(seats).join(rounds, rounds.c.id == seats.c.round_id)
        .where(seats.c.person_id == person_id, seats.c.state == SeatState.HELD, rounds.c.state.in_(UNDECIDED))
    )  # fmt: skip
    orders = {*session.scalars(under_way), *session.scalars(back)}
    count = len(orders) + int(session.execute(deciding).scalar_one())
    if count:
        raise DomainError("orders_open", count=count, numbers=sorted(numbered(order_id) for order_id in orders))


def _leave_open_seats(session: Session, person_id: int, now: datetime) -> None:
    mine = seats.c.person_id == person_id, seats.c.state == SeatState.HELD, rounds.c.state == RoundState.OPEN
    query = select(rounds.c.id).join(seats, seats.c.round_id == rounds.c.id).where(*mine, rounds.c.closes_at > now)
    for round_id in session.scalars(query.order_by(rounds.c.id)).all():
        facts = joins.change(session, round_id, person_id, Change("leave"), How(Way.TAPPED), now)
        notices.notify(session, facts, now)


def _leave_waitlists(session: Session, person_id: int, now: datetime) -> None:
    live = waiting_table.c.state.in_((WaitingState.WAITING, WaitingState.OFFERED))
    for round_id in session.scalars(select(waiting_table.c.round_id).where(waiting_table.c.person_id == person_id, live)).all():
        notices.notify(session, withdraw(session, round_id, person_id, now), now)


def _forget_words(session: Session, person_id: int) -> None:
    """Notes name other people too, so they go wherever this person wrote them."""
    seat_ids, order_ids = _ids(session, seats, person_id), _ids(session, order_table, person_id)
    for seat_id in seat_ids:
        _merge_lines(session, seat_id)
    session.execute(update(events).where(events.c.seat_id.in_(seat_ids)).values(note="", message_id=None))
    own_lines = line_table.c.order_id.in_(order_ids), line_table.c.kind == "piece"
    session.execute(update(line_table).where(*own_lines).values(note=""))
    session.execute(
        update(complaint_table).where(complaint_table.c.order_id.in_(order_ids)).values(words="", photo_file_id=None)
    )
    session.execute(update(share_table).where(share_table.c.person_id == person_id).values(words=""))


def _merge_lines(session: Session, seat_id: int) -> None:
    """Without their notes, lines of one option are one line."""
    query = select(lines.c.option, func.sum(lines.c.quantity)).where(lines.c.seat_id == seat_id).group_by(lines.c.option)
    merged = [
        {"seat_id": seat_id, "option": option, "note": "", "quantity": int(pieces)} for option, pieces in session.execute(query)
    ]
    session.execute(delete(lines).where(lines.c.seat_id == seat_id))
    if merged:
        session.execute(insert(lines), merged)


def _ids(session: Session, table: Table, person_id: int) -> list[int]:
    return list(session.scalars(select(table.c.id).where(table.c.person_id == person_id)))


def _rows(session: Session, table: Table, column: str, values: list[int]) -> list[Kept]:
    found = session.execute(select(table).where(table.c[column].in_(values))).mappings()
    return [_plain(dict(row)) for row in found]


def _plain(row: dict[str, object]) -> Kept:
    return {
        key: value.isoformat() if isinstance(value, datetime) else value for key, value in row.items() if key not in SECRETS
    }

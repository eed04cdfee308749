"""How a wish comes about, is joined by others, is put to the owner and comes true.

Invariants: what is alike is one wish, and so is what means the same product; the owner is asked once a wish; whoever
wished is told once when it opens; a member begins at most AT_ONCE wishes that are open.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import boards, circles, mutes
from models.catalogue import Product, products
from models.circles import Circle
from models.errors import DomainError
from models.facts.base import AnyFact
from models.facts.group_buys import RoundOpened
from models.facts.wants import WantAsked, WantOffered
from models.group_buys import Round, rounds
from models.people import person_table
from models.rows import fresh, hold, insert_into, load, number_of
from models.shops import Shop
from models.states import RoundState, WantState
from models.want_words import MOST, alike, fold, has_contact, names
from models.wants import KEPT, LIVE, TOLD_OF, Want, Wished, board_of, for_owner, members, move, told, voices, wants

AT_ONCE = 3  # open wishes that one member may have begun in a circle


def wish(
    session: Session, circle_id: int, person_id: int, words: str, now: datetime, thread_id: int | None = None
) -> tuple[Wished, list[AnyFact]]:
    """A member wishes for something; what is alike is one wish. `words` are clean and stand in one line.

    A new wish stands in the topic `thread_id` of a forum; None: in General, or where there are no topics.

    Raises wish_empty, wish_long(most), wish_contact, wish_is_open(name), wish_too_many(most), not_a_member.
    """
    folded = _folded(words)
    _require_member(session, circle_id, person_id)
    _end_old(session, circle_id, now)
    product = _meant(session, circle_id, folded)
    if product is not None and _is_open(session, circle_id, number_of(product.id)):
        raise DomainError("wish_is_open", name=product.title)
    known = _like(session, circle_id, folded, product)
    if known is not None:
        return _voiced(session, number_of(known.id), person_id, now)
    _require_room(session, circle_id, person_id)
    want_id = _begin(session, circle_id, words, folded, product, now, thread_id)
    told, facts = _voiced(session, want_id, person_id, now)
    boards.post(session, circle_id, board_of(want_id), now)
    return told, facts


def voice(session: Session, want_id: int, circle_id: int | None, person_id: int, now: datetime) -> tuple[Wished, list[AnyFact]]:
    """+1 from the board. Raises gone, not_a_member, wish_over."""
    row = hold(session, Want, want_id)
    if row.circle_id != circle_id:
        raise DomainError("old_button")
    _require_member(session, row.circle_id, person_id)
    if row.state not in LIVE:
        raise DomainError("wish_over")
    return _voiced(session, want_id, person_id, now)


def decline(session: Session, want_id: int, person_id: int, now: datetime) -> None:
    """The owner does not offer it for now; said twice, it is done once. Raises gone, not_yours, wish_over."""
    row = for_owner(session, want_id, person_id)
    if row.state != WantState.DECLINED:
        move(session, row, WantState.DECLINED, now)


def follow(session: Session, facts: Iterable[AnyFact], now: datetime) -> list[AnyFact]:
    """What these facts mean for wishes: what opened was perhaps wished for."""
    opened = [fact.round_id for fact in facts if isinstance(fact, RoundOpened)]
    return [fact for round_id in opened for fact in _offered(session, round_id, now)]


def _folded(words: str) -> tuple[str, ...]:
    if len(words) > MOST:
        raise DomainError("wish_long", most=MOST)
    if has_contact(words):
        raise DomainError("wish_contact")
    folded = fold(words)
    if not folded:
        raise DomainError("wish_empty")
    return folded


def _require_member(session: Session, circle_id: int, person_id: int) -> None:
    if not circles.is_member(session, circle_id, person_id):
        raise DomainError("not_a_member")


def _require_room(session: Session, circle_id: int, person_id: int) -> None:
    """A wish was begun by whose voice came with it."""
    begun = (
        select(func.count()).select_from(wants).join(voices, (voices.c.want_id == wants.c.id) & (voices.c.at == wants.c.created_at))
        .where(wants.c.circle_id == circle_id, wants.c.state.in_(LIVE), voices.c.person_id == person_id)
    )  # fmt: skip
    if int(session.execute(begun).scalar_one()) >= AT_ONCE:
        raise DomainError("wish_too_many", most=AT_ONCE)


def _end_old(session: Session, circle_id: int, now: datetime) -> None:
    old = (wants.c.circle_id == circle_id, wants.c.state.in_(LIVE), wants.c.changed_at <= now - KEPT)
    for row in fresh(session, select(Want).where(*old).with_for_update()):
        move(session, row, WantState.ENDED, now)


def _meant(session: Session, circle_id: int, folded: tuple[str, ...]) -> Product | None:
    """What of the shop's catalogue a wish names, in any language; None if nothing or several things."""
    shop_id = load(session, Circle, circle_id).shop_id
    rows = fresh(session, select(Product).where(products.c.shop_id == shop_id).order_by(products.c.id))
    found = [row for row in rows if any(names(folded, title) for title in row.title.values())]
    return found[0] if len(found) == 1 else None


def _is_open(session: Session, circle_id: int, product_id: int) -> bool:
    here = (rounds.c.circle_id == circle_id, rounds.c.product_id == product_id, rounds.c.state == RoundState.OPEN)
    return session.execute(select(rounds.c.id).where(*here).limit(1)).first() is not None


def _like(session: Session, circle_id: int, folded: tuple[str, ...], product: Product | None) -> Want | None:
    """The open wish that means the same."""
    rows = fresh(session, select(Want).where(wants.c.circle_id == circle_id, wants.c.state.in_(LIVE)).order_by(wants.c.id))
    for row in rows:
        if product is not None and row.product_id == product.id:
            return row
        if alike(folded, row.folded.split()) and None in {row.product_id, product.id if product else None}:
            return row
    return None


def _begin(
    session: Session, circle_id: int, words: str, folded: tuple[str, ...], product: Product | None, now: datetime,
    thread_id: int | None,
) -> int:  # fmt: skip
    """A new wish, or the one that somebody began in this very moment."""
    shop = load(session, Shop, load(session, Circle, circle_id).shop_id or 0)
    key = " ".join(sorted(folded))
    row = {
        "circle_id": circle_id, "words": words, "folded": key, "product_id": product.id if product else None,
        "thread_id": thread_id, "state": WantState.OPEN.value, "needed": shop.wants_needed, "created_at": now, "changed_at": now,
    }  # fmt: skip
    session.execute(insert_into(session, wants).values(row).on_conflict_do_nothing())
    same = (wants.c.circle_id == circle_id, wants.c.folded == key, wants.c.state.in_(LIVE))
    return int(session.execute(select(wants.c.id).where(*same)).scalar_one())


def _voiced(session: Session, want_id: int, person_id: int, now: datetime) -> tuple[Wished, list[AnyFact]]:
    """One more voice, if it is one; the owners are asked when it makes enough."""
    row = hold(session, Want, want_id)
    mine = insert_into(session, voices).values(want_id=want_id, person_id=person_id, at=now).on_conflict_do_nothing()
    if session.scalar(mine.returning(voices.c.person_id)) is None:
        return told(session, row, "known"), []
    counted = told(session, row, "new" if row.created_at == now else "joined")
    row.changed_at = now
    boards.mark(session, board_of(want_id), now)
    if row.state != WantState.OPEN or counted.voices < row.needed:
        session.flush()
        return counted, []
    move(session, row, WantState.ASKED, now)
    return counted, [WantAsked(row.circle_id, want_id, counted.voices)]


def _offered(session: Session, round_id: int, now: datetime) -> list[AnyFact]:
    """The wishes that a group buy fulfils, each of their people told once who may be written to and did not mute it."""
    opened = load(session, Round, round_id)
    product = load(session, Product, opened.product_id)
    here = (wants.c.circle_id == opened.circle_id, wants.c.state.in_(TOLD_OF), wants.c.changed_at > now - KEPT)
    facts: list[AnyFact] = []
    for row in fresh(session, select(Want).where(*here).order_by(wants.c.id).with_for_update()):
        if row.product_id != product.id and not _names(row, product):
            continue
        row.round_id = round_id
        move(session, row, WantState.OFFERED, now)
        facts += [WantOffered(person, None, number_of(row.id), round_id) for person in _tellable(session, row, product)]
    return facts


def _names(row: Want, product: Product) -> bool:
    """By its words, where the catalogue did not know it when it was wished for."""
    folded = fold(row.words)
    return row.product_id is None and any(names(folded, title) for title in product.title.values())


def _tellable(session: Session, row: Want, product: Product) -> Sequence[int]:
    product_id = number_of(product.id)
    keys = [mutes.item(product_id)] + ([mutes.category(product.shop_id, product.category)] if product.category else [])
    asked = members(session, number_of(row.id))
    muted = mutes.among(session, asked, keys)
    reached = select(person_table.c.id).where(
        person_table.c.id.in_(set(asked) - muted), person_table.c.started_at.is_not(None), person_table.c.unreachable_at.is_(None)
    )
    return session.scalars(reached.order_by(person_table.c.id)).all()

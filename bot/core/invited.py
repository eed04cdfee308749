"""What a message about an invitation speaks of: the two people, what each gets, and when.

Invariants: a friend is named to the inviter only if they let it be seen, by the first name; owners see both names, since
they decide.
"""

from collections.abc import Mapping

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import asked, names
from bot.core.words import Words
from models import circles
from models.circles import Circle
from models.orders import Order
from models.people import person_table
from models.referral_summary import first_name
from models.referrals import UNASKED, Offer, Referral, links
from models.rows import load

TITLE = 60  # letters shown of a name, a circle
Found = dict[str, object]


def values(session: Session, template: str, params: Mapping[str, object], words: Words) -> Found:
    """The variables of a message about one friend who came."""
    referral_id = params.get("referral_id")
    row = session.get(Referral, referral_id) if template.startswith("referral_") and isinstance(referral_id, int) else None
    if row is None:
        return {asked.GONE: True} if "referral_id" in params else {}
    side = str(params.get("side", ""))
    return {
        "inviter": _inviter(session, row), "friend": _first(session, row.friend_id) if row.named else "",
        "inviter_whole": _whole(session, row.inviter_id), "friend_whole": _whole(session, row.friend_id),
        "reward": row.reward, "friend_reward": row.friend_reward, "due": row.due_at, "until": row.until,
        "amount": row.reward if side == "inviter" else row.friend_reward, "named": row.named, "join": _join(session, row),
        "signals": [words.say(f"signal_{name}") for name in row.signals], "way": row.way, **_order(session, row),
        "naming_id": row.id if side == "friend" and not row.named else None,
    }  # fmt: skip


def _order(session: Session, row: Referral) -> Found:
    order = session.get(Order, row.order_id) if row.order_id is not None else None
    return {} if order is None else {"number": order.number, "total": order.total}


def _inviter(session: Session, row: Referral) -> str:
    """By the first name; "" for who is erased."""
    name = _name(session, row.inviter_id)
    return first_name(names.shown(name)) if name else ""


def _join(session: Session, row: Referral) -> Markup | None:
    """The way into the circle for who is not in it or on it already: the inviter's own invite link."""
    if row.way in UNASKED or circles.is_member(session, row.circle_id, row.friend_id):
        return None
    mine = links.c.offer_id == row.offer_id, links.c.circle_id == row.circle_id, links.c.person_id == row.inviter_id
    url = session.execute(select(links.c.url).where(*mine)).scalar_one_or_none()
    if url is None:
        return None
    circle = load(session, Circle, row.circle_id)
    return Markup('<a href="{}">{}</a>').format(url, names.shown(circle.title, TITLE))


def _name(session: Session, person_id: int) -> str:
    return session.scalar(select(person_table.c.name).where(person_table.c.id == person_id)) or ""


def _whole(session: Session, person_id: int) -> str:
    return names.shown(_name(session, person_id))


def _first(session: Session, person_id: int) -> str:
    return first_name(_whole(session, person_id))


def gives(offer: Offer) -> Found:
    """An offer's terms as the templates know them."""
    return {
        "reward": offer.reward, "friend_reward": offer.friend_reward, "ends": offer.ends_at, "per_day": offer.per_day,
        "window": offer.window // 86_400,
    }  # fmt: skip

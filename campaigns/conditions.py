"""The conditions of an audience as SQL: each is a set of people for whom it holds, or does not hold.

Invariants: a set is one indexed SELECT of person ids; bought means collected and not refunded. A set is asked in one of
two ways: whole (`IN`), which is quick to count everybody and for a few people, or person by person (`EXISTS`), which is
quick for the next page of many. PostgreSQL plans both alike, but for `NOT IN`, which it plans badly.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, ScalarSelect, Select, and_, bindparam, func, not_, or_, select

from bot.core import i18n
from bot.core.config.audience import Audience
from models.buyer_totals import bought, totals
from models.catalogue import products
from models.circles import membership_table
from models.orders import order_table
from models.people import person_table
from models.standings import standings
from models.states import VoucherState
from models.vouchers import voucher_table

Ids = Select[tuple[int]]

FEW_CIRCLES = 20  # up to which going through each is quicker than going through all memberships
_FALSE_OF = {">=": "<", "<=": ">", ">": "<=", "<": ">=", "=": "<>"}


@dataclass(frozen=True)
class Asked:
    """Whose audience is asked for, and when; `default` is the language of who has none that the bot speaks."""

    shop_id: int
    circles: Sequence[int]
    audience: Audience
    now: datetime
    default: str = i18n.DEFAULT

    def ago(self, length: timedelta) -> datetime:
        return self.now - length


@dataclass(frozen=True)
class Among:
    """Who is in a set, or not in it. `indexed`: few of them are found as quickly as there are few."""

    ids: Ids
    negated: bool = False
    indexed: bool = True

    def whole(self, after: int = 0) -> ColumnElement[bool]:
        inside = person_table.c.id.in_(self.ids.where(self.person > after) if after else self.ids)
        return not_(inside) if self.negated else inside

    def each(self) -> ColumnElement[bool]:
        there = self.ids.where(self.person == person_table.c.id).exists()
        return not_(there) if self.negated else there

    @property
    def person(self) -> ColumnElement[int]:
        return self.ids.selected_columns[0]


@dataclass(frozen=True)
class Has:
    """What stands in the person's own row."""

    clause: ColumnElement[bool]

    def whole(self, after: int = 0) -> ColumnElement[bool]:
        return self.clause

    def each(self) -> ColumnElement[bool]:
        return self.clause


Condition = Among | Has


def conditions(asked: Asked) -> Iterator[Condition]:
    """All of them must hold."""
    wish = asked.audience
    yield Has(person_table.c.erased_at.is_(None))
    yield members(asked)
    yield from _bought(asked)
    yield from _in_all(asked)
    if wish.buyer_class is not None:
        c = standings.c
        yield Among(select(c.person_id).where(c.shop_id == asked.shop_id, c.buyer_class == wish.buyer_class))
    if wish.language is not None:
        yield Has(reads(wish.language, asked.default))
    if wish.voucher is not None:
        c = voucher_table.c
        unused = c.state == VoucherState.GRANTED, c.valid_until > asked.now
        yield Among(select(c.person_id).where(c.shop_id == asked.shop_id, *unused))


def members(asked: Asked) -> Among:
    """Members of the circles; `joined_within` is about the same circle."""
    c, since = membership_table.c, asked.audience.joined_within
    query = select(c.person_id).where(inside(asked))
    if since is not None:
        query = query.where(c.joined_at >= asked.ago(since))
    return Among(query, indexed=len(asked.circles) <= FEW_CIRCLES)


def inside(asked: Asked) -> ColumnElement[bool]:
    """Whether a membership is of one of the circles, and lasts.

    With many circles the column is kept from its index: SQLite would look into every circle for each person, which took
    9 s instead of half a one for a million members of a thousand circles.
    """
    c = membership_table.c
    circle = c.circle_id if len(asked.circles) <= FEW_CIRCLES else c.circle_id + 0
    ids: BindParameter[int] = bindparam(None, list(asked.circles), expanding=True, literal_execute=True)  # no limit on how many
    return and_(circle.in_(ids), c.left_at.is_(None))


def product(asked: Asked) -> ScalarSelect[int]:
    """The product that `bought` names."""
    c = products.c
    return select(c.id).where(c.shop_id == asked.shop_id, c.key == asked.audience.bought).scalar_subquery()


def _bought(asked: Asked) -> Iterator[Among]:
    """Who bought the product, and something of the category; `within` a time and `not_for` another."""
    wish, o = asked.audience, order_table.c
    named = []
    if wish.bought is not None:
        named.append(o.product_id == product(asked))
    if wish.category is not None:
        c = products.c
        named.append(o.product_id.in_(select(c.id).where(c.shop_id == asked.shop_id, c.category == wish.category)))
    for what in named:
        query = select(o.person_id).where(what, bought())
        yield Among(query if wish.within is None else query.where(o.collected_at >= asked.ago(wish.within)))
        if wish.not_for is not None:
            yield Among(query.where(o.collected_at > asked.ago(wish.not_for)), negated=True)


def _in_all(asked: Asked) -> Iterator[Among]:
    """What their totals say: one set of those for whom all of it holds, and one of those for whom any of it does not."""
    wish, t = asked.audience, totals.c
    anything = wish.bought is None and wish.category is None
    must, must_not = [], []
    if anything and wish.within is not None:
        must.append(t.last_at >= asked.ago(wish.within))
    if anything and wish.not_for is not None:
        must_not.append(t.last_at > asked.ago(wish.not_for))
    if wish.path is not None:
        must.append(t.path == wish.path)
    for column, number in ((t.orders, wish.orders), (t.spent, wish.spent)):
        if number is not None and number.holds(0):  # who never bought has no row: the others are looked for
            must_not.append(column.op(_FALSE_OF[number.sign], is_comparison=True)(number.number))
        elif number is not None:
            must.append(column.op(number.sign, is_comparison=True)(number.number))
    of_shop = select(t.person_id).where(t.shop_id == asked.shop_id)
    if must:
        yield Among(of_shop.where(*must))
    if must_not:
        yield Among(of_shop.where(or_(*must_not)), negated=True)


def reads(language: str, default: str) -> ColumnElement[bool]:
    """Whether a person reads it, as i18n.language_of has it in private: what they chose, else their app's, else the bot's."""
    tag = func.coalesce(person_table.c.chosen_language, person_table.c.language, "")
    if language == default:
        return not_(or_(False, *(_is(tag, other) for other in i18n.languages() if other != language)))
    return _is(tag, language)


def _is(tag: ColumnElement[str], language: str) -> ColumnElement[bool]:
    """Whether a tag as Telegram or /language has it means the language, as `i18n.spoken` decides."""
    primary = language.partition("_")[0].lower()
    alike = [known for known in i18n.languages() if known.lower().partition("_")[0] == primary]
    folded = func.replace(func.lower(tag), "-", "_")
    if alike and language != alike[0]:
        return folded == language.lower()
    begins = or_(tag == primary, tag.like(f"{primary}-%"), tag.like(f"{primary}\\_%", escape="\\"))
    others = [known.lower() for known in alike[1:]]  # the first of a primary part is meant by every other tag of it
    return and_(begins, folded.not_in(others)) if others else begins

"""Products and their stock.

Invariant: `stock_opening - stock_left` is what all seats and offers hold of the product plus what was handed over; the
database refuses a stock below zero. Pieces move by `take` and `put_back` alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Integer,
    UniqueConstraint,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import BigId, Document, Instant, Texts, table_of
from models.errors import DomainError
from models.rows import fresh, number_of


class Product(SQLModel, table=True):
    """A thing a shop sells. `stock_opening` and `stock_left` count pieces over all its rounds; None is without limit."""

    __tablename__ = "products"
    __table_args__ = (UniqueConstraint("shop_id", "key"), CheckConstraint("stock_left >= 0", name="stock_not_negative"))

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    shop_id: int = Field(sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    key: str  # bot.toml's id, or one made for a product that was sold from the chat
    title: Texts = Field(sa_type=Document)
    price: int = Field(sa_type=BigInteger)  # minor units
    stock_opening: int | None = None
    stock_left: int | None = None
    category: str | None = None
    options: list[str] = Field(default_factory=list, sa_type=Document)
    photo: str | None = None  # path inside the folder of bot.toml
    photo_file_id: str | None = None  # Telegram's, once it was sent or received
    changed_at: datetime | None = Field(default=None, sa_type=Instant)  # when bot.toml or its owner last said what it is


products = table_of(Product)
_TAKE = (  # built once: building it for every tap cost a fifth of the tap
    update(products)
    .where(products.c.id == bindparam("of_product"), products.c.stock_left >= bindparam("pieces", type_=Integer))
    .values(stock_left=products.c.stock_left - bindparam("pieces", type_=Integer))
    .returning(products.c.stock_left)
)


def take(session: Session, product_id: int, pieces: int) -> int | None:
    """Takes pieces from stock; what is left then, or None for a product without limit.

    Raises DomainError("no_seats_left", left=…) when fewer are left, and changes nothing.
    """
    left = session.connection().execute(_TAKE, {"of_product": product_id, "pieces": pieces}).scalar_one_or_none()
    if left is None:
        left = session.execute(select(products.c.stock_left).where(products.c.id == product_id)).scalar_one()
        if left is not None:
            raise DomainError("no_seats_left", left=left)
    return left


def put_back(session: Session, product_id: int, pieces: int) -> int | None:
    """Returns pieces to stock; what is left then. Products without limit stay so: None."""
    left: int | None = session.execute(
        update(products)
        .where(products.c.id == product_id, products.c.stock_left.is_not(None))
        .values(stock_left=products.c.stock_left + pieces)
        .returning(products.c.stock_left)
    ).scalar_one_or_none()
    return left


def left(session: Session, product_id: int) -> int | None:
    """Pieces in stock now; None without limit."""
    found: int | None = session.execute(select(products.c.stock_left).where(products.c.id == product_id)).scalar_one()
    return found


@dataclass(frozen=True)
class Goods:
    """A product as bot.toml or an owner's message has it. `price` is minor units, `stock` the opening stock."""

    key: str
    title: Texts
    price: int
    stock: int | None = None
    category: str | None = None
    options: Sequence[str] = ()
    photo: str | None = None
    photo_file_id: str | None = None


def put(session: Session, shop_id: int, goods: Goods, now: datetime) -> int:
    """Makes the catalogue say what bot.toml says; a changed stock books the difference. Returns the product's id.

    Raises stock_below_held(stock, held) when more is promised than the new stock has.
    """
    product = by_key(session, shop_id, goods.key)
    if product is None:
        product = Product(
            shop_id=shop_id, key=goods.key, title=dict(goods.title), price=goods.price,
            stock_opening=goods.stock, stock_left=goods.stock,
        )  # fmt: skip
        session.add(product)
        session.flush()
    product_id = number_of(product.id)
    restock(session, product_id, goods.stock)
    session.refresh(product)
    product.title, product.price, product.category = dict(goods.title), goods.price, goods.category
    product.options, product.changed_at = list(goods.options), now
    if product.photo != goods.photo or goods.photo_file_id is not None:
        product.photo, product.photo_file_id = goods.photo, goods.photo_file_id
    session.flush()
    return product_id


def by_key(session: Session, shop_id: int, key: str) -> Product | None:
    """The shop's product of that key."""
    rows = fresh(session, select(Product).where(products.c.shop_id == shop_id, products.c.key == key))
    return rows[0] if rows else None


def of_shop(session: Session, shop_id: int) -> Sequence[Product]:
    """What a shop sells, the latest first."""
    return fresh(session, select(Product).where(products.c.shop_id == shop_id).order_by(products.c.id.desc()))


def restock(session: Session, product_id: int, stock: int | None) -> None:
    """Sets the opening stock; what is left follows from what is held, so the difference is booked. Raises stock_below_held."""
    now_opening = select(products.c.stock_opening).where(products.c.id == product_id).with_for_update()
    if session.execute(now_opening).scalar_one() == stock:
        return
    left = None
    if stock is not None:
        held = held_pieces(session, product_id)
        left = stock - held
        if left < 0:
            raise DomainError("stock_below_held", stock=stock, held=held)
    session.execute(update(products).where(products.c.id == product_id).values(stock_opening=stock, stock_left=left))


def held_pieces(session: Session, product_id: int) -> int:
    """Pieces out of stock: on held seats (handed over ones stay on theirs) and in offers from the waitlist."""
    tables = SQLModel.metadata.tables  # by name: seats and waitlist stand above the catalogue
    rounds, seats, waitings = tables["rounds"], tables["seats"], tables["waitings"]
    of_product = select(rounds.c.id).where(rounds.c.product_id == product_id)
    on_seats = select(func.coalesce(func.sum(seats.c.quantity), 0)).where(seats.c.round_id.in_(of_product))
    offered = select(func.coalesce(func.sum(waitings.c.offered), 0)).where(waitings.c.round_id.in_(of_product))
    return int(session.execute(on_seats).scalar_one()) + int(session.execute(offered).scalar_one())

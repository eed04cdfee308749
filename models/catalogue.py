"""Products and their stock.

Invariant: `stock_opening - stock_left` is what all seats and offers hold of the product plus what was handed over; the
database refuses a stock below zero. Pieces move by `take` and `put_back` alone.
"""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint, select, update
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel

from models.columns import BigId, Document, Texts, table_of
from models.errors import DomainError


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


products = table_of(Product)


def take(session: Session, product_id: int, pieces: int) -> int | None:
    """Takes pieces from stock; what is left then, or None for a product without limit.

    Raises DomainError("no_seats_left", left=…) when fewer are left, and changes nothing.
    """
    left = session.execute(
        update(products)
        .where(products.c.id == product_id, products.c.stock_left >= pieces)
        .values(stock_left=products.c.stock_left - pieces)
        .returning(products.c.stock_left)
    ).scalar_one_or_none()
    if left is None:
        left = session.execute(select(products.c.stock_left).where(products.c.id == product_id)).scalar_one()
        if left is not None:
            raise DomainError("no_seats_left", left=left)
    return left


def put_back(session: Session, product_id: int, pieces: int) -> None:
    """Returns pieces to stock; products without limit stay so."""
    session.execute(
        update(products)
        .where(products.c.id == product_id, products.c.stock_left.is_not(None))
        .values(stock_left=products.c.stock_left + pieces)
    )

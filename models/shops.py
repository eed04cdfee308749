"""Shops and who owns them. A shop's words come from bot.toml; its row exists so that everything it sells can point at it."""

from sqlalchemy import ForeignKey
from sqlmodel import Field, SQLModel

from models.columns import BigId, Document, Texts


class Shop(SQLModel, table=True):
    """One seller with one currency. Money of everything below it is in that currency's minor units."""

    __tablename__ = "shops"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigId)
    key: str = Field(unique=True)  # bot.toml's id
    name: str
    currency: str  # ISO 4217
    timezone: str
    pay_to: Texts = Field(default_factory=dict, sa_type=Document)
    pay_qr: str | None = None  # path inside the folder of bot.toml
    pickup: list[str] = Field(default_factory=list, sa_type=Document)
    return_window: int = 7 * 86_400  # seconds


class ShopOwner(SQLModel, table=True):
    """An owner of a shop, by bot.toml."""

    __tablename__ = "shop_owners"

    shop_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("shops.id")])
    person_id: int = Field(primary_key=True, sa_type=BigId, sa_column_args=[ForeignKey("people.id")])

"""bot.toml into rows: shops, their owners and products, circles and campaigns, all in one write.

Invariants: what bot.toml does not name any more stays, since orders point at it; a changed stock books the difference.
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from bot.core.config import Circle, Config, Product, Shop
from models import catalogue, circles, shops
from models.catalogue import Goods
from models.circles import Named
from models.shops import Terms

Campaigns = Callable[[Session, Config, datetime], None]  # campaigns live a layer above and are handed in


def sync(session: Session, config: Config, campaigns: Campaigns, now: datetime) -> None:
    """Makes the rows say what the file says. Raises DomainError for what cannot be any more (a shop's currency, sold stock)."""
    ids = {key: shops.put(session, _shop(shop), now) for key, shop in config.shops.items()}
    for circle in config.circles:
        circles.put(session, _circle(circle, ids[circle.shop]), now)
    for product in config.products.values():
        catalogue.put(session, ids[product.shop], _goods(product), now)
    campaigns(session, config, now)


def _shop(shop: Shop) -> Terms:
    return Terms(
        key=shop.id, name=shop.name, currency=shop.currency, timezone=shop.timezone, owners=shop.owners,
        pay_to=shop.pay_to, pay_qr=shop.pay_qr, pickup=shop.pickup, return_window=int(shop.return_window.total_seconds()),
        wants_needed=shop.wants_needed,
    )  # fmt: skip


def _circle(circle: Circle, shop_id: int) -> Named:
    return Named(
        chat_id=circle.chat_id, name=circle.name, shop_id=shop_id, tags=circle.tags, language=circle.language,
        timezone=circle.timezone, pickup=circle.pickup,
    )  # fmt: skip


def _goods(product: Product) -> Goods:
    return Goods(
        key=product.id, title=product.title, price=product.price, stock=product.stock, category=product.category,
        options=product.options, photo=product.photo,
    )  # fmt: skip

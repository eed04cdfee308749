"""The office whose messages the stories read: a scene, and its outbox composed as people would read it."""

from datetime import timedelta

from sqlalchemy.orm import Session

from bot.core import render
from bot.core.compose import Composer
from bot.core.outgoing import Outgoing
from models import deliveries, facts, locks, notices, outbox
from models.columns import table_of
from models.deliveries import OutboxRow
from models.orders import Order
from models.outbox import Message
from models.shops import Shop
from tests.rules.scene import Scene


class Office:
    """A scene whose outbox is read as people would read it."""

    def __init__(self, session: Session, composer: Composer, **terms: object) -> None:
        self.scene = Scene(session, **terms)  # type: ignore[arg-type]  # stock and options come first, the rest are terms
        self.session, self.composer = session, composer
        shop = session.get_one(Shop, self.scene.shop)
        shop.pay_to = {"en": "Transfer to Li Wei, 6222 …", "zh_CN": "转账给李伟 6222 …"}
        shop.pickup = ["Gate 2, Sat 10:00-12:00"]

    def tells(self, facts: list[facts.AnyFact]) -> None:
        notices.notify(self.session, facts, self.scene.now)

    def locked(self, *names: str) -> "Office":
        for name in names or ("Ann", "Bao", "Chen"):
            self.tells(self.scene.joins(name, 2))
        self.scene.passes(hours=25)
        self.tells(locks.close(self.session, self.scene.round, self.scene.now))
        return self

    def order_of(self, name: str) -> int:
        orders = table_of(Order)
        found = self.session.query(orders.c.id).where(orders.c.person_id == self.scene.person(name)).one()
        return int(found[0])

    def rows(self) -> list[OutboxRow]:
        """Everything that is queued, claimed; each once."""
        self.session.flush()
        found: list[OutboxRow] = []
        while batch := deliveries.claim(self.session, self.scene.now, 50, timedelta(minutes=1)):
            for row in batch:
                done = deliveries.Settlement(state=outbox.OutboxState.DELIVERED)
                deliveries.settle(self.session, row, done, self.scene.now)
            found += batch
        return found

    def said(self, template: str, to: str | None = None) -> list[Outgoing]:
        """The messages of a template, to somebody by name if one is named."""
        person = self.scene.people.get(to) if to else None
        wanted = [row for row in self.rows() if row.template == template and person in (None, row.person_id)]
        return [self.sent(row) for row in wanted]

    def sent(self, row: OutboxRow) -> Outgoing:
        found = self.composer.compose(self.session, row, self.scene.now)
        assert isinstance(found, Outgoing), found
        return found

    def row(self, **message: object) -> OutboxRow:
        """One message queued by hand."""
        self.rows()
        outbox.enqueue(self.session, [Message(**message)], self.scene.now)  # type: ignore[arg-type]  # a test's shorthand
        return self.rows()[-1]


def text(sent: Outgoing) -> str:
    return render.plain(str(sent.params.get("text") or sent.params.get("caption")))


def labels(sent: Outgoing) -> list[str]:
    keys = sent.params.get("reply_markup")
    assert isinstance(keys, dict)
    return [button["text"] for row in keys["inline_keyboard"] for button in row]

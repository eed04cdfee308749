"""The village with its campaigns: bot.toml is loaded, slots fire, the fan-out decides, and what leaves is read by people."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.core import render
from bot.core.buttons import Buttons
from bot.core.compose import Composer
from bot.core.config import Config
from bot.core.outgoing import Outgoing, Skip
from campaigns import fanout, linter, slots
from models import deliveries, group_buys, notices, polls
from models.campaigns import runs
from models.cards import Card
from models.circles import circle_table
from models.deliveries import OutboxRow, Settlement
from models.group_buys import Terms, rounds
from models.outbox import OutboxState, Route
from models.people import Person, person_table
from models.prices import Step
from models.recipients import recipients
from models.shops import ShopOwner
from models.states import RoundState
from tests.campaigns.village import Village
from tests.config.pages import write
from tests.rules.scene import engine_of

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday 12:00 in Shanghai
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BOT = """\
[bot]
token = "env:BOT_TOKEN"
languages = ["en", "zh_CN"]
operators = [1]

[attention]
{attention}

[[shop]]
id = "orchard"
name = "Orchard Lane"
currency = "CNY"
timezone = "Asia/Shanghai"
owners = [900]

[[product]]
id = "oranges"
title = {{ en = "Honey oranges", zh_CN = "蜜橙" }}
price = "39.90"
category = "fruit"

[[product]]
id = "pears"
title = {{ en = "Pears", zh_CN = "梨" }}
price = "20.00"
category = "fruit"
{campaigns}
"""


@dataclass
class Sent:
    """What left in one go: (receiver's name, text, buttons), and the calls as they are."""

    letters: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    calls: list[Outgoing] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)

    def to(self, name: str) -> list[str]:
        return [text for receiver, text, _ in self.letters if receiver == name]

    @property
    def receivers(self) -> list[str]:
        return sorted(receiver for receiver, _, _ in self.letters)


class Square(Village):
    """One clock, one bot.toml, one outbox."""

    def __init__(self, session: Session, folder: Path, campaigns: str, attention: str = "") -> None:
        super().__init__(session, NOON)
        self.folder = folder
        self.owner = self.add(Person(telegram_id=900, name="Li Wei", seen_at=NOON, started_at=NOON))
        self.add(ShopOwner(shop_id=self.shop, person_id=self.owner))
        session.execute(circle_table.update().values(title=func.upper(circle_table.c.title)))
        buttons = Buttons("123:secret")
        self.config = self.reads(campaigns, attention)
        self.composer = Composer(buttons, self.config)

    def reads(self, campaigns: str, attention: str = "") -> Config:
        """bot.toml is loaded as of now."""
        self.config = linter.load(write(self.folder, BOT.format(campaigns=campaigns, attention=attention)), self.now)
        slots.load(self.session, self.config, self.now)
        return self.config

    def passes(self, **by: float) -> None:
        self.now += timedelta(**by)

    def runs(self, **by: float) -> None:
        """Time passes; every slot that has come is taken and fanned out."""
        self.passes(**by)
        while slots.fire(self.session, self.now, self.config) is not None:
            pass
        while (run := fanout.next_run(self.session, self.config, self.now)) is not None:
            found = fanout.look(self.session, run, self.config, self.now)
            assert fanout.write(self.session, found, self.config, self.now)
        self.session.flush()

    def opens(self, product: str = "oranges", circle: str = "office", hours: float = 24, **terms: object) -> int:
        """A group buy of an owner's; its card stands in the chat."""
        usual: dict[str, object] = {
            "shop_id": self.shop, "circle_id": self.circles[circle], "product_id": self.products[product], "price": 3990,
            "closes_at": self.now + timedelta(hours=hours), "ladder": (Step(3, 3600), Step(8, 3200)),
        }  # fmt: skip
        round_id, facts = group_buys.open_round(self.session, Terms(**(usual | terms)), self.now)  # type: ignore[arg-type]  # a test's shorthand
        notices.notify(self.session, facts, self.now)
        self.session.query(Card).filter_by(round_id=round_id).update({"message_id": 7000 + round_id, "sent_at": self.now})
        return round_id

    def shows_and_ends(self) -> None:
        """Every card stands in its chat, and then its group buy is over."""
        self.session.query(Card).filter_by(sent_at=None).update({"sent_at": self.now})
        self.session.execute(rounds.update().where(rounds.c.state == RoundState.OPEN).values(state=RoundState.FAILED))

    def hears(self) -> Sent:
        """Everything that may leave now has left, cards aside."""
        sent = Sent()
        while batch := deliveries.claim(self.session, self.now, 50, timedelta(minutes=1)):
            for row in batch:
                self._deliver(row, sent)
        return sent

    def _deliver(self, row: OutboxRow, sent: Sent) -> None:
        made = self.composer.compose(self.session, row, self.now) if row.route is not Route.CARD else Skip("a card")
        if not isinstance(made, Outgoing):
            if row.route is not Route.CARD:
                sent.skipped.append(f"{row.template}: {getattr(made, 'reason', getattr(made, 'why', made))}")
            until = getattr(made, "until", None)
            state = OutboxState.DROPPED if until is None else OutboxState.QUEUED
            deliveries.settle(self.session, row, Settlement(state=state, not_before=until), self.now)
            return
        sent.calls.append(made)
        sent.letters.append((self._name(row), _text(made), _labels(made)))
        message: Mapping[str, object] = {"message_id": 9000 + row.id, "poll": {"id": f"poll-{row.id}"}}
        deliveries.settle(self.session, row, Settlement(state=OutboxState.DELIVERED, message_id=9000 + row.id), self.now)
        self.delivered(row, message)

    def delivered(self, row: OutboxRow, message: Mapping[str, object]) -> None:
        """What the composition root has done when a message stands."""
        polls.posted(self.session, row, message, self.now)

    def _name(self, row: OutboxRow) -> str:
        if row.person_id is not None:
            return str(self.session.scalar(select(person_table.c.name).where(person_table.c.id == row.person_id)))
        return str(self.session.scalar(select(circle_table.c.title).where(circle_table.c.id == row.circle_id)))

    def outcomes(self) -> dict[str, int]:
        """What became of those who were decided on, by outcome."""
        query = select(recipients.c.outcome, func.count()).group_by(recipients.c.outcome)
        return {str(outcome): count for outcome, count in self.session.execute(query)}

    def records(self) -> list[Mapping[str, object]]:
        return list(self.session.scalars(select(runs.c.record).order_by(runs.c.id)))


def _text(made: Outgoing) -> str:
    said = made.params.get("text") or made.params.get("caption") or made.params.get("question") or made.method
    return render.plain(str(said))


def _labels(made: Outgoing) -> tuple[str, ...]:
    keys = made.params.get("reply_markup")
    rows = keys["inline_keyboard"] if isinstance(keys, dict) else []
    return tuple(button["text"] for row in rows for button in row)


@contextmanager
def a_square(url: str, folder: Path, campaigns: str, attention: str = "") -> Iterator[Square]:
    """A square on a database of its own."""
    engine = engine_of(url)
    try:
        with Session(engine, expire_on_commit=False) as session:
            yield Square(session, folder, campaigns, attention)
    finally:
        engine.dispose()

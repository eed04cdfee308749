"""Cards: a thousand taps are a handful of edits, and the last one shows what is so."""

import asyncio
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core.database import Database
from bot.gateway.throttle import Rates
from models import outbox
from models.deliveries import CARDS
from models.outbox import OUTBOX, Message, Route
from tests.gateway.conftest import NOW, OFFICE
from tests.gateway.telegram import PretendTelegram, error
from tests.gateway.test_courier import UNLIMITED, House, delivering, ended, rows, until

CARD = 1


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def card(database: Database) -> Iterator[int]:
    """A card of a group buy; what it is about does not matter here."""
    database.write_sync(_make_card)
    yield CARD


def _make_card(session: Session) -> None:
    from models.cards import Card

    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy import text

        session.execute(text("ALTER TABLE cards DROP CONSTRAINT fk_cards_round_id_rounds"))
    else:
        from sqlalchemy import text

        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        session.execute(text("PRAGMA ignore_check_constraints=ON"))
    session.add(Card(id=CARD, round_id=1, circle_id=OFFICE))


def mark(database: Database) -> None:
    database.write_sync(outbox.mark_card, CARD, database.clock.now())


def card_of(database: Database) -> tuple[int | None, str | None]:
    row = database.read_sync(lambda session: session.execute(select(CARDS)).one())
    return row.message_id, row.digest

"""Rows never change: the database refuses it, made by models or by migrations, and the chain of days tells on whoever did."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, delete, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bot.core import migrate
from models import chain, ledger
from models.transfers import day_table, transfer_table
from tests.ledger.books import Books


@pytest.fixture(params=["models", "migrations"])
def made(request: pytest.FixtureRequest, empty_database_url: str) -> Iterator[Session]:
    """A database whose tables were made by the models, or by the migrations."""
    engine = create_engine(empty_database_url.replace("postgresql://", "postgresql+psycopg://"))
    if request.param == "models":
        migrate.metadata().create_all(engine)
    else:
        migrate.upgrade(empty_database_url)
    with Session(engine) as session:
        yield session
    engine.dispose()


@pytest.mark.parametrize("table", [transfer_table, day_table], ids=lambda table: table.name)
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_no_row_of_the_ledger_is_changed_or_taken_away(made: Session, table, verb: str) -> None:
    books = Books(made)
    books.gives(books.ann, 390, "complaint:1")
    chain.close_days(made, books.now + timedelta(days=3))
    made.commit()
    deed = delete(table) if verb == "delete" else update(table).values({list(table.c)[-1].name: books.now})
    with pytest.raises(DBAPIError, match="only grows"):
        made.execute(deed)
    made.rollback()
    assert (books.rows(), len(chain.days(made))) == (1, 1)


def test_a_postgresql_table_is_not_emptied_either(empty_postgres_url: str) -> None:
    migrate.upgrade(empty_postgres_url)
    engine = create_engine(empty_postgres_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection, pytest.raises(DBAPIError, match="only grows"):
        connection.execute(text("TRUNCATE transfers CASCADE"))
    engine.dispose()


def test_a_day_is_closed_an_hour_after_it_is_over_and_holds_the_day_before(both: Session) -> None:
    books = Books(both)
    books.gives(books.ann, 390, "complaint:1")
    midnight = books.now.replace(hour=0) + timedelta(days=1)
    assert chain.next_close(both) == midnight + timedelta(hours=1)
    assert chain.close_days(both, midnight + timedelta(minutes=59)) == 0
    assert chain.close_days(both, midnight + timedelta(hours=1)) == 1
    books.now += timedelta(days=3)
    books.gives(books.ann, 10, "complaint:2")
    assert chain.close_days(both, books.now + timedelta(days=2)) == 1
    first, second = chain.days(both)
    assert [day.rows for day in (first, second)] == [1, 1]
    assert second == chain.digested(both, second.day, first.digest)
    assert second.digest != chain.digested(both, second.day, "").digest
    assert chain.next_close(both) is None


def test_the_digest_is_what_its_rule_says(session: Session) -> None:
    """As another language would compute it: only what models/chain.py says in words."""
    books = Books(session)
    books.gives(books.ann, 390, "complaint:1")
    chain.close_days(session, books.now + timedelta(days=3))
    asked = hashlib.sha256(
        b'{"amount":390,"credit":"wallet:1:1","debit":"shop:1:money","kind":"transfer","params":{}}'
    ).hexdigest()
    line = (
        f'[1,"transfer","shop:1:money","wallet:1:1",390,"complaint:1","{asked}",null,null,"2026-11-20T10:00:00.000000Z"]'
    )
    assert chain.days(session)[0].digest == hashlib.sha256(("" + "\n" + line).encode()).hexdigest()


def test_what_is_booked_late_belongs_to_the_first_day_that_is_open(session: Session) -> None:
    """A clock that went back, or an update that waited: a closed day stays as it was closed."""
    books = Books(session)
    books.gives(books.ann, 390, "complaint:1")
    chain.close_days(session, books.now + timedelta(days=1))
    books.gives(books.ann, 10, "complaint:2")
    days = [row.day for row in session.execute(transfer_table.select().order_by(transfer_table.c.id))]
    assert days[1] - days[0] == timedelta(days=1)
    assert books.wrong() == []


def test_no_balance_is_kept_past_zero(both: Session) -> None:
    """The database itself refuses it, whatever code asks."""
    books = Books(both)
    books.gives(books.ann, 390, "complaint:1")
    both.commit()
    for key, balance in ((books.wallet(books.ann).key, -1), (ledger.shop(books.shop).key, 5)):
        with pytest.raises(DBAPIError):
            both.execute(text("UPDATE accounts SET balance = :b WHERE key = :k"), {"b": balance, "k": key})
        both.rollback()

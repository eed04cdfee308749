"""One way to write: what waits is kept together, what fails takes back only itself, what was told stays."""

import asyncio
import os
import signal
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bot.core.database import Database, DatabaseBusy, DatabaseUnavailable
from models.errors import DomainError

META = MetaData()
SEATS = Table("seats", META, Column("id", Integer, primary_key=True), Column("name", String(4000), unique=True))
STOCK = Table("stock", META, Column("id", Integer, primary_key=True), Column("left_over", BigInteger, nullable=False))


class Orm(DeclarativeBase):
    metadata = MetaData()


class Member(Orm):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)


def furnish(session: Session) -> None:
    META.create_all(session.connection())
    Orm.metadata.create_all(session.connection())
    session.execute(insert(STOCK), [{"id": 1, "left_over": 5}])


@pytest.fixture
def database(empty_database_url: str) -> Iterator[Database]:
    opened = Database.open(empty_database_url)
    opened.write_sync(furnish)
    yield opened
    opened.close_sync()


def sit(session: Session, name: str) -> str:
    session.execute(insert(SEATS), {"name": name})
    return name


def sit_and_fail(session: Session, name: str) -> None:
    sit(session, name)
    raise DomainError("no_seats_left", left=0)


def join_by_orm(session: Session, name: str) -> Member:
    member = Member(name=name)
    session.add(member)
    return member


def names(session: Session) -> list[str]:
    return list(session.scalars(select(SEATS.c.name).order_by(SEATS.c.name)))


async def test_what_a_work_returns_is_told_after_the_commit(database: Database) -> None:
    assert await database.write(sit, "Ann") == "Ann"
    assert await database.read(names) == ["Ann"]


async def test_a_work_that_fails_takes_back_only_itself(database: Database) -> None:
    works = [database.write(sit_and_fail if n % 3 == 0 else sit, f"P{n:02}") for n in range(40)]
    told = await asyncio.gather(*works, return_exceptions=True)
    assert [isinstance(one, DomainError) for one in told] == [n % 3 == 0 for n in range(40)]
    assert await database.read(names) == [f"P{n:02}" for n in range(40) if n % 3]


async def test_a_flush_that_fails_takes_back_only_itself(database: Database) -> None:
    told = await asyncio.gather(
        *(database.write(join_by_orm, name) for name in ("Ann", "Bao", "Ann", "Chen")), return_exceptions=True
    )
    assert sum(isinstance(one, IntegrityError) for one in told) == 1
    kept = await database.read(lambda session: sorted(session.scalars(select(Member.name))))
    assert kept == ["Ann", "Bao", "Chen"]
    members = [one for one in told if isinstance(one, Member)]
    assert sorted(member.name for member in members) == kept  # loaded: nothing lazy leaves the thread


async def test_what_one_work_loaded_does_not_answer_for_the_next(database: Database) -> None:
    def take(session: Session) -> int:
        left = session.execute(select(STOCK.c.left_over)).scalar_one()
        if left == 0:
            raise DomainError("sold_out")
        session.execute(STOCK.update().values(left_over=left - 1))
        return int(left)

    told = await asyncio.gather(*(database.write(take) for _ in range(60)), return_exceptions=True)
    if database.dialect == "sqlite":  # one writer: even a read-modify-write is safe
        assert sorted(one for one in told if isinstance(one, int)) == [1, 2, 3, 4, 5]
        assert sum(isinstance(one, DomainError) for one in told) == 55


async def test_60_taps_at_once_on_the_last_5(database: Database) -> None:
    def take(session: Session) -> None:
        found = session.execute(text("UPDATE stock SET left_over = left_over - 1 WHERE id = 1 AND left_over >= 1"))
        if found.rowcount != 1:  # type: ignore[attr-defined]  # a cursor's result has it
            raise DomainError("sold_out")

    told = await asyncio.gather(*(database.write(take) for _ in range(60)), return_exceptions=True)
    assert told.count(None) == 5


async def test_a_savepoint_inside_a_work_is_the_works_own(database: Database) -> None:
    def tries(session: Session) -> None:
        sit(session, "Ann")
        with pytest.raises(IntegrityError), session.begin_nested():
            sit(session, "Ann")
        sit(session, "Bao")

    await asyncio.gather(database.write(tries), database.write(sit, "Chen"), database.write(sit, "Dora"))
    assert await database.read(names) == ["Ann", "Bao", "Chen", "Dora"]


async def test_a_reader_cannot_write_on_sqlite(database: Database) -> None:
    if database.dialect != "sqlite":
        return
    with pytest.raises(DatabaseUnavailable, match="cannot be written"):
        await database.read(sit, "Ann")


async def test_a_reader_sees_one_snapshot(database: Database) -> None:
    def twice(session: Session) -> tuple[list[str], list[str]]:
        before = names(session)
        database.write_sync(sit, "Bao")
        return before, names(session)

    if database.dialect == "sqlite":
        assert await database.read(twice) == ([], [])


async def test_closing_finishes_what_waits_and_refuses_what_comes_later(database: Database) -> None:
    waiting = [asyncio.ensure_future(database.write(sit, f"P{n}")) for n in range(20)]
    await asyncio.sleep(0)
    await database.close()
    assert len(await asyncio.gather(*waiting)) == 20
    with pytest.raises(DatabaseUnavailable, match="closed"):
        await database.write(sit, "late")


async def test_on_postgresql_a_lost_race_runs_again(empty_postgres_url: str) -> None:
    database = Database.open(empty_postgres_url)
    database.write_sync(furnish)
    runs: list[int] = []

    def serialised(session: Session) -> None:
        runs.append(1)
        session.connection(execution_options={"isolation_level": "SERIALIZABLE"})
        left = session.execute(select(STOCK.c.left_over)).scalar_one()
        session.execute(STOCK.update().values(left_over=left - 1))

    await asyncio.gather(*(database.write(serialised) for _ in range(5)))
    assert database.read_sync(lambda session: session.execute(select(STOCK.c.left_over)).scalar_one()) == 0
    assert len(runs) >= 5
    database.close_sync()


async def test_on_postgresql_lost_connections_before_the_commit_are_made_good(empty_postgres_url: str) -> None:
    database = Database.open(empty_postgres_url)
    database.write_sync(furnish)
    cut: list[int] = []

    def cut_once(session: Session) -> None:
        sit(session, "Ann")
        if not cut:
            cut.append(1)
            pid = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
            database.read_sync(
                lambda other: other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid}).all()
            )
        sit(session, "Bao")

    await database.write(cut_once)
    assert await database.read(names) == ["Ann", "Bao"]
    database.close_sync()


# A file of one's own


def test_a_full_disk_loses_nothing_that_was_told(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'tuan.db'}")
    database.write_sync(furnish)
    database.write_sync(lambda session: session.execute(text("PRAGMA max_page_count = 40")).all())

    async def rush() -> list[object]:
        works = [database.write(sit, f"{n:04}" + "x" * 3000) for n in range(120)]
        return await asyncio.gather(*works, return_exceptions=True)

    told = asyncio.run(rush())
    kept = {name[:4] for name in database.read_sync(names)}
    assert {one[:4] for one in told if isinstance(one, str)} == kept
    refused = [one for one in told if not isinstance(one, str)]
    assert 0 < len(kept) < 120
    assert all(isinstance(one, DatabaseUnavailable) and "disk is full" in str(one) for one in refused)
    database.write_sync(lambda session: session.execute(text("PRAGMA max_page_count = 100000")).all())
    assert database.write_sync(sit, "after") == "after"
    database.close_sync()


def test_a_second_process_on_the_file_is_refused_in_one_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    first = Database.open(url)
    with pytest.raises(DatabaseBusy, match="another tuan uses this database"):
        Database.open(url)
    beside = Database.open(url, exclusive=False)
    beside.write_sync(furnish)
    beside.close_sync()
    assert first.read_sync(names) == []
    first.close_sync()
    Database.open(url).close_sync()


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda folder: folder / "nowhere" / "tuan.db", "does not exist"),
        (lambda folder: folder, "opened"),
        (lambda folder: _no_database(folder / "tuan.db"), "no SQLite database"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_line(tmp_path: Path, make: object, line: str) -> None:
    path = make(tmp_path)  # type: ignore[operator]  # a lambda of the table above
    with pytest.raises(DatabaseUnavailable, match=line) as told:
        Database.open(f"sqlite:///{path}")
    assert "\n" not in str(told.value)


def _no_database(path: Path) -> Path:
    path.write_text("this is a shopping list, " * 100)
    return path


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_another_kind_of_address_is_told_what_would_be_right(url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match=r"sqlite:///file\.db"):
        Database.open(url)


def test_no_such_server_is_told_in_one_line_without_the_password() -> None:
    with pytest.raises(DatabaseUnavailable) as told:
        Database.open("postgresql://tuan:geheim@127.0.0.1:9/tuan")
    assert "\n" not in str(told.value)
    assert "geheim" not in str(told.value)


def test_what_was_told_survives_kill_9(tmp_path: Path) -> None:
    """A child writes and says what was confirmed; it is killed in the middle of it, ten times."""
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    parent = Database.open(url)
    parent.write_sync(furnish)
    parent.close_sync()
    told: set[str] = set()
    for life in range(10):
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            _live(url, life, writing)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            told.update(pipe.readline().strip() for _ in range(20 + life))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            told.update(line.strip() for line in pipe if line.endswith("\n"))
    after = Database.open(url)
    kept = set(after.read_sync(names))
    assert told <= kept
    with sqlite3.connect(tmp_path / "tuan.db") as raw:
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    after.close_sync()


def _live(url: str, life: int, writing: int) -> None:
    """Writes until it is killed."""
    database = Database.open(url)

    async def write(name: str) -> None:
        await database.write(sit, name)
        os.write(writing, f"{name}\n".encode())

    async def rush() -> None:
        for n in range(100_000):
            await asyncio.gather(*(write(f"{life}-{n}-{k}") for k in range(8)))

    asyncio.run(rush())
    os._exit(1)


def test_the_writer_is_one_thread(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'tuan.db'}")
    assert database.write_sync(lambda _: threading.current_thread().name) == "writer"
    database.close_sync()

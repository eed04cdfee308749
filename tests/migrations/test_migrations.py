"""The migrations make the tables that the models speak of, on both engines, and only once."""

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text

from bot.core import migrate
from bot.core.database import Database
from bot.core.outages import DatabaseBusy, DatabaseUnavailable


def _engine(url: str):
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, migrate.metadata()))


def test_a_migrated_database_has_exactly_the_tables_of_the_models(empty_database_url: str) -> None:
    assert migrate.upgrade(empty_database_url)
    engine = _engine(empty_database_url)
    with engine.connect() as connection:
        assert _differences(connection) == [], 'draft the next one: python -m bot.core.migrate "what changed"'
    engine.dispose()


def test_what_the_database_itself_refuses_is_the_same_by_migration_as_by_the_models(
    empty_database_url: str, tmp_path: Path
) -> None:
    """Autogenerate is blind to CHECK constraints, so they are compared by name and by words."""
    migrate.upgrade(empty_database_url)
    modelled = create_engine(f"sqlite:///{tmp_path / 'models.db'}")
    migrate.metadata().create_all(modelled)
    migrated = _engine(empty_database_url)
    for table in migrate.metadata().sorted_tables:
        wanted = {check["name"] for check in inspect(modelled).get_check_constraints(table.name)}
        assert {check["name"] for check in inspect(migrated).get_check_constraints(table.name)} == wanted, table.name
    modelled.dispose()
    migrated.dispose()


def test_the_second_start_finds_nothing_to_do(empty_database_url: str) -> None:
    assert migrate.upgrade(empty_database_url)
    assert not migrate.upgrade(empty_database_url)


def test_going_back_and_forth_leaves_no_trace(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    migrate.upgrade(url)
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", "bot:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()
    assert migrate.upgrade(url)


def test_a_database_of_a_later_version_is_left_alone(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url)
    engine = _engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(DatabaseUnavailable, match="install the newer one"):
        migrate.upgrade(empty_database_url)


def test_nobody_migrates_under_a_running_bot(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    database = Database.open(url)
    with pytest.raises(DatabaseBusy):
        migrate.upgrade(url)
    database.close_sync()
    assert migrate.upgrade(url)


def test_a_migration_that_breaks_halfway_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "tuan.db"
    with sqlite3.connect(file) as connection:
        connection.execute("CREATE TABLE seats (in_the_way INTEGER)")
    connection.close()
    with pytest.raises(DatabaseUnavailable, match="seats"):
        migrate.upgrade(f"sqlite:///{file}")
    with sqlite3.connect(file) as connection:
        assert connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall() == [("seats",)]
    connection.close()


def test_a_folder_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnavailable, match="does not exist"):
        migrate.upgrade(f"sqlite:///{tmp_path / 'missing' / 'tuan.db'}")


def test_a_database_that_is_not_of_this_version_is_named_and_left_alone(empty_database_url: str) -> None:
    with pytest.raises(DatabaseUnavailable, match="no database of tuan yet"):
        migrate.require(empty_database_url)
    migrate.upgrade(empty_database_url)
    migrate.require(empty_database_url)
    engine = _engine(empty_database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()
    with pytest.raises(DatabaseUnavailable, match="run `tuan migrate`"):
        migrate.require(empty_database_url)


def test_every_migration_is_numbered_in_order() -> None:
    numbers = sorted(file.name[:4] for file in migrate.VERSIONS.glob("[0-9]*.py"))
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    assert migrate.head() == numbers[-1]

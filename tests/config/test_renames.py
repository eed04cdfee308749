"""`tuan check` beside a database: what was renamed or removed is said, and the database is only looked at."""

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core import glance, migrate, sync
from bot.core.database import Database
from campaigns import slots
from campaigns.linter import check
from tests.config.pages import WHOLE, write

ROOT = Path(__file__).parents[2]
BREAD = """
[[campaign]]
id = "daily-fruit"
kind = "group_buy"
schedule = { every = "1d" }
product = "oranges"
closes_after = "2h"
"""


def loaded(folder: Path, text: str, url: str) -> None:
    """The bot ran with this bot.toml once."""
    config = check(write(folder, text)).config
    assert config is not None
    migrate.upgrade(url)
    database = Database.open(url)
    database.write_sync(sync.sync, config, slots.load, datetime.now(UTC))
    database.close_sync()


def told(folder: Path, text: str, **environment: str) -> list[str]:
    """The warnings of `tuan check` in that folder."""
    write(folder, text)
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.defpath, "PYTHONIOENCODING": "utf-8", **environment}
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "check"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stderr.splitlines()


RENAMED = (
    'bot.toml:32: warning: "fri-oranges" is new and "friday-oranges" is gone: a renamed campaign starts anew; '
    'write id = "friday-oranges" to go on with the old one, or leave it if it is another'
)


def test_a_renamed_campaign_is_told_at_its_line(tmp_path: Path) -> None:
    loaded(tmp_path, WHOLE, f"sqlite:///{tmp_path / 'tuan.db'}")
    assert told(tmp_path, WHOLE) == []
    assert told(tmp_path, WHOLE.replace("friday-oranges", "fri-oranges")) == [RENAMED]


def test_one_that_went_is_told_and_a_new_one_is_not(tmp_path: Path) -> None:
    loaded(tmp_path, WHOLE + BREAD, f"sqlite:///{tmp_path / 'tuan.db'}")
    gone = "bot.toml:1: warning: {} is gone: it stops, and what it opened goes on to its end; "
    gone += "put it back, or leave it if that is meant"
    assert told(tmp_path, WHOLE) == [gone.format('"daily-fruit"')]
    assert told(tmp_path, WHOLE + BREAD + BREAD.replace("daily-fruit", "weekly-fruit")) == []
    renamed = told(tmp_path, WHOLE.replace("friday-oranges", "fri-oranges"))
    assert renamed == [RENAMED, gone.format('"daily-fruit"')]


def test_of_two_that_went_the_one_with_a_name_alike_is_meant(tmp_path: Path) -> None:
    loaded(tmp_path, WHOLE + BREAD, f"sqlite:///{tmp_path / 'tuan.db'}")
    both = (WHOLE + BREAD).replace("friday-oranges", "fridays-oranges").replace("daily-fruit", "dailyfruit")
    assert [line.split(": a renamed")[0].split("warning: ")[1] for line in told(tmp_path, both)] == [
        '"fridays-oranges" is new and "friday-oranges" is gone', '"dailyfruit" is new and "daily-fruit" is gone',
    ]  # fmt: skip


def test_it_is_read_while_the_bot_runs(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    loaded(tmp_path, WHOLE, url)
    database = Database.open(url)
    try:
        assert told(tmp_path, WHOLE.replace("friday-oranges", "fri-oranges")) == [RENAMED]
    finally:
        database.close_sync()


def test_postgresql_is_asked_too(tmp_path: Path, postgres_url: str) -> None:
    text = WHOLE.replace("[bot]", '[bot]\ndatabase = "env:DATABASE_URL"')
    loaded(tmp_path, WHOLE, postgres_url)
    said = told(tmp_path, text.replace("friday-oranges", "fri-oranges"), DATABASE_URL=postgres_url)
    assert said == [RENAMED.replace(":32:", ":33:")]
    assert told(tmp_path, text, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none") == []
    assert told(tmp_path, text) == []  # the secret is not set here


def test_nothing_is_made_or_changed(tmp_path: Path) -> None:
    assert told(tmp_path, WHOLE) == []
    assert [path.name for path in tmp_path.iterdir()] == ["bot.toml"]
    loaded(tmp_path, WHOLE, f"sqlite:///{tmp_path / 'tuan.db'}")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.name != "bot.toml"}
    told(tmp_path, WHOLE.replace("friday-oranges", "fri-oranges"))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.name != "bot.toml"} == before


@pytest.mark.parametrize("holds", [b"", b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 5000])
def test_what_is_no_database_of_ours_knows_nothing(tmp_path: Path, holds: bytes) -> None:
    (tmp_path / "tuan.db").write_bytes(holds)
    assert glance.live_campaigns(f"sqlite:///{tmp_path / 'tuan.db'}") is None


def test_a_database_of_somebody_else_knows_nothing(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "tuan.db").execute("CREATE TABLE campaigns (name TEXT)").connection.close()
    assert glance.live_campaigns(f"sqlite:///{tmp_path / 'tuan.db'}") is None

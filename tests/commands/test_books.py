"""`tuan migrate`, `tuan verify` and `tuan export` as processes: what they print, and how they end."""

import csv
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from bot.core import migrate
from bot.core.database import Database
from models import notices
from tests.rules.after_lock.lock import Locked

ROOT = Path(__file__).parents[2]
CONFIG = """
[bot]
token = "env:BOT_TOKEN"
database = "{database}"
languages = ["en"]

[[shop]]
id = "orchard"
name = "Orchard Lane"
currency = "CNY"
timezone = "Asia/Shanghai"
owners = [1001]
"""


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with a bot.toml and a database in which a group buy was locked."""
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    (tmp_path / "bot.toml").write_text(CONFIG.format(database=url))
    migrate.upgrade(url)
    database = Database.open(url)
    database.write_sync(_locked)
    database.close_sync()
    return tmp_path


def _locked(session) -> None:  # tests only
    deal = Locked(session, stock=20)
    notices.notify(session, [*deal.opened, *deal.lock_facts], deal.now)


def tuan(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot.cli", *words]
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.defpath, "PYTHONIOENCODING": "utf-8", "BOT_TOKEN": "1:x"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_verify_says_that_all_is_well(shop: Path) -> None:
    done = tuan(shop, "verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ok, ")


def test_verify_prints_every_difference_and_exits_one(shop: Path) -> None:
    with sqlite3.connect(shop / "tuan.db") as connection:
        connection.execute("UPDATE products SET stock_left = 3")
        connection.execute("UPDATE orders SET total = 1 WHERE id = 1")
    connection.close()
    done = tuan(shop, "verify")
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "stock: product 1: expected 17, found 3", "order total: order 1: expected 3600, found 1"
    ]  # fmt: skip


def test_verify_runs_beside_a_running_bot(shop: Path) -> None:
    database = Database.open(f"sqlite:///{shop / 'tuan.db'}")
    try:
        assert tuan(shop, "verify").returncode == 0
    finally:
        database.close_sync()


def test_export_writes_a_table_of_either_kind(shop: Path) -> None:
    done = tuan(shop, "export", "--circle", "Office 3F", "picks.csv")
    assert (done.returncode, done.stdout) == (0, "picks.csv: 3 lines\n")
    with (shop / "picks.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["member"] for row in csv.DictReader(file)] == ["Ann", "Bao", "Chen"]
    assert tuan(shop, "export", "picks.xlsx").returncode == 0
    assert openpyxl.load_workbook(shop / "picks.xlsx").active["B4"].value == "Chen"


def test_export_names_the_circles_there_are(shop: Path) -> None:
    done = tuan(shop, "export", "--circle", "Office 4F", "picks.csv")
    assert done.returncode == 1
    assert done.stderr == "tuan: no circle is called 'Office 4F'; there are: Office 3F\n"
    assert not (shop / "picks.csv").exists()


def test_export_to_a_folder_that_is_not_there_is_one_line(shop: Path) -> None:
    done = tuan(shop, "export", "missing/picks.csv")
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)


def test_migrate_says_what_it_did(tmp_path: Path) -> None:
    (tmp_path / "bot.toml").write_text(CONFIG.format(database=f"sqlite:///{tmp_path / 'new.db'}"))
    assert tuan(tmp_path, "migrate").stdout == f"the database is now of version {migrate.head()}\n"
    assert tuan(tmp_path, "migrate").stdout == "the database is up to date\n"


def test_a_database_that_was_never_made_is_one_kind_line(tmp_path: Path) -> None:
    (tmp_path / "bot.toml").write_text(CONFIG.format(database=f"sqlite:///{tmp_path / 'none.db'}"))
    for words in (["verify"], ["export", "picks.csv"]):
        done = tuan(tmp_path, *words)
        assert (done.returncode, done.stderr.splitlines()[0][:35]) == (1, "tuan: there is no database of tuan ")
    assert not (tmp_path / "none.db").exists()

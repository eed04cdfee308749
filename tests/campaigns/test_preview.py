"""`tuan preview`, word for word: one bot.toml, one database, one moment; the same on both engines, and without any."""

import json
import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import create_engine, update
from sqlalchemy.orm import Session

from bot.cli import main
from campaigns import linter, slots
from models.campaigns import campaigns
from tests.campaigns.village import Village
from tests.templates import lay

ROOT, GOLDEN = Path(__file__).parents[2], Path(__file__).parent / "golden"
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # Monday 12:00 in Shanghai


def lived_in(url: str) -> None:
    """Ann, Bao, Chen and Dora buy oranges now and then; Emil never did; Fang blocked the bot; Gus never pressed start."""
    engine = create_engine(lay(url).replace("postgresql://", "postgresql+psycopg://"))
    with Session(engine) as session, session.begin():
        village = Village(session, NOON)
        for name in ("Ann", "Bao", "Chen", "Dora", "Emil"):
            village.comes(name, "office" if name < "D" else "stairwell")
        village.comes("Fang", "office", blocked=True)
        village.comes("Gus", "office", "stairwell", started=False)
        for name, days in {"Ann": 10, "Bao": 59, "Chen": 70, "Dora": 200, "Fang": 3}.items():
            village.buys(name, days=days)
        config = linter.load(GOLDEN / "bot.toml", NOON)
        slots.load(session, config, NOON - timedelta(days=2, hours=1))  # so intervals count from Saturday, 11:00
        session.execute(update(campaigns).where(campaigns.c.key == "office-oranges").values(paused_at=NOON))
    engine.dispose()


def previewed(*words: str, url: str) -> str:
    """What the command prints, without waiting for a process to start."""
    said, wrong = StringIO(), StringIO()
    with chdir(GOLDEN), pytest.MonkeyPatch.context() as there, redirect_stdout(said), redirect_stderr(wrong):
        there.setenv("TUAN_TEST_DATABASE", url)
        code = main(["preview", "--config", "bot.toml", "--at", NOON.isoformat(), *words])
    assert (code, wrong.getvalue()) == (0, "")
    return said.getvalue()


def previewed_alone(*words: str, url: str = "") -> str:
    """The same by a process of its own."""
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.defpath, "PYTHONIOENCODING": "utf-8", "TUAN_TEST_DATABASE": url}
    command = [sys.executable, "-m", "bot.cli", "preview", "--config", "bot.toml", "--at", NOON.isoformat(), *words]
    done = subprocess.run(command, cwd=GOLDEN, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def golden(name: str) -> str:
    return (GOLDEN / name).read_text(encoding="utf-8")


def test_with_a_database_it_tells_who_and_why(database_url: str) -> None:
    lived_in(database_url)
    assert previewed(url=database_url) == golden("preview.txt")
    assert json.loads(previewed("--json", url=database_url)) == json.loads(golden("preview.json"))


def test_without_one_it_says_what_it_cannot_know() -> None:
    assert previewed_alone() == golden("preview-of-the-file.txt")


def test_it_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    lived_in(url)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    previewed(url=url)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.mark.parametrize("days", [1, 366])
def test_a_year_ahead_is_quick_too(tmp_path: Path, days: int) -> None:
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    lived_in(url)
    told = json.loads(previewed("--json", "--days", str(days), url=url))
    assert told == sorted(told, key=lambda slot: datetime.fromisoformat(slot["slot"]))
    assert all(slot["messages"] <= slot["audience"] for slot in told)

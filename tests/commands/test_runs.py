"""`tuan runs` as an operator reads it: the last runs, and of one everybody by name, what became of them and why."""

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bot.cli import main
from bot.core import migrate
from models import mutes
from tests.campaigns.square import BOT, Square
from tests.rules.scene import engine_of

HELLO = """
[[campaign]]
id = "hello"
kind = "broadcast"
text = { en = "Hello." }
schedule = { every = "1h" }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Ann was written to, Bao muted it, Chen never pressed start; a name is hostile."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path / 'tuan.db'}"
    migrate.upgrade(url)
    engine = engine_of(url)
    with Session(engine) as session:
        there = Square(session, tmp_path / "square", HELLO)
        for name in ("Ann\n\x1b[31m", "Bao"):
            there.comes(name)
        there.comes("Chen", started=False)
        mutes.mute(session, there.people["Bao"], mutes.ALL, there.now)
        there.runs(hours=1)
        there.hears()
        session.commit()
    engine.dispose()
    page = BOT.format(campaigns=HELLO, attention="").replace("[bot]", f'[bot]\ndatabase = "{url}"')
    (tmp_path / "bot.toml").write_text(page, encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("folder")
def test_a_run_is_listed_and_everybody_of_it_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    first = capsys.readouterr().out
    assert first == "1  2026-11-23 13:00  hello (broadcast)  running: delivered 1, muted 1, no_consent 1\n"
    assert main(["runs", "1"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        first.strip(),
        "     Ann [31m  delivered 2026-11-23 13:00:00  because you are in OFFICE",
        "     Bao  muted  because you are in OFFICE",
        "     Chen  no_consent  because you are in OFFICE",
    ]


@pytest.mark.usefixtures("folder")
def test_a_run_that_is_none_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs", "99"]) == 1
    assert capsys.readouterr().err == "tuan: there is no run 99; tuan runs lists the last ones\n"

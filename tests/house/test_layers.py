"""The layers hold, and the check that says so finds a fault that is planted."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("bot", "handlers", "models", "campaigns", "sandbox")


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of what the check looks at."""
    for name in OURS:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "page", "*.gz"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(house: Path) -> "subprocess.CompletedProcess[str]":
    program = "import sys; sys.path.insert(0, '.'); from importlinter.cli import lint_imports_command; lint_imports_command()"
    command = [sys.executable, "-c", program, "--no-cache"]
    environment = {"PATH": os.defpath, "PYTHONPATH": str(house), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, cwd=house, env=environment, capture_output=True, text=True, check=False)


def test_the_layers_hold(house: Path) -> None:
    done = lint(house)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("models/leak.py", "import telegram", "Models know no Telegram"),
        ("models/leak.py", "from bot.core import clock", "Layers"),
        ("handlers/leak.py", "import bot.gateway.courier", "Layers"),
        ("handlers/leak.py", "import telegram", "Handlers do not send"),
        ("campaigns/leak.py", "import aiogram", "Campaigns know neither"),
        ("sandbox/leak.py", "import models.money", "The sandbox stands alone"),
    ],
)
def test_a_leak_is_found(house: Path, file: str, line: str, contract: str) -> None:
    (house / file).write_text(f'"""A leak."""\n\n{line}\n')
    done = lint(house)
    assert done.returncode == 1
    broken = [shown for shown in done.stdout.splitlines() if shown.endswith("BROKEN")]
    assert any(shown.startswith(contract) for shown in broken), done.stdout

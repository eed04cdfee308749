"""Orchard Lane's folder, and `tuan` as a process in it."""

import os
import subprocess
import sys
from pathlib import Path

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


def configured(folder: Path, url: str) -> Path:
    """The folder, with a bot.toml of that database."""
    (folder / "bot.toml").write_text(CONFIG.format(database=url))
    return folder


def tuan(folder: Path, *words: str, path: str = os.defpath) -> subprocess.CompletedProcess[str]:
    """Runs the command to its end; `path` is where it finds other programs."""
    command = [sys.executable, "-m", "bot.cli", *words]
    environment = {"PYTHONPATH": str(ROOT), "PATH": path, "PYTHONIOENCODING": "utf-8", "BOT_TOKEN": "1:x"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)

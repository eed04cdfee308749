"""What `pip install .` brings: the wheel is built without a network, unpacked elsewhere, and works there by itself."""

import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ("bot", "handlers", "models", "campaigns", "sandbox", "locales")
LEFT_OUT = {".pyc"}  # what a working tree has beside the files that are kept


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("tuan-*.whl"))) as packed:
        packed.extractall(folder / "unpacked")
    return folder / "unpacked"


def tuan(wheel: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """The command as its entry point calls it, with nothing of the clone in reach."""
    program = "import sys; from bot.cli import main; sys.exit(main())"
    environment = {"PYTHONPATH": str(wheel), "PATH": os.defpath, "PYTHONIOENCODING": "utf-8", "BOT_TOKEN": "1:x"}
    command = [sys.executable, "-c", program, *words]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)


def kept_files() -> Iterator[str]:
    for package in HOUSE:
        for path in (ROOT / package).rglob("*"):
            if path.is_file() and path.suffix not in LEFT_OUT:
                yield path.relative_to(ROOT).as_posix()


def test_every_file_of_the_house_is_in_it(wheel: Path) -> None:
    missing = [name for name in kept_files() if not (wheel / name).is_file()]
    assert missing == []


def test_tests_and_tools_are_not(wheel: Path) -> None:
    brought = {path.name for path in wheel.iterdir()}
    assert {name for name in brought if not name.endswith(".dist-info")} == set(HOUSE)


def test_it_has_the_command_and_the_licence(wheel: Path) -> None:
    about = next(wheel.glob("*.dist-info"))
    assert "tuan = bot.cli:main" in (about / "entry_points.txt").read_text()
    assert (about / "licenses" / "LICENSE").read_text().startswith("MIT License")


def test_the_example_is_in_order_where_it_was_unpacked(wheel: Path) -> None:
    done = tuan(wheel, wheel / "bot" / "example", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ok bot.toml")


def test_a_database_is_made_and_proven_there(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "bot.toml").write_text((ROOT / "bot.toml").read_text().replace("photo  =", "# photo ="))
    made = tuan(wheel, tmp_path, "migrate")
    assert (made.returncode, made.stderr) == (0, "")
    proven = tuan(wheel, tmp_path, "verify")
    assert (proven.returncode, proven.stdout[:3]) == (0, "ok,")


def test_words_and_page_come_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    look = (
        "from bot.core import i18n, words; from sandbox import spec; import sandbox, pathlib\n"
        "print(*i18n.languages(), words.Words('zh_CN').say('command_my'))\n"
        "print(pathlib.Path(sandbox.__file__).with_name('page').joinpath('index.html').is_file())"
    )
    environment = {"PYTHONPATH": str(wheel), "PATH": os.defpath, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", look], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[0].startswith("en zh_CN ")
    assert "My seats" not in done.stdout
    assert done.stdout.splitlines()[1] == "True"

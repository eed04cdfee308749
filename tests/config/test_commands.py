"""The commands of an operator's terminal, as processes: words, exit codes, speed, and what they do not load."""

import json
import resource
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from bot.commands import COMMANDS
from tests.config.pages import WHOLE, write

ROOT = Path(__file__).parents[2]
HEAVY = ("aiogram", "telegram", "sqlalchemy", "sqlmodel", "apscheduler", "PIL", "jinja2", "aiohttp")
WATCH = (
    "import sys, resource; from bot.cli import main\n"
    "try: code = main(sys.argv[1:])\n"
    "except SystemExit as end: code = end.code\n"
    f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)\n"
    "sys.exit(code)"
)


def tuan(*words: str, stdin: str = "", cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bot.cli", *words]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(command, cwd=cwd, env=environment, input=stdin, capture_output=True, text=True, timeout=60, check=False)


def spent() -> float:
    """Processor seconds of all child processes so far; on an idle machine a command takes no longer than that."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


LIGHT = [["--help"], ["check"], ["schema"], ["preview", "--json"], ["preview", "--help"], ["nonsense"]]


@pytest.mark.parametrize("words", LIGHT, ids=" ".join)
def test_what_needs_no_telegram_loads_none_and_answers_within_a_second(words: list[str]) -> None:
    took = []
    for _ in range(3):  # processor time, and the least of it: the machine may be busy with other tests
        begun = spent()
        done = subprocess.run([sys.executable, "-c", WATCH, *words], cwd=ROOT, capture_output=True, text=True, check=False)
        took.append(spent() - begun)
        assert done.stderr.splitlines()[-1] == "[]"
    assert min(took) < 1.0


def test_check_says_ok_or_every_mistake(tmp_path: Path) -> None:
    good = tuan("check")
    assert (good.returncode, good.stdout) == (0, "ok bot.toml · 1 shop, 2 circles, 2 products, 2 campaigns\n")
    write(tmp_path, WHOLE.replace("stock", "stok").replace("closes_after", "closes"))
    bad = tuan("check", cwd=tmp_path)
    assert bad.returncode == 1
    assert bad.stdout.splitlines() == [
        "bot.toml:29: unknown key stok; did you mean stock?",
        'bot.toml:31: closes_after is missing; add closes_after = "24h"',
        "bot.toml:43: unknown key closes; did you mean closes_after?",
    ]
    none = tuan("check", "--config", "none.toml", cwd=tmp_path)
    assert (none.returncode, none.stdout.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "tuan: the following arguments are required: COMMAND; tuan --help shows how"),
        (["chekc"], "tuan: unknown command 'chekc', did you mean check?; tuan --help shows how"),
        (["check", "--confg", "x"], "tuan: unrecognized arguments: --confg x; tuan --help shows how"),
        (["preview", "--days", "0"], "tuan preview: argument --days: 0 is not between 1 and 366; tuan preview --help shows how"),
        (["preview", "--days", "x"], "tuan preview: argument --days: 'x' is no whole number; tuan preview --help shows how"),
        (
            ["preview", "--at", "2026-12-01T18:00"],
            (
                "tuan preview: argument --at: '2026-12-01T18:00' has no offset, write 2026-12-01T18:00+08:00 or 2026-12-01T18:00Z; "
                "tuan preview --help shows how"
            ),
        ),
    ],
    ids=str,
)
def test_wrong_use_is_one_line_and_2(words: list[str], told: str) -> None:
    done = tuan(*words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{told}\n")


@pytest.mark.parametrize("command", [command for command in COMMANDS if command.exists()], ids=lambda command: command.name)
def test_every_command_has_help_with_an_example(command: object) -> None:
    done = tuan(command.name, "--help")
    assert done.returncode == 0
    assert f"Example: {command.example}" in done.stdout
    assert command.example.startswith(f"tuan {command.name}")


def test_the_schema_knows_the_example_and_describes_every_key() -> None:
    schema = json.loads(tuan("schema").stdout)
    example = tomllib.loads((ROOT / "bot.toml").read_text(encoding="utf-8"))
    assert set(example) <= set(schema["properties"])
    definitions = schema["$defs"]
    for name in ("Bot", "Rates", "Attention", "Shop", "Circle", "Product", "GroupBuy", "Step", "When"):
        assert definitions[name]["additionalProperties"] is False
        assert all(field.get("description") for field in definitions[name]["properties"].values()), name
    assert "shop" not in definitions["Product"]["required"]
    assert definitions["Product"]["properties"]["price"]["type"] == "string"
    assert {"id", "kind", "schedule", "product", "closes_after"} <= set(definitions["GroupBuy"]["required"])


def test_preview_tells_the_coming_days() -> None:
    done = tuan("preview", "--json", "--days", "7", "--at", "2026-12-01T18:00:00+08:00")
    read = ("campaign", "slot", "audience", "messages", "cost_max")
    assert [tuple(slot[key] for key in read) for slot in json.loads(done.stdout)] == [
        ("friday-oranges", "2026-12-04T18:00:00+08:00", 1, 1, "1582.00"),  # 200 pieces at 7.90 off, and the leader's 2.00
        ("sunday-eggs", "2026-12-06T10:00:00+08:00", 2, 2, "360.00"),
    ]
    assert tuan("preview", "--at", "2026-12-01T18:00:00+08:00").stdout == (
        "Fri 2026-12-04 18:00 CST  friday-oranges (group_buy)\n"
        "    1 circle (Office 3F) · 1 message in 0 s · costs at most 1582.00 CNY\n"
        "Sun 2026-12-06 10:00 CST  sunday-eggs (group_buy)\n"
        "    2 circles (Office 3F, Stairwell B) · 2 messages in 0 s · costs at most 360.00 CNY\n"
        "Circles approved in the chat come on top of those in the file.\n"
    )


def test_preview_of_a_broken_file_names_its_mistakes(tmp_path: Path) -> None:
    write(tmp_path, WHOLE.replace("stock", "stok"))
    done = tuan("preview", "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "bot.toml:29: unknown key stok; did you mean stock?\n")


def test_preview_says_when_nothing_fires(tmp_path: Path) -> None:
    write(tmp_path, WHOLE.replace('cron = "0 18 * * fri"', 'at = "2030-01-01T10:00"'))
    at = ("--at", "2026-11-21T00:00Z")
    assert tuan("preview", *at, cwd=tmp_path).stdout.startswith("nothing fires in the next 7 days\n")
    assert json.loads(tuan("preview", "--json", *at, cwd=tmp_path).stdout) == []


@pytest.mark.parametrize(
    "answers",
    [
        "Nils' \"Farm\"\neur\nEurope/Helsinki\n1001\nApples, 1 kg 3.99\n",
        "团团果园\nCNY\nAsia/Shanghai\n5\n蜜橙 39.9\n",
        "Shop\nyen\nJPY\nNowhere\nAsia/Tokyo\nme\n7\nRice\nRice 5.5\nRice 5500\n",
        "Corner\n\n\n42",
    ],
    ids=range(4),
)
def test_init_asks_five_questions_and_writes_what_check_takes(tmp_path: Path, answers: str) -> None:
    done = tuan("init", stdin=answers, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert tuan("check", cwd=tmp_path).returncode == 0
    again = tuan("init", stdin=answers, cwd=tmp_path)
    assert (again.returncode, again.stderr) == (1, "bot.toml is there already; name another file with --config\n")


def test_init_without_answers_writes_nothing(tmp_path: Path) -> None:
    done = tuan("init", stdin="Shop\n", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.endswith("nothing was written\n")
    assert not (tmp_path / "bot.toml").exists()

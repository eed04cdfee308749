"""The commands as a table: each is there, and wrong use of any of them is one line and exit 2 before anything is loaded."""

import shlex

import pytest

from bot.cli import main, parser
from bot.commands import COMMANDS, Command


def test_every_command_of_the_table_is_there() -> None:
    assert [command.name for command in COMMANDS if not command.exists()] == []


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_wrong_use_of_each_is_one_line_and_2(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main([name, "--nonsense"])
    told = capsys.readouterr()
    assert end.value.code == 2
    assert told.out == ""
    assert told.err.endswith("--help shows how\n")
    assert told.err.count("\n") == 1


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_each_example_is_right_use(command: Command) -> None:
    """What --help shows as an example, the parser takes."""
    words = shlex.split(command.example.partition(" > ")[0])[1:]
    assert parser(words).parse_args(words).command is command

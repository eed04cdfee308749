"""The `tuan` command: finds the command that was asked for and loads nothing else.

Invariant: this file imports the standard library alone, so that help and wrong use answer at once; wrong use exits 2
with one line.
"""

import argparse
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib import import_module
from typing import NoReturn

from bot.commands import COMMANDS, Command


class _Parser(argparse.ArgumentParser):
    """argparse, but wrong use is one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}; {self.prog} --help shows how\n")


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    args = parser(words).parse_args(words)
    module = import_module(f"bot.commands.{args.command.module}")
    try:
        code: int = module.main(args)
    except BrokenPipeError:  # the reader (head, less) has seen enough
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130
    return code


def parser(words: Sequence[str] = ()) -> argparse.ArgumentParser:
    """The parser of all commands; `words` only help to name a mistyped one."""
    root = _Parser(
        prog="tuan",
        description="Buying together in closed friend circles, on Telegram.",
        epilog="Example: tuan check --config bot.toml",
    )
    offered = [command for command in COMMANDS if command.exists()]
    first = next((word for word in words if not word.startswith("-")), None)
    names = [command.name for command in offered]
    if first is not None and first not in names:
        meant = get_close_matches(first, names, 1)
        root.error(f"unknown command {first[:40]!r}" + (f", did you mean {meant[0]}?" if meant else ""))
    commands = root.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    for command in offered:
        _add(commands, command)
    return root


def _add(commands: "argparse._SubParsersAction[_Parser]", command: Command) -> None:
    sub = commands.add_parser(
        command.name,
        help=command.summary,
        description=command.summary,
        epilog=f"Example: {command.example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.arguments(sub)
    sub.set_defaults(command=command)


if __name__ == "__main__":
    sys.exit(main())

"""The table of commands: what each is called, how it is used, and which file does it.

A command's file is `bot/commands/<module>.py` with `main(args) -> int`; it is imported only when it is asked for.
"""

from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from bot.commands import arguments as a


@dataclass(frozen=True)
class Command:
    """One command of the `tuan` program."""

    name: str
    summary: str
    example: str
    arguments: Callable[[ArgumentParser], None]
    file: str | None = None  # where the name is not the file's

    @property
    def module(self) -> str:
        return self.file or self.name

    def exists(self) -> bool:
        """Whether its file is there: a command is offered from the moment it can be run."""
        return find_spec(f"bot.commands.{self.module}") is not None


COMMANDS = (
    Command(
        "demo", "Play a living circle on a pretend Telegram on this machine.", "tuan demo --headless --seed 7", a.demo
    ),
    Command(
        "run", "Run the bot: BOT_TOKEN in the environment, the rest in bot.toml.", "tuan run --config bot.toml", a.run
    ),
    Command(
        "check", "Name every mistake in bot.toml, with file, line and remedy.", "tuan check --config bot.toml", a.check
    ),
    Command(
        "preview",
        "Tell what will fire, for whom, and what it may cost.",
        "tuan preview --days 14 --json",
        a.preview,
    ),
    Command("init", "Write a commented bot.toml for your own shop by asking five questions.", "tuan init", a.init),
    Command("schema", "Print the JSON Schema of bot.toml, for editors.", "tuan schema > bot.schema.json", a.schema),
    Command("sandbox", "Start the pretend Telegram alone.", "tuan sandbox --port 8081", a.sandbox),
    Command("verify", "Prove that stock, seats, orders, the ledger, inbox and outbox agree.", "tuan verify", a.verify),
    Command("runs", "List the last runs of campaigns, or whom one reached, whom not and why.", "tuan runs 17", a.runs),
    Command("inbox", "List updates that are parked, or retry them.", "tuan inbox retry 17 18", a.parked, "inbox"),
    Command("outbox", "List messages that are parked, or retry them.", "tuan outbox retry 17 18", a.parked, "outbox"),
    Command("backup", "Copy the database while the bot runs.", "tuan backup tuan-copy.db", a.backup),
    Command("migrate", "Bring the database to this version.", "tuan migrate", a.migrate),
    Command("draw", "Recompute a lucky draw's winners from its published record.", "tuan draw verify draw-7.json", a.draw),
    Command("ledger", "Write every row of the ledger, and the digests of its days.", "tuan ledger ledger.csv", a.ledger),
    Command("export", "Write the pick list as a table.", "tuan export --circle 'Office 3F' picks.xlsx", a.export),
)

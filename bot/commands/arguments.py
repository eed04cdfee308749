"""The arguments of each command. Numbers out of range are wrong use."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from datetime import datetime
from pathlib import Path


def demo(parser: ArgumentParser) -> None:
    parser.add_argument("--headless", action="store_true", help="play a whole story, print the chat as text, and end")
    parser.add_argument(
        "--port", type=_number(0, 65535), default=0, metavar="N", help="port of the chat page (0: a free one)"
    )
    parser.add_argument(
        "--seed", type=_number(0, 2**63 - 1), default=1, metavar="N", help="the same seed plays the same story"
    )
    parser.add_argument(
        "--database", metavar="URL", help="sqlite:///FILE or postgresql://… (else a new file that is thrown away)"
    )
    parser.add_argument("--language", choices=("en", "zh_CN"), default="en", help="what the circle speaks")


def run(parser: ArgumentParser) -> None:
    _config(parser)
    roles = ("all", "listen", "deliver", "schedule")
    parser.add_argument("--role", choices=roles, default="all", help="what this process does")


def check(parser: ArgumentParser) -> None:
    _config(parser)


def preview(parser: ArgumentParser) -> None:
    _config(parser)
    parser.add_argument("--days", type=_number(1, 366), default=7, metavar="N", help="how far to look ahead")
    parser.add_argument(
        "--at", type=_instant, metavar="ISO-TIME", help="as if it were then, as in 2026-12-01T18:00+08:00"
    )
    parser.add_argument("--json", action="store_true", help="as a list for other programs")


def init(parser: ArgumentParser) -> None:
    _config(parser, "the file to write")


def schema(parser: ArgumentParser) -> None:
    """It takes none."""


def sandbox(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--port", type=_number(0, 65535), default=8081, metavar="N", help="port to listen on (0: a free one)"
    )
    parser.add_argument("--state", type=Path, metavar="FILE", help="keep the pretend world in this file between runs")


def draw(parser: ArgumentParser) -> None:
    parser.add_argument("task", choices=("verify",), help="what to do with the record")
    parser.add_argument("file", type=Path, metavar="FILE", help="the record that the circle was sent")
    parser.add_argument("--seed", type=_hash, metavar="SHA-256", help="of the seed, as the circle was shown it at the opening")
    parser.add_argument("--tickets", type=_hash, metavar="SHA-256", help="of the tickets, as the circle was shown it at closing")


def verify(parser: ArgumentParser) -> None:
    _config(parser)


def parked(parser: ArgumentParser) -> None:
    _config(parser)
    parser.add_argument("action", nargs="?", choices=("list", "retry"), default="list", help="what to do (list)")
    parser.add_argument("ids", nargs="*", type=_number(1, 2**63 - 1), metavar="ID", help="which to retry; none: all")


def runs(parser: ArgumentParser) -> None:
    _config(parser)
    parser.add_argument("run", nargs="?", type=_number(1, 2**63 - 1), metavar="RUN", help="its number; none: the last runs")


def backup(parser: ArgumentParser) -> None:
    _config(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="the copy to write")


def migrate(parser: ArgumentParser) -> None:
    _config(parser)


def export(parser: ArgumentParser) -> None:
    _config(parser)
    parser.add_argument("--circle", metavar="NAME", help="this circle only")
    parser.add_argument("file", type=_table, metavar="FILE", help="a .xlsx or .csv file")


def ledger(parser: ArgumentParser) -> None:
    _config(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="the CSV file to write; FILE.days.csv stands beside it")


def _config(parser: ArgumentParser, purpose: str = "the configuration") -> None:
    parser.add_argument("--config", type=Path, default=Path("bot.toml"), metavar="FILE", help=f"{purpose} (bot.toml)")


def _number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ArgumentTypeError(f"{text[:40]!r} is no whole number") from None
        if not low <= number <= high:
            raise ArgumentTypeError(f"{number} is not between {low} and {high}")
        return number

    return parse


def _instant(text: str) -> datetime:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text[:40]!r} is no time, write 2026-12-01T18:00+08:00") from None
    if value.tzinfo is None:
        raise ArgumentTypeError(f"{text[:40]!r} has no offset, write {text[:40]}+08:00 or {text[:40]}Z")
    return value


def _table(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in {".xlsx", ".csv"}:
        raise ArgumentTypeError(f"{text[:40]!r} is no table, name a .xlsx or .csv file")
    return path


def _hash(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise ArgumentTypeError(f"{text[:20]!r} is not written in 64 hexadecimal digits")
    return text.lower()

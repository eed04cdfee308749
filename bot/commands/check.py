"""`tuan check`: every mistake at its line, or `ok`."""

import sys
from argparse import Namespace

from bot.core import glance
from bot.core.config import Loaded, Mistake
from campaigns import renames
from campaigns.linter import check


def main(args: Namespace) -> int:
    loaded = check(args.config)
    for warning in (*loaded.warnings, *_renamed(loaded)):
        print(warning, file=sys.stderr)
    for mistake in loaded.mistakes:
        print(mistake)
    if loaded.config is None:
        return 1
    config = loaded.config
    counted = (
        ("shop", config.shops),
        ("circle", config.circles),
        ("product", config.products),
        ("campaign", config.campaigns),
    )
    print("ok", args.config, "·", ", ".join(f"{len(of)} {word}{'' if len(of) == 1 else 's'}" for word, of in counted))
    return 0


def _renamed(loaded: Loaded) -> list[Mistake]:
    """What changed as against the database, if there is one that can be read."""
    live = glance.live_campaigns(glance.address(loaded.config.bot)) if loaded.config else None
    return [] if live is None else list(renames.warnings(loaded, live))

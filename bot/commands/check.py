"""`tuan check`: every mistake at its line, or `ok`."""

import sys
from argparse import Namespace

from campaigns.linter import check


def main(args: Namespace) -> int:
    loaded = check(args.config)
    for warning in loaded.warnings:
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

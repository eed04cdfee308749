"""`tuan preview`: the coming days, before anything is sent."""

import json
import sys
from argparse import Namespace
from datetime import UTC, datetime

from campaigns.linter import check
from campaigns.preview import MOST_SLOTS, preview, sentences


def main(args: Namespace) -> int:
    at = args.at or datetime.now(UTC)
    loaded = check(args.config, at)
    if loaded.config is None:
        print(*loaded.mistakes, sep="\n", file=sys.stderr)
        return 1
    coming = preview(loaded.config, at, args.days)
    if args.json:
        print(json.dumps([slot.as_json() for slot in coming], ensure_ascii=False, indent=2))
        return 0
    print(*sentences(coming), sep="\n") if coming else print(f"nothing fires in the next {args.days} days")
    print("Circles approved in the chat come on top of those in the file.")
    if any(campaign.schedule.every for campaign in loaded.config.campaigns.values()):
        print("Intervals are shown as if the file were loaded now; once it runs they count from its first load.")
    if len(coming) >= MOST_SLOTS:
        print(f"Of each campaign the first {MOST_SLOTS} slots are shown.")
    return 0

"""`tuan preview`: the coming days, before anything is sent."""

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.core import glance
from bot.core.config import Config
from bot.core.config.values import duration_text
from campaigns.linter import check
from campaigns.preview import MOST_SLOTS, Coming, preview, sentences


def main(args: Namespace) -> int:
    at = args.at or datetime.now(UTC)
    loaded = check(args.config, at)
    if loaded.config is None:
        print(*loaded.mistakes, sep="\n", file=sys.stderr)
        return 1
    url = glance.address(loaded.config.bot)
    known = url is not None and glance.is_there(url)
    coming = _with_database(loaded.config, at, args.days, str(url)) if known else preview(loaded.config, at, args.days)
    if args.json:
        print(json.dumps([slot.as_json() for slot in coming], ensure_ascii=False, indent=2))
        return 0
    print(*sentences(coming), sep="\n") if coming else print(f"nothing fires in the next {args.days} days")
    for note in _notes(loaded.config, coming, known=known):
        print(note)
    return 0


def _with_database(config: Config, at: datetime, days: int, url: str) -> list[Coming]:
    """The preview with what the database knows."""
    from campaigns.reached import Reached  # noqa: PLC0415  # a preview without a database starts without its libraries

    with glance.session(url) as session:
        return preview(config, at, days, Reached(session, config, at))


def _notes(config: Config, coming: list[Coming], *, known: bool) -> Iterator[str]:
    """What the list cannot show."""
    campaigns = config.campaigns.values()
    if not known:
        yield "Circles approved in the chat come on top of those in the file."
        if any(campaign.schedule.every for campaign in campaigns):
            yield "Intervals are shown as if the file were loaded now; once it runs they count from its first load."
    for campaign in campaigns:
        if (event := campaign.schedule.after) is not None:
            delay = f"{duration_text(campaign.schedule.delay)} " if campaign.schedule.delay else ""
            yield f"{campaign.id} ({campaign.kind}) comes to each member {delay}after an event of their own: {event}."
    if len(coming) >= MOST_SLOTS:
        yield f"Of each campaign the first {MOST_SLOTS} slots are shown."

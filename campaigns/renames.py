"""Campaigns that are new or gone as against what the database has loaded: a renamed one starts anew, and that is said.

Invariant: an id is a campaign's name for ever; another id is another campaign, with slots and runs of its own.
"""

from collections.abc import Iterator, Mapping

from rapidfuzz import fuzz

from bot.core.config import Config, Loaded, Mistake
from bot.core.config.mistakes import shown

_ALIKE = 60  # of 100, between two ids


def warnings(loaded: Loaded, live: Mapping[str, str]) -> Iterator[Mistake]:
    """What `tuan check` says beside the mistakes. `live`: the campaigns of the database with their kinds."""
    config = loaded.config
    if config is None:
        return
    new = [key for key in config.campaigns if key not in live]
    gone = [key for key in live if key not in config.campaigns]
    for key in new:
        former = _former(key, config, gone, live)
        if former is not None:
            gone.remove(former)
            file, line = loaded.place(key)
            what = f"{shown(key)} is new and {shown(former)} is gone: a renamed campaign starts anew"
            right = f"write id = {shown(former)} to go on with the old one, or leave it if it is another"
            yield Mistake(file, line, what, right, warning=True)
    for key in gone:
        what = f"{shown(key)} is gone: it stops, and what it opened goes on to its end"
        yield Mistake(loaded.file, 1, what, "put it back, or leave it if that is meant", warning=True)


def _former(key: str, config: Config, gone: list[str], live: Mapping[str, str]) -> str | None:
    """Which of those that are gone this one probably was: of its kind, with a name alike, or the only one that could be."""
    same = [former for former in gone if live[former] == config.campaigns[key].kind]
    best = max(same, key=lambda former: fuzz.ratio(key, former), default=None)
    if best is not None and (fuzz.ratio(key, best) >= _ALIKE or len(same) == 1):
        return best
    return None

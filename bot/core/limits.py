"""bot.toml's [attention] as the rules take it."""

from datetime import time

from bot.core.config import Config
from bot.core.config import Quota as Written
from models.attention import Limits, Quota
from models.hours import Hours


def limits_of(config: Config) -> Limits:
    """The quotas and the quiet hours of the moment; /reload may change them."""
    said = config.attention
    hours = Hours(_minutes(said.quiet_hours.start), _minutes(said.quiet_hours.end))
    return Limits(_quota(said.member_promotions), _quota(said.circle_posts), hours)


def _quota(written: Written) -> Quota:
    return Quota(written.count, written.per)


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute

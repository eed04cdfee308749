"""What people do: talk, tap, join, leave, pay, vote; and what whoever plays with the sandbox does: clock, faults, limits."""

from sandbox.acts import talk, taps, visits, world
from sandbox.acts.ask import ACTS, Ask, chat_of
from sandbox.acts.visits import invite_url

__all__ = ["ACTS", "Ask", "chat_of", "invite_url", "talk", "taps", "visits", "world"]

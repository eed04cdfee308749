"""What people do: talk, tap, join, leave, pay, vote; and what whoever plays with the sandbox does: clock, faults, limits.

Importing this package fills `ACTS`.
"""

from importlib import import_module
from pkgutil import iter_modules

from sandbox.acts.ask import ACTS, Ask, chat_of

for module in iter_modules(__path__):
    import_module(f"{__name__}.{module.name}")

__all__ = ["ACTS", "Ask", "chat_of"]

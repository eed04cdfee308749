"""The event loop of a process: uvloop where it is installed (the `fast` extra), else asyncio's own."""

import asyncio
import gc
from collections.abc import Callable, Coroutine
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar, cast

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Runs `main` to its end and returns what it returns."""
    spare_the_collector()
    runner = import_module("uvloop").run if find_spec("uvloop") else asyncio.run
    return cast("Callable[[Coroutine[Any, Any, T]], T]", runner)(main)


def spare_the_collector() -> None:
    """What was imported and read stays for good, so the collector need not look at it again.

    And a tap leaves so much short-lived rubbish that at its default pace collecting took 7 % of the processor.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)

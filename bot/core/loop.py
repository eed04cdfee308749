"""The event loop of a process: uvloop where it is installed (the `fast` extra), else asyncio's own."""

import asyncio
from collections.abc import Callable, Coroutine
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeVar, cast

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Runs `main` to its end and returns what it returns."""
    runner = import_module("uvloop").run if find_spec("uvloop") else asyncio.run
    return cast("Callable[[Coroutine[Any, Any, T]], T]", runner)(main)

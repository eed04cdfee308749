"""The event loop of a process: uvloop where it is installed (the `fast` extra), else asyncio's own."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

try:
    from uvloop import run as _run
except ImportError:  # a fifth slower, nothing else differs
    _run = asyncio.run

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Runs `main` to its end and returns what it returns."""
    return _run(main)

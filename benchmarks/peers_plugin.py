"""A pytest plugin for python-telegram-bot's own tests: its bots talk to the sandbox, and sockets go nowhere but loopback.

It runs in the environment made by benchmarks/peers.py, where nothing of this project is installed.
"""

import os
import socket
import sys
from typing import Any

URL = os.environ["SANDBOX_URL"]
HOME = ("127.0.0.1", "::1", "localhost")
REAL = "https://api.telegram.org"
connect = socket.socket.connect


def guarded(self: socket.socket, address: Any) -> None:
    """Refuses every address that is not this machine's."""
    if isinstance(address, tuple) and address[0] not in HOME:
        raise OSError(f"no address but loopback: {address[0]}")
    connect(self, address)


def at_home(_name: str) -> str:
    return HOME[0]


def pytest_configure() -> None:
    """Puts the guard in place, lets every name mean this machine, and sends the bots to the sandbox."""
    socket.gethostbyname = at_home  # no name server is asked
    socket.socket.connect = guarded  # type: ignore[method-assign]  # the guard is the point
    from telegram import Bot  # noqa: PLC0415  (only this environment has it at hand, and only after the guard stands)

    init = Bot.__init__

    def redirected(self: Bot, *args: Any, **kwargs: Any) -> None:
        for name, folder in (("base_url", "bot"), ("base_file_url", "file/bot")):
            given = kwargs.get(name) or REAL
            kwargs[name] = f"{URL}/{folder}" if given.startswith(REAL) else given
        init(self, *args, **kwargs)

    Bot.__init__ = redirected  # type: ignore[method-assign]  # the tests build their bots without an address


assert sys.version_info >= (3, 11)

"""`tuan run`: the bot for real. This file only prepares for the imports, which are most of a start."""

import gc
import os
from argparse import Namespace
from importlib import import_module


def main(args: Namespace) -> int:
    os.environ.setdefault("PTB_TIMEDELTA", "true")  # else python-telegram-bot warns when retry_after is read
    gc.disable()  # nothing that is imported can be collected, and looking costs a tenth of the start
    serving = import_module("bot.commands.serving")
    gc.freeze()
    gc.enable()
    code: int = serving.serve(args)
    return code

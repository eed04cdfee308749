"""Every button that anything of ours shows has somebody who answers it."""

import re
from pathlib import Path

from bot.core.notice_keys import KEYS
from handlers import dispatch
from handlers.commands import CIRCLE, OPERATOR, OWNER, PRIVATE
from handlers.taps import taps

HOUSE = Path(__file__).parents[2]
SHOWN = re.compile(r'button\([^()]*?(?:\([^()]*\)[^()]*?)*,\s*"([a-z][a-z0-9]{0,7}!?)",')


def test_every_op_that_is_shown_is_answered() -> None:
    assert dispatch.dispatcher  # importing it fills the table
    ops = {op for rows in KEYS.values() for row in rows for _, op, *_ in row}
    for file in (*HOUSE.glob("handlers/*.py"), *HOUSE.glob("bot/core/*.py")):
        ops |= set(SHOWN.findall(file.read_text(encoding="utf-8")))
    assert {"j", "f", "w", "s", "paid", "cant", "open", "rnd", "pk"} <= ops
    assert ops <= taps.ops


def test_every_command_of_the_menus_is_heard() -> None:
    code = "".join(file.read_text(encoding="utf-8") for file in HOUSE.glob("handlers/*.py"))
    heard = set(re.findall(r'"([a-z]+)"', code))
    assert {*PRIVATE, *CIRCLE, *OWNER, *OPERATOR} <= heard

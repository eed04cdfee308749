"""Every movement of a wallet or of points has words of its own for what it was for, in each language."""

import ast
import re
from pathlib import Path

import pytest

from bot.core import thanked
from bot.core.words import Words

MODELS = Path(__file__).parents[2] / "models"
BOOKED = re.compile(r"\bledger\.(transfer|reward|hold|capture|release|claw_back|give_back|next_reason)\(|\bwallet\.credit\(")
KINDS = {"packet.kind": ("packet", "coupon"), "WHAT[side]": ("referral", "referred")}  # what stands first in a computed reason
ELSEWHERE = {"charge", "refund", "late", "referral_rest"}  # of cash and budgets: no wallet moves
WHYS = (
    "complaint", "change", "lock_difference", "failed", "recalled", "dropped", "owner", "owed", "referral_void", "referred_void",
)  # fmt: skip


def subjects() -> set[str]:
    """What stands before the first colon of every reason in the modules that book something, as their source has it."""
    found: set[str] = set()
    for path in MODELS.glob("*.py"):
        source = path.read_text(encoding="utf-8")
        if path.name != "ledger.py" and BOOKED.search(source):
            for node in ast.walk(ast.parse(source)):
                found |= of_text(node) | of_call(node)
    return found - ELSEWHERE


def of_text(node: ast.AST) -> set[str]:
    """f"showcase:{order_id}" is about showcase, f"{packet.kind}:{packet.id}" about each kind."""
    if not isinstance(node, ast.JoinedStr) or len(node.values) < 2:
        return set()
    first, second = node.values[:2]
    if isinstance(first, ast.Constant):
        named = re.match(r"([a-z_]+):", str(first.value))
        return {named[1]} if named else set()
    follows = isinstance(second, ast.Constant) and str(second.value) == ":"
    return set(KINDS.get(ast.unparse(first.value), ())) if follows and isinstance(first, ast.FormattedValue) else set()


def of_call(node: ast.AST) -> set[str]:
    """next_reason(session, "order", order_id) and give_back(…, what="order_back")."""
    if not isinstance(node, ast.Call):
        return set()
    counted = node.args[1:2] if ast.unparse(node.func).endswith(("next_reason", "_next_key")) else []
    named = [one.value for one in node.keywords if one.arg == "what"] if ast.unparse(node.func) == "ledger.give_back" else []
    return {str(one.value) for one in (*counted, *named) if isinstance(one, ast.Constant)}


def test_the_source_names_what_it_books() -> None:
    assert {"order", "order_back", "points_order", "points_back", "showcase", "draw", "packet", "referral"} <= subjects()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_reason_has_its_words(language: str) -> None:
    words = Words(language)
    other = thanked.reason(words, "no such reason")
    assert [what for what in sorted({*subjects(), *WHYS}) if thanked.reason(words, what, 1001) == other] == []


def test_in_chinese_no_reason_is_english() -> None:
    for what in sorted({*subjects(), *WHYS}):
        assert not re.search("[A-Za-z]", thanked.reason(Words("zh_CN"), what, 1001)), what

"""Every no has words in every language: found in the code, said with the values the code gives it."""

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core import i18n
from bot.core.words import ANSWER, Words, templates
from models.errors import DomainError

ROOT = Path(__file__).parents[2]
SAMPLES: dict[str, object] = {
    "options": ["small", "large"],
    "pickups": ["Gate 2"],
    "shops": ["Orchard Lane"],
    "state": "open",
    "closes_at": datetime(2026, 11, 20, tzinfo=UTC),
}
TEXTUAL = frozenset(
    {
        "option",
        "what",
        "called",
        "word",
        "meant",
        "part",
        "machine",
        "current",
        "target",
        "why",
        "name",
        "price",
        "pickup",
        "shop",
        "currency",
    }
)


def codes() -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Each DomainError, Mistake and Fault of the tree: its code, the names of its values, where it stands."""
    for folder in ("models", "handlers", "bot", "campaigns"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and getattr(node.func, "id", "") in {"DomainError", "Mistake", "Fault"}
                    and node.args
                ):
                    code = node.args[0]
                    names = [keyword.arg for keyword in node.keywords if keyword.arg]
                    for given in node.args[1:]:
                        names += [key.value for key in getattr(given, "keys", []) if isinstance(key, ast.Constant)]
                    for value in _literals(code):
                        yield value, tuple(names), f"{path.relative_to(ROOT)}:{node.lineno}"


def _literals(node: ast.expr) -> list[str]:
    if isinstance(node, ast.IfExp):
        return [*_literals(node.body), *_literals(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


FOUND = sorted(set(codes()))


@pytest.mark.parametrize(("code", "names", "where"), FOUND, ids=[f"{code}@{where}" for code, _, where in FOUND])
@pytest.mark.parametrize("language", i18n.languages())
def test_each_no_has_words(code: str, names: tuple[str, ...], where: str, language: str) -> None:
    assert code in templates().places, f"{where}: add a block {code} to locales/templates/refusals.j2"
    values = {name: SAMPLES.get(name, "open" if name in TEXTUAL else 3) for name in names}
    said = Words(language).refusal(DomainError(code, **values))
    assert said
    assert len(said.encode("utf-16-le")) // 2 <= ANSWER


@pytest.mark.parametrize(("code", "names", "where"), FOUND, ids=[f"{code}@{where}" for code, _, where in FOUND])
def test_no_refusal_shows_a_price(code: str, names: tuple[str, ...], where: str) -> None:
    """Outside clients read "a refusal shows no price" as: no amount of this currency in it."""
    values = {name: SAMPLES.get(name, "open" if name in TEXTUAL else 777) for name in names}
    if code not in {
        "price_not_positive",
        "offer_no_title",
        "offer_no_price",
        "offer_price_unread",
    }:  # examples of how to type one
        assert "7.77" not in Words("en").refusal(DomainError(code, **values))


def test_many_codes_were_found() -> None:
    assert len({code for code, _, _ in FOUND}) > 40


@pytest.mark.parametrize("language", i18n.languages())
@pytest.mark.parametrize(
    "state", ["draft", "scheduled", "open", "deciding", "locked", "settling", "done", "failed", "cancelled"]
)
def test_why_it_is_not_open_is_said_for_each_state(language: str, state: str) -> None:
    assert Words(language).say("not_open", state=state)


def test_a_no_without_words_is_answered_politely(caplog: pytest.LogCaptureFixture) -> None:
    assert Words("en").refusal(DomainError("brand_new")) == Words("en").say("went_wrong")
    assert "brand_new" in caplog.text


def test_what_voice_says() -> None:
    assert (
        Words("en").refusal(DomainError("over_limit", asked=6, limit=5, reply=3))
        == "6 is more than 5 a person. Reply +3 to have 5."
    )
    assert (
        Words("zh_CN").refusal(DomainError("over_limit", asked=6, limit=5, reply=3))
        == "6 份超过每人 5 份。回复 +3 就正好 5 份。"
    )


@pytest.mark.parametrize("language", i18n.languages())
def test_hostile_words_in_a_no_stay_words_and_stay_short(language: str) -> None:
    evil = "<b>\u202e" + "大" * 500 + "{{ 7*7 }}"
    said = Words(language).refusal(DomainError("unknown_option", option=evil, options=[evil] * 40))
    assert "\u202e" not in said
    assert "49" not in said
    assert len(said.encode("utf-16-le")) // 2 <= ANSWER

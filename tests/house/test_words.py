"""What is written is true: links lead somewhere, commands exist, and every line the bot can end with is explained."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.commands import COMMANDS
from bot.core.outages import _SQLITE_WORDS  # the lines a person may read

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / name for name in ("README.md", "README.zh.md", "CONTRIBUTING.md", "CHANGELOG.md", *sorted(
    str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")
))]  # fmt: skip


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for target, _, anchor in re.findall(r"\]\((?!https?:)([^)#]*)(#([^)]*))?\)", document.read_text(encoding="utf-8")):
        goal = (document.parent / target) if target else document
        assert goal.exists(), target
        if anchor:
            assert anchor in anchors(goal), f"{target}#{anchor}"


def anchors(document: Path) -> set[str]:
    """The names that headings get on the page."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_that_are_named_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text()
    for target in named(r"(?:[A-Z_]+=\S+ )?make ([a-z-]+)", text):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    known = {command.name for command in COMMANDS if command.exists()}
    assert named(r"(?:\.venv/bin/)?tuan ([a-z]+)", text) <= known
    for module in set(re.findall(r"python -m ((?:bot|sandbox|tests|benchmarks)[\w.]*)", text)):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), module


def named(command: str, text: str) -> set[str]:
    """What a command is followed by, in `quotes` and in indented lines."""
    return set(re.findall("`" + command, text)) | set(re.findall("^    " + command, text, re.MULTILINE))


def test_files_that_are_named_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    places = [ROOT, ROOT / "bot"]
    for name in set(re.findall(r"`((?:[\w]+/)+[\w.]+\.py)`", text)):
        assert any((place / name).is_file() for place in places), name


def test_every_line_it_can_end_with_is_explained() -> None:
    """docs/running.md has a row for each one-line error: by its beginning, up to what differs."""
    manual = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    missing = [line for line in (*_SQLITE_WORDS.values(), *ends()) if not any(part in manual for part in beginnings(line))]
    assert missing == []


def ends() -> Iterator[str]:
    """The literal words of every error that ends a command."""
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"CannotRun", "DatabaseBusy", "DatabaseUnavailable"}:
                words = [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
                longest = max(words, key=len, default="")
                if len(longest) > 12 and "stopped before" not in longest and "cannot be brought" not in longest:
                    yield longest


def beginnings(line: str) -> list[str]:
    """Parts of a line that would name it: what stands before its first colon or semicolon, without what is around."""
    head = re.split(r"[:;,]", line.strip(" :;,"))[0].strip()
    return [head] if len(head) > 8 else [line.strip(" :;,")]

"""The shape of the house: one noun a file, nothing that only this machine has, decisions in a row."""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST_FILE, LONGEST_FUNCTION = 320, 45
OURS = ("bot", "handlers", "models", "campaigns", "sandbox")


def files_kept() -> list[Path]:
    """What a clone has: files under version control, and new ones that are not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


def sources() -> Iterator[Path]:
    yield from (path for folder in OURS for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


def test_a_file_is_one_noun() -> None:
    kept = [path for path in files_kept() if path.suffix == ".py" and not {"tests", "migrations"} & set(path.parts)]
    long = {str(path.relative_to(ROOT)): n for path in kept if (n := len(path.read_text().splitlines())) > LONGEST_FILE}
    assert long == {}


def test_a_function_does_one_thing() -> None:
    long = []
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name} has {lines} lines")
    assert long == []


def test_every_file_says_what_it_is_for() -> None:
    silent = [path for path in sources() if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))]
    assert [str(path.relative_to(ROOT)) for path in silent] == []


def test_a_silenced_check_has_its_reason() -> None:
    bare = re.compile(r"#\s*(?:noqa(?::\s*[A-Z0-9, ]+)?|type: ignore(?:\[[\w, -]+\])?)\s*$", re.MULTILINE)
    found = [str(path.relative_to(ROOT)) for path in sources() if bare.search(path.read_text())]
    assert found == []


def test_decisions_are_numbered_without_gaps() -> None:
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert [name[:4] for name in names] == [f"{number:04}" for number in range(1, len(names) + 1)]
    for name in names:
        text = (ROOT / "docs" / "decisions" / name).read_text(encoding="utf-8")
        assert "**Decided.**" in text, name
        assert "**Refused.**" in text, name
        assert len(text.splitlines()) <= 30, name


def test_pinned_requirements_name_no_address() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text, name
        assert "--hash=sha256:" in text, name


def test_ci_runs_make_test_alone() -> None:
    steps = [line for line in (ROOT / ".ci" / "run").read_text().splitlines() if line and not line.startswith("#")]
    assert steps[-1] == "exec make test"


def test_python_and_version_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == ">=3.11"
    assert f"## {project['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert sys.version_info >= (3, 11)

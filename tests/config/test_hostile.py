"""Whatever stands in a file: it is whole, or each mistake is one printable line. Nothing ever raises or takes a second."""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.linter import check
from tests.config.pages import NOW, WHOLE, write

FILES = [WHOLE, *(path.read_text("utf-8") for path in sorted((Path(__file__).parent / "whole").glob("*.toml")))]
LINES = WHOLE.splitlines()
KEYED = [number for number, line in enumerate(LINES) if " = " in line and not line.startswith(" ")]
VALUES = st.one_of(
    st.sampled_from([
        "[]", "{}", "[[]]", "[{}]", "[[1]]", "{ a = {} }", "true", "nan", "-inf", "1e400", "0", "-1", "2026-12-01", "12:00:00",
        "2026-12-01T18:00:00Z", "2026-12-01T18:00:00", '""', '" "', '"\\u0000"', '"\\u202e\\u009b"', '"\\n"', '"env:"',
        '"#"', '"*"',
        "0x" + "f" * 5000, "9" * 30, "1" * 5000, "[1, [2, [3]]]", '["a", 1, {}]', '"a/b"', '"~"', '"C:\\\\x"', "'''\n'''",
        '{ cron = "* * * * *" }', '{ every = "0s" }', '{ at = [] }', '{ at = [1] }', '{ after = "x" }', '{ delay = "1d" }',
        '{ en = 1 }', '{ en = "" }', '{ "\\u0007" = "x" }', '[{ at = 0 }]', '[{ at = 1, price = "0" }]', '[{ gift = "x" }]',
        '{ class = "loyal", orders = ">=0" }', '{ orders = ">=99999999" }', '{ spent = ">=1e9" }',
        '{ within = "0s", not_for = "9d" }',
        '{ en = "{name}{name}", zh_CN = "{x}" }', '["5.00", "2.00"]', '{ a = "5.00", b = "2.00" }', '"' + "橙🍊" * 3000 + '"',
        '"' + "{name}" * 3000 + '"', '[{ worth = "9.00", count = 99 }]', '[{ at = 1, gift = { en = "{x}" } }]', '"**"', '"**x"',
        '"99999999999999"', '"1.0000"', '"99999999d"', '"0/0s"', '"٣h"', '"24:00-00:00"', '"Europe"', '"posixrules"', '"XXX"',
    ]),
    st.text(max_size=12).map(lambda text: "'" + text.replace("'", "").replace("\n", "") + "'"),
)  # fmt: skip


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(KEYED), VALUES), min_size=1, max_size=4), st.booleans())
def test_any_value_in_any_place_is_taken_or_told(changes: list[tuple[int, str]], as_key: bool) -> None:
    lines = LINES.copy()
    for number, value in changes:
        key = lines[number].split(" = ")[0]
        lines[number] = f"{key} = {value}" if not as_key else f"'{value.replace(chr(39), '')[:20].strip()}' = 1"
    with TemporaryDirectory() as folder:
        path = write(Path(folder), "\n".join(lines))
        loaded = check(path, NOW)
        assert (loaded.config is None) == bool(loaded.mistakes)
        for found in (*loaded.mistakes, *loaded.warnings):
            text = str(found).removeprefix(str(path.parent))
            assert text.isprintable()
            assert len(text) < 500
            assert "; " in text
            assert 1 <= found.line <= len(lines) + 5


NAMES = st.sampled_from([
    "levels", "reward", "budget", "max", "percent", "prizes", "audience", "ladder", "price", "stars", "fake", "text", "photo",
    "circles", "schedule", "lasts", "after", "kind", "id", "shop", "include", "to", "about", "needed", "a.b.c", "'x y'", "class",
])  # fmt: skip
CHANGES = st.tuples(st.integers(0, 200), st.sampled_from(["put", "add", "drop", "twice"]), NAMES, VALUES)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(FILES), st.lists(CHANGES, min_size=1, max_size=5))
def test_a_file_of_any_kind_with_anything_in_it_is_taken_or_told(text: str, changes: list[tuple[int, str, str, str]]) -> None:
    lines = text.splitlines()
    for number, change, name, value in changes:
        at = number % len(lines)
        put = {"put": [f"{lines[at].split(' = ')[0]} = {value}"], "add": [lines[at], f"{name} = {value}"], "drop": []}
        lines[at : at + 1] = put.get(change, [lines[at], lines[at]])
        lines = lines or [""]
    with TemporaryDirectory() as folder:
        path = write(Path(folder), "\n".join(lines))
        begun = time.process_time()
        loaded = check(path, NOW)
        assert time.process_time() - begun < 1.0
        assert (loaded.config is None) == bool(loaded.mistakes)
        for found in (*loaded.mistakes, *loaded.warnings):
            text = str(found).replace(str(path.parent), "")
            assert text.isprintable()
            assert len(text) < 700
            assert 1 <= found.line <= len(lines) + 5


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='[]{}=."\'\\\n#,abc1 \x00é', max_size=200))
def test_any_text_is_taken_or_told(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = write(Path(folder), text)
        loaded = check(path, NOW)
        assert loaded.config is None
        assert all(str(found).isprintable() for found in loaded.mistakes)

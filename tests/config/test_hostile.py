"""Whatever stands in a file: it is whole, or each mistake is one printable line. Nothing ever raises."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.linter import check
from tests.config.pages import NOW, WHOLE, write

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


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='[]{}=."\'\\\n#,abc1 \x00é', max_size=200))
def test_any_text_is_taken_or_told(text: str) -> None:
    with TemporaryDirectory() as folder:
        path = write(Path(folder), text)
        loaded = check(path, NOW)
        assert loaded.config is None
        assert all(str(found).isprintable() for found in loaded.mistakes)

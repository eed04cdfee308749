"""Buttons: data that comes back as it was sent, and data nobody sent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.buttons import LIMIT, Buttons, Pressed, deep_link, keyboard, share_link

OURS = Buttons("123:secret")


def test_ann_presses_what_she_was_sent() -> None:
    assert OURS.parse(OURS.data("j", 7)) == Pressed("j", 7)
    assert OURS.parse(OURS.data("j", 7, 2)) == Pressed("j", 7, "2")
    assert OURS.parse(OURS.data("rec!", 7)) == Pressed("rec!", 7)


def test_the_tag_fits_one_body_and_one_bot_only() -> None:
    tag = OURS.data("j", 7).rpartition(".")[2]
    assert OURS.parse(f"j:8.{tag}") is None
    assert OURS.parse(f"j:7:1.{tag}") is None
    assert Buttons("123:other").parse(OURS.data("j", 7)) is None


@pytest.mark.parametrize(
    "forged", ["", ".", "j:7", "j:7.", "j:7.AAAAAA", "j:-1.AAAAAA", "j:٧.AAAAAA", "é" * 40, "j" * 65, "j:7.é"]
)
def test_what_bao_forges_is_not_ours(forged: str) -> None:
    assert OURS.parse(forged) is None


@given(st.text(max_size=80))
def test_no_text_at_all_harms_or_passes(text: str) -> None:
    assert OURS.parse(text) is None


@given(
    st.from_regex(r"\A[a-z][a-z0-9]{0,7}!?\Z"),
    st.integers(0, 2**63 - 1),
    st.none() | st.from_regex(r"\A[A-Za-z0-9_-]{1,24}\Z"),
)
def test_data_always_fits_and_always_comes_back(op: str, subject: int, arg: str | None) -> None:
    data = OURS.data(op, subject, arg)
    assert len(data.encode()) <= LIMIT
    assert OURS.parse(data) == Pressed(op, subject, arg)


@pytest.mark.parametrize(("op", "arg"), [("J", None), ("", None), ("j", ""), ("j", "a b"), ("j", "x" * 25)])
def test_a_button_that_could_not_come_back_is_never_made(op: str, arg: str | None) -> None:
    with pytest.raises(ValueError, match="no callback data"):
        OURS.data(op, 1, arg)


def test_rows_are_broken_where_telegram_breaks_them() -> None:
    buttons = [OURS.button(str(n), "j", n) for n in range(10)]
    assert [len(row) for row in keyboard(buttons, [])["inline_keyboard"]] == [8, 2]


def test_links() -> None:
    assert deep_link("tuan_bot", "share_Ab-1") == "https://t.me/tuan_bot?start=share_Ab-1"
    with pytest.raises(ValueError, match="payload"):
        deep_link("tuan_bot", "a b")
    assert share_link("https://t.me/x?start=a", "two & 三") == (
        "https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fx%3Fstart%3Da&text=two%20%26%20%E4%B8%89"
    )

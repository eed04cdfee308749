"""Lengths: what `tuan check` lets pass fits Telegram's limits when it leaves, whatever people and things are called."""

import pytest

from bot.core import names, render
from bot.core.config.wording import CAPTION, MESSAGE, NAME, REASON, THING, Wording, letter
from bot.core.i18n import languages
from bot.core.words import Words, templates

LONGEST = {
    "product": "🍐" * 60, "circle": "🍊" * 60, "shop": "🍊" * 60, "category": "🍎" * 60, "wish": "🍐" * 60,
    "days": 3660, "orders": 9_999_999, "class": "champion", "path": "expert", "event": "answered",
}  # fmt: skip


@pytest.mark.parametrize("language", languages())
def test_the_line_that_says_why_has_the_room_that_is_kept_for_it(language: str) -> None:
    words = Words(language)
    whys = [block for block, file in templates().places.items() if file == "why.j2" and block.startswith("why_")]
    assert "why_member" in whys
    for block in whys:
        why = render.plain(words.text(block, **LONGEST))
        assert render.length("\n\n" + words.text("promotion_why", why=" ".join(why.split()))) <= REASON, block


@pytest.mark.parametrize("below_photo", [False, True])
def test_a_text_that_is_as_long_as_it_may_be_leaves_whole(below_photo: bool) -> None:
    wording = letter({"name": NAME, "circle": THING}, below_photo=below_photo)
    limit = CAPTION if below_photo else MESSAGE
    text = "{name} {circle} "
    text += "x" * (wording.room - wording.longest(text))
    assert list(wording.findings(("text",), {"en": text})) == []
    filled = render.fill(text, {"name": names.shown("🍊" * 200), "circle": names.shown("🍐" * 200, 60)})
    assert render.length(filled) + REASON <= limit
    (found,) = wording.findings(("text",), {"en": text + "x"})
    assert (found.at, found.warning) == (("text", "en"), False)


def test_an_emoji_is_two_letters_and_a_brace_is_one() -> None:
    assert Wording(10).longest("🍊{橙") == 4
    assert Wording(10, {"name": 24}).longest("{name}{x}") == 27
    assert [found.what for found in Wording(10).findings(("gift",), {"zh_CN": "{a}{a}{b}"})] == [
        "gift names {a} in zh_CN", "gift names {b} in zh_CN",
    ]  # fmt: skip

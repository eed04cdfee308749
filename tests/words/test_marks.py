"""An owner's bold, slanted, linked and coded words: kept where they stand, whatever stands around them, and never more."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core import marks, names, render
from bot.core.marks import Entity, Mark

NAMED = {"name": '<b>Bo & "Co"</b>', "shop": "Orchard", "circle": "Office"}
STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "blockquote", "expandable_blockquote")
ACCOUNTS = {7: 1007}


def shown(text: str, *entities: Entity, skipped: int = 0) -> str:
    return str(marks.fill(names.clean_lines(text), NAMED, marks.kept(text, entities, skipped), ACCOUNTS))


def test_bold_slanted_code_and_links_stay_where_they_were() -> None:
    assert shown("new: oranges", Entity("bold", 5, 7)) == "new: <b>oranges</b>"
    assert shown("a b c", Entity("italic", 0, 3), Entity("code", 4, 1)) == "<i>a b</i> <code>c</code>"
    assert shown("here", Entity("text_link", 0, 4, "https://a.b/?x=1&y=2")) == '<a href="https://a.b/?x=1&amp;y=2">here</a>'


def test_places_count_as_telegram_counts() -> None:
    assert shown("🍊🍊 sweet", Entity("bold", 5, 5)) == "🍊🍊 <b>sweet</b>"
    assert shown("oranges", Entity("bold", 11, 7), skipped=11) == "<b>oranges</b>"


def test_what_cleaning_takes_away_moves_them() -> None:
    assert shown("  two   blanks\n\n\n\nthen\u200b this ", Entity("bold", 24, 4)) == "two blanks\n\nthen <b>this</b>"


def test_one_within_the_other_and_across() -> None:
    assert shown("abc", Entity("bold", 0, 3), Entity("italic", 1, 1)) == "<b>a<i>b</i>c</b>"
    assert shown("abc", Entity("bold", 0, 2), Entity("italic", 1, 2)) == "<b>a<i>b</i></b><i>c</i>"
    assert shown("ab", Entity("code", 0, 2), Entity("bold", 0, 1)) == "<code>ab</code>"


def test_placeholders_are_filled_escaped_and_marked_as_a_whole() -> None:
    assert shown("Hi {name}!", Entity("bold", 3, 6)) == "Hi <b>&lt;b&gt;Bo &amp; &#34;Co&#34;&lt;/b&gt;</b>!"
    assert shown("Hi {shop}!", Entity("bold", 5, 2)) == "Hi <b>Orchard</b>!"
    assert shown("<i>{{ 7*7 }}</i>", Entity("bold", 0, 3)) == "<b>&lt;i&gt;</b>{{ 7*7 }}&lt;/i&gt;"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "tg://user?id=1003", "https://a b", "http://", "", None])
def test_a_link_leads_to_the_web(url: str | None) -> None:
    assert shown("here", Entity("text_link", 0, 4, url)) == "here"


def test_a_link_cannot_leave_its_attribute() -> None:
    assert shown("x", Entity("text_link", 0, 1, 'https://a/"><b>')) == '<a href="https://a/&#34;&gt;&lt;b&gt;">x</a>'


def test_a_quote_is_one_quote_whatever_is_marked_in_it() -> None:
    inside = (Entity("bold", 4, 3), Entity("text_link", 8, 5, "https://a.b/"))
    html = 'one <b>two</b> <a href="https://a.b/">three</a>\nfour'
    assert shown("one two three\nfour", Entity("blockquote", 0, 18), *inside) == f"<blockquote>{html}</blockquote>"
    folded = shown("one two three\nfour", *inside, Entity("expandable_blockquote", 0, 18))
    assert folded == f"<blockquote expandable>{html}</blockquote>"
    assert shown("a\nb", Entity("blockquote", 0, 1), Entity("blockquote", 2, 1)) == (
        "<blockquote>a</blockquote>\n<blockquote>b</blockquote>"
    )
    assert shown("a b", Entity("blockquote", 0, 3), Entity("code", 2, 1)) == "<blockquote>a <code>b</code></blockquote>"


def test_code_in_a_language_emoji_and_moments_stay() -> None:
    assert shown("x = 1", Entity("pre", 0, 5, "python")) == '<pre><code class="language-python">x = 1</code></pre>'
    assert shown("x = 1", Entity("pre", 0, 5)) == "<pre>x = 1</pre>"
    assert shown("🍊!", Entity("custom_emoji", 0, 2, "5368324170671202286"), Entity("bold", 0, 3)) == (
        '<b><tg-emoji emoji-id="5368324170671202286">🍊</tg-emoji>!</b>'
    )
    assert shown("then", Entity("date_time", 0, 4, "1800000000:r")) == '<tg-time unix="1800000000" format="r">then</tg-time>'


def test_whom_a_mention_names_is_looked_up_and_who_was_erased_is_words() -> None:
    assert shown("ask Kim", Entity("text_mention", 4, 3, 7)) == 'ask <a href="tg://user?id=1007">Kim</a>'
    assert shown("ask Kim", Entity("text_mention", 4, 3, 8)) == "ask Kim"
    assert marks.mentioned(marks.kept("ask Kim", [Entity("text_mention", 4, 3, 7)])) == [7]


def test_what_is_lost_is_named_and_what_telegram_finds_itself_is_not() -> None:
    text = "/broadcast ask 🍊 Kim here @ann #new x"
    found = [
        Entity("text_mention", 18, 3), Entity("text_link", 22, 4, "tg://settings"), Entity("mention", 27, 4),
        Entity("hashtag", 32, 4), Entity("glitter", 37, 1), Entity("bold", 15, 2), Entity("bot_command", 0, 10),
    ]  # fmt: skip
    assert marks.lost(text.removeprefix("/broadcast "), found, 11) == (
        ("text_mention", "Kim"), ("text_link", "here"), ("glitter", "x"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("custom_emoji", '1"><b>'), ("custom_emoji", "0"), ("custom_emoji", 5), ("pre", 'x"><b>'), ("date_time", "soon:r"),
        ("date_time", "1:<b>"), ("text_mention", "7"), ("text_mention", -7), ("text_mention", None),
    ],
)  # fmt: skip
def test_what_a_mark_is_about_cannot_leave_its_attribute(kind: str, about: str | int | None) -> None:
    assert shown("x", Entity(kind, 0, 1, about)) == "x"
    assert marks.lost("x", [Entity(kind, 0, 1, about)]) == ((kind, "x"),)


def test_other_marks_and_broken_ones_are_none() -> None:
    assert shown("x", Entity("custom_emoji", 0, 1), Entity("bold", 5, 9), Entity("bold", -3, 1), Entity("bold", 0, 0)) == "x"
    kept = [["bold", 0, 1, None], ["bold", "0", 1, None], ["script", 0, 1, None], ["text_link", 0, 1, "ftp://x"], 7]
    assert marks.read(kept) == (Mark("bold", 0, 1),)
    assert marks.read(None) == marks.read("bold") == ()


ABOUT = st.sampled_from([
    *((kind, None) for kind in STYLES), ("text_link", "https://a.b"), ("text_mention", 7), ("text_mention", 8),
    ("custom_emoji", "53"), ("date_time", "18:"), ("pre", "c++"),
])  # fmt: skip
ENTITIES = st.lists(
    st.builds(lambda kind, start, length: Entity(kind[0], start, length, kind[1]), ABOUT, st.integers(-5, 60), st.integers(-5, 60)),
    max_size=6,
)


@given(st.text("ab {name}\n<&🍊\u0301\u200b\u200d\r\t", max_size=40), ENTITIES)
def test_the_words_stay_the_words_and_tags_are_well_formed(text: str, entities: list[Entity]) -> None:
    html = shown(text, *entities)
    assert render.plain(html) == render.plain(str(render.fill(names.clean_lines(text), NAMED)))
    depth: list[str] = []
    for closing, tag in re.findall(r"<(/?)([a-z-]+)[^<>]*>", html):
        if closing:
            assert depth.pop() == tag
        else:
            depth.append(tag)
    assert not depth
    again = marks.read([mark.as_json() for mark in marks.kept(text, entities)])
    assert str(marks.fill(names.clean_lines(text), NAMED, again, ACCOUNTS)) == html

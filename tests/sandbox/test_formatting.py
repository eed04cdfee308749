"""HTML and MarkdownV2 as the platform reads them; what it finds in plain text; safe HTML for the page."""

import random
from typing import Any

import pytest

from sandbox.entities import formatted
from sandbox.entities.render import render
from sandbox.entities.units import units
from sandbox.errors import ApiError


def person(number: int) -> dict[str, Any] | None:
    return {"id": number, "is_bot": False, "first_name": "Ann"} if number == 1003 else None


def read(text: str, mode: str | None) -> tuple[str, list[str]]:
    """The clean text and each entity as `type:offset+length`."""
    clean, entities = formatted(text, mode, None, person)
    return clean, [f"{e['type']}:{e['offset']}+{e['length']}" for e in entities]


PLAIN = "/start@tuan_bot +1 #deal @ann_1003 https://a.de/x. a@b.com"
GOOD = (
    ("HTML", "<b>bold <i>both</i></b> &lt;&amp;", "bold both <&", ["bold:0+9", "italic:5+4"]),
    ("HTML", "😀<u>x</u>", "😀x", ["underline:2+1"]),
    ("HTML", '<a href="https://a.de/?x=1&amp;y=2">l</a>', "l", ["text_link:0+1"]),
    ("HTML", '<a href="tg://user?id=1003">Ann</a> <a href="tg://user?id=7">no</a>', "Ann no", ["text_mention:0+3"]),
    ("HTML", '<tg-time unix="1647531900" format="wDT">Fri 20:00</tg-time>', "Fri 20:00", ["date_time:0+9"]),
    ("HTML", '<pre><code class="language-py">x=1</code></pre>', "x=1", ["pre:0+3"]),
    ("HTML", "<blockquote expandable>q</blockquote>", "q", ["expandable_blockquote:0+1"]),
    ("HTML", "  <b> x </b>  ", "x", ["bold:0+1"]),
    ("html", "a & b &copy;", "a & b &copy;", []),
    ("MarkdownV2", "*bold _it_* __u__ ~s~ ||sp||", "bold it u s sp",
     ["bold:0+7", "italic:5+2", "underline:8+1", "strikethrough:10+1", "spoiler:12+2"]),
    ("MarkdownV2", "`a*b` ```py\nx```", "a*b x", ["code:0+3", "pre:4+1"]),
    ("MarkdownV2", r"1\. a\-b\!", "1. a-b!", []),
    ("MarkdownV2", ">one\n>two\nthree", "one\ntwo\nthree", ["blockquote:0+7"]),
    ("MarkdownV2", "![x](tg://time?unix=5&format=r)", "x", ["date_time:0+1"]),
    ("MarkdownV2", "[l](https://a.de/)", "l", ["text_link:0+1"]),
    ("Markdown", "*b* _i_ `c` [l](https://a.de/) a.b-c!", "b i c l a.b-c!",
     ["bold:0+1", "italic:2+1", "code:4+1", "text_link:6+1"]),
    (None, PLAIN, PLAIN,
     ["bot_command:0+15", "hashtag:19+5", "mention:25+9", "url:35+14", "email:51+7"]),
)  # fmt: skip

PIECES = (
    "<b>", "</b>", "<i>", "</i>", "<a href=", '<a href="', '">', "</a>", "<pre>", "</pre>", '<code class="language-x">', "</code>",
    "&lt;", "&#x41;", "&#1114111;", "&", '<tg-time unix="5">', "</tg-time>", "<blockquote expandable>", "</blockquote>",
    "<span class='tg-spoiler'>", "</span>", "<script>",
    "*", "_", "__", "~", "||", "`", "```", "[", "]", "(", ")", "](tg://[)", "![",
    "](tg://time?unix=5&format=r)", "](tg://emoji?id=5)", "\\", ">", "\n>", "**>", "\n", "😀", "é", "a", " ", "\r",
    "/cmd", "@user_x",
    "#tag", "https://a.de/x", "tg://user?id=1003", "//[", "http://[::1", "1", ".",
)  # fmt: skip
BAD = (
    ("HTML", "<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    ("HTML", "é<br>", 'Unsupported start tag "br" at byte offset 2'),
    ("HTML", "<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
    ("HTML", "x</b>", "Unexpected end tag at byte offset 1"),
    ("HTML", "<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("HTML", "1 < 2", 'Unsupported start tag "" at byte offset 2'),
    ("HTML", "<b", "Unclosed start tag at byte offset 0"),
    ("HTML", "<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ("HTML", '<tg-time unix="soon">x</tg-time>', "Invalid Unix time specified"),
    ("MarkdownV2", "32.00", "Character '.' is reserved and must be escaped with the preceding '\\'"),
    ("MarkdownV2", "a *b", "Can't find end of Bold entity at byte offset 2"),
    ("Markdown", "a_b", "Can't find end of the entity starting at byte offset 1"),
)


@pytest.mark.parametrize(("mode", "text", "clean", "entities"), GOOD, ids=lambda item: None)
def test_what_is_read(mode: str | None, text: str, clean: str, entities: list[str]) -> None:
    assert read(text, mode) == (clean, entities)


@pytest.mark.parametrize(("mode", "text", "words"), BAD, ids=lambda item: None)
def test_what_is_refused(mode: str, text: str, words: str) -> None:
    with pytest.raises(ApiError) as caught:
        read(text, mode)
    assert caught.value.description == f"Bad Request: can't parse entities: {words}"


def test_any_mixture_of_marks_is_read_or_refused_and_entities_fit_their_text() -> None:
    for seed in range(20_000):
        chance = random.Random(seed)
        text = "".join(chance.choice(PIECES) for _ in range(chance.randrange(12)))
        try:
            clean, entities = formatted(text, chance.choice(("HTML", "MarkdownV2", "Markdown", None)), None, person)
        except ApiError:
            continue
        assert all(e["offset"] >= 0 < e["length"] and e["offset"] + e["length"] <= units(clean) for e in entities), text
        assert "<script" not in render(clean, entities)


def test_entities_passed_beside_the_text_must_fit_it() -> None:
    text, found = formatted(
        "Bao", None, [{"type": "bold", "offset": 0, "length": 3}, {"type": "mention", "offset": 0, "length": 3}], person
    )
    assert (text, found) == ("Bao", [{"type": "bold", "offset": 0, "length": 3}])
    with pytest.raises(ApiError, match="ends after the end of the text"):
        formatted("Bao", None, [{"type": "bold", "offset": 1, "length": 3}], person)


def test_the_page_gets_markup_only_from_entities() -> None:
    text, found = formatted('<b>a</b><script>"', None, None, person)
    assert render(text, found) == '&lt;b&gt;a&lt;/b&gt;&lt;script&gt;"'
    crossed = [{"type": "bold", "offset": 0, "length": 4}, {"type": "italic", "offset": 2, "length": 4}]
    assert render("abcdef", crossed) == "<b>ab<i>cd</i></b><i>ef</i>"
    link = [{"type": "text_link", "offset": 0, "length": 1, "url": "javascript://x"}]
    assert "href" not in render("x", link)

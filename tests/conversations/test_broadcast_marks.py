"""What an owner marks in a message leaves as it was written, and what cannot is said before anything leaves."""

import pytest

from tests.conversations.test_broadcast import gathered, sent
from tests.conversations.town import BOT, Seen, Town

MARKED = '<b>New</b>, {name}: <i>sweet <code>4 &amp; 2</code></i> <a href="https://orchard.example/?a=1&amp;b=2">here, {shop}</a>'


def marked(seen: Seen) -> list[tuple[str, str, str | None]]:
    """What is marked in a message, and how."""
    text = seen.text.encode("utf-16-le")
    found = seen.raw.get("entities") or seen.raw.get("caption_entities") or []
    cut = [(one, text[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le")) for one in found]
    return [(one["type"], words, one.get("url")) for one, words in cut if one["type"] != "bot_command"]


@pytest.mark.parametrize("at_once", [False, True])
async def test_bold_slanted_code_and_links_leave_as_they_were_written(town: Town, *, at_once: bool) -> None:
    await gathered(town)
    if at_once:
        await town.li.say(f"/broadcast 🍊 {MARKED}", BOT, parse_mode="HTML")
    else:
        await town.li.whisper("/broadcast")
        await town.li.say(f"🍊 {MARKED}", BOT, parse_mode="HTML")
    await town.li.press("All members", BOT)
    preview = next(seen for seen in reversed(await town.li.private()) if "🍊" in seen.text)
    assert marked(preview) == [
        ("bold", "New", None), ("italic", "sweet ", None), ("code", "4 & 2", None),
        ("text_link", "here, Orchard Lane", "https://orchard.example/?a=1&b=2"),
    ]  # fmt: skip
    await town.li.press("Send it", BOT)
    await sent(town)
    (got,) = [seen for seen in await town.ann.private() if "🍊" in seen.text]
    assert got.text.startswith("🍊 New, Ann: sweet 4 & 2 here, Orchard Lane\n")
    assert marked(got) == marked(preview)


RICH = (
    '<blockquote>Sweet, says <a href="tg://user?id={ann}">Ann</a>:\n<b>the best</b></blockquote>\n'
    '<blockquote expandable>{{name}}, ask <a href="tg://user?id={nobody}">Kim</a> or @orchard_li #oranges</blockquote>'
    '<tg-emoji emoji-id="5368324170671202286">🍊</tg-emoji> <pre><code class="language-toml">x = 1</code></pre>'
    '<a href="tg://settings">settings</a>'
)


async def test_quotes_mentions_emoji_and_code_leave_as_they_were_and_what_cannot_is_said(town: Town) -> None:
    """Kim never was anywhere near the bot; a link into the app is none of the web."""
    await gathered(town)
    await town.li.whisper("/broadcast")
    await town.li.say(RICH.format(ann=town.ann.id, nobody=1019), BOT, parse_mode="HTML")
    preview, question = (await town.li.private())[-2:]
    assert question.text.splitlines() == [
        "“Kim” links to somebody I do not know yet, so it stays words.",
        "“settings” leads elsewhere than to the web, so it stays words.",
        "Its emoji show as above: the special ones only if Telegram lets this bot send them, else the usual ones.",
        "",
        "That is how it looks to you. Who is to get it?",
    ]
    name = preview.text.splitlines()[2].split(",")[0]
    assert marked(preview) == [
        ("blockquote", "Sweet, says Ann:\nthe best", None), ("text_mention", "Ann", None), ("bold", "the best", None),
        ("expandable_blockquote", f"{name}, ask Kim or @orchard_li #oranges", None), ("mention", "@orchard_li", None),
        ("hashtag", "#oranges", None), ("custom_emoji", "🍊", None), ("pre", "x = 1", None),
    ]  # fmt: skip
    await town.li.press("All members", BOT)
    await town.li.press("Send it", BOT)
    await sent(town)
    (got,) = [seen for seen in await town.bao.private() if "🍊" in seen.text]
    found = {one["type"]: one for one in got.raw["entities"]}
    assert [(kind, words.replace("Bao", name)) for kind, words, _ in marked(got)] == [one[:2] for one in marked(preview)]
    assert found["text_mention"]["user"]["id"] == town.ann.id
    assert found["custom_emoji"]["custom_emoji_id"] == "5368324170671202286"
    assert found["pre"]["language"] == "toml"

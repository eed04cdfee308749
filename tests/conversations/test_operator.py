"""An operator takes bot.toml over while the bot runs."""

from pathlib import Path

import pytest

from bot.core.i18n import languages
from bot.core.words import Words
from handlers.commands import CIRCLE, OPERATOR, OWNER, PRIVATE
from tests.conversations.town import Town


async def test_reload_takes_over_what_it_can_and_names_what_waits(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    said = file.read_text(encoding="utf-8")
    await town.olga.start()
    await town.bao.start()
    await town.bao.whisper("/reload")
    assert "operator" in (await town.bao.private())[-1].text
    file.write_text(said.replace("operators = [1002]", "operators = [1002, 1004]") + "\n[rates]\nper_second = 20\n", "utf-8")
    await town.olga.whisper("/reload")
    assert (await town.olga.private())[-1].text.endswith("At the next start only: rates")
    await town.bao.whisper("/reload")
    assert (await town.bao.private())[-1].text.startswith("Taken over")
    file.write_text(said.replace("stock = 50", 'stock = "many"'), "utf-8")
    await town.olga.whisper("/reload")
    assert "bot.toml:" in (await town.olga.private())[-1].text
    await town.offer()
    assert "You: 1" in await town.bao.press("+1")


async def test_help_lists_what_this_person_can_do_here(town: Town) -> None:
    for person in (town.ann, town.li, town.olga):
        await person.start()
        await person.whisper("/help")
    told = {person.id: (await person.private())[-1].text for person in (town.ann, town.li, town.olga)}
    shopper, owner, operator = told.values()
    assert all(f"/{name}" in owner for name in OWNER)
    assert not any(f"/{name}" in shopper for name in (*OWNER, *OPERATOR))
    assert "/reload" in operator
    assert "/sell" not in operator
    await town.ann.say("/help")
    here = (await town.ann.whispers())[-1]
    assert "/deals" in here
    assert "/buy" in here


@pytest.mark.parametrize("language", languages())
def test_every_command_has_words_in_every_language(language: str) -> None:
    said = {name: Words(language).say(f"command_{name}") for name in {*PRIVATE, *CIRCLE, *OWNER, *OPERATOR}}
    assert all(1 <= len(words) <= 256 for words in said.values()), said

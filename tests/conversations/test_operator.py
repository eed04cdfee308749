"""An operator takes bot.toml over while the bot runs."""

from pathlib import Path

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

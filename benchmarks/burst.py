"""A thousand taps within one second on one group buy: all answered, a handful of card edits after, the last card right.

The sandbox keeps Telegram's limits and the bot its own pace. Run: `python -m benchmarks.burst [--taps 1000]`.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from benchmarks.ground import OFFICE, Ground, ground, process

MINUTE = 60.0


async def measure(taps: int) -> dict[str, object]:
    """Answers, waits in milliseconds, edits in the minute after the first tap, and whether the card shows all."""
    with tempfile.TemporaryDirectory() as folder:
        async with ground(Path(folder), taps, limits=True) as place:
            config = place.config(opens=timedelta(days=40))
            async with process("-m", "bot.cli", "run", "--config", str(config)):
                await place.open_round()
                await place.come_in()
                return await _burst(place)


async def _burst(place: Ground) -> dict[str, object]:
    loop = asyncio.get_running_loop()
    begun = loop.time()
    edits_before = _edits(place)
    moments = [begun + number / len(place.people) for number in range(len(place.people))]
    answers = await asyncio.gather(*map(_tap_at, [place] * len(moments), place.people, moments))
    answered = sorted(float(answer["ms"]) for answer in answers if not answer.get("timeout"))
    await asyncio.sleep(max(0.0, begun + MINUTE - loop.time()))  # the minute is what is measured
    return {
        "taps": len(answers),
        "answered": len(answered),
        "p50_ms": round(statistics.median(answered)),
        "p99_ms": round(answered[int(len(answered) * 0.99)]),
        "card_edits_in_a_minute": _edits(place) - edits_before,
        "last_card_right": _shows_all(place, len(answers)),
    }


async def _tap_at(place: Ground, person: int, moment: float) -> dict[str, Any]:
    await asyncio.sleep(max(0.0, moment - asyncio.get_running_loop().time()))  # each at its own point of the second
    return await place.press(person, wait=MINUTE)


def _edits(place: Ground) -> int:
    return sum(1 for call in place.world.calls if "editMessageText" in call or "editMessageCaption" in call)


def _shows_all(place: Ground, taps: int) -> bool:
    """The folded roster counts everybody: so many lines, "… and N more"."""
    text: str = place.world.chats[OFFICE].post(place.card).body["text"]
    lines = sum(1 for line in text.splitlines() if " ×1" in line)
    return f"and {taps - lines} more" in text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--taps", type=int, default=1000)
    print(json.dumps(asyncio.run(measure(parser.parse_args().taps))))


if __name__ == "__main__":
    main()

"""The story `tuan demo --headless` plays: an evening of twelve people, told scene by scene.

Every step waits for what it should bring; what does not come fails the story.
"""

from collections.abc import Awaitable, Callable

from bot.demo import growing, handing, paying, stairwell, thanking, tidings, timetable
from bot.demo.evening import Evening

Tell = Callable[[str], None]
Scene = Callable[[Evening], Awaitable[None]]

SCENES: tuple[tuple[str, Scene], ...] = (
    ("Li Wei opens a group buy", growing.opening),
    ("The circle grows", growing.growing),
    ("People try this and that", growing.trying),
    ("Jun cannot decide", growing.leaving_twice),
    ("Bao shares his link", growing.sharing),
    ("Ann gives one away", growing.giving),
    ("Two are open, and eight are there", growing.falling_again),
    ("The last piece", growing.selling_out),
    ("What each owes", paying.receipts),
    ("Paying", paying.paying),
    ("Peaches, small and large", paying.choosing),
    ("Bao cannot", paying.waiting),
    ("The deadline", paying.deadline),
    ("The peaches are recalled", paying.recalling),
    ("Emil forgets", paying.lapsing),
    ("The oranges are here", handing.arriving),
    ("Handing over", handing.handing_over),
    ("Again?", handing.saying),
    ("The stairwell", stairwell.pasted),
    ("The stairwell becomes a supergroup", stairwell.upgraded),
    ("Two campaigns open by themselves", timetable.opening),
    ("Eggs, paid on joining", timetable.upfront),
    ("Pears, one too few", timetable.pears),
    ("What was paid too much", timetable.difference),
    ("Accepted all the same", timetable.accepted),
    ("A wish", tidings.wishing),
    ("Li Wei writes to all, but not to Fang", tidings.telling),
    ("A poll decides", tidings.polling),
    ("A draw that anybody can check", tidings.drawing),
    ("Bao asks those who had them", thanking.asking),
    ("Ann brings Lin", thanking.inviting),
    ("A red packet", thanking.opening),
    ("Thanks, when the order is complete", thanking.rewarding),
)


async def play(evening: Evening, tell: Tell, caught_up: Callable[[], Awaitable[None]]) -> None:
    """Plays every scene in turn. Raises Missed where the story does not come true."""
    for title, scene in SCENES:
        tell(f"\n── {title} " + "─" * max(0, 60 - len(title)))
        try:
            await scene(evening)
        finally:
            await caught_up()

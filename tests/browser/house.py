"""A sandbox for one test, on a thread of its own, and the people's side and a bot's side of it as plain calls."""

import asyncio
import base64
from collections.abc import Callable
from io import BytesIO
from threading import Event, Thread
from typing import Any, Self

import httpx
from PIL import Image, ImageDraw

from sandbox import posting, server
from sandbox.clock import Clock

OFFICE = -1001000000001
FORUM = -1001000000002
LI_WEI, ANN, BAO, CHEN, DORA = 1001, 1003, 1004, 1005, 1006
TOKEN = "7770001:AAtest-token-of-the-browser-tests"
BOT = 7770001

Json = dict[str, Any]


class House:
    """A running sandbox; all but `fill` reaches it over HTTP, as everybody else does."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._clock = clock

    def __enter__(self) -> Self:
        self._thread.start()
        self._start(0)
        self.url = self._running.url.rstrip("/")
        self._http = httpx.Client(base_url=self.url, timeout=20)
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()
        self._run(self._running.stop())
        self._run(_leave_nothing())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def _start(self, port: int) -> None:
        self._running = self._run(
            server.start(port=port, limits=False, **({"clock": self._clock} if self._clock else {}))
        )

    def restart(self) -> None:
        """The sandbox goes and comes back on the same port, empty."""
        port = self._running.port
        self._run(self._running.stop())
        self._start(port)

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def post(self, path: str, **body: Any) -> Any:
        answer = self._http.post(path, json=body).json()
        assert answer["ok"], answer
        return answer["result"]

    def get(self, path: str, **query: Any) -> Any:
        answer = self._http.get(path, params=query).json()
        assert answer.get("ok", True), answer
        return answer.get("result", answer)

    def call(self, method: str, **body: Any) -> Any:
        """A call of the Bot API by the test's bot."""
        return self.post(f"/bot{TOKEN}/{method}", **body)

    def say(self, person: int, text: str, chat: int = OFFICE, **more: Any) -> Any:
        return self.post("/say", chat_id=chat, person_id=person, text=text, **more)

    def photo(self, person: int, caption: str, chat: int = OFFICE) -> Any:
        return self.post("/photo", chat_id=chat, person_id=person, caption=caption, name="oranges.png", bytes=oranges())

    def fill(self, count: int, chat: int = OFFICE) -> None:
        """A long chat: `count` messages of three people, put straight into the world, since five thousand requests take long."""
        self._run(self._fill(count, chat))

    async def _fill(self, count: int, chat: int) -> None:
        world = self._running.world
        for number in range(count):
            person = world.people[(ANN, BAO, CHEN)[number // 3 % 3]]
            tail = " and some more words that make it longer than one row of a phone" * (number % 3)
            posting.post(world, world.chats[chat], person, {"text": f"Line {number}{tail}"})
            if number % 50 == 49:
                await asyncio.sleep(0)  # those who listen hear of it meanwhile


async def _leave_nothing() -> None:
    """Ends what the stream of a closed page left waiting."""
    rest = asyncio.all_tasks() - {asyncio.current_task()}
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)


def oranges() -> str:
    """A small picture in base64."""
    picture = Image.new("RGB", (480, 300), "#f0c48c")
    pen = ImageDraw.Draw(picture)
    for x, y, size in ((60, 60, 170), (190, 90, 180), (310, 50, 140)):
        pen.ellipse((x, y, x + size, y + size), fill="#e8791f", outline="#c65f10", width=3)
    held = BytesIO()
    picture.save(held, "PNG")
    return base64.b64encode(held.getvalue()).decode()


KEYS = {
    "inline_keyboard": [
        [{"text": "+1", "callback_data": "+1"}, {"text": "−1", "callback_data": "-1"}],
        [
            {"text": "❓ Ask buyers · 4", "callback_data": "alert"},
            {
                "text": "Share",
                "url": "https://t.me/share/url?url=https%3A%2F%2Ft.me%2Fshop%3Fstart%3Dx&text=Oranges%20together",
            },
        ],
    ]
}


WANTED = ["callback_query", "pre_checkout_query", "inline_query"]
OFFER = {
    "type": "article",
    "id": "1",
    "title": "Honey oranges",
    "input_message_content": {"message_text": "Look: honey oranges"},
}


class Shop(Thread):
    """A bot with one card: a tap moves the roster, answers, and edits the card, as a real bot would over long polling."""

    def __init__(self, house: House) -> None:
        super().__init__(daemon=True)
        self.house = house
        self.token = TOKEN
        self.keys = KEYS
        self.seats: dict[str, int] = {"Ann": 2}
        self.may_answer = Event()
        self.may_answer.set()
        self.failure: BaseException | None = None
        self._over = Event()
        self._http = httpx.Client(base_url=house.url, timeout=20)
        house.call("getMe")

    def __enter__(self) -> Self:
        self.card: Json = self.house.call(
            "sendMessage", chat_id=OFFICE, text=self.text(), parse_mode="HTML", reply_markup=KEYS
        )
        self.house.call("pinChatMessage", chat_id=OFFICE, message_id=self.card["message_id"])
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.may_answer.set()
        self._http.post(f"/bot{TOKEN}/getUpdates", json={"timeout": 0})  # a second poller ends the one that waits
        self.join(10)
        self._http.close()
        assert self.failure is None, self.failure

    def text(self) -> str:
        roster = "\n".join(f"{n}. {who} ×{count}" for n, (who, count) in enumerate(self.seats.items(), 1))
        return (
            "🛒 <b>Honey oranges, 5 kg</b>\nFresh from the orchard on Friday.\n\n39.90 · 3 people 36.00 ◀ · 8 people 32.00\n"
            f"▓▓▓▓▓▓░░  2 more and all pay 32.00\n\n{roster}\n\nCloses Fri 20:00 (3 h 12 min)\nReply +2, or tap"
        )

    def run(self) -> None:
        try:
            offset = 0
            while not self._over.is_set():
                for update in self._poll(offset):
                    offset = update["update_id"] + 1
                    self._take(update)
        except Exception as failure:
            self.failure = failure

    def _poll(self, offset: int) -> list[Json]:
        body = {"offset": offset, "timeout": 10, "allowed_updates": WANTED}
        answer = self._http.post(f"/bot{TOKEN}/getUpdates", json=body).json()
        assert answer["ok"] or self._over.is_set(), answer
        return answer.get("result", [])

    def _call(self, method: str, **body: Any) -> Any:
        answer = self._http.post(f"/bot{TOKEN}/{method}", json=body).json()
        assert answer["ok"], answer
        return answer["result"]

    def _take(self, update: Json) -> None:
        if "pre_checkout_query" in update:
            self._call("answerPreCheckoutQuery", pre_checkout_query_id=update["pre_checkout_query"]["id"], ok=True)
            return
        if "inline_query" in update:
            self._call("answerInlineQuery", inline_query_id=update["inline_query"]["id"], results=[OFFER])
            return
        query = update.get("callback_query")
        if query is None:
            return  # what came before this bot said which updates it wants
        answers: dict[str, Callable[[Json], Json]] = {"+1": self._join, "-1": self._leave}
        answer = answers.get(query["data"], lambda _: {"text": "Four people had these oranges.", "show_alert": True})(
            query
        )
        self.may_answer.wait(10)
        self._call("answerCallbackQuery", callback_query_id=query["id"], **answer)
        if query["data"] in answers:
            self._call(
                "editMessageText",
                chat_id=OFFICE,
                message_id=self.card["message_id"],
                text=self.text(),
                parse_mode="HTML",
                reply_markup=KEYS,
            )

    def _join(self, query: Json) -> Json:
        who = query["from"]["first_name"]
        self.seats[who] = self.seats.get(who, 0) + 1
        return {"text": f"You: {self.seats[who]} · 36.00 each now · 2 more people and all pay 32.00"}

    def _leave(self, query: Json) -> Json:
        who = query["from"]["first_name"]
        self.seats[who] = max(0, self.seats.get(who, 0) - 1)
        return {"text": f"You: {self.seats[who]}"}

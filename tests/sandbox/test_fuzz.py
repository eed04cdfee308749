"""Whatever bytes arrive, the sandbox answers as the platform would: never a 500, never a crash."""

import json
import random
from io import BytesIO

import pytest

from sandbox.acts import ACTS
from sandbox.errors import ApiError
from sandbox.gate import Gate
from sandbox.rates import UNLIMITED
from sandbox.spec import load
from sandbox.world import World
from tests.sandbox.cases import ODD, calls, over_limits, wrong_types
from tests.sandbox.conftest import Play

CODES = {400, 401, 403, 404, 409, 413, 429}
LONG_WAITS = {"getUpdates"}


async def outcome(gate: Gate, name: str, params: dict[str, object]) -> int:
    """The code a call is answered with; anything but the platform's refusals goes up as it is."""
    try:
        await gate.carry_out(gate.world.bot_of("4200:x"), name, params, {})
    except ApiError as refused:
        return refused.code if refused.description else 0
    return 200


@pytest.mark.parametrize("seed", [1, 2])
async def test_ten_thousand_made_up_calls_of_all_methods_are_answered_as_the_platform_does(seed: int) -> None:
    gate = Gate(World(seed, limits=UNLIMITED))
    seen: dict[int, int] = {}
    for name, params in calls(5_000, seed):
        if name in LONG_WAITS:
            params.pop("timeout", None)
        code = await outcome(gate, name, params)
        assert code == 200 or code in CODES
        seen[code] = seen.get(code, 0) + 1
    gate.world.clock.stop()
    assert seen[200] > 150
    assert seen[400] > 2_000


async def test_every_documented_limit_is_held() -> None:
    gate = Gate(World(limits=UNLIMITED))
    passed = [f"{name}.{field}" for name, field, params in over_limits() if await outcome(gate, name, params) == 200]
    assert passed == []


async def test_every_parameter_refuses_what_it_cannot_be() -> None:
    gate = Gate(World(limits=UNLIMITED))
    passed = [f"{name}.{field}" for name, field, params in wrong_types() if await outcome(gate, name, params) == 200]
    assert passed == []


async def test_every_required_parameter_is_missed() -> None:
    gate = Gate(World(limits=UNLIMITED))
    for name, fields in load().methods.items():
        if any(field.required for field in fields.values()):
            assert await outcome(gate, name, {}) == 400, name


async def test_bodies_of_any_bytes_get_an_answer(play: Play) -> None:
    chance = random.Random(3)
    kinds = (
        "application/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "multipart/form-data",
        "text/plain",
        "",
    )
    for number in range(600):
        body = chance.randbytes(chance.randrange(200))
        if number % 3 == 0:
            body = b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n' + body + b"\r\n--x--"
        elif number % 3 == 1:
            body = b'{"chat_id":' + body
        headers = {"Content-Type": kinds[number % len(kinds)]}
        async with play.session.post(
            f"{play.running.url}/bot4200:tests/sendMessage", data=body, headers=headers
        ) as answer:
            assert answer.status in CODES | {200}
            assert json.loads(await answer.read())["ok"] is (answer.status == 200)


async def test_deep_and_huge_bodies_are_refused_kindly(play: Play) -> None:
    deep = b'{"chat_id":1001,"text":"x","reply_markup":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    for body in (deep, b"[" * 500_000):
        async with play.session.post(
            f"{play.running.url}/bot4200:tests/sendMessage", data=body, headers={"Content-Type": "application/json"}
        ) as answer:
            assert answer.status == 400
    async with play.session.post(
        f"{play.running.url}/bot4200:tests/sendMessage",
        data=BytesIO(b"x" * 5_000_000),
        headers={"Content-Type": "application/json"},
    ) as answer:
        assert answer.status == 413
    assert (await play.bot("getMe"))["id"] == 4200


async def test_people_s_side_takes_any_json_without_breaking(play: Play) -> None:
    chance = random.Random(4)
    names = (
        "chat_id",
        "person_id",
        "text",
        "message_id",
        "name",
        "title",
        "members",
        "admins",
        "button",
        "kind",
        "rate",
        "advance",
        "rights",
        "options",
        "bots",
        "invite_link",
        "emoji",
        "username",
        "type",
        "user_id",
        "bot_id",
        "owner",
        "payload",
        "bytes",
        "album",
        "limit",
    )
    for number in range(1500):
        verb, _, path = sorted(ACTS)[number % len(ACTS)].partition(" ")
        body = {name: chance.choice((*ODD, 1001, 1003, -1001000000001, 4200, 1)) for name in chance.sample(names, 5)}
        body |= {"wait": 0.001} if path in ("tap", "inline") else {"refuse": True} if path == "pay" else {}
        if path in ("clock", "faults", "limits"):
            body = {name: value for name, value in body.items() if name not in ("advance", "kind")}
        async with play.session.request(verb, f"{play.running.url}/{path}", data=json.dumps(body)) as answer:
            assert answer.status in CODES | {200}, (path, body)

"""python-telegram-bot's own live tests against the sandbox: `make sandbox-peers`.

Its source distribution is fetched from the package registry by pip when this runs, with the versions of pytest it needs, into
build/peers. Its tests that need the live platform (`-m req`) then run with their bots' base_url redirected to a sandbox of our
own and with every address but loopback refused. What those tests expect to find on the platform (a group of a certain title, a
person with a profile photo) is set up here through the people's side; the sandbox knows nothing of them. Prints passed, failed
and why; exits 1 if less than nine in ten pass.
"""

import argparse
import asyncio
import base64
import json
import os
import re
import subprocess
import sys
import tarfile
import time
import venv
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from sandbox.clock import Clock
from sandbox.server import Running, start

VERSION = "22.8"
NEEDS = (
    "pytest==9.0.3",
    "pytest-asyncio==0.21.2",
    "pytz",
    "tzdata",
    "beautifulsoup4",
)  # what its pyproject.toml asks for
HOME = Path(__file__).parent.parent / "build" / "peers"
TOKEN, SECOND = "579694714:sandbox", "579694715:sandbox"
PERSON = 675666224
LEAST = 0.9
OLD = 3 * 86_400.0  # the scene is set three days back, so that its first message is too old to delete
PHOTO_SIZE = 5403  # bytes of the profile photo its tests look for


def run(*command: str) -> None:
    subprocess.run(command, check=True)


def prepare() -> tuple[Path, Path]:
    """The unpacked distribution and a Python that can run its tests; kept in build/ between runs."""
    python = HOME / "venv" / "bin" / "python"
    if not python.exists():
        venv.create(HOME / "venv", with_pip=True)
        run(str(python), "-m", "pip", "install", "-q", f"python-telegram-bot[all]=={VERSION}", *NEEDS)
    source = HOME / f"python_telegram_bot-{VERSION}"
    if not source.exists():
        fetch = (
            "download",
            "-q",
            "--no-deps",
            "--no-binary",
            ":all:",
            "-d",
            str(HOME),
            f"python-telegram-bot=={VERSION}",
        )
        run(str(python), "-m", "pip", *fetch)
        with tarfile.open(HOME / f"python_telegram_bot-{VERSION}.tar.gz") as archive:
            archive.extractall(HOME, filter="data")
    stand_ins(source / "tests" / "data")
    return source, python


def picture(kind: str, size: int = 0) -> bytes:
    made = BytesIO()
    Image.new("RGB", (320, 240), (214, 120, 60)).save(made, kind)
    return made.getvalue().ljust(size, b"\0")


def stand_ins(folder: Path) -> None:
    """The distribution leaves out most of its pictures and sounds; files of the same names take their place."""
    for name, kind in (("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")):
        if not (folder / f"telegram.{name}").exists():
            (folder / f"telegram.{name}").write_bytes(picture(kind))
    for name in ("telegram.ogg", "telegram.mp3", "telegram.mp4", "telegram2.mp4"):
        if not (folder / name).exists():
            (folder / name).write_bytes(b"a sound or film that nobody plays")


async def set_the_scene(sandbox: Running) -> dict[str, Any]:
    """The people, chats and rights that the tests take for granted; returns what they are told of them."""
    async with aiohttp.ClientSession() as session:

        async def do(path: str, **body: Any) -> Any:
            async with session.post(f"{sandbox.url}/{path}", json=body) as answer:
                made = await answer.json()
                assert made["ok"], (path, made)
                return made["result"]

        me = await do(f"bot{TOKEN}/getMe")
        await do(f"bot{SECOND}/getMe")
        bots = [me["id"], int(SECOND.partition(":")[0])]
        await do("people", id=PERSON, name="PTB Test user", username="ptb_test_user")
        await do("avatar", person_id=PERSON, bytes=base64.b64encode(picture("JPEG", PHOTO_SIZE)).decode())
        await do("start", person_id=PERSON, bot_id=bots[0])
        common = {"owner": PERSON, "members": [PERSON, *bots], "admins": [PERSON, *bots]}
        group = await do("groups", title=f">>> telegram.Bot(test) @{me['username']}", **common)
        forum = await do("groups", title="Forum", forum=True, **common)
        channel = await do("groups", title="Channel", type="channel", username="ptb_channel", **common)
        await do("rights", chat_id=channel["id"], bot_id=bots[0], rights={"can_promote_members": False})
        await do("join", chat_id=channel["id"], person_id=1001)
        await do("clock", advance=OLD)
    return {"token": TOKEN, "payment_provider_token": "284685063:TEST:NjQ0NjZlNzI5YjJi", "chat_id": str(PERSON),
            "super_group_id": str(group["id"]), "forum_group_id": str(forum["id"]), "channel_id": "@ptb_channel",
            "name": me["first_name"], "username": f"@{me['username']}", "subscription_channel_id": channel["id"]}  # fmt: skip


async def play(source: Path, python: Path, options: list[str]) -> str:
    """Runs the tests; returns what pytest printed."""
    sandbox = await start(0, limits=False, clock=Clock(lambda: time.time() - OLD))
    try:
        told = await set_the_scene(sandbox)
        environment = os.environ | {
            "SANDBOX_URL": sandbox.url, "PYTHONPATH": f"{Path(__file__).parent}:{source / 'src'}", "TEST_WITH_OPT_DEPS": "true",
            "GITHUB_ACTIONS": "true", "JOB_INDEX": "1", "BOTS": base64.b64encode(json.dumps([told, told]).encode()).decode(),
        }  # fmt: skip
        command = [str(python), "-m", "pytest", "tests/test_bot.py", "-m", "req", "-p", "peers_plugin", "-q", "--tb=line",
                   "-o", "addopts=", "-p", "no:cacheprovider",
                   "-W", "ignore::pytest.PytestUnknownMarkWarning", "-rfEsx", *options]  # fmt: skip
        process = await asyncio.create_subprocess_exec(
            *command, cwd=source, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        printed, _ = await process.communicate()
        return printed.decode("utf-8", "replace")
    finally:
        await sandbox.stop()


def report(printed: str) -> int:
    """Prints passed, failed and why; the exit code."""
    lines = [line for line in printed.splitlines() if re.match(r"(FAILED|ERROR|SKIPPED|XFAIL) ", line)]
    reasons = [line for line in printed.splitlines() if line.startswith(("E ", "/")) and ": " in line]
    last = printed.splitlines()[-1]
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped|xfailed)", last)}
    passed = counts.get("passed", 0)
    failed = counts.get("failed", 0) + counts.get("error", 0) + counts.get("errors", 0)
    share = passed / max(1, passed + failed)
    sys.stdout.write("\n".join([*lines, *dict.fromkeys(reasons)]) + "\n")
    skipped = counts.get("skipped", 0) + counts.get("xfailed", 0)
    sys.stdout.write(
        f"python-telegram-bot {VERSION}, tests/test_bot.py -m req: {passed} passed, {failed} failed, "
        f"{skipped} skipped by it: {share:.1%}\n"
    )
    return 0 if share >= LEAST else 1


def main() -> None:
    parser = argparse.ArgumentParser(description="python-telegram-bot's live tests against the sandbox")
    parser.add_argument("options", nargs="*", help="more options for pytest, e.g. -- -k poll")
    given = parser.parse_args()
    source, python = prepare()
    sys.exit(report(asyncio.run(play(source, python, given.options))))


if __name__ == "__main__":
    main()

"""The sandbox is for its own machine: other sites' pages, strange paths and broken files get nowhere."""

import json
import random
from io import BytesIO

import aiohttp
import pytest
from yarl import URL

from sandbox.files import picture_size
from sandbox.spec import load
from tests.sandbox.conftest import OFFICE, TOKEN, Play

FILES = [
    (name, field.name)
    for name, fields in load().methods.items()
    for field in fields.values()
    if "InputFile" in field.types
]


async def test_another_site_s_page_cannot_act_in_here(play: Play) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
        async with play.session.post(f"{play.running.url}/clock", json={"advance": 5}, headers=headers) as answer:
            assert answer.status == 403
    async with play.session.get(f"{play.running.url}/state", headers={"Host": "evil.example:80"}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    "path",
    ["../server.py", "%2e%2e/server.py", "..%2fserver.py", "%00", "nothing.js", "page", "//etc/passwd", "a/" * 500],
)
async def test_only_the_page_s_own_files_are_served(play: Play, path: str) -> None:
    async with play.session.get(URL(f"{play.running.url}/{path}", encoded=True)) as answer:
        assert answer.status == 404


async def test_the_page_comes_with_its_types_and_a_policy(play: Play) -> None:
    async with play.session.get(play.running.url) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/html"
        assert "default-src 'self'" in answer.headers["Content-Security-Policy"]


async def test_a_file_of_people_s_is_never_a_page_of_ours(play: Play) -> None:
    sent = await play.do("document", chat_id=OFFICE, person_id=1003, name="evil.html", text="<script>alert(1)</script>")
    async with play.session.get(play.running.url + sent["document"]["url"]) as answer:
        assert answer.content_type == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["Content-Security-Policy"]


async def test_uploads_of_any_bytes_to_every_method_that_takes_files(play: Play) -> None:
    chance = random.Random(5)
    heads = (b"\xff\xd8\xff\xc0\x00\x11\x08", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ", b"BM", b"")
    for number in range(len(FILES) * 8):
        method, field = FILES[number % len(FILES)]
        form = aiohttp.FormData({"chat_id": str(OFFICE), "user_id": "1001", "url": "", "title": "x"})
        form.add_field(field, heads[number % len(heads)] + chance.randbytes(number % 40), filename=f"ф{number}.png")
        async with play.session.post(f"{play.running.url}/bot{TOKEN}/{method}", data=form) as answer:
            assert answer.status in (200, 400), (method, await answer.text())


async def test_a_film_of_many_megabytes_goes_up_and_one_too_large_does_not(play: Play) -> None:
    for size, status in ((3 << 20, 200), (51 << 20, 400), (65 << 20, 413)):
        form = aiohttp.FormData({"chat_id": str(OFFICE)})
        form.add_field("document", BytesIO(bytes(size)), filename="film.mp4")
        async with play.session.post(f"{play.running.url}/bot{TOKEN}/sendDocument", data=form) as answer:
            assert answer.status == status
            assert (await answer.json())["ok"] is (status == 200)
    long = BytesIO(json.dumps({"chat_id": OFFICE, "text": "x" * (2 << 20)}).encode())
    headers = {"Content-Type": "application/json"}
    async with play.session.post(f"{play.running.url}/bot{TOKEN}/sendMessage", data=long, headers=headers) as answer:
        assert (await answer.json())["description"] == "Bad Request: message is too long"


def test_the_size_of_a_picture_is_never_zero() -> None:
    chance = random.Random(6)
    for head in (
        b"\xff\xd8\xff\xc0\x00\x11\x08",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"GIF89a",
        b"RIFF\0\0\0\0WEBPVP8L",
        b"BM",
    ):
        for length in range(40):
            for tail in (bytes(length), b"\xff" * length, chance.randbytes(length)):
                size = picture_size(head + tail)
                assert size is None or min(size) > 0

"""Posters and statements as a phone gets them: readable in both languages, nothing over the edge, a code that leads there."""

from dataclasses import replace
from io import BytesIO

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.core.pictures import poster, statement
from bot.core.pictures.canvas import MARGIN, PAPER, WIDTH, Canvas, Style, drawable
from bot.core.pictures.poster import Poster
from bot.core.pictures.statement import Movement, Statement

ORANGES = Poster(
    shop="果园小巷 · 办公室 3 楼", title="蜜橙 5 公斤", invites="安安邀请你", closes="周五 20:00 截止",
    more="还差 2 人，大家都按 32.00",
    steps=(("单买", "39.90", True), ("3 人", "36.00", True), ("8 人", "32.00", False)), scan="扫一扫，或打开",
    thanks="你的订单自提 7 天后，你和安安各得 5.00。", link="https://t.me/orchard_bot?start=i_7hQ2kd8sXb3",
)  # fmt: skip
WALLET = Statement(
    shop="Orchard Lane", heading="Your wallet", balance="18.50", pending="", points="", folded="",
    movements=(Movement("Fri 20 Nov", "Dora came by your link", "+5.00", True), Movement("Wed", "Order 1043", "−3.00", False)),
)  # fmt: skip
LONG = (Movement("w" * 90, "why " * 90, "+99,999.00", True),)


def opened(png: bytes) -> Image.Image:
    image = Image.open(BytesIO(png))
    assert image.format == "PNG"
    return image.convert("RGB")


def test_a_poster_fits_a_phone_and_telegram() -> None:
    png = poster.drawn(ORANGES)
    image = opened(png)
    assert image.width == WIDTH
    assert 1200 < image.height < 2000
    assert len(png) < 200_000


def test_the_code_on_it_is_the_link() -> None:
    """Read back module by module: the middle of each, from the code's corners on."""
    image, code = opened(poster.drawn(ORANGES)).convert("L"), segno.make_qr(ORANGES.link, error="m")
    size = len(code.matrix)
    scale = poster.QR // size
    left = (WIDTH - size * scale) // 2
    top = next(y for y in range(image.height - size * scale) if all(
        image.getpixel((left + (place * 2 + 1) * scale // 2, y)) < 60 for place in range(7)
    ) and image.getpixel((left - 8, y)) > 200)  # fmt: skip
    read = [
        [image.getpixel((left + x * scale + scale // 2, top + y * scale + scale // 2)) < 128 for x in range(size)]
        for y in range(size)
    ]
    assert read == [[bool(module) for module in row] for row in code.matrix]


@pytest.mark.parametrize("picture", [
    poster.drawn(replace(ORANGES, title="很" * 300, invites="W" * 300, more="长" * 200, shop="x" * 400)),
    poster.drawn(replace(ORANGES, steps=(), more="", closes="", thanks="")),
    statement.drawn(replace(WALLET, balance="123,456,789.00", movements=LONG * 40)),
    statement.drawn(replace(WALLET, movements=(), folded="")),
], ids=["everything long", "no group buy", "long figures", "empty"])  # fmt: skip
def test_nothing_runs_over_the_edge(picture: bytes) -> None:
    image = opened(picture)
    paper = Image.new("RGB", (1, 1), PAPER).getpixel((0, 0))
    for x in (*range(MARGIN // 2), *range(WIDTH - MARGIN // 2, WIDTH)):
        column = {image.getpixel((x, y)) for y in range(0, image.height, 3)}
        assert all(sum(abs(a - b) for a, b in zip(colour, paper, strict=True)) < 12 for colour in column), x


def test_letters_the_font_has_and_those_it_lacks() -> None:
    assert drawable("蜜橙 5 公斤，39.90 − ¥ € Ёж ñ 臺灣") == "蜜橙 5 公斤，39.90 − ¥ € Ёж ñ 臺灣"
    assert drawable("Ann 😀🎉 \u0e01") == "Ann"


def test_no_line_begins_with_a_comma() -> None:
    canvas = Canvas(100)
    lines = canvas.broken("周五果园直发，皮薄多汁，孩子也爱吃，" * 4, 76, WIDTH - 2 * MARGIN, 5)
    assert all(line[0] not in "，。）" for line in lines)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=120), st.integers(1, 4))
def test_any_name_is_drawn(text: str, lines: int) -> None:
    canvas = Canvas(800)
    canvas.text(text, Style(48), lines=lines)
    kept = canvas.broken(drawable(text), 48, WIDTH - 2 * MARGIN, lines)
    assert len(kept) <= lines
    assert all(canvas.width(line, 48) <= WIDTH - 2 * MARGIN for line in kept)

"""Draws photos/oranges.jpg, the sample product's picture: `python photos/draw.py`. Drawn, so that nobody's photo is used."""

from math import cos, pi, sin
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

WIDTH, HEIGHT, FINE = 1200, 800, 2  # drawn twice as large, then made small: soft edges
SKY, TABLE = ((252, 243, 228), (244, 222, 190)), (214, 176, 132)
PEEL, SHADE, SHINE, LEAF, WOOD = (243, 146, 32), (206, 96, 12), (255, 205, 120), (74, 122, 52), (170, 118, 70)


def main() -> None:
    """Back row, front row, then the crate's board before them."""
    picture = _background()
    for x, y, size in ((250, 415, 135), (480, 385, 145), (725, 390, 142), (955, 420, 134)):
        _orange(picture, x, y, size)
    for x, y, size in ((150, 560, 140), (375, 545, 152), (610, 535, 160), (845, 548, 150), (1065, 565, 138)):
        _orange(picture, x, y, size)
    _board(picture)
    picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(
        Path(__file__).with_name("oranges.jpg"), quality=86, optimize=True
    )


def _background() -> Image.Image:
    """A warm wall, lighter above, and a table's edge."""
    column = Image.new("RGB", (1, 256))
    for y in range(256):
        column.putpixel((0, y), _between(*SKY, y / 255))
    wall = column.resize((WIDTH * FINE, HEIGHT * FINE))
    ImageDraw.Draw(wall).rectangle((0, 640 * FINE, WIDTH * FINE, HEIGHT * FINE), fill=TABLE)
    return wall


def _orange(picture: Image.Image, x: int, y: int, size: int) -> None:
    """A ball lit from the upper left, with pores, a stem and a leaf."""
    side = size * 2 * FINE
    light = (
        Image.radial_gradient("L")
        .resize((side * 2, side * 2))
        .crop(
            (side // 2 + side // 5, side // 2 + side // 4, side // 2 + side // 5 + side, side // 2 + side // 4 + side)
        )
    )
    ball = Image.composite(Image.new("RGB", (side, side), SHADE), Image.new("RGB", (side, side), PEEL), light)
    spot = Image.new("L", (side, side))
    ImageDraw.Draw(spot).ellipse((side * 0.24, side * 0.16, side * 0.46, side * 0.34), fill=150)
    ball.paste(SHINE, mask=spot.filter(ImageFilter.GaussianBlur(side / 18)))
    pores = (
        Image.effect_noise((side, side), 60)
        .filter(ImageFilter.GaussianBlur(1.5))
        .point(lambda tone: 26 if tone > 138 else 0)
    )
    ball.paste(SHADE, mask=pores)
    mask = Image.new("L", (side, side))
    ImageDraw.Draw(mask).ellipse((0, 0, side - 1, side - 1), fill=255)
    at = (x * FINE - side // 2, y * FINE - side // 2)
    _shadow(picture, mask, at, side)
    picture.paste(ball, at, mask)
    _leaf(picture, x * FINE + size // 4, y * FINE - int(size * 0.82 * FINE), size * FINE)


def _shadow(picture: Image.Image, mask: Image.Image, at: tuple[int, int], side: int) -> None:
    soft = Image.new("L", picture.size)
    soft.paste(mask.point(lambda tone: tone // 3), (at[0] + side // 24, at[1] + side // 16))
    picture.paste(
        (120, 70, 30),
        mask=ImageChops.multiply(soft.filter(ImageFilter.GaussianBlur(side / 22)), Image.new("L", picture.size, 200)),
    )


def _leaf(picture: Image.Image, x: int, y: int, size: int) -> None:
    """Two arcs from the stem to the right, and a vein between them."""
    length, turn = size * 0.62, -0.35
    edge = [(t / 20, sin(t / 20 * pi) * 0.2) for t in range(21)]
    outline = [*edge, *((t, -bend) for t, bend in reversed(edge))]
    pen = ImageDraw.Draw(picture)
    pen.polygon([_turned(x, y, t * length, bend * length, turn) for t, bend in outline], fill=LEAF)
    pen.line([(x, y), _turned(x, y, length * 0.9, 0, turn)], fill=_between(LEAF, (255, 255, 255), 0.35), width=3 * FINE)
    pen.ellipse((x - 9 * FINE, y - 6 * FINE, x + 9 * FINE, y + 6 * FINE), fill=_between(LEAF, (0, 0, 0), 0.35))


def _turned(x: int, y: int, along: float, across: float, turn: float) -> tuple[float, float]:
    return x + along * cos(turn) - across * sin(turn), y + along * sin(turn) + across * cos(turn)


def _board(picture: Image.Image) -> None:
    pen = ImageDraw.Draw(picture)
    for row, top in enumerate((618, 700)):
        box = (40 * FINE, top * FINE, (WIDTH - 40) * FINE, (top + 72) * FINE)
        pen.rounded_rectangle(box, 8 * FINE, fill=_between(WOOD, (255, 255, 255), 0.12 - 0.1 * row))
        for line in range(5):
            y = (top + 10 + line * 13) * FINE
            pen.line(
                (56 * FINE, y, (WIDTH - 56) * FINE, y + (line % 2 * 6 - 3) * FINE),
                fill=_between(WOOD, (90, 55, 25), 0.25),
                width=FINE,
            )
        for x in (80, WIDTH - 80):
            pen.ellipse(((x - 6) * FINE, (top + 30) * FINE, (x + 6) * FINE, (top + 42) * FINE), fill=(96, 66, 40))


def _between(one: tuple[int, int, int], other: tuple[int, int, int], share: float) -> tuple[int, int, int]:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


if __name__ == "__main__":
    main()

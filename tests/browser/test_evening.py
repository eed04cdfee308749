"""The picture at the top of the README is what happens: the evening is played again with the real bot and looked at again."""

import re
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from tests.browser.evening import PICTURE, Evening, bao_joins, look_on, take
from tests.browser.test_picture import DRIFT, drift

ROOT = Path(__file__).parents[2]


def test_the_picture_of_the_readme_is_true(browser: Browser) -> None:
    with Evening() as evening:
        evening.play()
        page = look_on(browser, evening)
        bao_joins(page)
        now = take(page)
        page.context.close()
    with Image.open(PICTURE) as kept:
        assert drift(kept.convert("RGB"), now) <= DRIFT, "the evening looks different; if that is meant: make pictures"


def test_both_readmes_begin_with_it() -> None:
    for name in ("README.md", "README.zh.md"):
        first = re.search(r"!\[(.+?)\]\((.+?)\)", (ROOT / name).read_text(encoding="utf-8"))
        assert first is not None, name
        assert ROOT / first[2] == PICTURE

"""A long chat stays quick: first paint, opening, scrolling through five thousand messages, a new one at the end.

How many frames a second there are depends on what else the machine does. So the same scrolling is done, just before and just
after, on a page that holds nothing but five thousand lines of text: the chat may cost that much and a little more, not many
times as much. Once the rows are there the test looks by script only: the tool's own matchers describe a page they do not like,
and for five thousand rows that takes them, on the page's thread, up to a minute.
"""

from collections.abc import Callable
from statistics import median

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.house import ANN, BAO, OFFICE, House
from tests.browser.pace import slack
from tests.browser.phone import Phone

MESSAGES = 5_000
PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"
# Scrolls to the very first message as a wheel would and notes how long each frame took.
SCROLL = """async () => {
  const scroller = document.querySelector(".timeline");
  const frames = [];
  let last = performance.now();
  for (let still = 0; still < 15;) {
    const before = scroller.scrollTop;
    scroller.scrollTop -= 2400;
    await new Promise(requestAnimationFrame);
    const now = performance.now();
    frames.push(now - last);
    last = now;
    still = scroller.scrollTop === before && (scroller.querySelector(".top")?.hidden ?? true) ? still + 1 : 0;
  }
  return frames;
}"""
PLAIN = "<div class=timeline style='height:640px;overflow:auto'>" + "".join(
    f"<p>Line {number} and some more words that make it longer</p>" for number in range(MESSAGES)
)
# Says something as another and tells after how many milliseconds the badge counted it.
SAY = """async (body) => {
  const badge = document.querySelector(".to-end .badge");
  const counted = new Promise((done, fail) => {
    setTimeout(() => fail(new Error(`the badge says "${badge.textContent}" after 10 s`)), 10000);
    new MutationObserver(() => badge.textContent === "1" && !badge.hidden && done(performance.now()))
      .observe(badge, { childList: true, attributes: true, characterData: true, subtree: true });
  });
  const began = performance.now();
  await fetch("/say", { method: "POST", body: JSON.stringify(body) });
  return (await counted) - began;
}"""
LAST = """() => {
  const [row, frame] = [[...document.querySelectorAll(".row")].at(-1), document.querySelector(".timeline")];
  const [at, window] = [row.getBoundingClientRect(), frame.getBoundingClientRect()];
  return [row.textContent, at.top >= window.top && at.bottom <= window.bottom + 1];
}"""
AFTER_FRAMES = (
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))"
)


def late(frames: list[float]) -> float:
    """What nineteen frames of twenty stay within."""
    return sorted(frames)[int(len(frames) * 0.95)]


def plain(page: Page) -> list[float]:
    """The frames of a page with as many lines of text and nothing else."""
    page.set_content(PLAIN)
    page.evaluate("document.querySelector('.timeline').scrollTop = 1e9")
    frames: list[float] = page.evaluate(SCROLL)
    return frames


def test_five_thousand_messages_scroll_smoothly(
    house: House, open_page: Open, record_property: Callable[[str, object], None]
) -> None:
    house.fill(MESSAGES)
    page = open_page(f"/?as={ANN}&chat={OFFICE}")
    beside = page.context.new_page()
    fair = plain(beside)
    page.bring_to_front()
    expect(Phone(page, "Ann").message("Line 4999")).to_be_visible()
    paint = page.evaluate(PAINT)
    frames: list[float] = page.evaluate(SCROLL)
    assert page.evaluate("document.querySelector('.row .text').textContent").startswith("Line 0")
    badge = page.evaluate(SAY, {"chat_id": OFFICE, "person_id": BAO, "text": "The newest"})
    page.evaluate("document.querySelector('.to-end').click()")
    page.evaluate(AFTER_FRAMES)
    words, seen = page.evaluate(LAST)
    beside.bring_to_front()
    fair += plain(beside)
    figures = {
        "first_paint_ms": paint,
        "frame_median_ms": median(frames),
        "frame_p95_ms": late(frames),
        "plain_median_ms": median(fair),
        "plain_p95_ms": late(fair),
        "badge_ms": badge,
    }
    for name, value in figures.items():
        record_property(name, round(value, 1))
    print(", ".join(f"{name} {value:.0f}" for name, value in figures.items()))
    assert "The newest" in words
    assert seen
    assert paint <= 300 * slack()
    assert median(frames) <= (2 * median(fair) + 8) * slack() / 3
    assert late(frames) <= (4 * late(fair) + 50) * slack() / 3
    assert badge <= 100 * slack()


def test_who_stays_at_the_end_keeps_a_short_page(house: House, open_page: Open) -> None:
    page = open_page(f"/?as={ANN}&chat={OFFICE}")
    ann = Phone(page, "Ann")
    ann.say("first")
    house.fill(1_200)
    expect(ann.message("Line 1199")).to_be_in_viewport()
    assert ann.node.locator(".row").count() <= 520

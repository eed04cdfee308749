"""Broadcasts, digests and thanks: who hears what, in which language, and why; and what is not sent at all."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Update

from campaigns.desk import CampaignDesk
from models import mutes
from models.answers import Answer
from models.group_buys import rounds
from models.questions import Question
from models.states import QuestionState, RoundState, WordsState
from tests.campaigns.square import Square, a_square

Make = Callable[..., Square]


@pytest.fixture
def square(database_url: str, tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:
        yield lambda campaigns, attention="": stack.enter_context(a_square(database_url, tmp_path, campaigns, attention))


BROADCAST = """
[[campaign]]
id = "hello"
kind = "broadcast"
schedule = { every = "1h" }
text = { en = "Dear {name},\\n<b>{shop}</b> is back in {circle}. {price}", zh_CN = "{name}，{shop}回来了。" }
"""


def test_a_broadcast_fills_in_its_placeholders_and_nothing_else(square: Make) -> None:
    there = square(BROADCAST.replace(" {price}", ""))
    there.comes("Ann & co")
    there.comes("Bao", language="zh-hans")
    there.runs(hours=1)
    sent = there.hears()
    assert sent.to("Ann & co") == [
        "Dear Ann & co,\n<b>Orchard Lane</b> is back in OFFICE.\n\nYou get this because you are in OFFICE. /quiet stops it."
    ]
    (bao,) = sent.to("Bao")
    assert bao.startswith("Bao，Orchard Lane回来了。\n\n")
    assert "/quiet" in bao
    assert "&lt;b&gt;" in str(sent.calls[0].params["text"])


def test_a_broadcast_goes_once_to_those_who_may_be_written_to(square: Make) -> None:
    there = square(BROADCAST.replace(" {price}", ""))
    for name in ("Ann", "Bao"):
        there.comes(name, "office", "stairwell")
    there.comes("Chen", started=False)
    there.comes("Dora")
    mutes.mute(there.session, there.people["Dora"], mutes.ALL, there.now)
    there.runs(hours=1)
    assert there.hears().receivers == ["Ann", "Bao"]
    assert there.outcomes() == {"queued": 2, "no_consent": 1, "muted": 1}


def test_a_post_goes_to_each_circle_once_without_a_reason(square: Make) -> None:
    there = square(BROADCAST.replace(" {price}", "").replace('kind = "broadcast"', 'kind = "broadcast"\nto = "circles"'))
    there.comes("Ann")
    there.runs(hours=1)
    sent = there.hears()
    assert sent.receivers == ["OFFICE", "STAIRWELL"]
    assert sent.to("OFFICE") == ["Dear OFFICE,\n<b>Orchard Lane</b> is back in OFFICE."]


def test_a_picture_goes_along(square: Make, tmp_path: Path) -> None:
    (tmp_path / "hall.jpg").write_bytes(b"\xff\xd8\xff")
    there = square(BROADCAST.replace(" {price}", "").replace("schedule", 'photo = "hall.jpg"\nschedule'))
    there.comes("Ann")
    there.runs(hours=1)
    (call,) = there.hears().calls
    assert call.method == "sendPhoto"
    assert call.files == {"photo": tmp_path / "hall.jpg"}


@pytest.mark.parametrize("gone", ["missing", "a link"])
def test_a_picture_that_went_or_became_a_link_is_left_out_and_the_words_go(square: Make, tmp_path: Path, gone: str) -> None:
    (tmp_path / "hall.jpg").write_bytes(b"\xff\xd8\xff")
    there = square(BROADCAST.replace(" {price}", "").replace("schedule", 'photo = "hall.jpg"\nschedule'))
    there.comes("Ann")
    there.runs(hours=1)
    (tmp_path / "hall.jpg").unlink()
    if gone == "a link":
        (tmp_path.parent / "secret.jpg").write_bytes(b"\xff\xd8\xff")
        (tmp_path / "hall.jpg").symlink_to(tmp_path.parent / "secret.jpg")
    (call,) = there.hears().calls
    assert (call.method, dict(call.files)) == ("sendMessage", {})


def test_who_muted_fruit_hears_nothing_that_is_meant_for_fruit_buyers(square: Make) -> None:
    there = square(BROADCAST.replace(" {price}", "") + 'audience = { category = "fruit" }\n')
    for name in ("Ann", "Bao", "Chen"):
        there.comes(name)
    there.buys("Ann")
    there.buys("Bao", "pears")
    there.buys("Chen", "eggs")
    mutes.mute(there.session, there.people["Bao"], mutes.category(there.shop, "fruit"), there.now)
    there.runs(hours=1)
    sent = there.hears()
    assert sent.receivers == ["Ann"]
    assert "because you bought fruit" in sent.to("Ann")[0]


def test_an_owners_own_words_say_whose_they_are(square: Make) -> None:
    there = square("")
    there.comes("Ann")
    desk = CampaignDesk(lambda: there.config)
    desk.broadcast(there.session, there.shop, {"text": "Closed on Friday, {name}."}, there.owner, there.now)
    there.runs(minutes=1)
    assert there.hears().to("Ann") == [
        "Closed on Friday, Ann.\n\nYou get this because Orchard Lane wrote this to members of its circles. /quiet stops it."
    ]


DIGEST = """
[[campaign]]
id = "week"
kind = "digest"
schedule = { every = "1d" }
"""


def test_a_digest_tells_what_is_open_and_what_is_missing(square: Make) -> None:
    there = square(DIGEST)
    there.comes("Ann", "office", "stairwell")
    there.opens(hours=48)
    there.runs(days=1)
    (told,) = there.hears().to("OFFICE")
    assert told.splitlines()[0] == "Open now"
    assert "39.90" in told
    assert "3 more and all pay 36.00" in told
    assert there.outcomes() == {"queued": 1, "nothing": 1}


def test_what_closed_before_the_digest_left_is_not_in_it(square: Make) -> None:
    there = square(DIGEST)
    deal = there.opens(hours=48)
    there.runs(days=1)
    there.session.execute(_closed(deal))
    sent = there.hears()
    assert sent.letters == []
    assert sent.skipped == ["digest: what it speaks of was taken back"]


def test_a_members_digest_holds_all_their_circles_in_one_letter(square: Make) -> None:
    there = square(DIGEST.replace('kind = "digest"', 'kind = "digest"\nto = "members"'))
    there.comes("Ann", "office", "stairwell")
    there.comes("Bao", "stairwell")
    there.opens(hours=48)
    there.opens("pears", "stairwell", hours=72, price=2000, ladder=())
    there.runs(days=1)
    sent = there.hears()
    (ann,), (bao,) = sent.to("Ann"), sent.to("Bao")
    assert ann.count("🛒") == 2
    assert bao.count("🛒") == 1
    assert ann.splitlines()[-1].endswith("/quiet stops it.")


def test_a_digest_tells_what_was_answered_since_the_one_before(square: Make) -> None:
    there = square(DIGEST)
    for name in ("Ann", "Bao"):
        there.comes(name)
    question = _asked(there, "Ann", "Are they sweet?")
    _answers(there, question, "Bao", "Very, and juicy.")
    hidden = _asked(there, "Ann", "Is this for me alone?", public=False)
    _answers(there, hidden, "Bao", "It is.")
    there.runs(days=1)
    assert there.hears().to("OFFICE") == [
        "Answered since last time\n❓ Are they sweet?\nBao (bought 2 times): Very, and juicy."
    ]
    there.runs(days=1)
    assert there.hears().letters == []


def _asked(there: Square, name: str, words: str, *, public: bool = True) -> Question:
    question = Question(
        shop_id=there.shop, circle_id=there.circles["office"], product_id=there.products["oranges"], words=words,
        asker_id=there.people[name], asked_of="buyers", state=QuestionState.ANSWERED, public=public, asked_at=there.now,
    )  # fmt: skip
    there.add(question)
    return question


def _answers(there: Square, question: Question, name: str, words: str) -> None:
    there.add(Answer(
        question_id=question.id, shop_id=there.shop, circle_id=question.circle_id, product_id=question.product_id,
        person_id=there.people[name], by="buyer", state=WordsState.SHOWN, words=words, bought=2, created_at=there.now,
    ))  # fmt: skip


WIN_BACK = """
[[campaign]]
id = "come-back"
kind = "win_back"
quiet_for = "60d"
again_after = "180d"
schedule = { every = "1d" }
"""


def test_who_has_not_bought_for_long_hears_of_it_once_in_half_a_year(square: Make) -> None:
    there = square(WIN_BACK)
    for name, days in (("Ann", 90), ("Bao", 20)):
        there.comes(name)
        there.buys(name, days=days)
    there.comes("Chen")
    there.opens(hours=24 * 400)
    there.runs(days=1)
    sent = there.hears()
    assert sent.receivers == ["Ann"]
    assert sent.to("Ann")[0].startswith("Open in your circles now:\n🛒")
    there.runs(days=1)
    assert there.hears().receivers == []
    there.runs(days=60)
    assert there.hears().receivers == ["Bao"]
    there.runs(days=125)
    assert there.hears().receivers == ["Ann"]


def test_with_nothing_open_and_nothing_to_say_nobody_is_bothered(square: Make) -> None:
    there = square(WIN_BACK)
    there.comes("Ann")
    there.buys("Ann", days=90)
    there.runs(days=1)
    assert there.hears().letters == []
    assert there.outcomes() == {"nothing": 1}


REGULARS = """
[[campaign]]
id = "thanks"
kind = "regulars"
orders = 3
since = "90d"
schedule = { every = "1d" }
"""


def test_regulars_are_thanked_once_and_sold_nothing(square: Make) -> None:
    there = square(REGULARS)
    for name in ("Ann", "Bao"):
        there.comes(name)
    for days in (5, 30, 60):
        there.buys("Ann", days=days)
    for days in (5, 30, 100):
        there.buys("Bao", days=days)
    there.runs(days=1)
    sent = there.hears()
    ((name, text, buttons),) = sent.letters
    assert (name, buttons) == ("Ann", ())
    assert text.splitlines()[:2] == [
        "3 orders lately: thank you for coming again and again.", "There is nothing to buy in this message and nothing to do.",
    ]  # fmt: skip
    assert text.endswith("You get this because you have ordered 3 times. /quiet stops it.")
    there.runs(days=1)
    assert there.hears().letters == []


def _closed(round_id: int) -> Update:
    return rounds.update().where(rounds.c.id == round_id).values(state=RoundState.FAILED)

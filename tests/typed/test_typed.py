"""What people type to join: a table of what is meant, in reply to a card and just said in the chat."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.typed import Mistake, Mode, Typed, may_mean, parse
from models.wishes import Change

SIZES = ("small", "large")
FEN = ("小份", "大份")


def add(pieces: int, option: str = "", note: str = "") -> Change:
    return Change("add", pieces, option, note)


def put(pieces: int, option: str = "", note: str = "") -> Change:
    return Change("set", pieces, option, note)


LEAVE = Change("leave")

BOTH = [  # meant in reply and as a bare message
    ("+1", add(1)),
    ("+2", add(2)),
    ("-1", add(-1)),
    ("＋２", add(2)),
    ("－１", add(-1)),
    ("−1", add(-1)),
    ("+ 2", add(2)),
    ("➕1️⃣", add(1)),
    ("+2️⃣", add(2)),
    ("➕ 2", add(2)),
    ("➖1", add(-1)),
    ("+🔟", add(10)),
    ("+1!", add(1)),
    ("+1 🙏", add(1)),
    ("+1 please", add(1)),
    ("+2 谢谢", add(2)),
    ("+2份", add(2)),
    ("+两份", add(2)),
    ("+十二份", add(12)),
    ("+1  ", add(1)),
    ("我+1", add(1)),
    ("我也+1", add(1)),
    ("0", LEAVE),
    ("-", LEAVE),
    ("－", LEAVE),
    ("０", LEAVE),
    ("退出", LEAVE),
    ("接龙", add(1)),
    ("接龙 2", add(2)),
    ("接龙+2", add(2)),
    ("接龙2份", add(2)),
    ("接龙 两份", add(2)),
    ("我要2份", put(2)),
    ("我要２份", put(2)),
    ("要两份", put(2)),
    ("来三份", put(3)),
    ("我要十份", put(10)),
    ("我要十二份", put(12)),
    ("给我2份", put(2)),
    ("我也要一份", put(1)),
    ("我想要两箱", put(2)),
    ("我要0份", LEAVE),
    ("代接 王阿姨 +1", add(1, note="代接 王阿姨")),
    ("代接王阿姨+2", add(2, note="代接王阿姨")),
    ("帮王阿姨接龙", add(1, note="帮王阿姨")),
    ("+1 for Aunt Wang", add(1, note="for Aunt Wang")),
    ("+2 less ripe", add(2, note="less ripe")),
]

REPLY_ONLY = [
    ("+1 less ripe", add(1, note="less ripe")),
    ("+1 to that idea", add(1, note="to that idea")),
    ("不要了", LEAVE),
    ("out", LEAVE),
    ("I want 2", put(2)),
    ("I'd like two please", put(2)),
    ("I’ll take 3", put(3)),
    ("make it 4", put(4)),
    ("2份", put(2)),
    ("两份", put(2)),
    ("2 please", put(2)),
    ("me too", add(1)),
    ("count me in", add(1)),
    ("我要", add(1)),
    ("+1 皮薄一点的", add(1, note="皮薄一点的")),
    ("+1\nthe ripest you have", add(1, note="the ripest you have")),
    ("-1 with leaves", add(-1, note="with leaves")),
]

NOT_FOR_US = [
    "",
    " ",
    "hello",
    "+",
    "++",
    "--",
    "+8613800000000",
    "+86 138 0000 0000",
    "+49 30 1234567",
    "13800000000",
    "1st",
    "+1st",
    "39.90",
    "12/24",
    "+1:30",
    "-10%",
    "+20%",
    "+2 degrees today",
    "-5°",
    "+3 days",
    "+2 小时",
    "来三个人",
    "要3天",
    "我要三点到",
    "C++",
    "a+1",
    "1+1=2",
    "+1=1",
    "2026-12-01",
    "see you at 8",
    "Are they sweet?",
    "甜吗",
    "要吗",
    "我要回家",
    "接龙吗",
    "+1+1",
    "x" * 401,
    "\n".join(["+1"] * 11),
    "+1000000000000000",
    "+١",
    "二十",
    "++1",
    "+-1",
    "+1-1",
]

TALK = [  # said in the chat, not to the card
    "+1 to that idea",
    "+1 agreed",
    "+1 good point",
    "+1 this",
    "+1 for that",
    "+1 for This",
    "-1 for the rain",
    "-2 outside",
    "+2 to what Ann said",
    "2",
    "2+",
    "2 please",
    "I want 2",
    "two",
    "me too",
    "+1.5",
    "+1234",
    "不要了",
    "算了",
    "我要一个解释",
    "+1 皮薄一点的",
    "-3 with the snow",
    "+2 I agree with all of that entirely",
    "2份",
    "+1\nI think so too",
]


@pytest.mark.parametrize(("text", "meant"), BOTH)
@pytest.mark.parametrize("mode", list(Mode))
def test_what_counts_everywhere(text: str, meant: Change, mode: Mode) -> None:
    assert parse(text, (), mode) == Typed((meant,))


@pytest.mark.parametrize(("text", "meant"), REPLY_ONLY)
def test_what_counts_in_reply_to_a_card(text: str, meant: Change) -> None:
    assert parse(text) == Typed((meant,))


@pytest.mark.parametrize("text", NOT_FOR_US)
@pytest.mark.parametrize("mode", list(Mode))
def test_what_is_no_join_at_all(text: str, mode: Mode) -> None:
    found = parse(text, (), mode)
    assert found is None or (mode is Mode.REPLY and isinstance(found, Mistake))
    assert not isinstance(found, Typed)


@pytest.mark.parametrize("text", TALK)
def test_talk_in_the_chat_is_not_taken_for_a_join(text: str) -> None:
    assert parse(text, (), Mode.BARE) is None


@pytest.mark.parametrize(
    ("text", "options", "meant"),
    [
        ("+1 large", SIZES, [add(1, "large")]),
        ("+1 LARGE", SIZES, [add(1, "large")]),
        ("+1 l", SIZES, [add(1, "large")]),
        ("+2 sm", SIZES, [add(2, "small")]),
        ("+1large", SIZES, [add(1, "large")]),
        ("+1 大份", SIZES, [add(1, "large")]),
        ("+1 大份", FEN, [add(1, "大份")]),
        ("+1大份", FEN, [add(1, "大份")]),
        ("＋２　大份", FEN, [add(2, "大份")]),
        ("+1 large", FEN, [add(1, "大份")]),
        ("+1份大份", FEN, [add(1, "大份")]),
        ("-1 large", SIZES, [add(-1, "large")]),
        ("我要两份大份", FEN, [put(2, "大份")]),
        ("我要2份大的", FEN, [put(2, "大份")]),
        ("接龙 大份", FEN, [add(1, "大份")]),
        ("+1 large\n+2 small", SIZES, [add(1, "large"), add(2, "small")]),
        ("+1 large +2 small", SIZES, [add(1, "large"), add(2, "small")]),
        ("+1大份+2小份", FEN, [add(1, "大份"), add(2, "小份")]),
        ("+1 大份，+2 小份", FEN, [add(1, "大份"), add(2, "小份")]),
        ("+1 large for Aunt Wang", SIZES, [add(1, "large", "for Aunt Wang")]),
        ("代接 王阿姨 +1 大份", FEN, [add(1, "大份", "代接 王阿姨")]),
        ("+1", SIZES, [add(1)]),
    ],
)
@pytest.mark.parametrize("mode", list(Mode))
def test_options_by_name_translation_and_beginning(
    text: str, options: tuple[str, ...], meant: list[Change], mode: Mode
) -> None:
    assert parse(text, options, mode) == Typed(tuple(meant))


@pytest.mark.parametrize(
    ("text", "options", "meant"),
    [
        ("+1 less ripe, large", SIZES, [add(1, "large", "less ripe")]),
        ("2 large please", SIZES, [put(2, "large")]),
        ("two large", SIZES, [put(2, "large")]),
        ("+1 ripe", SIZES, [add(1, note="ripe")]),
        ("+2 largely green", SIZES, None),
        ("+1 large less ripe", SIZES, [add(1, "large", "less ripe")]),
    ],
)
def test_options_in_reply(text: str, options: tuple[str, ...], meant: list[Change] | None) -> None:
    found = parse(text, options)
    assert found == Typed(tuple(meant)) if meant else isinstance(found, Mistake)


@pytest.mark.parametrize("text", ["+1 large", "+1l", "接龙 大份", "我要2份大的", "+1 large\n+2 small", "+1"])
def test_what_options_would_explain_is_worth_looking_them_up(text: str) -> None:
    assert may_mean(text, Mode.BARE)


@pytest.mark.parametrize("text", ["hello", "see you at 8", "", "C++", "甜吗", "two large"])
def test_most_talk_costs_no_look(text: str) -> None:
    assert not may_mean(text, Mode.BARE)


@pytest.mark.parametrize(
    "text",
    [
        "2 of them were green last time",
        "3 friends of mine want it",
        "2 weeks ago",
        "two pieces were soft",
        "one question",
    ],
)
def test_talk_in_reply_to_a_card_is_talk(text: str) -> None:
    assert not isinstance(parse(text, SIZES), Typed)


def test_a_chinese_count_may_have_a_note() -> None:
    assert parse("2份 少放点") == Typed((put(2, note="少放点"),))


def test_a_slip_of_the_finger_is_asked_about() -> None:
    for text, word in (
        ("+1 lagre", "lagre"),
        ("+1 smal for Dora", None),
        ("+1 larg3", "larg3"),
        ("+1 smalll", "smalll"),
    ):
        found = parse(text, SIZES)
        if word is None:
            assert found == Typed((add(1, "small", "for Dora"),))  # a unique beginning
        else:
            assert isinstance(found, Mistake)
            assert found.code == "near_option"
            assert found.params["word"] == word


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("+0", "zero"),
        ("-0", "zero"),
        ("+00", "zero"),
        ("+100", "too_many"),
        ("+999", "too_many"),
        ("-999", "too_many"),
        ("+99999", "too_many"),
        ("+1.5", "not_whole"),
        ("+1,5", "not_whole"),
        ("2", "unclear"),
        ("2+", "unclear"),
        ("1+1", "unclear"),
        ("0\n+1", "leave_and_join"),
    ],
)
def test_mistakes_in_reply_have_a_sentence(text: str, code: str) -> None:
    found = parse(text)
    assert isinstance(found, Mistake)
    assert found.code == code


@pytest.mark.parametrize(("text", "code"), [("+0", "zero"), ("+999", "too_many")])
def test_the_plain_mistakes_are_answered_in_the_chat_too(text: str, code: str) -> None:
    found = parse(text, (), Mode.BARE)
    assert isinstance(found, Mistake)
    assert found.code == code


JOINISH = st.text(alphabet="+-＋－0129两十份我要接龙代 \n.lsarge\ufe0f\u20e3王,，", max_size=60)


@given(st.text(max_size=500) | JOINISH, st.lists(st.text(max_size=12), max_size=4), st.sampled_from(Mode))
def test_no_text_raises_and_what_counts_is_sane(text: str, options: list[str], mode: Mode) -> None:
    found = parse(text, options, mode)
    if isinstance(found, Typed):
        assert found.changes
        assert all(change.option in ("", *options) for change in found.changes)
        assert all(-99 <= change.pieces <= 99 and len(change.note) <= 60 for change in found.changes)


@pytest.mark.parametrize(
    "piece", ["+1 ", "我要", "代接", "+", " ", "接龙", "1", "十", "+1\n", "代 王", "for A ", "please ", "，"]
)
def test_no_text_takes_long(piece: str) -> None:
    began = perf_counter()
    for mode in Mode:
        parse((piece * 400)[:400], SIZES, mode)
    assert perf_counter() - began < 0.2

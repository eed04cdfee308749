"""Links and contacts wait, reports hide, a person decides, and who decided what is kept. Showcases."""

import pytest

from models import answers, answers_shown, moderation, questions_asking, questions_words, showcases
from models.errors import DomainError
from models.facts import AnswerGiven, AskPut, ShowcaseMade, ShowcaseTold, WordsDecided, WordsHeld
from models.moderation import REMOVED, SHOWN, Kind
from models.states import OrderState, QuestionState, WordsState
from tests.questions.test_waves import buyers
from tests.questions.town import Town

CONTACTS = (
    "see https://evil.example/x", "www.cheap-oranges.com", "cheap.com/oranges", "t.me/somebody", "write me @orange_king",
    "加微信 orange888", "微信号：abc12345", "vx: juice_2020", "我的V信是abcde1", "QQ 123456789", "电话13812345678",
    "call me at 555 123 4567", "+49 170 1234567",
    "13812345678", "138-1234-5678", "一三八一二三四五六七八", "a.b@example.org",
    "ＷＷＷ.evil.com", "evil (dot) com", "wechat id: fruitman", "whatsapp +4917012345678",
)  # fmt: skip
HARMLESS = (
    "Sweet, 5 kg for 39.90", "买了3次，每次5公斤，39.90", "Order 1043 came on 2026-11-20", "周五20:00到的，放了14天",
    "10/10 would buy again",
    "About 8-10 cm, 250-300 g each", "甜度13.5，很好", "e.g. for juice, i.e. fresh", "1 2 3 4 5 of them were small",
    "我加了一点盐", "味道很正，没有异味",
    "We are 4 people; 2,5 kg lasted 3 days...", "better than no.1 brand", "一二三都好吃",
)  # fmt: skip


@pytest.mark.parametrize("words", CONTACTS)
def test_a_way_out_of_the_circle_is_found(words: str) -> None:
    assert questions_words.has_contact(words)


@pytest.mark.parametrize("words", HARMLESS)
def test_prices_times_and_numbers_are_none(words: str) -> None:
    assert not questions_words.has_contact(words)


def test_a_question_with_a_link_asks_nobody_until_somebody_looked(town: Town) -> None:
    buyers(town, "Ann", "Bao")
    question = town.asks("Chen", "Are these from www.cheap-oranges.com?")
    assert town.question(question).state == QuestionState.HELD
    assert (town.of(AskPut), len(town.of(WordsHeld))) == ([], 1)
    town.passes(hours=30)
    assert town.question(question).state == QuestionState.HELD
    (waiting,) = moderation.queue(town.session, town.owner, shop_id=town.shop)
    assert (waiting.kind, waiting.why, waiting.author_id) == (Kind.QUESTION, "contact", town.person("Chen"))
    town.told(moderation.decide(town.session, Kind.QUESTION, question, town.owner, SHOWN, town.now))
    assert len(town.asked(question)) == 2
    assert [fact.decision for fact in town.of(WordsDecided)] == ["shown"]
    assert moderation.queue(town.session, town.owner, shop_id=town.shop) == []


def test_a_question_that_is_refused_is_over(town: Town) -> None:
    question = town.asks("Chen", "write me @orange_king")
    town.told(moderation.decide(town.session, Kind.QUESTION, question, town.owner, REMOVED, town.now))
    assert town.question(question).state == QuestionState.REFUSED
    with pytest.raises(DomainError, match="answer_gone"):
        moderation.decide(town.session, Kind.QUESTION, question, town.owner, SHOWN, town.now)


def test_an_answer_with_a_contact_waits_and_is_told_once_shown(town: Town) -> None:
    buyers(town, "Ann")
    question = town.asks("Chen", public=True)
    answer = town.answers("Ann", question, "Cheaper from me, 加微信 orange888")
    assert town.answer(answer).state == WordsState.HELD
    assert town.of(AnswerGiven) == []
    assert answers_shown.count(town.session, town.circle, town.products["oranges"]) == 0
    town.told(answers.edit(town.session, answer, town.person("Ann"), "They are sweet.", None, town.now))
    assert town.answer(answer).state == WordsState.SHOWN
    assert len(town.of(AnswerGiven)) == 1


def test_two_members_reports_hide_and_a_sellers_does_not(town: Town) -> None:
    buyers(town, "Ann")
    question = town.asks("Chen", public=True)
    answer = town.answers("Ann", question, "Sour and small.", critical=True)
    town.told(moderation.report(town.session, Kind.ANSWER, answer, town.owner, "bad for business", town.now))
    town.told(moderation.report(town.session, Kind.ANSWER, answer, town.person("Dora"), "rude", town.now))
    town.told(moderation.report(town.session, Kind.ANSWER, answer, town.person("Dora"), "very rude", town.now))
    assert town.answer(answer).state == WordsState.SHOWN
    town.told(moderation.report(town.session, Kind.ANSWER, answer, town.person("Emil"), "rude", town.now))
    assert town.answer(answer).state == WordsState.HIDDEN
    assert answers_shown.under(town.session, town.circle, town.products["oranges"]) == []
    with pytest.raises(DomainError, match="not_yours"):
        moderation.decide(town.session, Kind.ANSWER, answer, town.person("Emil"), SHOWN, town.now)
    with pytest.raises(DomainError, match="own_words"):
        moderation.decide(town.session, Kind.ANSWER, answer, town.person("Ann"), SHOWN, town.now, admin=True)
    town.passes(hours=1)
    town.told(moderation.decide(town.session, Kind.ANSWER, answer, town.person("Fay"), SHOWN, town.now, admin=True, note="fair"))
    assert town.answer(answer).state == WordsState.SHOWN
    town.passes(hours=1)
    town.told(moderation.report(town.session, Kind.ANSWER, answer, town.person("Gus"), "rude", town.now))
    assert town.answer(answer).state == WordsState.SHOWN  # what was looked at needs two new ones
    (kept,) = moderation.record(town.session, Kind.ANSWER, answer)
    assert (kept.why, kept.decision, kept.by, kept.as_admin, kept.note) == ("reports", SHOWN, town.person("Fay"), True, "fair")


@pytest.mark.parametrize(("name", "code"), [("Ann", "own_words"), ("Eve", "not_a_member")])
def test_who_may_not_report(town: Town, name: str, code: str) -> None:
    buyers(town, "Ann")
    answer = town.answers("Ann", town.asks("Chen", public=True))
    town.person("Eve", circle=town.circle_named("Stairwell B"))
    with pytest.raises(DomainError, match=code):
        moderation.report(town.session, Kind.ANSWER, answer, town.person(name), "", town.now)


def test_a_showcase_is_rewarded_for_being_there(town: Town) -> None:
    (order,) = town.received("Ann")
    showcase, facts = showcases.make(town.session, order, town.person("Ann"), "Half of them were sour.", "photo", True, town.now)
    town.told(facts)
    assert [(fact.person_id, fact.order_id) for fact in town.of(ShowcaseMade)] == [(town.person("Ann"), order)]
    assert len(town.of(ShowcaseTold)) == 1
    (shown,) = showcases.under(town.session, town.circle, town.products["oranges"])
    assert (shown.showcase_id, shown.words, shown.name) == (showcase, "Half of them were sour.", "Ann")
    with pytest.raises(DomainError, match="shown_already"):
        showcases.make(town.session, order, town.person("Ann"), "Again.", "photo", True, town.now)
    showcases.delete(town.session, showcase, town.person("Ann"), town.now)
    assert showcases.under(town.session, town.circle, town.products["oranges"]) == []
    with pytest.raises(DomainError, match="shown_already"):  # deleting it earns no second reward
        showcases.make(town.session, order, town.person("Ann"), "Again.", "photo", True, town.now)


def test_without_consent_a_showcase_is_not_told_in_the_circle(town: Town) -> None:
    (order,) = town.received("Ann")
    showcase, facts = showcases.make(town.session, order, town.person("Ann"), "Sweet.", "photo", False, town.now)
    assert [type(fact) for fact in town.told(facts)] == [ShowcaseMade]
    assert showcases.under(town.session, town.circle, town.products["oranges"]) == []
    assert len(town.told(showcases.consent(town.session, showcase, town.person("Ann"), True, town.now))) == 1
    assert town.told(showcases.consent(town.session, showcase, town.person("Ann"), True, town.now)) == []


@pytest.mark.parametrize(
    ("name", "words", "photo", "code"),
    [("Bao", "Sweet.", "p", "not_yours"), ("Ann", "", "p", "photo_without_words"), ("Ann", "Sweet.", None, "photo_needed"),
     ("Ann", "好" * 1001, "p", "answer_long")],
)  # fmt: skip
def test_what_is_no_showcase(town: Town, name: str, words: str, photo: str | None, code: str) -> None:
    (order,) = town.received("Ann")
    with pytest.raises(DomainError, match=code):
        showcases.make(town.session, order, town.person(name), words, photo, True, town.now)


def test_who_was_refunded_shows_nothing(town: Town) -> None:
    (order,) = town.received("Ann", state=OrderState.REFUNDED)
    with pytest.raises(DomainError, match="order_ended"):
        showcases.make(town.session, order, town.person("Ann"), "Sweet.", "photo", True, town.now)


def test_a_question_said_otherwise_without_its_link_is_asked_at_once(town: Town) -> None:
    """Nobody has to look any more; what two members reported waits for a person, whatever its author makes of it."""
    buyers(town, "Ann", "Bao")
    question = town.asks("Chen", "Are they like www.cheap-oranges.com ?")
    edit(town, question, "Are they like those at t.me/cheap ?")
    assert town.question(question).state == QuestionState.HELD
    edit(town, question, "Are they like the cheap ones?")
    assert town.question(question).state == QuestionState.OPEN
    assert sorted(town.asked(question)) == ["Ann", "Bao"]
    for name in ("Dora", "Emil"):
        moderation.report(town.session, Kind.QUESTION, question, town.person(name), "", town.now)
    with pytest.raises(DomainError, match="question_closed"):
        edit(town, question, "Are they sweet?")


def edit(town: Town, question: int, words: str) -> None:
    town.told(questions_asking.edit(town.session, question, town.person("Chen"), words, None, town.now))


def test_a_question_shown_again_asks_the_next_in_its_own_time(town: Town) -> None:
    buyers(town, "Ann", "Bao", "Dora", "Emil", "Fay")
    question = town.asks("Chen")
    for name in ("Gus", "Hana"):
        moderation.report(town.session, Kind.QUESTION, question, town.person(name), "", town.now)
    town.passes(minutes=10)
    town.told(moderation.decide(town.session, Kind.QUESTION, question, town.owner, SHOWN, town.now))
    assert len(town.asked(question)) == 3
    town.passes(hours=2, minutes=1)
    assert len(town.asked(question)) == 5

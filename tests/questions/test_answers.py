"""What is answered: by whom, seen by whom, edited, deleted, found helpful; the shop's late answer; one question back."""

import pytest

from models import answers, answers_shown, answers_votes, asks, circles, people, privacy, questions, questions_asking
from models.errors import DomainError
from models.facts import (
    AnswerEdited,
    AnswerGiven,
    AnswerHelpful,
    AnswersChanged,
    AnswerTold,
    AnswerToldAside,
    BackAnswered,
    BackAsked,
    QuestionToShop,
    QuestionWaits,
)
from models.orders import Order
from models.outbox import OUTBOX
from models.states import AskState, OrderState, QuestionState, RoundState
from tests.questions.test_waves import buyers
from tests.questions.town import Town


def test_the_answer_reaches_the_asker_and_the_circle_once(town: Town) -> None:
    buyers(town, "Ann", "Bao")
    question = town.asks("Chen", public=True)
    town.answers("Ann", question, "Sweet as honey.")
    town.answers("Bao", question, "A bit sour to me.")
    assert [fact.person_id for fact in town.of(AnswerGiven)] == [town.person("Chen")] * 2
    assert len(town.of(AnswerToldAside)) == 1
    assert answers_shown.count(town.session, town.circle, town.products["oranges"]) == 2
    shown = town.session.query(OUTBOX.c.id).where(OUTBOX.c.template == "board").all()
    assert len(shown) == 1


def test_below_a_card_the_card_counts_and_the_line_replies_to_it(town: Town) -> None:
    buyers(town, "Ann", "Bao")
    row = open_round(town)
    question = town.asks("Chen", public=True, round_id=row)
    town.answers("Ann", question)
    assert [(fact.round_id, fact.question_id) for fact in town.of(AnswerTold)] == [(row, question)]
    assert [fact.round_id for fact in town.of(AnswersChanged)] == [row]


def open_round(town: Town, product: str = "oranges") -> int:
    from datetime import timedelta

    from models.group_buys import Round

    return town.add(Round(
        shop_id=town.shop, circle_id=town.circle, product_id=town.products[product], state=RoundState.OPEN, price=3990,
        created_at=town.now, opened_at=town.now, closes_at=town.now + timedelta(hours=20),
    ))  # fmt: skip


def test_nothing_is_public_before_the_asker_says_so(town: Town) -> None:
    buyers(town, "Ann", "Bao")
    question = town.asks("Chen")
    town.answers("Ann", question, "Sweet.")
    assert town.of(AnswerToldAside) == []
    assert answers_shown.under(town.session, town.circle, town.products["oranges"]) == []
    assert [a.words for a in answers_shown.of_question(town.session, question, town.person("Chen"))] == ["Sweet."]
    assert answers_shown.of_question(town.session, question, town.person("Bao")) == []
    with pytest.raises(DomainError, match="not_yours"):
        questions_asking.consent(town.session, question, town.person("Bao"), True, town.now)
    town.told(questions_asking.consent(town.session, question, town.person("Chen"), True, town.now))
    assert len(town.of(AnswerToldAside)) == 1
    assert answers_shown.count(town.session, town.circle, town.products["oranges"]) == 1
    questions_asking.consent(town.session, question, town.person("Chen"), False, town.now)
    assert answers_shown.count(town.session, town.circle, town.products["oranges"]) == 0


def test_an_answer_carries_how_often_its_author_bought(town: Town) -> None:
    town.received("Ann", times=3)
    town.received("Bao", "pears", 2)
    question = town.asks("Chen", public=True)
    ann, bao = town.answer(town.answers("Ann", question)), town.answer(town.answers("Bao", question))
    assert (ann.bought, ann.bought_kind, bao.bought, bao.bought_kind) == (3, 3, 0, 2)


@pytest.mark.parametrize(
    ("words", "code"),
    [("", "answer_empty"), ("  \u200b\n", "answer_empty"), ("!!!", "answer_empty"), ("好" * 1001, "answer_long")],
)
def test_words_that_are_none_or_too_many_move_nothing(town: Town, words: str, code: str) -> None:
    buyers(town, "Ann")
    question = town.asks("Chen")
    with pytest.raises(DomainError, match=code):
        town.answers("Ann", question, words)
    with pytest.raises(DomainError, match=code.replace("answer", "question")):
        town.asks("Dora", words)
    assert town.ask_of("Ann", question).state == AskState.PUT


def test_a_photo_needs_words(town: Town) -> None:
    buyers(town, "Ann")
    ask = town.ask_of("Ann", town.asks("Chen"))
    with pytest.raises(DomainError, match="photo_without_words"):
        answers.give(town.session, ask.id or 0, town.person("Ann"), "", "photo", town.now)


def test_only_who_was_asked_answers_and_only_once(town: Town) -> None:
    buyers(town, "Ann", "Bao")
    question = town.asks("Chen")
    ask = town.ask_of("Ann", question)
    for name in ("Bao", "Chen", "Li Wei"):
        with pytest.raises(DomainError, match="not_yours"):
            answers.give(town.session, ask.id or 0, town.person(name), "Sweet.", None, town.now)
    with pytest.raises(DomainError, match="gone"):
        answers.give(town.session, 999, town.person("Ann"), "Sweet.", None, town.now)
    town.answers("Ann", question)
    with pytest.raises(DomainError, match="ask_over"):
        town.answers("Ann", question)
    with pytest.raises(DomainError, match="not_yours"):
        asks.decline(town.session, ask.id or 0, town.person("Bao"), town.now)


def test_a_withdrawn_question_takes_no_answer(town: Town) -> None:
    buyers(town, "Ann", "Bao")
    question = town.asks("Chen", public=True)
    town.told(questions_asking.withdraw(town.session, question, town.person("Chen"), town.now))
    with pytest.raises(DomainError, match="ask_over"):
        town.answers("Ann", question)
    with pytest.raises(DomainError, match="question_closed"):
        answers.give_as_shop(town.session, question, town.owner, "They are.", None, town.now)
    town.passes(days=3)
    assert town.ask_of("Ann", question).state == AskState.ENDED
    assert town.of(QuestionToShop) == []


@pytest.mark.parametrize("why", ["left", "blocked", "refunded"])
def test_who_left_blocked_or_was_refunded_answers_no_more(town: Town, why: str) -> None:
    orders = town.received("Ann")
    question = town.asks("Chen")
    if why == "left":
        circles.leave(town.session, town.circle, town.person("Ann"), town.now)
    elif why == "blocked":
        people.unreachable(town.session, town.person("Ann"), town.now)
    else:
        town.session.get_one(Order, orders[0]).state = OrderState.REFUNDED
    with pytest.raises(DomainError, match="ask_over"):
        town.answers("Ann", question)
    town.passes(days=3)
    assert town.ask_of("Ann", question).state == AskState.ENDED  # and counts for nothing


def test_asks_can_be_ended_at_once(town: Town) -> None:
    buyers(town, "Ann", "Bao")
    question = town.asks("Chen")
    assert asks.end(town.session, town.person("Ann"), town.now, town.circle) == 1
    assert asks.end(town.session, town.person("Bao"), town.now, town.circle + 1) == 0
    assert town.ask_of("Ann", question).state == AskState.ENDED


def test_edits_and_deletions_follow(town: Town) -> None:
    buyers(town, "Ann")
    question = town.asks("Chen", public=True)
    answer = town.answers("Ann", question, "Sweet.")
    with pytest.raises(DomainError, match="not_yours"):
        answers.edit(town.session, answer, town.person("Chen"), "Sour.", None, town.now)
    town.told(answers.edit(town.session, answer, town.person("Ann"), "Sweet, small ones sour.", None, town.now))
    assert len(town.of(AnswerEdited)) == 1
    (shown,) = answers_shown.under(town.session, town.circle, town.products["oranges"])
    assert (shown.words, shown.edited) == ("Sweet, small ones sour.", True)
    town.told(answers.delete(town.session, answer, town.person("Ann"), town.now))
    assert town.answer(answer).words == ""
    assert answers_shown.count(town.session, town.circle, town.products["oranges"]) == 0
    assert town.question(question).state == QuestionState.SHOP  # it waits again
    with pytest.raises(DomainError, match="answer_gone"):
        answers.edit(town.session, answer, town.person("Ann"), "Sweet.", None, town.now)


def test_the_shop_answers_late_badged_and_unranked(town: Town) -> None:
    buyers(town, "Ann", "Bao")
    question = town.asks("Chen", public=True)
    town.answers("Ann", question, "Sour.", critical=True)
    town.passes(hours=24)
    late, facts = answers.give_as_shop(town.session, question, town.owner, "A new harvest now.", None, town.now)
    town.told(facts)
    shown = answers_shown.under(town.session, town.circle, town.products["oranges"])
    assert [(a.by, a.critical) for a in shown] == [("buyer", True), ("shop", False)]
    with pytest.raises(DomainError, match="shop_not_ranked"):
        answers_votes.vote(town.session, late, town.person("Chen"), town.now)
    with pytest.raises(DomainError, match="answered_already"):
        answers.give_as_shop(town.session, question, town.owner, "Again.", None, town.now)
    with pytest.raises(DomainError, match="not_yours"):
        answers.give_as_shop(town.session, question, town.person("Ann"), "I am the shop.", None, town.now)


def test_the_newest_critical_answer_stays_visible(town: Town) -> None:
    names = [f"Buyer {number}" for number in range(10)]
    critical = []
    for number, name in enumerate(names):
        town.received(name, days=5, again=False if number == 2 else None)
        question = town.asks(f"Asker {number}", f"Question {number}?", public=True)
        asked = town.asked(question)[0]
        answer = town.answers(asked, question, f"Answer {number}")
        critical += [answer] if town.answer(answer).critical else []
        for voter in range(6):
            if not town.answer(answer).critical:
                answers_votes.vote(town.session, answer, town.person(f"Voter {voter}"), town.now)
    (only,) = critical
    shown = answers_shown.under(town.session, town.circle, town.products["oranges"], limit=3)
    assert [a.answer_id for a in shown][-1] == only
    assert len(shown) == 3
    assert [a.votes for a in shown] == [6, 6, None]  # shown from five


def test_votes_earn_standing_and_thanks(town: Town) -> None:
    town.received("Ann", times=4)
    for number in range(3):
        question = town.asks("Chen" if number == 0 else f"Asker {number}", f"Question {number}?", public=True)
        town.answers("Ann", question, "Sweet.")
        (answer,) = answers.of_question(town.session, question)
        for voter in ("Dora", "Emil"):
            town.told(answers_votes.vote(town.session, answer.id or 0, town.person(voter), town.now))
            town.told(answers_votes.vote(town.session, answer.id or 0, town.person(voter), town.now))
        town.passes(days=4)
    assert len(town.of(AnswerHelpful)) == 3
    assert answers_votes.standings(town.session, town.person("Ann"), town.shop) == [answers_votes.Standing("fruit", 3)]
    assert answers_votes.standings(town.session, town.person("Dora"), town.shop) == []
    answers_votes.unvote(town.session, answer.id or 0, town.person("Dora"))
    assert town.answer(answer.id or 0).votes == 1


@pytest.mark.parametrize(("name", "code"), [("Ann", "own_words"), ("Li Wei", "sellers_do_not_vote"), ("Eve", "not_a_member")])
def test_who_may_not_vote(town: Town, name: str, code: str) -> None:
    buyers(town, "Ann")
    answer = town.answers("Ann", town.asks("Chen", public=True))
    town.person("Eve", circle=town.circle_named("Stairwell B"))
    with pytest.raises(DomainError, match=code):
        answers_votes.vote(town.session, answer, town.person(name), town.now)


def test_one_question_back(town: Town) -> None:
    buyers(town, "Ann")
    question = town.asks("Chen")
    ask = town.ask_of("Ann", question).id or 0
    with pytest.raises(DomainError, match="not_yours"):
        asks.ask_back(town.session, ask, town.person("Dora"), "For juice?", town.now)
    town.told(asks.ask_back(town.session, ask, town.person("Ann"), "For juice?", town.now))
    assert [fact.person_id for fact in town.of(BackAsked)] == [town.person("Chen")]
    with pytest.raises(DomainError, match="back_once"):
        asks.ask_back(town.session, ask, town.person("Chen"), "How big?", town.now)
    with pytest.raises(DomainError, match="not_yours"):
        asks.answer_back(town.session, ask, town.person("Ann"), "To eat.", town.now)
    town.told(asks.answer_back(town.session, ask, town.person("Chen"), "To eat.", town.now))
    assert [fact.person_id for fact in town.of(BackAnswered)] == [town.person("Ann")]
    with pytest.raises(DomainError, match="no_question_back"):
        asks.answer_back(town.session, ask, town.person("Chen"), "To eat.", town.now)
    town.answers("Ann", question)


@pytest.mark.parametrize("words", ["Write me at t.me/cheaper", "Call 13800138000", "加我微信 bao12345"])
def test_no_contact_goes_by_a_question_back_or_its_answer(town: Town, words: str) -> None:
    buyers(town, "Ann")
    ask = town.ask_of("Ann", town.asks("Chen")).id or 0
    with pytest.raises(DomainError, match="back_contact"):
        asks.ask_back(town.session, ask, town.person("Ann"), words, town.now)
    town.told(asks.ask_back(town.session, ask, town.person("Ann"), "For juice?", town.now))  # the one question is still theirs
    with pytest.raises(DomainError, match="back_contact"):
        asks.answer_back(town.session, ask, town.person("Chen"), words, town.now)
    town.told(asks.answer_back(town.session, ask, town.person("Chen"), "To eat.", town.now))


def test_owners_see_what_waits_oldest_first_and_are_nudged_once(town: Town) -> None:
    town.asks("Chen", "Are the oranges sweet?", of="shop")
    town.passes(hours=1)
    town.asks("Dora", "How is the bread?", "bread")
    town.passes(hours=1)
    town.asks("Emil", "Are the oranges sweet", of="shop")
    first, second = questions.waiting(town.session, town.shop, town.owner, town.now)
    assert (first.words, first.like, first.may_answer) == ("Are the oranges sweet?", 2, True)
    assert second.product["en"] == "Bread"
    with pytest.raises(DomainError, match="not_yours"):
        questions.waiting(town.session, town.shop, town.person("Chen"), town.now)
    town.passes(hours=60)
    assert len(town.of(QuestionWaits)) == 3


def test_nobody_floods(town: Town) -> None:
    for number in range(3):
        town.asks("Chen", f"Question {number}?")
    with pytest.raises(DomainError, match="questions_enough"):
        town.asks("Chen", "And one more?")
    town.asks("Dora", "May I?")


def test_an_erased_person_leaves_no_words(town: Town) -> None:
    buyers(town, "Ann", "Bao")
    question = town.asks("Chen", public=True)
    ask = town.ask_of("Ann", question).id or 0
    asks.ask_back(town.session, ask, town.person("Ann"), "For juice, Chen?", town.now)
    town.answers("Ann", question, "Sweet, says Ann.")
    kept = privacy.export(town.session, town.person("Ann"))
    assert "Sweet, says Ann." in str(kept["answers"])
    privacy.erase(town.session, town.person("Ann"), town.now)
    privacy.erase(town.session, town.person("Chen"), town.now)
    dump = str([privacy.export(town.session, town.person(name)) for name in ("Ann", "Chen", "Bao")])
    assert "Sweet" not in dump
    assert "sweet" not in dump
    assert "juice" not in dump
    assert town.question(question).state == QuestionState.CLOSED
    assert town.ask_of("Bao", question).state == AskState.ENDED

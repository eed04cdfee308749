"""What was asked before is found again, in any language, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import questions_asking, similar, similar_index
from models.answers import Answer
from models.questions import Question
from models.similar_terms import stemmed, terms
from tests.questions.pairs import figures, pairs
from tests.questions.town import Town

LETTERS = st.text(alphabet="aeilst 甜酸放多久吗皮?？ＡＢ12", max_size=40)


@pytest.mark.parametrize("held", [False, True], ids=["seen", "held out"])
def test_the_labelled_pairs(held: bool, capsys: pytest.CaptureFixture[str]) -> None:
    told = figures(pair for pair in pairs() if pair.held == held)
    print(told)
    assert told.pairs >= 70
    assert told.precision >= 0.93
    assert told.recall >= 0.88


def test_there_are_enough_of_every_tongue() -> None:
    every = pairs()
    assert len(every) >= 200
    assert all(sum(pair.tongue == tongue for pair in every) >= 60 for tongue in ("English", "Chinese", "across"))
    assert len({(pair.one, pair.other) for pair in every}) == len(every)


@given(LETTERS, LETTERS)
def test_likeness_is_a_number_that_both_agree_on(one: str, other: str) -> None:
    there = similar.likeness(one, terms(one), other, terms(other))
    assert 0.0 <= there <= 1.0
    assert there == pytest.approx(similar.likeness(other, terms(other), one, terms(one)))
    assert similar.likeness(one, terms(one), one, terms(one)) == 1.0


@pytest.mark.parametrize(
    ("one", "other"), [("Sweet?", "ＳＷＥＥＴ"), ("peels", "peeling"), ("甜不甜", "甜 吗"), ("Are they sweet?", "甜度如何")]
)
def test_written_otherwise_it_is_the_same(one: str, other: str) -> None:
    assert terms(one) == terms(other) != {}


def test_stems() -> None:
    assert [stemmed(word) for word in ("berries", "peeled", "boxes", "glass", "as")] == ["berry", "peel", "box", "glass", "as"]


def test_only_what_was_answered_and_is_public_is_offered(town: Town) -> None:
    town.received("Ann")
    first = town.asks("Chen", "Are they sweet?", public=True)
    assert similar_index.look(town.session, town.circle, town.products["oranges"], "甜不甜？") == []
    town.answers("Ann", first, "Sweet.")
    (found,) = similar_index.look(town.session, town.circle, town.products["oranges"], "甜不甜？")
    assert (found.question_id, found.answers, found.words) == (first, 1, "Are they sweet?")
    assert similar_index.look(town.session, town.circle, town.products["oranges"], "How long do they keep?") == []
    questions_asking.consent(town.session, first, town.person("Chen"), False, town.now)
    assert similar_index.look(town.session, town.circle, town.products["oranges"], "甜不甜？") == []


def test_the_product_comes_before_its_category_and_other_circles_stay_away(town: Town) -> None:
    town.received("Ann")
    town.received("Ann", "pears")
    town.received("Bao", "bread")
    pears = town.asks("Chen", "Are the pears sweet?", "pears", public=True)
    town.answers("Ann", pears)
    town.passes(days=2)
    bread = town.asks("Dora", "Is the bread sweet?", "bread", public=True)
    town.answers("Bao", bread)
    oranges = town.asks("Emil", "sweet or sour?", public=True)
    town.answers("Ann", oranges)
    found = similar_index.look(town.session, town.circle, town.products["oranges"], "Are they sweet?")
    assert [one.question_id for one in found] == [oranges, pears]
    other = town.circle_named("Stairwell B")
    assert similar_index.look(town.session, other, town.products["oranges"], "Are they sweet?") == []


def answered(town: Town, words: str, product: str) -> None:
    """A question as it stands long after it was answered, without the asking."""
    said = {"shop_id": town.shop, "circle_id": town.circle, "product_id": town.products[product], "words": words}
    question = Question(
        **said, asker_id=town.person("Chen"), asked_of="buyers", state="answered", public=True, asked_at=town.now
    )
    question_id = town.add(question)
    similar_index.put(town.session, question)
    town.add(Answer(
        **said | {"words": "Yes."}, question_id=question_id, person_id=town.person("Ann"), by="buyer", state="shown",
        created_at=town.now,
    ))  # fmt: skip


@pytest.mark.parametrize(("own", "others"), [(1, 80), (3, 80), (4, 300)])
def test_its_own_question_is_found_behind_however_many_of_its_category(town: Town, own: int, others: int) -> None:
    """Those of the category have a word more in common, so they lead the rough look."""
    for number in range(own + others):
        words, product = ("Are they really sweet or sour in taste?", "pears") if number >= own else (
            "Are they sweet or sour in taste?", "oranges",
        )  # fmt: skip
        answered(town, words, product)
    look = similar_index.look(town.session, town.circle, town.products["oranges"], "Are they really sweet or sour in taste?")
    mine = [one.product_id == town.products["oranges"] for one in look]
    assert mine == [True] * min(own, 3) + [False] * (3 - min(own, 3))


def test_an_edited_question_is_found_by_its_new_words(town: Town) -> None:
    town.received("Ann")
    question = town.asks("Chen", "Are they sweet?", public=True)
    questions_asking.edit(town.session, question, town.person("Chen"), "How long do they keep?", None, town.now)
    town.answers("Ann", question, "Two weeks.")
    assert similar_index.look(town.session, town.circle, town.products["oranges"], "sweet?") == []
    assert len(similar_index.look(town.session, town.circle, town.products["oranges"], "保质期多久")) == 1


def test_words_without_any_term_find_nothing(town: Town) -> None:
    assert similar_index.look(town.session, town.circle, town.products["oranges"], "?!") == []

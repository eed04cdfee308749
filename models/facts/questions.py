"""What happened to questions, asks, answers and showcases.

A fact names rows and never carries a person's words: they are looked up when a message is composed, so what was edited,
deleted or held back meanwhile is told as it is then.
"""

from dataclasses import dataclass

from models.facts.base import CircleFact, Fact, PersonFact, ShopFact


@dataclass(frozen=True)
class AskPut(PersonFact):
    """A question was put to one buyer. `first`: their first ask ever, which says how to stop them."""

    question_id: int
    ask_id: int
    first: bool


@dataclass(frozen=True)
class QuestionToShop(ShopFact):
    """A question waits for the shop. `why`: "asked" of it, "nobody" to ask, or buyers were "silent"."""

    question_id: int
    why: str


@dataclass(frozen=True)
class QuestionWithShop(PersonFact):
    """The asker hears openly that the shop was asked after all: "nobody" to ask, or buyers were "silent"."""

    question_id: int
    why: str


@dataclass(frozen=True)
class QuestionWaits(ShopFact):
    """A question waits longer than the set time; `hours` since it was asked."""

    question_id: int
    hours: int


@dataclass(frozen=True)
class AnswerGiven(PersonFact):
    """The asker hears an answer in private."""

    question_id: int
    answer_id: int


@dataclass(frozen=True)
class AnswerEdited(PersonFact):
    """The asker hears that an answer they were told says something else now."""

    question_id: int
    answer_id: int


@dataclass(frozen=True)
class AnswerTold(Fact):
    """A question's first answer, once in the circle, below the card it was asked under."""

    question_id: int
    answer_id: int


@dataclass(frozen=True)
class AnswerToldAside(CircleFact):
    """The same for a question that was asked under no card."""

    question_id: int
    answer_id: int


@dataclass(frozen=True)
class AnswersChanged(Fact):
    """How many answers the product of a group buy has changed: its card counts them."""


@dataclass(frozen=True)
class AnswerHelpful(PersonFact):
    """The author hears that their answer helped: the asker says so, or two others do."""

    question_id: int
    answer_id: int


@dataclass(frozen=True)
class BackAsked(PersonFact):
    """The one question back about an ask, to whoever did not put it."""

    question_id: int
    ask_id: int


@dataclass(frozen=True)
class BackAnswered(PersonFact):
    """What came back on it, to whoever put it."""

    question_id: int
    ask_id: int


@dataclass(frozen=True)
class WordsHeld(ShopFact):
    """Words wait for a person to look. `kind`: moderation.Kind; `why`: "contact" or "reports"."""

    kind: str
    subject_id: int
    why: str


@dataclass(frozen=True)
class WordsDecided(PersonFact):
    """The author hears what a person decided about their words: "shown" or "removed"."""

    kind: str
    subject_id: int
    decision: str


@dataclass(frozen=True)
class ShowcaseMade(PersonFact):
    """A buyer showed what came, for the first time of this order: what a reward hangs on. Nothing of what it says counts."""

    showcase_id: int
    shop_id: int
    product_id: int
    order_id: int


@dataclass(frozen=True)
class ShowcaseTold(CircleFact):
    """A showcase, with its author's consent, once in the circle."""

    showcase_id: int

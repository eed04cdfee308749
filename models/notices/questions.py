"""What questions, asks, answers and showcases make people hear. An ask goes to its person in private and by no other way."""

from models import facts as f
from models.notices.notice import NOW, A, Notice, Table
from models.outbox import Priority

NOTICES: Table = {
    f.AskPut: (Notice(A.PERSON, "ask_put", "ask:{ask_id}", "ask", Priority.ASK),),
    f.QuestionToShop: (Notice(A.OWNERS, "question_to_shop", "question_to_shop:{question_id}:{why}", "shop_asked"),),
    f.QuestionWithShop: (Notice(A.PERSON, "question_with_shop", "question_with_shop:{question_id}:{why}"),),
    f.QuestionWaits: (Notice(A.OWNERS, "question_waits", "question_waits:{question_id}:{hours}", "shop_asked"),),
    f.AnswerGiven: (Notice(A.PERSON, "answer_given", "answer_given:{answer_id}", "answered"),),
    f.AnswerEdited: (Notice(A.PERSON, "answer_edited", "answer_edited:{answer_id}:{now}", "answered"),),
    f.AnswerTold: (),  # the question's board says it, so that it can follow
    f.AnswerToldAside: (),
    f.AnswersChanged: (),  # the card says it
    f.AnswerHelpful: (Notice(A.PERSON, "answer_helpful", "answer_helpful:{answer_id}"),),
    f.BackAsked: (Notice(A.PERSON, "back_asked", "back_asked:{ask_id}", "asked_back", NOW),),
    f.BackAnswered: (Notice(A.PERSON, "back_answered", "back_answered:{ask_id}", None, NOW),),
    f.WordsHeld: (Notice(A.OWNERS, "words_held", "words_held:{kind}:{subject_id}:{now}", "held"),),
    f.WordsDecided: (Notice(A.PERSON, "words_decided", "words_decided:{kind}:{subject_id}:{now}"),),
    f.ShowcaseMade: (),  # a campaign thanks for it
    f.ShowcaseTold: (),  # its board says it, so that it can go again
}

MARKS: frozenset[type] = frozenset({f.AnswersChanged})

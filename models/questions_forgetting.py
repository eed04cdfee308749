"""What is kept of a person's questions, asks, answers, votes, reports and showcases, and how it is forgotten.

Invariants: an erased person's words and photos are nowhere; their open questions and asks end; others' words stay, but for
answers to a question that is gone, which nobody can read without it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Table, select, update
from sqlalchemy.orm import Session

from models import answers, asks, questions_asking, showcases, similar_index
from models.answers import Answer, answer_table
from models.answers_votes import vote_table
from models.asks import ask_table
from models.facts import AnyFact
from models.moderation import decision_table, report_table
from models.questions import Question, question_table
from models.rows import fresh, number_of
from models.showcases import Showcase, showcase_table
from models.states import QuestionState, WordsState

# Where a person stands in these tables, for the export: name, table, column.
OWN: Sequence[tuple[str, Table, str]] = (
    ("questions", question_table, "asker_id"), ("asks", ask_table, "person_id"), ("answers", answer_table, "person_id"),
    ("votes", vote_table, "person_id"), ("reports", report_table, "person_id"), ("showcases", showcase_table, "person_id"),
    ("decisions", decision_table, "by"),
)  # fmt: skip


def forget(session: Session, person_id: int, now: datetime) -> list[AnyFact]:
    """Takes every word of theirs away; what that changes for others, as facts."""
    facts = [fact for answer in _answers(session, person_id) for fact in _take_back(session, answer, now)]
    for question in fresh(session, select(Question).where(question_table.c.asker_id == person_id)):
        facts += _close(session, question, now)
    for showcase in fresh(session, select(Showcase).where(showcase_table.c.person_id == person_id)):
        if showcase.state != WordsState.DELETED:
            showcases.take_away(session, showcase, WordsState.DELETED, now)
    asks.end(session, person_id, now)
    _blank(session, person_id)
    return facts


def _answers(session: Session, person_id: int) -> Sequence[Answer]:
    mine = answer_table.c.person_id == person_id, answer_table.c.state != WordsState.DELETED
    return fresh(session, select(Answer).where(*mine).order_by(answer_table.c.id))


def _take_back(session: Session, answer: Answer, now: datetime) -> list[AnyFact]:
    return answers.take_away(session, answer, WordsState.DELETED, now)


def _close(session: Session, question: Question, now: datetime) -> list[AnyFact]:
    over = question.state in {QuestionState.CLOSED, QuestionState.REFUSED}
    facts = [] if over else questions_asking.end(session, question, now)
    question.words, question.photo_file_id = "", None
    similar_index.forget(session, number_of(question.id))
    session.flush()
    return facts


def _blank(session: Session, person_id: int) -> None:
    """Questions back, reasons and notes: words in rows that stay for what they count."""
    a, mine = ask_table.c, ask_table.c.back_by == person_id
    session.execute(update(ask_table).where(mine).values(back_words=""))
    heard = (a.back_by.is_not(None)) & (a.back_by != person_id) & ((a.person_id == person_id) | (a.asker_id == person_id))
    session.execute(update(ask_table).where(heard).values(back_reply=""))
    session.execute(update(ask_table).where(a.person_id == person_id).values(why={}))
    session.execute(update(report_table).where(report_table.c.person_id == person_id).values(reason=""))
    session.execute(update(decision_table).where(decision_table.c.by == person_id).values(note=""))

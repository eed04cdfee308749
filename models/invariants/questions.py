"""What must be so of questions, asks, answers, votes and showcases."""

from collections.abc import Iterator

from sqlalchemy import Table, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from models.answers import answer_table
from models.answers_votes import vote_table
from models.asks import ask_table
from models.invariants.difference import Check, Difference, each
from models.questions import ALIVE, BUYER, question_table
from models.shops import owner_table
from models.showcases import showcase_table
from models.states import ASK, QUESTION, WORDS, AskState, QuestionState, WordsState

Q, K, A, S = question_table.c, ask_table.c, answer_table.c, showcase_table.c
MACHINES = (("question", question_table, QUESTION), ("ask", ask_table, ASK), ("answer", answer_table, WORDS),
            ("showcase", showcase_table, WORDS))  # fmt: skip


def states(session: Session) -> Iterator[Difference]:
    """Every row is in a state its machine knows."""
    for name, table, machine in MACHINES:
        query = select(table.c.id, literal("a state of " + machine.name), table.c.state)
        yield from each(session, "states of questions", name, query.where(table.c.state.not_in(sorted(machine.states))))


def votes(session: Session) -> Iterator[Difference]:
    """An answer's votes are its rows, none of them its author's, none for the shop."""
    count = func.count(vote_table.c.person_id)
    query = (
        select(A.id, count, A.votes).outerjoin(vote_table, vote_table.c.answer_id == A.id)
        .group_by(A.id, A.votes).having(count != A.votes)
    )  # fmt: skip
    yield from each(session, "votes", "answer", query)
    wrong = select(A.id, literal("others' votes for a buyer"), vote_table.c.person_id).join(
        vote_table, vote_table.c.answer_id == A.id
    )
    yield from each(session, "votes", "answer", wrong.where(or_(vote_table.c.person_id == A.person_id, A.by != BUYER)))


def answered_asks(session: Session) -> Iterator[Difference]:
    """A buyer's answer belongs to an ask of theirs about this question, which is answered; and such an ask has an answer."""
    fits = and_(K.id == A.ask_id, K.person_id == A.person_id, K.question_id == A.question_id, K.state == AskState.ANSWERED)
    lone = select(A.id, literal("an answered ask of its author"), A.ask_id).outerjoin(ask_table, fits)
    yield from each(session, "answers", "answer", lone.where(A.by == BUYER, K.id.is_(None)))
    empty = select(K.id, literal("an answer"), K.state).outerjoin(answer_table, A.ask_id == K.id)
    yield from each(session, "answers", "ask", empty.where(K.state == AskState.ANSWERED, A.id.is_(None)))


def open_asks(session: Session) -> Iterator[Difference]:
    """An ask that waits has a time at which it is over, and nobody is asked by themselves or about their own shop."""
    query = select(K.id, literal("a due time"), K.due_at).where(K.state == AskState.PUT, K.due_at.is_(None))
    yield from each(session, "asks", "ask", query)
    own = select(K.id, literal("somebody else than the asker"), K.person_id)
    yield from each(session, "asks", "ask", own.where(K.person_id == K.asker_id))
    sellers = own.join(question_table, Q.id == K.question_id).join(
        owner_table, and_(owner_table.c.shop_id == Q.shop_id, owner_table.c.person_id == K.person_id)
    )
    yield from each(session, "asks", "ask", sellers.where(K.state == AskState.PUT))


def question_states(session: Session) -> Iterator[Difference]:
    """Answered means that an answer is shown; one that waits has none; what is over asks nobody any more."""
    shown = select(A.id).where(A.question_id == Q.id, A.state == WordsState.SHOWN).exists()
    answered = select(Q.id, literal("a shown answer"), Q.state).where(Q.state == QuestionState.ANSWERED, ~shown)
    yield from each(session, "questions", "question", answered)
    waits = select(Q.id, literal("no shown answer"), Q.state).where(Q.state.in_((QuestionState.OPEN, QuestionState.SHOP)), shown)
    yield from each(session, "questions", "question", waits)
    over = select(Q.id, literal("no more waves"), Q.next_wave_at)
    yield from each(session, "questions", "question", over.where(Q.state.not_in(ALIVE), Q.next_wave_at.is_not(None)))


def taken_back(session: Session) -> Iterator[Difference]:
    """What was deleted has neither words nor photo."""
    tables: tuple[tuple[str, Table], ...] = (("answer", answer_table), ("showcase", showcase_table))
    for name, table in tables:
        left = or_(table.c.words != "", table.c.photo_file_id.is_not(None))
        query = select(table.c.id, literal("no words"), table.c.state).where(table.c.state == WordsState.DELETED, left)
        yield from each(session, "taken back", name, query)


CHECKS: tuple[Check, ...] = (states, votes, answered_asks, open_asks, question_states, taken_back)

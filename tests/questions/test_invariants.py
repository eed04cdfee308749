"""What must be so of questions is so after a random history; each check finds the fault it is there for."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from models import answers_votes
from models.invariants import questions
from tests.questions.test_limits import history
from tests.questions.town import Town


def differences(session: Session) -> list[str]:
    session.flush()
    return [str(difference) for check in questions.CHECKS for difference in check(session)]


def test_a_random_history_keeps_them(session: Session) -> None:
    history(Town(session, now=datetime(2026, 10, 20, 4, 0, tzinfo=UTC), tells=False), 5, 40)
    assert differences(session) == []


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("UPDATE asks SET state = 'lost' WHERE id = 2", "states of questions: ask 2"),
        ("UPDATE answers SET votes = 7", "votes: answer 1: expected 1, found 7"),
        ("UPDATE answers SET by = 'shop'", "votes: answer 1"),
        ("UPDATE asks SET state = 'put', due_at = NULL WHERE id = 1", "answers: answer 1"),
        ("UPDATE asks SET state = 'answered' WHERE id = 2", "answers: ask 2"),
        ("UPDATE asks SET due_at = NULL WHERE id = 2", "asks: ask 2"),
        ("UPDATE asks SET asker_id = person_id WHERE id = 2", "asks: ask 2"),
        ("UPDATE answers SET state = 'deleted'", "taken back: answer 1"),
        ("UPDATE answers SET state = 'removed'", "questions: question 1"),
        ("UPDATE questions SET state = 'open'", "questions: question 1"),
        ("UPDATE questions SET state = 'closed', next_wave_at = asked_at", "questions: question 1"),
        ("INSERT INTO shop_owners SELECT 1, person_id FROM asks WHERE id = 2", "asks: ask 2"),
    ],
)
def test_a_planted_fault_is_found(town: Town, fault: str, said: str) -> None:
    town.received("Ann")
    town.received("Bao")
    question = town.asks("Chen", public=True)
    first = town.asked(question)[0]
    answer = town.answers(first, question)
    answers_votes.vote(town.session, answer, town.person("Chen"), town.now)
    assert differences(town.session) == []
    town.session.execute(text(fault))
    assert any(line.startswith(said) for line in differences(town.session))

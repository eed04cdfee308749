"""The attack in small; tests/referral/fraud.py is the whole of it. A planted fault is seen."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.referral.fraud import attack
from tests.stage import story


def test_sybils_win_no_more_than_their_cap_and_honest_people_are_not_held(session: Session) -> None:
    outcome = attack(session, sybils=30, honest=30, seed=7)
    assert outcome.holds, outcome
    assert outcome.flagged > 0
    assert outcome.honest > 20


def test_without_the_days_limit_and_a_persons_eye_they_win_more(sqlite_stage: Engine) -> None:
    with story(sqlite_stage) as session:
        assert not attack(session, sybils=40, honest=2, seed=7, plant=True).holds

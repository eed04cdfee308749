"""Many at once: no cap is passed and nobody is lost, on either engine; and of two who bring each other one does."""

from pathlib import Path
from threading import Thread

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import referral_binding
from models.errors import DomainError
from models.referrals import Way, referrals
from tests.racing import engine_of_a_process
from tests.referral import race
from tests.rules.scene import engine_of


def test_no_cap_is_passed_and_nobody_is_lost(database_url: str) -> None:
    outcome = race.run(database_url, 200, 1)
    assert outcome.wrong == ()
    assert outcome.broken == 0
    assert outcome.accepted > 50
    assert outcome.refused > 50


def test_caps_that_nobody_looks_at_a_budget_not_set_aside_and_orders_not_followed_are_found(tmp_path: Path) -> None:
    wrong = " ".join(race.run(f"sqlite:///{tmp_path / 'tuan.db'}", 200, 1, planted=True).wrong)
    assert " came by " in wrong
    assert "referral promises" in wrong
    assert "referral order" in wrong


def test_of_two_who_bring_each_other_at_the_same_moment_one_does(database_url: str) -> None:
    engine = engine_of(database_url)
    with Session(engine) as session, session.begin():
        table = race.laid(session, 1)
    engine.dispose()
    ann, bao = table.inviters
    engine, said = engine_of_a_process(database_url), []

    def brings(session: Session, inviter: int, friend: int) -> None:
        link = referral_binding.link(session, table.circle, inviter, race.LATER)
        referral_binding.bind(session, link, friend, Way.LINK, race.LATER)

    def bao_brings_ann() -> None:
        try:
            with Session(engine) as session, session.begin():
                brings(session, bao, ann)
        except DomainError as error:
            said.append(error.code)

    with Session(engine) as session, session.begin():
        brings(session, ann, bao)
        other = Thread(target=bao_brings_ann)
        other.start()
        other.join(timeout=0.3)  # it waits for this one, or would have been done by now
    other.join(timeout=60)
    with Session(engine) as session:
        bound = session.execute(select(func.count()).select_from(referrals)).scalar_one()
    engine.dispose()
    assert (bound, said) == (1, ["invite_mutual"])

"""Which cue led to an order, from the first event of its seat; and that the books notice when it, or a total, is wrong."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import handover, invariants, locks, paths, payments, people
from models.buyer_totals import totals
from models.orders import order_table
from models.seats import Way
from models.standings import standings
from models.wishes import Change, How
from tests.rules.scene import FRIDAY as NOW
from tests.rules.scene import Scene, engine_of


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    engine = engine_of(database_url)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


def locked(scene: Scene) -> dict[str, str]:
    """The paths after the lock, by name."""
    scene.passes(hours=25)
    locks.close(scene.session, scene.round, scene.now)
    names = {person: name for name, person in scene.people.items()}
    found = scene.session.execute(select(order_table.c.person_id, order_table.c.path))
    return {names[row.person_id]: row.path for row in found}


def order_of(scene: Scene, name: str) -> int:
    mine = order_table.c.person_id == scene.person(name)
    return int(scene.session.execute(select(order_table.c.id).where(mine)).scalar_one())


def test_kin_before_expert_before_crowd_before_self(session: Session) -> None:
    scene = Scene(session)
    scene.joins("Ann")  # the first: nobody stood there
    scene.joins("Bao")
    paths.answer_read(session, scene.person("Chen"), scene.product, scene.now)
    paths.answer_read(session, scene.person("Dora"), scene.product, scene.now)
    scene.joins("Chen")
    scene.changes("Dora", Change("add", 1), How(Way.SHARE, via_person_id=scene.person("Ann")))
    assert locked(scene) == {"Ann": "self", "Bao": "crowd", "Chen": "expert", "Dora": "kin"}


def test_what_was_read_after_joining_led_nowhere(session: Session) -> None:
    scene = Scene(session)
    for name in ("Ann", "Bao", "Chen"):
        scene.joins(name)
    scene.passes(minutes=1)
    paths.answer_read(session, scene.person("Ann"), scene.product, scene.now)
    scene.joins("Ann")  # one more piece; what led here was before
    assert locked(scene)["Ann"] == "self"


def test_who_wants_nothing_recorded_has_nothing_recorded(session: Session) -> None:
    scene = Scene(session)
    people.keep_cues(session, scene.person("Ann"), False, scene.now)
    paths.answer_read(session, scene.person("Ann"), scene.product, scene.now)
    assert session.execute(select(paths.answers_read)).all() == []


def collected(session: Session) -> Scene:
    scene = Scene(session)
    for name in ("Ann", "Bao", "Chen"):
        scene.joins(name)
    locked(scene)
    payments.confirm(session, order_of(scene, "Ann"), scene.owner, scene.now)
    for name in ("Ann", "Bao"):
        handover.collect(session, order_of(scene, name), scene.owner, scene.now)
    return scene


def test_totals_follow_handover_and_refund(session: Session) -> None:
    scene = collected(session)
    query = select(totals.c.person_id, totals.c.orders, totals.c.spent, totals.c.path).order_by(totals.c.person_id)
    ann, bao = scene.person("Ann"), scene.person("Bao")
    assert session.execute(query).all() == [(ann, 1, 3600, "self"), (bao, 1, 3600, "crowd")]
    payments.refund(session, order_of(scene, "Ann"), scene.owner, scene.now)
    assert session.execute(query).all() == [(ann, 0, 0, None), (bao, 1, 3600, "crowd")]
    assert {difference.invariant for difference in invariants.check(session)} <= {"told"}, "nobody sent the messages here"


FAULTS: list[tuple[str, Callable[[Session], object]]] = [
    ("buyer totals", lambda session: session.execute(update(totals).values(spent=1))),
    ("buyer totals", lambda session: session.execute(totals.delete())),
    ("buyer totals", lambda session: session.execute(update(order_table).values(collected_at=None))),
    ("last path", lambda session: session.execute(update(totals).values(path="expert"))),
    ("path", lambda session: session.execute(update(order_table).values(path="kin"))),
    ("path", lambda session: session.execute(update(order_table).values(path=None))),
    ("standing", lambda session: session.execute(standings.insert().values(
        shop_id=1, person_id=1, buyer_class="whale", orders=1, spent=1, first_at=NOW, last_at=NOW, computed_at=NOW))),
]  # fmt: skip



@pytest.mark.parametrize(("invariant", "plant"), FAULTS)
def test_a_planted_fault_is_found(session: Session, invariant: str, plant: Callable[[Session], object]) -> None:
    collected(session)
    ours = {"buyer totals", "last path", "path", "standing"}
    assert not ours & {difference.invariant for difference in invariants.check(session)}
    plant(session)
    assert invariant in {difference.invariant for difference in invariants.check(session)}

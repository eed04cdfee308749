"""Wishes as rules, on both engines: what is one wish, who is asked when, who hears of it, what the database keeps single."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import facts, mutes, notices, people, wants, wishing
from models.catalogue import Product
from models.errors import DomainError
from models.invariants.wants import CHECKS
from models.outbox import OUTBOX
from models.people import Person
from models.shops import Shop
from models.states import WANT, WantState
from models.wants import Want
from tests.rules.scene import Scene, engine_of


@pytest.fixture
def scene(session: Session) -> Scene:
    """The oranges have sold before and are not open now; three voices ask the shop."""
    made = Scene(session)
    made.row.state = "failed"
    session.get_one(Shop, made.shop).wants_needed = 3
    for name in ("Ann", "Bao", "Chen", "Dora"):
        made.person(name)
    return made


def wish(scene: Scene, name: str, words: str = "oranges") -> list[facts.AnyFact]:
    return wishing.wish(scene.session, scene.circle, scene.person(name), words, scene.now)[1]


def only(scene: Scene) -> Want:
    scene.session.flush()
    return scene.session.scalars(select(Want).execution_options(populate_existing=True)).one()


def test_three_voices_ask_once(scene: Scene) -> None:
    assert wish(scene, "Ann") == []
    assert wish(scene, "Ann", "Orange!") == []
    assert wish(scene, "Bao", "honey oranges") == []
    assert wish(scene, "Chen", "ORANGES") == [facts.WantAsked(scene.circle, only(scene).id or 0, 3)]
    assert wish(scene, "Dora") == []
    assert only(scene).state == WantState.ASKED
    assert len(wants.members(scene.session, only(scene).id or 0)) == 4


def test_the_words_of_a_product_join_across_languages(scene: Scene) -> None:
    scene.session.get_one(Product, scene.product).title = {"en": "Honey oranges, 5 kg", "zh_CN": "蜜橙 5 公斤"}
    scene.session.flush()
    wish(scene, "Ann", "橙子")
    wish(scene, "Bao", "oranges")
    assert only(scene).words == "橙子"
    assert only(scene).product_id == scene.product


def test_two_things_of_one_name_are_not_guessed_between(scene: Scene) -> None:
    scene.session.add(Product(shop_id=scene.shop, key="blood", title={"en": "Blood oranges"}, price=100))
    scene.session.flush()
    wish(scene, "Ann", "oranges")
    assert only(scene).product_id is None


def test_who_may_be_written_to_and_did_not_mute_it_hears_when_it_opens(scene: Scene) -> None:
    for name in ("Ann", "Bao", "Chen", "Dora"):
        people.start(scene.session, scene.person(name), scene.now)
        wish(scene, name)
    mutes.mute(scene.session, scene.person("Bao"), mutes.item(scene.product), scene.now)
    people.unreachable(scene.session, scene.person("Chen"), scene.now)
    scene.session.flush()
    opened = facts.RoundOpened(scene.round)
    told = wishing.follow(scene.session, [opened], scene.now)
    assert {fact.person_id for fact in told if isinstance(fact, facts.WantOffered)} == {scene.person("Ann"), scene.person("Dora")}
    assert wishing.follow(scene.session, [opened], scene.now) == []
    assert (only(scene).state, only(scene).round_id) == (WantState.OFFERED, scene.round)


def test_a_wish_of_the_same_words_may_begin_anew_once_it_came_true(scene: Scene) -> None:
    wish(scene, "Ann")
    wishing.follow(scene.session, [facts.RoundOpened(scene.round)], scene.now)
    wish(scene, "Ann")
    assert scene.session.scalar(select(func.count()).select_from(wants.wants)) == 2


def test_another_persons_wish_is_not_ones_own_to_begin_three_of(scene: Scene) -> None:
    for thing in ("tea", "rice", "plums"):
        wish(scene, "Ann", thing)
    with pytest.raises(DomainError, match="wish_too_many"):
        wish(scene, "Ann", "figs")
    wish(scene, "Bao", "figs")
    assert wish(scene, "Ann", "figs") == []


def test_the_owner_alone_declines_and_it_may_still_come(scene: Scene) -> None:
    for name in ("Ann", "Bao", "Chen"):
        wish(scene, name)
    want_id = only(scene).id or 0
    with pytest.raises(DomainError, match="not_yours"):
        wishing.decline(scene.session, want_id, scene.person("Ann"), scene.now)
    wishing.decline(scene.session, want_id, scene.owner, scene.now)
    wishing.decline(scene.session, want_id, scene.owner, scene.now)
    assert only(scene).state == WantState.DECLINED
    wishing.follow(scene.session, [facts.RoundOpened(scene.round)], scene.now + timedelta(days=1))
    assert only(scene).state == WantState.OFFERED
    assert WANT.moves[WantState.OFFERED] == frozenset()


def test_an_erased_member_leaves_nothing_of_a_wish(scene: Scene) -> None:
    wish(scene, "Ann", "a very personal thing")
    wants.forget(scene.session, scene.person("Ann"), scene.now)
    assert (only(scene).words, only(scene).folded, only(scene).state) == ("", "", WantState.ENDED)


def test_eight_who_wish_at_once_make_one_wish(postgres_url: str) -> None:
    """On SQLite there is one writer: the second works on what the first has committed."""
    engine = engine_of(postgres_url)
    with Session(engine) as session:
        made = Scene(session)
        made.row.state = "failed"
        session.get_one(Shop, made.shop).wants_needed = 5
        ids = [made.person(f"P{n}") for n in range(8)]
        circle, now = made.circle, made.now
        session.commit()
    barrier, asked = Barrier(8), list[facts.AnyFact]()

    def one(person_id: int) -> None:
        barrier.wait()
        with Session(engine) as session:
            asked.extend(wishing.wish(session, circle, person_id, "figs", now)[1])
            session.commit()

    threads = [Thread(target=one, args=(person_id,)) for person_id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        found = session.scalars(select(Want)).one()
        assert len(wants.members(session, found.id or 0)) == 8
        assert session.get_one(Person, ids[0]) is not None
    assert len(asked) == 1
    engine.dispose()


def test_a_second_voice_of_the_same_member_is_none(scene: Scene) -> None:
    later = scene.now + timedelta(minutes=1)
    told = [wishing.wish(scene.session, scene.circle, scene.person("Ann"), "figs", now)[0] for now in (scene.now, later)]
    assert [(one.news, one.voices) for one in told] == [("new", 1), ("known", 1)]


def _twice(scene: Scene) -> None:
    asked = OUTBOX.c.template == "want_asked"
    columns = [column for column in OUTBOX.c if column.name not in {"id", "dedup"}]
    scene.session.execute(OUTBOX.insert().from_select([column.name for column in columns], select(*columns).where(asked)))


def _without_words(scene: Scene) -> None:
    scene.session.execute(wants.wants.update().values(words=""))


def _without_voices(scene: Scene) -> None:
    scene.session.execute(wants.voices.delete())


def _came_from_nowhere(scene: Scene) -> None:
    scene.session.execute(wants.wants.update().values(state=WantState.OFFERED, round_id=None))


@pytest.mark.parametrize(
    ("plant", "found"),
    [
        (_twice, "owners are asked once"), (_without_words, "somebody wishes for it"), (_without_voices, "somebody wishes for it"),
        (_came_from_nowhere, "a wish that came true has its group buy"),
    ],
)  # fmt: skip
def test_verify_finds_what_must_not_be(scene: Scene, plant: Callable[[Scene], None], found: str) -> None:
    for name in ("Ann", "Bao", "Chen"):
        notices.notify(scene.session, wish(scene, name, "figs"), scene.now)
    assert [one for check in CHECKS for one in check(scene.session)] == []
    plant(scene)
    assert found in {one.invariant for check in CHECKS for one in check(scene.session)}

"""Circles, shops, people, catalogue and shares: who sells where, who is in, whose link it was."""

import pytest
from sqlalchemy.orm import Session

from models import catalogue, circles, people, shares, shops
from models.catalogue import Goods, Product
from models.circles import Chat, Named
from models.errors import DomainError
from models.facts import CircleApproved, CircleAsked, CircleRefused, RightsMissing
from models.people import Person
from models.states import CircleState
from tests.rules.scene import Scene

STAIRWELL = Chat(-1005, "Stairwell 5", is_admin=True, rights=("can_pin_messages",))


def test_the_owner_adds_the_bot_and_the_circle_is_approved(session: Session) -> None:
    scene = Scene(session)
    circle, facts = circles.added(session, STAIRWELL, scene.owner, scene.now)
    assert facts == [CircleApproved(circle, ())]
    found = circles.by_chat(session, -1005)
    assert found is not None
    assert (found.state, found.shop_id) == (CircleState.APPROVED, scene.shop)


def test_somebody_else_adds_it_and_the_owner_decides(session: Session) -> None:
    scene = Scene(session)
    circle, facts = circles.added(session, STAIRWELL, scene.person("Ann"), scene.now)
    assert facts == [CircleAsked(circle, scene.person("Ann"))]
    with pytest.raises(DomainError, match="not_yours"):
        circles.approve(session, circle, None, scene.person("Ann"), scene.now)
    with pytest.raises(DomainError, match="not_yours"):
        circles.refuse(session, circle, scene.person("Ann"), scene.now)
    assert circles.approve(session, circle, None, scene.owner, scene.now) == [CircleApproved(circle, ())]
    assert circles.approve(session, circle, None, scene.owner, scene.now) == [], "a second tap changes nothing"


def test_a_refused_circle_can_be_asked_for_again(session: Session) -> None:
    scene = Scene(session)
    circle, _ = circles.added(session, STAIRWELL, scene.person("Ann"), scene.now)
    assert circles.refuse(session, circle, scene.owner, scene.now) == [CircleRefused(circle)]
    circles.gone(session, circle, scene.now)
    assert circles.added(session, STAIRWELL, scene.person("Ann"), scene.now) == (circle, [CircleAsked(circle, scene.person("Ann"))])


def test_the_owner_hears_which_rights_are_missing_when_one_is_taken_away(session: Session) -> None:
    scene = Scene(session)
    circle, _ = circles.added(session, STAIRWELL, scene.owner, scene.now)
    assert circles.set_rights(session, circle, True, ["can_pin_messages"], scene.now) == []
    assert circles.set_rights(session, circle, True, [], scene.now) == [RightsMissing(circle, ("can_pin_messages",))]
    assert circles.set_rights(session, circle, True, [], scene.now) == [], "said once"
    assert circles.set_rights(session, circle, False, [], scene.now) == [RightsMissing(circle, ("admin", "can_pin_messages"))]


def test_a_group_that_becomes_a_supergroup_keeps_everything(session: Session) -> None:
    scene = Scene(session)
    circles.ask(session, Chat(-1009, "new"), scene.person("Ann"), scene.now)  # an update of the new chat came first
    for _ in range(2):
        circles.migrate(session, -1001, -1009)
    found = circles.by_chat(session, -1009)
    assert found is not None
    assert (found.id, found.state) == (scene.circle, CircleState.APPROVED)
    assert circles.by_chat(session, -1001) is None


def test_who_speaks_is_a_member_and_who_leaves_is_none(session: Session) -> None:
    scene = Scene(session)
    dora = scene.person("Dora", member=False)
    assert not circles.is_member(session, scene.circle, dora)
    circles.join(session, scene.circle, dora, scene.now)
    circles.leave(session, scene.circle, dora, scene.now)
    assert not circles.is_member(session, scene.circle, dora)
    circles.join(session, scene.circle, dora, scene.now)
    assert circles.is_member(session, scene.circle, dora)
    assert [circle.id for circle in circles.of_member(session, dora)] == [scene.circle]


def test_bot_toml_names_circles_shops_and_owners_again_and_again(session: Session) -> None:
    scene = Scene(session)
    terms = shops.Terms("tea", "Tea House", "CNY", "Asia/Shanghai", owners=[4001, 4002])
    shop = shops.put(session, terms, scene.now)
    assert shops.put(session, terms, scene.now) == shop
    assert len(shops.owners(session, shop)) == 2
    shops.put(session, shops.Terms("tea", "Tea House", "CNY", "Asia/Shanghai", owners=[4002]), scene.now)
    assert len(shops.owners(session, shop)) == 1
    with pytest.raises(DomainError, match="currency_fixed"):
        shops.put(session, shops.Terms("tea", "Tea House", "EUR", "Asia/Shanghai", owners=[4002]), scene.now)
    named = Named(-1006, "Parents", shop, tags=["school"])
    assert circles.put(session, named, scene.now) == circles.put(session, named, scene.now)


def test_remembering_a_person_twice_is_one_person_with_the_newest_name(session: Session) -> None:
    scene = Scene(session)
    first = people.remember(session, 7001, "Ann", None, "en", scene.now)
    people.choose_language(session, first, "zh_CN", scene.now)
    people.unreachable(session, first, scene.now)
    people.start(session, first, scene.now)
    assert people.remember(session, 7001, "Ann Lee", "annlee", "de", scene.now) == first
    row = session.get_one(Person, first, populate_existing=True)
    assert (row.name, row.username, row.chosen_language, row.unreachable_at) == ("Ann Lee", "annlee", "zh_CN", None)
    assert row.started_at == scene.now


def test_a_changed_stock_books_the_difference(session: Session) -> None:
    scene = Scene(session, stock=20)
    scene.joins("Ann", 3)
    key = session.get_one(Product, scene.product).key
    catalogue.put(session, scene.shop, Goods(key, {"en": "Oranges"}, 3990, stock=30), scene.now)
    assert scene.stock_left == 27
    catalogue.put(session, scene.shop, Goods(key, {"en": "Oranges"}, 3990, stock=3), scene.now)
    assert scene.stock_left == 0
    with pytest.raises(DomainError, match="stock_below_held"):
        catalogue.put(session, scene.shop, Goods(key, {"en": "Oranges"}, 3990, stock=2), scene.now)
    catalogue.put(session, scene.shop, Goods(key, {"en": "Oranges"}, 3990), scene.now)
    assert scene.stock_left is None
    catalogue.put(session, scene.shop, Goods(key, {"en": "Oranges"}, 3990, stock=10), scene.now)
    assert scene.stock_left == 7


def test_a_friend_comes_by_anns_link_and_it_is_remembered(session: Session) -> None:
    scene = Scene(session)
    ann, bao, chen = (scene.person(name) for name in ("Ann", "Bao", "Chen"))
    token = shares.link(session, scene.round, ann, scene.now)
    assert shares.say(session, scene.round, ann, "They are sweet", scene.now) == token
    assert shares.arrive(session, token, bao, scene.now) == scene.round
    shares.arrive(session, shares.link(session, scene.round, chen, scene.now), bao, scene.now)
    assert shares.came_by(session, scene.round, bao) == ann, "the first link stays"
    shares.arrive(session, token, ann, scene.now)
    assert shares.came_by(session, scene.round, ann) is None
    found = shares.by_token(session, token)
    assert found is not None
    assert (found.opened, found.words) == (1, "They are sweet")


def test_a_link_leads_members_only_and_cannot_be_guessed(session: Session) -> None:
    scene = Scene(session)
    token = shares.link(session, scene.round, scene.person("Ann"), scene.now)
    with pytest.raises(DomainError, match="not_a_member"):
        shares.arrive(session, token, scene.person("Zoe", member=False), scene.now)
    with pytest.raises(DomainError, match="no_such_link"):
        shares.arrive(session, "guess", scene.person("Bao"), scene.now)
    with pytest.raises(DomainError, match="not_a_member"):
        shares.link(session, scene.round, scene.person("Zoe"), scene.now)
    with pytest.raises(DomainError, match="words_too_long"):
        shares.say(session, scene.round, scene.person("Ann"), "x" * 201, scene.now)

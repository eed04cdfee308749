"""A poll that was cut off while it left: its owner hears of it, a vote finds it, and it is put again by a person alone."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from models import deadlines, deliveries, notices, polls, polls_lost
from models.deliveries import Settlement
from models.errors import DomainError
from models.outbox import OUTBOX, OutboxState
from models.people import Person
from models.polls import DemandPoll
from models.states import PollState
from tests.campaigns.square import Square, a_square
from tests.campaigns.test_kinds_demand import POLL, votes

Make = Callable[..., Square]


@pytest.fixture
def square(tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:
        yield lambda text: stack.enter_context(a_square(f"sqlite:///{tmp_path / 'tuan.db'}", tmp_path / "shop", text))


def cut_off(there: Square) -> None:
    """Every poll that is due leaves, and nobody hears what became of it."""
    there.runs(hours=6)
    for row in deliveries.claim(there.session, there.now, 50, timedelta(minutes=1)):
        deliveries.settle(there.session, row, Settlement(state=OutboxState.UNKNOWN), there.now)


def swept(there: Square) -> list[str]:
    """What falls due happens; what the owner is told of it."""
    there.passes(minutes=1)
    notices.notify(there.session, deadlines.sweep(there.session, there.now), there.now)
    return there.hears().to("Li Wei")


def poll_of(there: Square, circle: str = "office") -> DemandPoll:
    there.session.flush()
    return there.session.scalars(select(DemandPoll).where(polls.polls.c.circle_id == there.circles[circle])).one()


def test_the_owner_hears_of_each_once(square: Make) -> None:
    there = square(POLL)
    cut_off(there)
    told = swept(there)
    assert [text.splitlines()[0] for text in told] == ["oranges · OFFICE", "oranges · STAIRWELL"]
    assert told[0].endswith("If it is there, it counts from the first vote on. If not, put it again.")
    assert poll_of(there).state == PollState.UNSURE
    assert swept(there) == []


def test_a_vote_finds_the_poll_of_its_voters_circle(square: Make) -> None:
    there = square(POLL)
    there.comes("Ann")
    there.comes("Bao", "stairwell")
    cut_off(there)
    swept(there)
    mine = [one for one in polls_lost.candidates(there.session, telegram(there, "Ann")) if one.inside]
    assert [one.poll_id for one in mine] == [poll_of(there).id]
    polls_lost.found(there.session, mine[0].poll_id, "poll-77", there.now)
    votes(there, poll_of(there), "Ann")
    assert (poll_of(there).state, poll_of(there).poll_id, poll_of(there).message_id) == (PollState.OPEN, "poll-77", None)
    assert polls.place(there.session, "poll-77", telegram(there, "Ann")) is not None
    assert poll_of(there, "stairwell").state == PollState.UNSURE


def test_who_is_in_both_circles_could_mean_either(square: Make) -> None:
    there = square(POLL)
    there.comes("Ann", "office", "stairwell")
    cut_off(there)
    assert len([one for one in polls_lost.candidates(there.session, telegram(there, "Ann")) if one.inside]) == 2


def test_a_vote_that_is_quicker_than_the_news_of_its_loss_counts(square: Make) -> None:
    there = square(POLL)
    there.comes("Ann")
    cut_off(there)
    polls_lost.found(there.session, poll_of(there).id or 0, "poll-77", there.now)
    votes(there, poll_of(there), "Ann")
    assert [text.splitlines()[0] for text in swept(there)] == ["oranges · STAIRWELL"]
    assert poll_of(there).state == PollState.OPEN


def test_found_without_its_message_it_opens_its_group_buy_and_is_stopped_by_nobody(square: Make) -> None:
    there = square(POLL)
    for name in ("Ann", "Bao"):
        there.comes(name)
    cut_off(there)
    swept(there)
    polls_lost.found(there.session, poll_of(there).id or 0, "poll-77", there.now)
    for name in ("Ann", "Bao"):
        votes(there, poll_of(there), name)
    assert poll_of(there).state == PollState.REACHED
    assert [call.method for call in there.hears().calls] == ["sendMessage"]


def test_put_again_by_its_owner_it_stands_and_a_copy_counts_for_it_too(square: Make) -> None:
    there = square(POLL)
    there.comes("Ann")
    cut_off(there)
    swept(there)
    lost = poll_of(there).id or 0
    with pytest.raises(DomainError, match="not_yours"):
        polls_lost.put_again(there.session, lost, there.people["Ann"], there.now)
    polls_lost.put_again(there.session, lost, there.owner, there.now)
    with pytest.raises(DomainError, match="old_button"):
        polls_lost.put_again(there.session, lost, there.owner, there.now)
    assert [call.method for call in there.hears().calls] == ["sendPoll"]
    stands = poll_of(there)
    assert stands.poll_id is not None
    (copy,) = [one for one in polls_lost.candidates(there.session, telegram(there, "Ann")) if one.inside]
    polls_lost.found(there.session, copy.poll_id, "poll-of-the-copy", there.now)
    assert (copy.poll_id, poll_of(there).poll_id) == (stands.id, stands.poll_id)


def test_nobody_found_it_in_its_time(square: Make) -> None:
    there = square(POLL)
    cut_off(there)
    swept(there)
    there.passes(days=4)
    assert swept(there) == []
    assert poll_of(there).state == PollState.ENDED
    with pytest.raises(DomainError, match="old_button"):
        polls_lost.put_again(there.session, poll_of(there).id or 0, there.owner, there.now)
    assert there.session.scalars(select(OUTBOX.c.template).where(OUTBOX.c.template == "poll_ended")).all() == []


def telegram(there: Square, name: str) -> int:
    """Telegram's number of somebody who came."""
    person = there.session.scalars(select(Person).where(Person.id == there.people[name])).one()
    assert person.telegram_id is not None
    return person.telegram_id

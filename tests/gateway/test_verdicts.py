"""Every answer Telegram gives to a send, and what follows from it."""

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.gateway.http import NotSent
from bot.gateway.verdicts import Fate, Verdict, judge

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a "
    "current content and reply markup of the message"
)


def fate(error: TelegramError, *, attempts: int = 1, promotion: bool = False) -> Fate:
    return judge(error, attempts=attempts, promotion=promotion).fate


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (BadRequest(NOT_MODIFIED), Fate.DELIVERED),
        (BadRequest("Bad Request: message to edit not found"), Fate.GONE),
        (BadRequest("Bad Request: message can't be edited"), Fate.GONE),
        (BadRequest("Bad Request: message can't be deleted"), Fate.DROPPED),
        (BadRequest("Bad Request: HIDE_REQUESTER_MISSING"), Fate.DROPPED),
        (BadRequest("Bad Request: USER_ALREADY_PARTICIPANT"), Fate.DROPPED),
        (BadRequest("Bad Request: chat not found"), Fate.DEAD),
        (BadRequest("Bad Request: message text is empty"), Fate.PARKED),
        (BadRequest("Bad Request: reply markup is too long"), Fate.PARKED),
        (Forbidden("Forbidden: bot was blocked by the user"), Fate.DEAD),
        (Forbidden("Forbidden: user is deactivated"), Fate.DEAD),
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), Fate.DEAD),
        (ChatMigrated(-1009), Fate.MOVED),
        (RetryAfter(7), Fate.AGAIN),
        (NotSent("no connection"), Fate.AGAIN),
        (InvalidToken("Unauthorized"), Fate.AGAIN),
        (Conflict("Conflict"), Fate.AGAIN),
        (TimedOut(), Fate.AGAIN),
        (NetworkError("Bad Gateway"), Fate.AGAIN),
        (NetworkError("Request Entity Too Large (413)"), Fate.PARKED),
    ],
)
def test_each_answer_has_one_meaning(error: TelegramError, expected: Fate) -> None:
    assert fate(error) is expected


@pytest.mark.parametrize("error", [TimedOut(), NetworkError("Bad Gateway"), TelegramError("Invalid server response")])
def test_a_promotion_of_which_nobody_knows_is_never_sent_again(error: TelegramError) -> None:
    assert fate(error, promotion=True) is Fate.UNKNOWN


@pytest.mark.parametrize("error", [RetryAfter(1), NotSent("no connection"), InvalidToken("Unauthorized")])
def test_a_promotion_that_surely_did_not_leave_goes_again(error: TelegramError) -> None:
    assert fate(error, promotion=True) is Fate.AGAIN


def test_retry_after_is_kept_to_the_second_and_stops_the_chat() -> None:
    assert judge(RetryAfter(7), attempts=3, promotion=False) == Verdict(
        Fate.AGAIN, str(RetryAfter(7)), after=7.0, limited=True
    )


def test_pauses_grow_and_end() -> None:
    pauses = [judge(TimedOut(), attempts=n, promotion=False).after for n in range(1, 10)]
    assert pauses == [2, 6, 18, 54, 162, 486, 900, 900, 900]
    assert fate(TimedOut(), attempts=10) is Fate.PARKED
    assert judge(NotSent("x"), attempts=500, promotion=False).after == 60


def test_the_new_chat_is_named() -> None:
    assert judge(ChatMigrated(-1009), attempts=1, promotion=False).chat_id == -1009

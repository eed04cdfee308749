"""Vouchers as they are given: once under a reason, no more than their terms say, and never by another shop's."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import voucher_uses, vouchers
from models.errors import DomainError
from models.facts import VoucherGranted
from models.vouchers import Terms, Worth
from tests.ledger.books import Books

DROP = Terms(key="letter:7", worth=Worth.PERCENT, value=10, valid_for=timedelta(days=7), per_member=1, total=2)


def test_a_grant_stands_once_under_its_reason(both: Session) -> None:
    books = Books(both)
    terms = vouchers.put(both, books.shop, DROP, books.now)
    assert vouchers.put(both, books.shop, DROP, books.now) == terms
    first = vouchers.grant(both, terms, books.ann, "letter:7:1", books.now)
    assert vouchers.grant(both, terms, books.ann, "letter:7:1", books.now) == first
    with pytest.raises(DomainError, match="reason_taken"):
        vouchers.grant(both, terms, books.bao, "letter:7:1", books.now)
    with pytest.raises(DomainError, match="voucher_had"):
        vouchers.grant(both, terms, books.ann, "letter:7:1:again", books.now)
    assert vouchers.granted(both, first) == VoucherGranted(books.ann, None, first, books.shop)
    assert books.wrong() == []


def test_no_more_are_given_than_there_are(session: Session) -> None:
    books = Books(session)
    terms = vouchers.put(session, books.shop, Terms(**{**_plain(DROP), "per_member": None}), books.now)
    for n in (1, 2):
        vouchers.grant(session, terms, books.ann, f"letter:7:{n}", books.now)
    with pytest.raises(DomainError, match="vouchers_gone"):
        vouchers.grant(session, terms, books.bao, "letter:7:3", books.now)
    assert books.wrong() == []


def _plain(terms: Terms) -> dict[str, object]:
    return {name: getattr(terms, name) for name in Terms.__slots__}


def test_what_is_over_is_not_given_and_an_end_cuts_the_time_short(session: Session) -> None:
    books = Books(session)
    end = books.now + timedelta(days=2)
    terms = vouchers.put(session, books.shop, Terms(**{**_plain(DROP), "valid_until": end}), books.now)
    promise = voucher_uses.promise(session, vouchers.grant(session, terms, books.ann, "letter:7:1", books.now))
    assert promise is not None
    assert promise.valid_until == end
    with pytest.raises(DomainError, match="voucher_over"):
        vouchers.grant(session, terms, books.bao, "letter:7:2", end)


def test_a_share_of_a_packet_has_a_worth_of_its_own_and_is_withdrawn_while_it_is_unused(session: Session) -> None:
    books = Books(session)
    terms = vouchers.put(session, books.shop, DROP, books.now)
    voucher = vouchers.grant(session, terms, books.ann, "letter:7:share", books.now, value=37)
    promise = voucher_uses.promise(session, voucher)
    assert promise is not None
    assert (promise.value, promise.state) == (37, "granted")
    assert voucher_uses.withdraw(session, voucher)
    assert not voucher_uses.withdraw(session, voucher)
    assert books.wrong() == []

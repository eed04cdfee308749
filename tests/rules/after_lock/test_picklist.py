"""The pick list: every piece once, sums that are right, tables that are only tables."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
from sqlalchemy.orm import Session

from bot.core import sheets
from models import picklist
from models.errors import DomainError
from models.people import Person
from tests.rules.after_lock.lock import Locked
from tests.rules.scene import Scene


def deal_with_notes(session: Session) -> Locked:
    deal = Locked.__new__(Locked)
    Scene.__init__(deal, session, options=("small", "large"), leader_discount=200, delivery_fee=501)
    deal.joins("Ann", 2, "large")
    deal.joins("Ann", 1, "small", note="less ripe")
    deal.joins("Bao", 1, "small")
    deal.joins("Chen", 1, "small")
    deal.lock()
    return deal


def test_one_row_for_each_line_in_the_order_of_joining(session: Session) -> None:
    deal = deal_with_notes(session)
    rows = [(row.member, row.option, row.note, row.quantity) for row in picklist.rows(session, round_id=deal.round)]
    assert rows == [
        ("Ann", "large", "", 2), ("Ann", "small", "less ripe", 1), ("Bao", "small", "", 1), ("Chen", "small", "", 1)
    ]  # fmt: skip


def test_the_totals_sum_to_what_is_owed_discount_and_delivery_included(session: Session) -> None:
    deal = deal_with_notes(session)
    rows = picklist.rows(session, round_id=deal.round)
    assert sum(row.total for row in rows if row.member == "Ann") == deal.order("Ann").total == 3 * 3600 - 200 + 501


def test_who_dropped_out_is_not_on_it(session: Session) -> None:
    deal = deal_with_notes(session)
    deal.cannot("Bao")
    assert {row.member for row in picklist.rows(session, circle_id=deal.circle)} == {"Ann", "Chen"}
    assert picklist.rows(session, shop_id=deal.shop) == picklist.rows(session)


def test_owner_and_leader_may_see_it_nobody_else(session: Session) -> None:
    deal = deal_with_notes(session)
    assert picklist.for_person(session, deal.round, deal.owner) == picklist.for_person(session, deal.round, deal.person("Ann"))
    with pytest.raises(DomainError, match="not_yours"):
        picklist.for_person(session, deal.round, deal.person("Bao"))


def test_the_state_tells_what_is_still_to_do(session: Session) -> None:
    deal = Locked(session, "Ann", "Bao", "Chen", "Dora", "Emil")
    deal.pays("Ann", "Bao")
    deal.collects("Bao")
    deal.collects("Chen")
    deal.claims("Dora")
    assert [row.state for row in picklist.rows(session)] == ["paid", "completed", "collected", "claimed", "awaiting"]


def test_the_csv_has_the_promised_columns_and_plain_amounts(session: Session) -> None:
    deal = deal_with_notes(session)
    table = list(csv.DictReader(StringIO(sheets.csv(picklist.rows(session)).decode("utf-8-sig"))))
    assert tuple(table[0]) == (
        "circle", "member", "product", "option", "quantity", "unit_price", "total", "state", "order", "pickup"
    )  # fmt: skip
    bao = next(row for row in table if row["member"] == "Bao")
    assert (bao["circle"], bao["unit_price"], bao["total"], bao["state"]) == ("Office 3F", "36.00", "41.01", "awaiting")
    assert bao["order"] == str(deal.order("Bao").number)
    assert table[1]["option"] == "small · less ripe"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_name_that_is_a_formula_is_only_a_name(session: Session, name: str) -> None:
    deal = Locked(session)
    session.get_one(Person, deal.person("Ann")).name = name
    session.flush()
    rows = picklist.rows(session)
    table = list(csv.reader(StringIO(sheets.csv(rows).decode("utf-8-sig"), newline="")))
    assert table[1][1] == f"'{name}"
    cell = openpyxl.load_workbook(BytesIO(sheets.xlsx(rows))).active["B2"]
    assert (cell.data_type, str(cell.value).startswith("'")) == ("s", True)


def test_the_workbook_holds_numbers_as_numbers(session: Session) -> None:
    deal_with_notes(session)
    sheet = openpyxl.load_workbook(BytesIO(sheets.xlsx(picklist.rows(session)))).active
    assert [cell.value for cell in sheet[1]] == list(sheets.COLUMNS)
    assert (sheet["E2"].value, sheet["F2"].value, sheet["F2"].number_format) == (2, 36, "0.00")
    assert sheet.freeze_panes == "A2"


def test_an_empty_pick_list_is_still_a_table() -> None:
    assert sheets.csv([]).decode("utf-8-sig").startswith("circle,member")
    assert openpyxl.load_workbook(BytesIO(sheets.xlsx([]))).active.max_row == 1

"""The pick list as a table people open elsewhere: XLSX and CSV, the same columns in the same order.

Invariants: no cell is a formula, whoever wrote its text; amounts are decimal numbers in the shop's currency.
"""

import csv as comma
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO, StringIO

from xlsxwriter import Workbook

from bot.core import money_text
from models.picklist import PickRow

COLUMNS = ("circle", "member", "product", "option", "quantity", "unit_price", "total", "state", "order", "pickup")
WIDTHS = (18, 18, 26, 12, 9, 11, 11, 12, 8, 26)
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # https://owasp.org/www-community/attacks/CSV_Injection

Cell = str | int | Decimal


def csv(rows: Sequence[PickRow]) -> bytes:
    """UTF-8 with a mark that makes spreadsheets read it as such."""
    text = StringIO(newline="")
    writer = comma.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows([_harmless(cell) for cell in _cells(row)] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def xlsx(rows: Sequence[PickRow]) -> bytes:
    """One sheet with a heading that stays in sight and columns that can be filtered."""
    file = BytesIO()
    book = Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet("pick list")
    bold = book.add_format({"bold": True})
    for column, (name, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, bold)
    formats = {places: book.add_format({"num_format": _decimals(places)}) for places in {_places(row) for row in rows}}
    for line, row in enumerate(rows, start=1):
        for column, cell in enumerate(_cells(row)):
            if isinstance(cell, str):
                sheet.write_string(line, column, _harmless(cell))
            elif isinstance(cell, Decimal):
                sheet.write_number(line, column, float(cell), formats[_places(row)])
            else:
                sheet.write_number(line, column, cell)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), len(COLUMNS) - 1)
    book.close()
    return file.getvalue()


def _cells(row: PickRow) -> list[Cell]:
    """The row's columns; a note stands behind its option, where whoever packs it looks."""
    option = " · ".join(part for part in (row.option, row.note) if part)
    return [
        row.circle, row.member, row.product, option, row.quantity, _amount(row, row.unit_price), _amount(row, row.total),
        row.state, row.order, row.pickup,
    ]  # fmt: skip


def _amount(row: PickRow, minor: int) -> Decimal:
    return Decimal(minor).scaleb(-_places(row))


def _places(row: PickRow) -> int:
    return money_text.digits(row.currency)


def _decimals(places: int) -> str:
    return "0" if places == 0 else f"0.{'0' * places}"


def _harmless(cell: Cell) -> Cell:
    """Text that a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(STARTS_A_FORMULA) else cell

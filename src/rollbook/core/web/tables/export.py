"""Exports: exactly the rows that are filtered and the columns that are shown, as CSV or XLSX."""

import csv
import io
import tempfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, cast

import xlsxwriter

from rollbook.core.money import minor_places
from rollbook.core.web.tables.columns import Column, Exported, Row, exported

#: A cell that begins with one of these would be carried out as a formula by a spreadsheet.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MEMORY_BYTES = 1024 * 1024
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def new_file() -> IO[bytes]:
    """A file that lies in memory until it grows."""
    # The answer that sends it closes it.
    return cast("IO[bytes]", tempfile.SpooledTemporaryFile(max_size=MEMORY_BYTES))


def harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before what looks like one."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) else text


def headings(columns: Sequence[Column], currency: str) -> list[str]:
    """The first line; money columns name their currency."""
    return [
        f"{column.label} ({column.currency or currency})"
        if column.kind == "money" and not column.currency_field
        else str(column.label)
        for column in columns
    ]


def write_csv(columns: Sequence[Column], rows: Iterable[Row], currency: str) -> IO[bytes]:
    """A CSV file in UTF-8 with the mark by which spreadsheets recognise it; days and amounts in plain ISO form."""
    file = new_file()
    file.write(b"\xef\xbb\xbf")
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    lines = csv.writer(text)
    lines.writerow([harmless(heading) for heading in headings(columns, currency)])
    for row in rows:
        lines.writerow([_plain(exported(column, row, currency)) for column in columns])
    text.detach()
    file.seek(0)
    return file


def _plain(value: Exported) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def write_xlsx(columns: Sequence[Column], rows: Iterable[Row], currency: str, title: str) -> IO[bytes]:
    """A workbook with one sheet: amounts and days are numbers and days, text is never a formula."""
    file = new_file()
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    sheet = book.add_worksheet(_sheet_name(title))
    bold = book.add_format({"bold": True, "bottom": 1})
    formats = [book.add_format(_number_format(column, currency)) for column in columns]
    for index, (column, heading) in enumerate(zip(columns, headings(columns, currency), strict=True)):
        sheet.set_column(index, index, 28 if column.primary else 16)
        sheet.write_string(0, index, harmless(heading), bold)
    sheet.freeze_panes(1, 0)
    last = 0
    for last, row in enumerate(rows, start=1):
        for index, column in enumerate(columns):
            _write_cell(sheet, last, index, exported(column, row, currency), formats[index])
    if columns and last:
        sheet.autofilter(0, 0, last, len(columns) - 1)
    book.close()
    file.seek(0)
    return file


def _sheet_name(title: str) -> str:
    allowed = "".join(sign for sign in title if sign not in "[]:*?/\\'")
    return allowed[:31].strip() or "Rollbook"


def _number_format(column: Column, currency: str) -> dict[str, Any]:
    if column.kind == "money":
        places = minor_places(column.currency or currency) if column.currency or currency else 2
        return {"num_format": "#,##0." + "0" * places if places else "#,##0"}
    return {"date": {"num_format": "yyyy-mm-dd"}, "datetime": {"num_format": "yyyy-mm-dd hh:mm"}}.get(column.kind, {})


def _write_cell(sheet: Any, row: int, column: int, value: Exported, cell_format: Any) -> None:
    if value is None:
        return
    if isinstance(value, int | Decimal):
        sheet.write_number(row, column, value, cell_format)
    elif isinstance(value, date):
        sheet.write_datetime(row, column, value, cell_format)
    else:
        sheet.write_string(row, column, harmless(value), cell_format)

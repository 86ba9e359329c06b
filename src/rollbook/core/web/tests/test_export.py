"""Exports hold exactly what is filtered, in exact amounts and days, and no cell is ever carried out."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from rollbook.core.errors import Forbidden
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.web.gallery import STATES, SampleTable, sample_rows
from rollbook.core.web.tables import Column, export
from rollbook.core.web.tests.examples import a_request

COLUMNS = (
    Column("name", "Name", primary=True),
    Column("due_minor", "Due", kind="money"),
    Column("due_on", "Due on", kind="date"),
    Column("seen_at", "Seen", kind="datetime"),
    Column("state", "State", kind="state", states=STATES),
    Column("units", "Units", kind="number"),
)
ROW = {
    "id": 1,
    "name": "Fernandez, Niño",
    "due_minor": 533_334,
    "due_on": date(2031, 1, 15),
    "seen_at": datetime(2031, 1, 14, 23, 5, 9, tzinfo=UTC),
    "state": "late",
    "units": 21,
}


def read_csv(rows, columns=COLUMNS):
    text = export.write_csv(columns, rows, "PHP").read().decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def read_xlsx(rows, columns=COLUMNS):
    file = export.write_xlsx(columns, rows, "PHP", "Accounts: 1/2")
    book = CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    return book.sheet_names, book.get_sheet_by_index(0).to_python()


def test_csv_holds_plain_amounts_days_and_local_moments():
    with timezone.override("Asia/Manila"):
        assert read_csv([ROW]) == [
            ["Name", "Due (PHP)", "Due on", "Seen", "State", "Units"],
            ["Fernandez, Niño", "5333.34", "2031-01-15", "2031-01-15 07:05:09", "Late", "21"],
        ]


def test_xlsx_holds_numbers_and_days_that_a_spreadsheet_can_add_and_sort():
    with timezone.override("Asia/Manila"):
        names, rows = read_xlsx([ROW])

    assert names == ["Accounts 12"]
    assert rows[1] == [
        "Fernandez, Niño",
        5333.34,
        date(2031, 1, 15),
        datetime.fromisoformat("2031-01-15T07:05:09"),
        "Late",
        21,
    ]


def test_nothing_stays_nothing():
    empty = dict.fromkeys(ROW)

    assert read_csv([empty])[1] == [""] * 6


@pytest.mark.parametrize(
    "evil",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1+1",
        "＝1",
        '=HYPERLINK("http://evil","x")',
        "=cmd|'/c calc'!A1",
    ],
)
def test_text_that_looks_like_a_formula_gets_an_apostrophe(evil):
    columns, row = (Column("name", "Name"),), {"name": evil}

    assert read_csv([row], columns)[1] == [f"'{evil}"]
    _, rows = read_xlsx([row], columns)
    assert rows[1][0].replace("_x000D_", "\r").replace("\n", "\r") == f"'{evil}".replace("\n", "\r")


@pytest.mark.parametrize("harmless", ["Dela Cruz, Juan", "O'Neil", "2031-00042", "a=b", "ñ", ""])
def test_ordinary_text_is_left_alone(harmless):
    assert export.harmless(harmless) == harmless


def test_a_heading_is_escaped_too():
    assert read_csv([], (Column("name", "=1+1"),)) == [["'=1+1"]]


def test_an_amount_below_zero_is_a_number_and_not_text():
    assert read_csv([{**ROW, "due_minor": -125_050}])[1][1] == "-1250.50"
    _, rows = read_xlsx([{**ROW, "due_minor": -125_050}])
    assert Decimal(str(rows[1][1])) == Decimal("-1250.5")


def test_the_export_is_what_is_filtered_in_the_columns_that_are_shown():
    request = a_request(
        "/here/?export=csv&programme=BSIT&sort=-name", session={"table.sample.columns": ["name", "due_minor"]}
    )
    answer = SampleTable(request, sample_rows(), currency="PHP").respond("unused.html")

    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    expected = sorted((row["name"] for row in sample_rows() if row["programme"] == "BSIT"), reverse=True)
    assert lines[0] == ["Name", "Due (PHP)"]
    assert [line[0] for line in lines[1:]] == expected
    assert answer["Content-Disposition"].startswith('attachment; filename="sample-')
    assert answer["Cache-Control"] == "no-store"


def test_a_list_that_only_some_may_take_away_is_refused_to_others(organisation):
    class Guarded(SampleTable):
        export_permission = "accounts.export"

    refused = Guarded(a_request("/here/?export=csv", organisation=organisation), sample_rows())
    assert refused.may_export is False
    with pytest.raises(Forbidden):
        refused.respond("unused.html")
    allowed = Guarded(
        a_request("/here/?export=xlsx", organisation=organisation, permissions=["accounts.export"]), sample_rows()
    )
    with tenant_scope(organisation.id):
        assert allowed.respond("unused.html").status_code == 200

"""Files as people have them: encodings, separators, workbooks, traps."""

import io
import zipfile
from datetime import date

import pytest
import xlsxwriter

from rollbook.systems.college.lists import FileRefused
from rollbook.systems.college.records.reading import MOST_BYTES, Line, read_list
from rollbook.systems.college.records.rules import PlanWanted, is_formula, read_row

TEXT = 'student_number,family_name\r\n310001,Peñaflor\r\n\r\n310002,"Cruz, de la"\r\n'
LINES = [
    Line(2, {"student_number": "310001", "family_name": "Peñaflor"}),
    Line(4, {"student_number": "310002", "family_name": "Cruz, de la"}),
]


def a_workbook(rows, **formulas):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as workbook:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        for cell, formula in formulas.items():
            sheet.write_formula(cell, formula, value="7")
    return content.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.encode("utf-16-le"),
        TEXT.replace("\r\n", "\n").encode(),
    ],
)
def test_every_usual_encoding_gives_the_same_lines(content):
    assert read_list("s.csv", content) == LINES


@pytest.mark.parametrize("separator", [";", "\t"])
def test_semicolons_and_tabs_separate_too(separator):
    text = TEXT.replace('"Cruz, de la"', "Cruz").replace(",", separator)

    assert [line.values["family_name"] for line in read_list("s.csv", text.encode())] == ["Peñaflor", "Cruz"]


def test_a_workbook_reads_like_the_same_list_and_numbers_stay_whole():
    content = a_workbook(
        [
            ["Student number", "plan_total", "first_due_on"],
            [310001, 32000.5, date(2031, 8, 31)],
            ["310002", 32000, None],
        ]
    )

    assert [line.values for line in read_list("s.xlsx", content)] == [
        {"student_number": "310001", "plan_total": "32000.5", "first_due_on": "2031-08-31"},
        {"student_number": "310002", "plan_total": "32000", "first_due_on": ""},
    ]


def test_a_formula_in_a_workbook_is_seen_although_readers_give_only_its_result():
    content = a_workbook([["student_number", "family_name"], ["310001", "Cruz"]], B2="=1+6")

    (line,) = read_list("s.xlsx", content)

    assert is_formula(line.values["family_name"])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"student_number\n", "no rows"),
        (b"a,a\n1,2\n", "names a twice"),
        (b"a,b\n1,2,3\n", "Line 2 has more values"),
        ("a\nPe\xf1aflor\n".encode("latin-1"), "CSV UTF-8"),
        (b'a,b\n"open,2\n', "quotation mark"),
        (b"PK\x03\x04 no archive", "damaged"),
        (b"x" * (MOST_BYTES + 1), "larger than 5 MB"),
        (b"a\n" + b"1\n" * 50_001, "more than 50,000 rows"),
        (b"a\n" + b"y" * 2_000, "no text of a list"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(content, sentence):
    with pytest.raises(FileRefused, match=sentence):
        read_list("s.csv", content)


def test_an_archive_that_unpacks_into_too_much_is_not_opened():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (201 * 1024 * 1024))

    with pytest.raises(FileRefused, match="far too large inside"):
        read_list("s.xlsx", content.getvalue())


ROW = {
    "student_number": "310001", "family_name": "Cruz", "given_name": "Ana", "programme": "BSIT", "term": "2031-1",
    "plan_total": "32000.00", "instalments": "6", "first_due_on": "2031-08-31",
}  # fmt: skip


def read(**changes):
    return read_row({**ROW, **changes}, currency="PHP", usual_instalments=6)


def test_a_row_is_read_to_the_centavo():
    row, errors = read()

    assert errors == []
    assert (row.key, row.plan_total_minor, row.instalments, row.first_due_on) == (
        "310001",
        3_200_000,
        6,
        date(2031, 8, 31),
    )
    assert PlanWanted(row.plan_total_minor, row.instalments, row.first_due_on).total_minor == 32_000_00


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"student_number": ""}, "student_number"),
        ({"student_number": "31/Ñ"}, "student_number"),
        ({"family_name": "=cmd|' /C calc'!A0"}, "family_name"),
        ({"given_name": "@SUM(A1)"}, "given_name"),
        ({"plan_total": "5,000.00"}, "plan_total"),
        ({"plan_total": "-5"}, "plan_total"),
        ({"plan_total": "1e3"}, "plan_total"),
        ({"plan_total": "12.345"}, "plan_total"),
        ({"plan_total": "NaN"}, "plan_total"),
        ({"plan_total": "10000000.00"}, "plan_total"),
        ({"plan_total": ""}, "plan_total"),
        ({"instalments": "13"}, "instalments"),
        ({"instalments": "0"}, "instalments"),
        ({"instalments": "six"}, "instalments"),
        ({"first_due_on": "31/08/2031"}, "first_due_on"),
        ({"first_due_on": "2031-02-30"}, "first_due_on"),
        ({"year_level": "9"}, "year_level"),
        ({"programme": "B" * 21}, "programme"),
        ({"term": ""}, "term"),
    ],
)
def test_each_wrong_field_is_named(changes, field):
    row, errors = read(**changes)

    assert row is None
    assert [error["field"] for error in errors] == [field]


def test_a_telephone_number_is_no_formula():
    assert not is_formula("+63 917 123-4567")
    assert is_formula("+cmd")
    assert is_formula("-2+3+cmd|' /C calc'!A0")


def test_a_row_may_name_no_plan():
    row, errors = read(plan_total="", instalments="", first_due_on="")

    assert errors == []
    assert row.plan_total_minor is None

"""Reading a list from a CSV or XLSX file into lines of text, with its limits and its traps."""

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from xml.etree import ElementTree as ET

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from rollbook.core.errors import Invalid

MOST_BYTES = 5 * 1024 * 1024
MOST_ROWS = 50_000
#: A small archive can unpack into a very large one.
MOST_UNPACKED_BYTES = 200 * 1024 * 1024
_DELIMITERS = (",", ";", "\t")
_LONGEST_CELL = 1_000

#: What stands for a cell that holds a formula; `rules.is_formula` knows it.
FORMULA = "=formula"


class FileRefused(Invalid):
    """We cannot read this file."""

    code = "FILE_REFUSED"
    status = 422

    @classmethod
    def because(cls, message: str) -> "FileRefused":
        """One sentence about the file as a whole."""
        return cls(errors=[{"field": "file", "message": message}])


@dataclass(frozen=True, slots=True)
class Line:
    """One line under the heading: its number in the file and its values by column."""

    number: int
    values: dict[str, str]


def read_list(file_name: str, content: bytes) -> list[Line]:
    """The lines of a file whose first line names the columns. Empty lines are left out."""
    if not content.strip():
        raise FileRefused.because(_("The file is empty. Choose the file that holds the list."))
    if len(content) > MOST_BYTES:
        raise FileRefused.because(_("The file is larger than 5 MB. Split it and import the parts one after the other."))
    rows = _xlsx_rows(content) if content.startswith(b"PK\x03\x04") else _csv_rows(file_name, content)
    numbered = enumerate(rows, start=1)
    headings: list[str] = []
    lines: list[Line] = []
    for number, cells in numbered:
        texts = [cell.strip() for cell in cells]
        if not any(texts):
            continue
        if not headings:
            headings = _headings(texts)
            continue
        if len(lines) == MOST_ROWS:
            raise FileRefused.because(_("The file has more than 50,000 rows. Split it and import the parts."))
        lines.append(_line(number, headings, texts))
    if not lines:
        raise FileRefused.because(
            _("The file has a heading but no rows under it.") if headings else _("The file is empty.")
        )
    return lines


def _headings(texts: list[str]) -> list[str]:
    names = [text.lower().replace(" ", "_") for text in texts]
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise FileRefused.because(
            _("The heading names %(name)s twice. Every column has its own name.") % {"name": doubled[0]}
        )
    return names


def _line(number: int, headings: list[str], texts: list[str]) -> Line:
    if any(texts[len(headings) :]):
        raise FileRefused.because(
            _("Line %(number)s has more values than the heading has columns.") % {"number": number}
        )
    values = {name: text for name, text in zip(headings, texts, strict=False) if name}
    for name, text in values.items():
        if len(text) > _LONGEST_CELL or "\x00" in text:
            raise FileRefused.because(
                _("Line %(number)s holds something under %(name)s that is no text of a list.")
                % {"number": number, "name": name}
            )
    return Line(number, values)


def _csv_rows(file_name: str, content: bytes) -> Iterator[list[str]]:
    text = _decoded(content)
    first_line = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first_line.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise FileRefused.because(
            _("%(file_name)s is not a list of comma-separated values: a quotation mark is not closed.")
            % {"file_name": file_name or _("The file")}
        ) from error


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, or UTF-16 with it or in the usual order of bytes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\x00" in content[:200]:
        encodings = ["utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig"]
    try:
        return content.decode(encodings[0])
    except UnicodeDecodeError as error:
        raise FileRefused.because(
            _("The file is in an old encoding, so letters such as ñ would be lost. Save it as “CSV UTF-8”.")
        ) from error


def _xlsx_rows(content: bytes) -> Iterator[list[str]]:
    _refuse_bombs(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = workbook.get_sheet_by_index(0)
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise FileRefused.because(
            _("This is not an XLSX workbook that can be opened. Save it again as XLSX.")
        ) from error
    formulas = _formula_cells(content)
    for row_index, row in enumerate(rows):
        yield [FORMULA if (row_index, column) in formulas else _cell_text(value) for column, value in enumerate(row)]


def _refuse_bombs(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise FileRefused.because(_("This workbook is damaged. Save it again as XLSX.")) from error
    if unpacked > MOST_UNPACKED_BYTES:
        raise FileRefused.because(_("This workbook is far too large inside. Save the list alone as CSV UTF-8."))


def _cell_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        # A workbook keeps every number as binary; its shortest decimal is what the person typed.
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _formula_cells(content: bytes) -> set[tuple[int, int]]:
    """Where formulas stand in the first sheet, as (row, column) from zero: readers give only their last results."""
    found: set[tuple[int, int]] = set()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = _first_sheet(archive)
        if sheet is None:
            return found
        place = (0, 0)
        with archive.open(sheet) as file:
            for event, element in ET.iterparse(file, events=("start", "end")):  # noqa: S314 - expat caps entities
                tag = element.tag.rpartition("}")[2]
                if event == "start" and tag == "c":
                    place = _place(element.get("r", ""))
                elif event == "start" and tag == "f":
                    found.add(place)
                elif event == "end" and tag == "row":
                    element.clear()
    return found


def _first_sheet(archive: zipfile.ZipFile) -> str | None:
    """The part of the archive that holds the first sheet, whatever it is called."""
    try:
        workbook = ET.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - expat caps entities
        relations = ET.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (KeyError, ET.ParseError):
        return None
    sheet = next((element for element in workbook.iter() if element.tag.endswith("}sheet")), None)
    wanted = next((value for name, value in sheet.items() if name.endswith("}id")), "") if sheet is not None else ""
    target = next((relation.get("Target", "") for relation in relations if relation.get("Id") == wanted), "")
    path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return path if path in archive.namelist() else None


def _place(reference: str) -> tuple[int, int]:
    letters = "".join(letter for letter in reference if letter.isalpha()).upper()
    digits = "".join(digit for digit in reference if digit.isdigit())
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits or 1) - 1, column - 1

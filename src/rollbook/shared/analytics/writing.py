"""Writing the rows of a report into a file, in any of its formats."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from rollbook.core.web.tables import Column, export
from rollbook.core.web.tables.columns import Row
from rollbook.shared.analytics import rules
from rollbook.shared.analytics.printing import Heading, write_pdf

CONTENT_TYPES = {**export.CONTENT_TYPES, "pdf": "application/pdf"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written: which columns, in which currency, under which heading."""

    heading: Heading
    columns: Sequence[Column]
    currency: str


def write(sheet: Sheet, rows: Iterable[Row], file_format: str) -> IO[bytes]:
    """The file."""
    if file_format == "csv":
        return export.write_csv(sheet.columns, rows, sheet.currency)
    if file_format == "xlsx":
        return export.write_xlsx(sheet.columns, rows, sheet.currency, sheet.heading.title)
    return write_pdf(sheet.columns, rows, sheet.currency, sheet.heading)


def counted(rows: Iterable[Row], note: Callable[[int], None]) -> Iterator[Row]:
    """The rows, telling after each chunk how many have passed."""
    number = 0
    for number, row in enumerate(rows, start=1):
        yield row
        if number % rules.CHUNK == 0:
            note(number)
    if number % rules.CHUNK:
        note(number)

"""A report on paper: landscape, the headings on every page, page x of y, totals at the end.

Drawn page by page while the rows come, so that a report of a hundred thousand rows needs no more memory than a short
one; how many pages there are is written last, into a form that every page refers to.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from typing import IO, Any, cast

from django.utils.translation import gettext as _
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from rollbook.core.money import Money
from rollbook.core.web import formatting
from rollbook.core.web.tables.body import heading_text
from rollbook.core.web.tables.columns import Column, Row
from rollbook.core.web.tables.export import new_file
from rollbook.shared.documents.papers import fonts
from rollbook.shared.documents.papers.sizes import A4, LETTER

MARGIN = 12 * mm
SIZE, TITLE_SIZE, FOOT_SIZE = 7.0, 13.0, 7.0
LINE, CELL_GAP, ROW_GAP = 9.0, 6.0, 4.0
FOOT_ROOM = 16.0
NARROWEST, WIDEST = 22.0, 220.0
#: So many rows decide how wide the columns are.
LOOKED_AT = 200
MOST_LINES = 6
INK, MUTED, RULE, BAND = "#111827", "#4b5563", "#d1d5db", "#f3f4f6"
PAGES_FORM = "pages"


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands above the rows and at the foot of every page."""

    title: str
    institution: str
    #: The filters, as sentences.
    sentences: Sequence[str] = ()
    #: When it was made, and for whom.
    made: str = ""
    on_letter: bool = False


@dataclass(slots=True)
class _Sums:
    """The sums of what has passed, by column."""

    columns: Sequence[Column]
    figures: dict[str, int] = field(default_factory=dict)
    rows: int = 0

    def add(self, row: Row) -> None:
        self.rows += 1
        for column in self.columns:
            if column.total:
                self.figures[column.name] = self.figures.get(column.name, 0) + int(row[column.name] or 0)


def write_pdf(columns: Sequence[Column], rows: Iterable[Row], currency: str, heading: Heading) -> IO[bytes]:
    """The rows as PDF."""
    fonts.ready()
    texts = [_writer(column, currency) for column in columns]
    coming = iter(rows)
    seen = list(islice(coming, LOOKED_AT))
    titles = [heading_text(column, currency) for column in columns]
    file = new_file()
    page = _Page(file, heading, titles, [column.is_number for column in columns])
    page.widths = _widths(page.content_width, titles, ([text(row) for text in texts] for row in seen), columns)
    sums = _Sums(columns)
    page.begin()
    for row in _added(chain(seen, coming), sums):
        page.row([text(row) for text in texts])
    _write_totals(page, columns, texts, sums, currency)
    page.end()
    file.seek(0)
    return file


def _added(rows: Iterable[Row], sums: _Sums) -> Iterator[Row]:
    for row in rows:
        sums.add(row)
        yield row


def _write_totals(
    page: "_Page", columns: Sequence[Column], texts: Sequence[Callable[[Row], str]], sums: _Sums, currency: str
) -> None:
    if not sums.rows:
        page.line(_("No row has all of this."))
        return
    summed = {name: figure for name, figure in sums.figures.items() if sums.rows}
    cells = [
        text(cast("Mapping[str, Any]", summed)) if column.name in summed else ""
        for column, text in zip(columns, texts, strict=True)
    ]
    if summed:
        page.row(cells, bold=True)
    page.line(_("Rows: %(count)s") % {"count": formatting.number_text(sums.rows)})


def _writer(column: Column, currency: str) -> Callable[[Row], str]:
    """A function that writes the column's cell as the screen does, without its markup."""
    name, text = column.name, column.text
    if text is not None:
        return lambda row: str(text(row))
    if column.kind == "money":
        figures = formatting.figures_writer(column.currency or currency)
        return lambda row: "" if row[name] is None else figures(Money(row[name], column.currency_of(row, currency)))
    if column.kind == "state":
        states = {key: str(state.label) for key, state in (column.states or {}).items()}
        return lambda row: states.get(row[name], str(row[name] or ""))
    plain: dict[str, Callable[[Any], str]] = {
        "date": cache(formatting.day_text), "datetime": formatting.moment_text, "number": formatting.number_text,
    }  # fmt: skip
    write = plain.get(column.kind, str)
    return lambda row: "" if row[name] is None else write(row[name])


def _widths(
    available: float, titles: Sequence[str], rows: Iterable[Sequence[str]], columns: Sequence[Column]
) -> list[float]:
    """As wide as what stands in them, as far as the page allows; what is too long is wrapped, but never a number."""
    wanted = [fonts.width_of(title, SIZE, bold=True) for title in titles]
    for cells in rows:
        widths = (fonts.width_of(fonts.printable(cell), SIZE) for cell in cells)
        wanted = [max(pair) for pair in zip(wanted, widths, strict=True)]
    # The sum below is longer than what is summed.
    longer = fonts.width_of("00,000", SIZE, bold=True)
    wanted = [width + longer if column.total else width for width, column in zip(wanted, columns, strict=True)]
    room = available - CELL_GAP * (len(titles) - 1)
    capped = [min(max(width + 1, NARROWEST), WIDEST) for width in wanted]
    # The widest give way first: a number that is broken is no number any more.
    while sum(capped) > room and max(capped) > NARROWEST:
        limit = max(capped)
        second = max((width for width in capped if width < limit), default=NARROWEST)
        widest = [place for place, width in enumerate(capped) if width == limit]
        cut = min(limit - max(second, NARROWEST), (sum(capped) - room) / len(widest))
        for place in widest:
            capped[place] -= max(cut, 0.1)
    spare = max(room - sum(capped), 0)
    return [width + spare * width / sum(capped) for width in capped]


class _Page:
    """The sheet that is being written."""

    def __init__(self, file: IO[bytes], heading: Heading, titles: Sequence[str], right: Sequence[bool]) -> None:
        paper = LETTER if heading.on_letter else A4
        # Landscape: what is high lies wide.
        self.width, self.height = float(paper.height or 0), paper.width
        self.canvas = Canvas(file, pagesize=(self.width, self.height), invariant=1, pageCompression=1)
        self.canvas.setTitle(fonts.printable(heading.title))
        self.canvas.setAuthor(fonts.printable(heading.institution))
        self.canvas.setCreator("Rollbook")
        self.heading, self.titles, self.right = heading, titles, right
        self.widths: list[float] = []
        self.rules: list[tuple[float, float, float, float]] = []
        self.number = 0
        self.y = 0.0

    @property
    def content_width(self) -> float:
        return self.width - 2.0 * float(MARGIN)

    def begin(self) -> None:
        """A fresh sheet with its heading."""
        self.number += 1
        self.y = self.height - MARGIN
        if self.number == 1:
            self._title()
        self._headings()

    def _title(self) -> None:
        self._write(MARGIN, self.y - TITLE_SIZE, self.heading.title, TITLE_SIZE, bold=True)
        self.y -= TITLE_SIZE + 6
        for sentence in (self.heading.institution, " · ".join(self.heading.sentences), self.heading.made):
            for line in fonts.wrapped(sentence, SIZE + 1, self.content_width) if sentence else ():
                self.y -= LINE + 1
                self._write(MARGIN, self.y, line, SIZE + 1, colour=MUTED)
        self.y -= 8

    def _headings(self) -> None:
        lines = [
            fonts.wrapped(title, SIZE, width, bold=True) for title, width in zip(self.titles, self.widths, strict=True)
        ]
        height = LINE * max(map(len, lines)) + ROW_GAP
        self.canvas.setFillColor(HexColor(BAND))
        self.canvas.rect(MARGIN - 3, self.y - height, self.content_width + 6, height, stroke=0, fill=1)
        self._cells(lines, bold=True)
        self.y -= height

    def row(self, cells: Sequence[str], *, bold: bool = False) -> None:
        """One line of the report; a cell that is too long takes several."""
        lines = [
            [cell] if right else _lines(cell, width, bold)
            for cell, width, right in zip(cells, self.widths, self.right, strict=True)
        ]
        height = LINE * max(map(len, lines)) + ROW_GAP
        if self.y - height < MARGIN + FOOT_ROOM:
            self._finish()
            self.begin()
        self._cells(lines, bold=bold)
        self.y -= height
        self.rules.append((MARGIN, round(self.y, 1), self.width - MARGIN, round(self.y, 1)))

    def line(self, text: str) -> None:
        """A line by itself."""
        if self.y - LINE - 2 * ROW_GAP < MARGIN + FOOT_ROOM:
            self._finish()
            self.begin()
        self.y -= LINE + ROW_GAP
        self._write(MARGIN, self.y, text, SIZE + 1, colour=MUTED)

    def _cells(self, lines: Sequence[Sequence[str]], *, bold: bool) -> None:
        # One text for all cells of a row: thousands of rows take a third of the time.
        written = self.canvas.beginText()
        written.setFillColor(HexColor(INK))
        written.setFont(fonts.BOLD if bold else fonts.REGULAR, SIZE)
        x = MARGIN
        for texts, width, right in zip(lines, self.widths, self.right, strict=True):
            for place, text in enumerate(texts):
                if text:
                    start = x + width - fonts.width_of(text, SIZE, bold=bold) if right else x
                    written.setTextOrigin(round(start, 1), round(self.y - LINE * (place + 1), 1))
                    written.textOut(text)
            x += width + CELL_GAP
        self.canvas.drawText(written)

    def _write(self, x: float, y: float, text: str, size: float, *, bold: bool = False, colour: str = INK) -> None:
        self.canvas.setFillColor(HexColor(colour))
        self.canvas.setFont(fonts.BOLD if bold else fonts.REGULAR, size)
        self.canvas.drawString(x, y, fonts.printable(text))

    def _finish(self) -> None:
        """The lines under the rows, and the foot: what this is, and page x of y."""
        self.canvas.setStrokeColor(HexColor(RULE))
        self.canvas.setLineWidth(0.3)
        self.canvas.lines(self.rules)
        self.rules = []
        self._write(MARGIN, MARGIN, f"{self.heading.institution} · {self.heading.title}", FOOT_SIZE, colour=MUTED)
        page = _("Page %(number)s of") % {"number": self.number} + " "
        width = fonts.width_of(page, FOOT_SIZE) + fonts.width_of("00000", FOOT_SIZE)
        self._write(self.width - MARGIN - width, MARGIN, page, FOOT_SIZE, colour=MUTED)
        self.canvas.saveState()
        self.canvas.translate(self.width - MARGIN - fonts.width_of("00000", FOOT_SIZE), MARGIN)
        # Defined at the end, when it is known.
        self.canvas.doForm(PAGES_FORM)
        self.canvas.restoreState()
        self.canvas.showPage()

    def end(self) -> None:
        """Close the last sheet and say how many there are."""
        self._finish()
        self.canvas.beginForm(PAGES_FORM, 0, -2, 60, FOOT_SIZE + 2)
        self._write(0, 0, str(self.number), FOOT_SIZE, colour=MUTED)
        self.canvas.endForm()
        # Embedding reads the font files through one cursor that all threads share.
        with fonts.embedding:
            self.canvas.save()


def _lines(cell: str, width: float, bold: bool) -> list[str]:
    text = fonts.printable(cell)
    if fonts.width_of(text, SIZE, bold=bold) <= width:
        return [text]
    lines = fonts.wrapped(cell, SIZE, width, bold=bold)
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1] + " …"]

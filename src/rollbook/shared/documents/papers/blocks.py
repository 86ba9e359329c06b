"""What papers are composed of. A block knows how high it is at a width, and draws itself there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rollbook.shared.documents.papers import fonts
from rollbook.shared.documents.papers.pen import Align, Pen

LEADING = 1.38


class Block(Protocol):
    """Something that stands on a paper."""

    def height(self, width: float) -> float:
        """How high it is at this width."""

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        """Draw it with its top left corner at x, y."""


@dataclass(frozen=True, slots=True)
class Space:
    """Nothing, of some height."""

    points: float

    def height(self, width: float) -> float:
        return self.points

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        """Nothing to draw."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A level line across the paper."""

    weight: float = 0.6
    dashed: bool = False
    accented: bool = False
    around: float = 4

    def height(self, width: float) -> float:
        return 2 * self.around + self.weight

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        colour = pen.colours.accent if self.accented else pen.colours.line
        pen.line(x, x + width, y + self.around, weight=self.weight, colour=colour, dashed=self.dashed)


@dataclass(frozen=True, slots=True)
class Text:
    """A text, broken into lines; drawn smaller when it would need more lines than it may."""

    text: str
    size: float
    bold: bool = False
    align: Align = "left"
    muted: bool = False
    colour: str = ""
    leading: float = LEADING
    most_lines: int = 0

    def height(self, width: float) -> float:
        size, lines = self._fitted(width)
        return len(lines) * size * self.leading

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        size, lines = self._fitted(width)
        place = x + width if self.align == "right" else x + width / 2 if self.align == "center" else x
        colour = self.colour or (pen.colours.muted if self.muted else "")
        for number, line in enumerate(lines):
            top = y + number * size * self.leading + size * (self.leading - 1.2) / 2
            pen.text(place, top, line, size, bold=self.bold, colour=colour, align=self.align)

    def _fitted(self, width: float) -> tuple[float, list[str]]:
        size = self.size
        lines = fonts.wrapped(self.text, size, width, bold=self.bold)
        while self.most_lines and len(lines) > self.most_lines and size > fonts.SMALLEST:
            size = max(fonts.SMALLEST, size * 0.92)
            lines = fonts.wrapped(self.text, size, width, bold=self.bold)
        return size, lines


@dataclass(frozen=True, slots=True)
class Stack:
    """Blocks below each other."""

    blocks: Sequence[Block]

    def height(self, width: float) -> float:
        return sum(block.height(width) for block in self.blocks)

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        for block in self.blocks:
            block.draw(pen, x, y, width)
            y += block.height(width)


@dataclass(frozen=True, slots=True)
class Side:
    """Blocks beside each other. `parts` share what the fixed widths leave."""

    blocks: Sequence[Block]
    #: A number of points, or 0 for an equal part of the rest.
    widths: Sequence[float] = ()
    gap: float = 10
    centred: bool = False

    def height(self, width: float) -> float:
        return max(block.height(own) for block, own in zip(self.blocks, self._widths(width), strict=True))

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        whole = self.height(width)
        for block, own in zip(self.blocks, self._widths(width), strict=True):
            down = (whole - block.height(own)) / 2 if self.centred else 0
            block.draw(pen, x, y + down, own)
            x += own + self.gap

    def _widths(self, width: float) -> list[float]:
        fixed = list(self.widths) or [0.0] * len(self.blocks)
        left = width - sum(fixed) - self.gap * (len(self.blocks) - 1)
        share = left / max(1, fixed.count(0))
        return [own or share for own in fixed]


@dataclass(frozen=True, slots=True)
class Panel:
    """A block on a quiet ground or within a frame."""

    block: Block
    padding: float = 8
    framed: bool = False
    accented: bool = False

    def height(self, width: float) -> float:
        return self.block.height(width - 2 * self.padding) + 2 * self.padding

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        stroke = (pen.colours.accent if self.accented else pen.colours.line) if self.framed else ""
        fill = "" if self.framed else pen.colours.soft
        pen.box(x, y, width, self.height(width), fill=fill, stroke=stroke, radius=4, weight=1 if self.accented else 0.7)
        self.block.draw(pen, x + self.padding, y + self.padding, width - 2 * self.padding)


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with what they say, in one or more columns; a line of a roll when `inline`."""

    pairs: Sequence[tuple[str, str]]
    size: float
    columns: int = 2
    inline: bool = False
    gap: float = 14
    strong: bool = False

    def height(self, width: float) -> float:
        return sum(self._row_height(row, width) for row in self._rows())

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        own = self._own(width)
        for row in self._rows():
            for column, (label, value) in enumerate(row):
                left = x + column * (own + self.gap)
                if self.inline:
                    self._draw_inline(pen, left, y, own, label, value)
                else:
                    pen.text(left, y, label, self.size * 0.84, colour=pen.colours.muted)
                    Text(value, self.size, bold=self.strong).draw(pen, left, y + self.size * 1.18, own)
            y += self._row_height(row, width)

    def _draw_inline(self, pen: Pen, x: float, y: float, own: float, label: str, value: str) -> None:
        pen.text(x, y, label, self.size, colour=pen.colours.muted)
        room = own - fonts.width_of(label, self.size) - 8
        for number, line in enumerate(fonts.wrapped(value, self.size, room, bold=self.strong)):
            top = y + number * self.size * LEADING
            pen.text(x + own, top, line, self.size, bold=self.strong, align="right")

    def _rows(self) -> Iterator[Sequence[tuple[str, str]]]:
        for start in range(0, len(self.pairs), self.columns):
            yield self.pairs[start : start + self.columns]

    def _own(self, width: float) -> float:
        return (width - self.gap * (self.columns - 1)) / self.columns

    def _row_height(self, row: Sequence[tuple[str, str]], width: float) -> float:
        own = self._own(width)
        if self.inline:
            rooms = [(value, own - fonts.width_of(label, self.size) - 8) for label, value in row]
            return max(len(fonts.wrapped(value, self.size, room, bold=self.strong)) for value, room in rooms) * (
                self.size * LEADING
            )
        values = [Text(value, self.size, bold=self.strong).height(own) for _, value in row]
        return max(values) + self.size * 1.18 + self.size * 0.75


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `share` is its part of the width; 0 takes what is needed for `sample`."""

    label: str
    share: float = 1
    align: Align = "left"
    sample: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, with the measures of its table."""

    cells: Sequence[str]
    table: "Table"
    is_head: bool = False
    is_total: bool = False
    muted: bool = False
    #: Drawn again at the top of every further page that the table reaches.
    head: "Row | None" = None

    def height(self, width: float) -> float:
        size = self._size()
        widths = self.table.widths(width)
        lines = max(
            len(fonts.wrapped(cell, size, own, bold=self._bold())) for cell, own in zip(self.cells, widths, strict=True)
        )
        return lines * size * 1.28 + 2 * self.table.padding + (1 if self.is_head or self.is_total else 0)

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        size, table = self._size(), self.table
        colour = pen.colours.muted if self.is_head or self.muted else ""
        left = x
        for cell, own, column in zip(self.cells, table.widths(width), table.columns, strict=True):
            place = left + own if column.align == "right" else left + own / 2 if column.align == "center" else left
            for number, line in enumerate(fonts.wrapped(cell, size, own, bold=self._bold())):
                top = y + table.padding + number * size * 1.28
                pen.text(place, top, line, size, bold=self._bold(), colour=colour, align=column.align)
            left += own + table.gap
        bottom = y + self.height(width)
        if self.is_head:
            pen.line(x, x + width, bottom, weight=0.9, colour=pen.colours.ink if table.is_roll else pen.colours.muted)
        elif self.is_total:
            pen.line(x, x + width, y, weight=0.9, colour=pen.colours.ink)
        elif table.ruled:
            pen.line(x, x + width, bottom, weight=0.4)

    def _size(self) -> float:
        return self.table.size * (0.86 if self.is_head and not self.table.is_roll else 1)

    def _bold(self) -> bool:
        return self.is_total


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head; amounts on the right, one under the other."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    size: float
    totals: Sequence[Sequence[str]] = ()
    padding: float = 3.2
    gap: float = 10
    ruled: bool = True
    is_roll: bool = False
    with_head: bool = True
    muted_rows: frozenset[int] = field(default=frozenset())

    def widths(self, width: float) -> list[float]:
        """How wide each column is."""
        fixed = [
            max(fonts.width_of(column.sample, self.size), fonts.width_of(column.label, self.size))
            if column.sample
            else 0.0
            for column in self.columns
        ]
        left = width - sum(fixed) - self.gap * (len(self.columns) - 1)
        shares = sum(column.share for column, own in zip(self.columns, fixed, strict=True) if not own)
        return [own or left * column.share / shares for column, own in zip(self.columns, fixed, strict=True)]

    def parts(self) -> Iterator[Row]:
        """The rows one by one, so that a page may end between them."""
        head = Row([column.label for column in self.columns], self, is_head=True) if self.with_head else None
        if head:
            yield head
        for number, cells in enumerate(self.rows):
            yield Row(cells, self, head=head, muted=number in self.muted_rows)
        for cells in self.totals:
            yield Row(cells, self, is_total=True, head=head)

    def height(self, width: float) -> float:
        return sum(part.height(width) for part in self.parts())

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        Stack(list(self.parts())).draw(pen, x, y, width)


@dataclass(frozen=True, slots=True)
class Sum:
    """The figure that the paper is about."""

    label: str
    amount: str
    size: float
    big: bool = True

    def height(self, width: float) -> float:
        return self.size * (1.9 if self.big else 1.5)

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        figure_size = self.size * (1.45 if self.big else 1)
        room = width - fonts.width_of(self.label, self.size, bold=self.big) - 10
        figure_size = fonts.fitted_size(self.amount, figure_size, room, bold=True)
        whole = self.height(width)
        pen.text(x, y + (whole - self.size * 1.2) / 2, self.label, self.size, bold=self.big)
        pen.text(x + width, y + (whole - figure_size * 1.2) / 2, self.amount, figure_size, bold=True, align="right")


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code with the words beside or under it."""

    data: str
    size: float
    words: Sequence[tuple[str, float, bool]] = ()
    below: bool = False
    gap: float = 10

    def height(self, width: float) -> float:
        if self.below:
            return self.size + 4 + self._words().height(width)
        return max(self.size, self._words().height(width - self.size - self.gap))

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        if self.below:
            pen.qr(x + (width - self.size) / 2, y, self.size, self.data)
            self._words("center").draw(pen, x, y + self.size + 4, width)
            return
        pen.qr(x, y, self.size, self.data)
        words = self._words()
        room = width - self.size - self.gap
        down = max(0.0, (self.size - words.height(room)) / 2)
        words.draw(pen, x + self.size + self.gap, y + down, room)

    def _words(self, align: Align = "left") -> Stack:
        return Stack([Text(text, size, bold=bold, align=align, leading=1.32) for text, size, bold in self.words])


@dataclass(frozen=True, slots=True)
class Banner:
    """One word in a frame across a roll: COPY 2, VOIDED."""

    text: str
    size: float

    def height(self, width: float) -> float:
        return self.size * 2

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        pen.box(x, y, width, self.size * 2, stroke=pen.colours.ink, weight=1.1)
        pen.text(x + width / 2, y + self.size * 0.42, self.text, self.size, bold=True, align="center", spacing=1.5)


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture in a frame; an empty frame when there is none."""

    content: bytes | None
    width: float
    high: float
    missing: str = ""

    def height(self, width: float) -> float:
        return self.high

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        if self.content:
            pen.picture(x, y, self.width, self.high, self.content)
        pen.box(x, y, self.width, self.high, stroke=pen.colours.line, radius=3)
        if not self.content and self.missing:
            middle = y + self.high / 2 - 5
            pen.text(x + self.width / 2, middle, self.missing, 7, colour=pen.colours.muted, align="center")


@dataclass(frozen=True, slots=True)
class Signatures:
    """Lines to sign on, with who signs."""

    labels: Sequence[str]
    size: float
    room: float = 30

    def height(self, width: float) -> float:
        return self.room + self.size * 1.6

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        gap = 18.0
        own = (width - gap * (len(self.labels) - 1)) / len(self.labels)
        for number, label in enumerate(self.labels):
            left = x + number * (own + gap)
            pen.line(left, left + own, y + self.room, weight=0.6, colour=pen.colours.ink)
            pen.text(left, y + self.room + 3, label, self.size, colour=pen.colours.muted)


@dataclass(frozen=True, slots=True)
class Keep:
    """Blocks that are not torn apart by the end of a page; at the foot of the sheet when `at_foot`."""

    blocks: Sequence[Block]
    at_foot: bool = False

    def height(self, width: float) -> float:
        return Stack(self.blocks).height(width)

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        Stack(self.blocks).draw(pen, x, y, width)

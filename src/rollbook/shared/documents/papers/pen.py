"""Drawing on a page: text, lines, boxes, codes and pictures, measured from the top as one reads."""

import io
from dataclasses import dataclass
from functools import lru_cache
from math import atan2, degrees
from typing import Literal

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from rollbook.shared.documents.papers import fonts

Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Colours:
    """What is drawn in which colour."""

    ink: str = "#14181d"
    muted: str = "#59636e"
    line: str = "#cfd5db"
    soft: str = "#f3f5f7"
    accent: str = "#1f5fbf"
    warning: str = "#b3261e"


#: Thermal printers know black only; grey becomes a pattern of dots that nobody can read.
BLACK_ONLY = Colours(
    ink="#000000", muted="#000000", line="#000000", soft="#ffffff", accent="#000000", warning="#000000"
)


class Pen:
    """A page to draw on. `y` counts down from the top edge."""

    def __init__(self, canvas: Canvas, height: float, colours: Colours) -> None:
        self.canvas = canvas
        self.height = height
        self.colours = colours

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        colour: str = "",
        align: Align = "left",
        spacing: float = 0,
    ) -> None:
        """Write one line whose top is at `y`."""
        if not text:
            return
        shown = fonts.printable(text)
        width = fonts.width_of(shown, size, bold=bold) + spacing * (len(shown) - 1)
        left = x - width if align == "right" else x - width / 2 if align == "center" else x
        self.canvas.setFillColor(_ink(colour or self.colours.ink))
        line = self.canvas.beginText(left, self.height - y - size * fonts.ASCENT)
        line.setFont(fonts.BOLD if bold else fonts.REGULAR, size)
        if spacing:
            line.setCharSpace(spacing)
        line.textOut(shown)
        if spacing:
            line.setCharSpace(0)
        self.canvas.drawText(line)

    def line(
        self, x1: float, x2: float, y: float, *, weight: float = 0.6, colour: str = "", dashed: bool = False
    ) -> None:
        """Draw a level line."""
        self.canvas.setStrokeColor(_ink(colour or self.colours.line))
        self.canvas.setLineWidth(weight)
        self.canvas.setDash([1.6, 1.8] if dashed else [])
        self.canvas.line(x1, self.height - y, x2, self.height - y)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = "",
        stroke: str = "",
        radius: float = 0,
        weight: float = 0.6,
    ) -> None:
        """Draw a box whose top is at `y`."""
        if fill:
            self.canvas.setFillColor(_ink(fill))
        if stroke:
            self.canvas.setStrokeColor(_ink(stroke))
            self.canvas.setLineWidth(weight)
            self.canvas.setDash([])
        self.canvas.roundRect(
            x, self.height - y - height, width, height, radius, stroke=int(bool(stroke)), fill=int(bool(fill))
        )

    def qr(self, x: float, y: float, size: float, data: str) -> None:
        """Draw a QR code as shapes, sharp on every printer. The caller leaves four modules free around it."""
        modules = _modules(data)
        module = size / len(modules)
        self.canvas.saveState()
        self.canvas.setFillColor(_ink("#000000"))
        self.canvas.translate(x, self.height - y)
        self.canvas.scale(module, -module)
        # Written as it stands in the file: hundreds of boxes one by one would take longer than all the rest. Each
        # is a hair higher than its row, so that no viewer shows seams.
        boxes = [
            f"{start} {row_number} {end - start} 1.02 re"
            for row_number, row in enumerate(modules)
            for start, end in _runs(row)
        ]
        self.canvas.addLiteral(" ".join([*boxes, "f"]))
        self.canvas.restoreState()

    def picture(self, x: float, y: float, width: float, height: float, content: bytes, *, fit: bool = False) -> None:
        """Draw a picture into a box: cut to fill it, or whole when `fit`."""
        reader = ImageReader(io.BytesIO(content))
        wide, high = reader.getSize()
        scale = min(width / wide, height / high) if fit else max(width / wide, height / high)
        drawn_width, drawn_height = wide * scale, high * scale
        left = x if fit else x - (drawn_width - width) / 2
        below_top = y if fit else y - (drawn_height - height) / 2
        self.canvas.saveState()
        clip = self.canvas.beginPath()
        clip.roundRect(x, self.height - y - height, width, height, 0 if fit else 3)
        self.canvas.clipPath(clip, stroke=0, fill=0)
        self.canvas.drawImage(
            reader, left, self.height - below_top - drawn_height, drawn_width, drawn_height, mask="auto"
        )
        self.canvas.restoreState()

    def watermark(self, width: float, text: str, colour: str) -> None:
        """Write large across the page, under everything else."""
        diagonal = (width**2 + self.height**2) ** 0.5
        size = fonts.fitted_size(text, self.height * 0.16, diagonal * 0.62, bold=True)
        self.canvas.saveState()
        self.canvas.translate(width / 2, self.height / 2)
        self.canvas.rotate(_angle(width, self.height))
        self.canvas.setFillColor(_ink(colour))
        self.canvas.setFont(fonts.BOLD, size)
        self.canvas.drawCentredString(0, -size * fonts.CAP_HEIGHT / 2, fonts.printable(text))
        self.canvas.restoreState()


@lru_cache(maxsize=256)
def _ink(colour: str) -> Color:
    return HexColor(colour)


@lru_cache(maxsize=256)
def _modules(data: str) -> tuple[bytes, ...]:
    """Which squares are dark. One mask for all: readers take any, and trying all eight takes five times as long."""
    return tuple(bytes(row) for row in segno.make(data, error="m", micro=False, mask=3).matrix)


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Where dark modules begin and end in a row."""
    runs: list[tuple[int, int]] = []
    for place, dark in enumerate(row):
        if not dark:
            continue
        if runs and runs[-1][1] == place:
            runs[-1] = (runs[-1][0], place + 1)
        else:
            runs.append((place, place + 1))
    return runs


def _angle(width: float, height: float) -> float:
    return degrees(atan2(height, width)) * 0.9

"""The embedded fonts: Inter with figures of equal width (made by script/paper-fonts), and measuring text in them."""

from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

_FOLDER = Path(__file__).resolve().parents[1] / "fonts"
_loading = Lock()
embedding = Lock()

REGULAR = "Rollbook-Regular"
BOLD = "Rollbook-Bold"
_FILES = {REGULAR: "Inter-Regular.ttf", BOLD: "Inter-SemiBold.ttf"}

#: Smaller than this, nobody reads it.
SMALLEST = 5.5
MISSING = "\N{WHITE SQUARE}"
#: Where the baseline lies below the top of a line, and how high capitals are, as parts of the size.
ASCENT = 0.96
CAP_HEIGHT = 0.727


@cache
def _glyphs() -> frozenset[int]:
    with _loading:
        for name, file in _FILES.items():
            # Streams stay binary: writing them in letters (ASCII85) costs more than drawing them.
            rl_config.useA85 = 0
            pdfmetrics.registerFont(TTFont(name, str(_FOLDER / file)))
    return frozenset(pdfmetrics.getFont(REGULAR).face.charToGlyph)


def ready() -> None:
    """Load the fonts, once for each process."""
    _glyphs()


@lru_cache(maxsize=20_000)
def printable(text: str) -> str:
    """The text with every character that the fonts lack shown as a box: □. Never a silent gap."""
    known = _glyphs()
    return "".join(character if ord(character) in known else MISSING for character in text)


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line is."""
    return _unit_width(text, bold) * size


@lru_cache(maxsize=20_000)
def _unit_width(text: str, bold: bool) -> float:
    ready()
    width: float = pdfmetrics.stringWidth(text, BOLD if bold else REGULAR, 1)
    return width


def wrapped(text: str, size: float, width: float, *, bold: bool = False) -> list[str]:
    """Break a text into lines; a word that is too long for any line is broken inside."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _wrapped_paragraph(printable(paragraph), size, width, bold=bold)
    return lines


def _wrapped_paragraph(text: str, size: float, width: float, *, bold: bool) -> list[str]:
    lines, line = [], ""
    for word in text.split():
        for piece in _pieces(word, size, width, bold=bold):
            longer = f"{line} {piece}" if line else piece
            if line and width_of(longer, size, bold=bold) > width:
                lines.append(line)
                line = piece
            else:
                line = longer
    return [*lines, line]


def _pieces(word: str, size: float, width: float, *, bold: bool) -> list[str]:
    if width_of(word, size, bold=bold) <= width:
        return [word]
    pieces, piece = [], ""
    for character in word:
        if piece and width_of(piece + character, size, bold=bold) > width:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]


def fitted_size(text: str, size: float, width: float, *, bold: bool = False, smallest: float = SMALLEST) -> float:
    """The largest size up to `size` at which a line fits."""
    needed = width_of(text, size, bold=bold)
    return size if needed <= width else max(smallest, size * width / needed)

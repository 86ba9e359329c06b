"""The papers that printers of a school office hold."""

from dataclasses import dataclass

from reportlab.lib.units import mm


@dataclass(frozen=True, slots=True)
class Paper:
    """A size of paper and how close to its edge one writes. All measures in points."""

    name: str
    width: float
    #: None for a roll, which is cut where the paper ends.
    height: float | None
    margin: float
    #: The size of ordinary text on it.
    text_size: float

    @property
    def is_roll(self) -> bool:
        """Whether it is a roll of thermal paper: black only, cut to length."""
        return self.height is None

    @property
    def content_width(self) -> float:
        """Between the margins."""
        return self.width - 2 * self.margin


A4 = Paper("A4", 210 * mm, 297 * mm, 17 * mm, 9.2)
LETTER = Paper("LETTER", 215.9 * mm, 279.4 * mm, 17 * mm, 9.2)
A5 = Paper("A5", 148 * mm, 210 * mm, 12 * mm, 8.6)
A6 = Paper("A6", 105 * mm, 148 * mm, 8 * mm, 8.2)
#: Thermal printers of 80 mm paper print 72 mm of it.
ROLL_80 = Paper("80mm", 80 * mm, None, 4 * mm, 8.6)

PAPERS = {paper.name: paper for paper in (A4, LETTER, A5, A6, ROLL_80)}

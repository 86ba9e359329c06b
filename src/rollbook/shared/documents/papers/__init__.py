"""Drawing papers: sheets and rolls, composed of blocks, with fonts that carry every Latin name and ₱ and ₦.

Ready-made layouts take plain dictionaries (`data.py`): `receipt`, `statement`, `permit`, `shift_report`. Others are
composed from the same blocks.
"""

from rollbook.shared.documents.papers.compose import Composition, render_pdf
from rollbook.shared.documents.papers.permit import permit
from rollbook.shared.documents.papers.receipt import receipt
from rollbook.shared.documents.papers.shift_report import shift_report
from rollbook.shared.documents.papers.sizes import A4, A5, A6, LETTER, PAPERS, ROLL_80, Paper
from rollbook.shared.documents.papers.statement import statement

__all__ = [
    "A4",
    "A5",
    "A6",
    "LETTER",
    "PAPERS",
    "ROLL_80",
    "Composition",
    "Paper",
    "permit",
    "receipt",
    "render_pdf",
    "shift_report",
    "statement",
]

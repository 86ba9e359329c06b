"""From blocks to pages. The same blocks give the same bytes, today and in ten years."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reportlab.pdfgen.canvas import Canvas

from rollbook.shared.documents.papers import fonts
from rollbook.shared.documents.papers.blocks import Banner, Block, Keep, Row, Space, Stack, Table
from rollbook.shared.documents.papers.pen import BLACK_ONLY, Colours, Pen
from rollbook.shared.documents.papers.sizes import Paper

_FOOT_SIZE = 7.2
_FOOT_ROOM = 20.0
_COPY_COLOUR = "#e9ecef"
_VOID_COLOUR = "#f6d9d6"


@dataclass(frozen=True, slots=True)
class Composition:
    """One paper of one or more pages."""

    title: str
    author: str
    blocks: Sequence[Block]
    #: Stands at the foot of every page, beside the page number.
    foot: str = ""
    accent: str = "#1f5fbf"
    #: Reprints say which copy they are.
    copy_number: int | None = None
    #: A word across a paper that is no longer good: VOIDED, REVOKED.
    void_mark: str = ""
    #: Words before the numbers at the foot, in the language of the paper.
    page_words: tuple[str, str] = ("Page", "of")
    copy_word: str = "COPY"

    @property
    def marks(self) -> list[str]:
        """What is marked on it."""
        copy = [f"{self.copy_word} {self.copy_number}"] if self.copy_number else []
        return [*([self.void_mark] if self.void_mark else []), *copy]


@dataclass(slots=True)
class _Page:
    placed: list[tuple[Block, float]] = field(default_factory=list)


def render_pdf(compositions: Sequence[Composition], paper: Paper) -> bytes:
    """Draw one paper, or many one after the other into one file, which is far faster than a file for each."""
    fonts.ready()
    target = io.BytesIO()
    # Invariant: no clock and no random id in the file.
    canvas = Canvas(target, pagesize=(paper.width, paper.height or paper.width), invariant=1, pageCompression=1)
    first = compositions[0]
    canvas.setTitle(fonts.printable(first.title))
    canvas.setAuthor(fonts.printable(first.author))
    canvas.setCreator("Rollbook")
    for composition in compositions:
        if paper.is_roll:
            _draw_roll(canvas, composition, paper)
        else:
            _draw_sheets(canvas, composition, paper)
    # Embedding reads the font files through one cursor that all threads share.
    with fonts.embedding:
        canvas.save()
    return target.getvalue()


def _draw_roll(canvas: Canvas, composition: Composition, paper: Paper) -> None:
    marks = [block for mark in composition.marks for block in (Banner(mark, 11), Space(6))]
    stack = Stack([*marks, *composition.blocks, *reversed(marks)])
    height = stack.height(paper.content_width) + 2 * paper.margin
    canvas.setPageSize((paper.width, height))
    stack.draw(Pen(canvas, height, BLACK_ONLY), paper.margin, paper.margin, paper.content_width)
    canvas.showPage()


def _draw_sheets(canvas: Canvas, composition: Composition, paper: Paper) -> None:
    height = paper.height or 0.0
    pages = list(_paginated(composition.blocks, paper))
    colours = Colours(accent=composition.accent)
    for number, page in enumerate(pages, start=1):
        canvas.setPageSize((paper.width, height))
        pen = Pen(canvas, height, colours)
        # Across the sheet goes the one that matters most; the number of a copy stands at the foot too.
        for mark in composition.marks[:1]:
            pen.watermark(paper.width, mark, _VOID_COLOUR if composition.void_mark else _COPY_COLOUR)
        for block, top in page.placed:
            block.draw(pen, paper.margin, top, paper.content_width)
        _draw_foot(pen, composition, paper, number, len(pages))
        canvas.showPage()


def _paginated(blocks: Sequence[Block], paper: Paper) -> Iterator[_Page]:
    width, end = paper.content_width, (paper.height or 0.0) - paper.margin - _FOOT_ROOM
    page, y = _Page(), paper.margin
    parts = list(_parts(blocks))
    for part, following in zip(parts, [*parts[1:], None], strict=True):
        height = part.height(width)
        # A head does not stand alone at the end of a page.
        needed = height + following.height(width) if _is_head(part) and following else height
        if y + needed > end and page.placed:
            yield page
            page, y = _Page(), paper.margin
            if isinstance(part, Space):
                continue
            if isinstance(part, Row) and part.head:
                page.placed.append((part.head, y))
                y += part.head.height(width)
        if isinstance(part, Keep) and part.at_foot:
            y = max(y, end - height)
        page.placed.append((part, y))
        y += height
    yield page


def _is_head(part: Block) -> bool:
    return isinstance(part, Row) and part.is_head


def _parts(blocks: Sequence[Block]) -> Iterator[Block]:
    for block in blocks:
        if isinstance(block, Table):
            yield from block.parts()
        elif isinstance(block, Stack):
            yield from _parts(block.blocks)
        else:
            yield block


def _draw_foot(pen: Pen, composition: Composition, paper: Paper, number: int, count: int) -> None:
    y = (paper.height or 0.0) - paper.margin - _FOOT_SIZE
    word, of = composition.page_words
    page = f"{word} {number} {of} {count}"
    copy = f"{composition.copy_word} {composition.copy_number} · " if composition.copy_number else ""
    room = paper.content_width - fonts.width_of(copy + page, _FOOT_SIZE) - 12
    foot = fonts.wrapped(composition.foot, _FOOT_SIZE, room)[0] if composition.foot else ""
    pen.line(paper.margin, paper.width - paper.margin, y - 5, weight=0.4)
    pen.text(paper.margin, y, foot, _FOOT_SIZE, colour=pen.colours.muted)
    pen.text(paper.width - paper.margin, y, copy + page, _FOOT_SIZE, colour=pen.colours.muted, align="right")

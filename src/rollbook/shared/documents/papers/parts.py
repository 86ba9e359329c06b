"""Parts that several layouts have: the head of a paper, amounts, the way to verify it."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from rollbook.core.web.brand import accent_of
from rollbook.shared.documents.papers import fonts
from rollbook.shared.documents.papers.blocks import Block, Code, Keep, Rule, Side, Space, Stack, Text
from rollbook.shared.documents.papers.data import Institution, Pair, PaperData
from rollbook.shared.documents.papers.pen import Align, Pen
from rollbook.shared.documents.papers.sizes import Paper

MINUS = "\N{MINUS SIGN}"


class Writer:
    """Writes words and amounts of one paper."""

    def __init__(self, data: PaperData) -> None:
        self._words = data.get("words", {})
        separators = data.get("separators", {})
        self._group = separators.get("group", ",")
        self._decimal = separators.get("decimal", ".")

    def word(self, english: str) -> str:
        """A label in the language of the paper."""
        return self._words.get(english, english)

    def amount(self, text: str) -> str:
        """A decimal string with separators; anything else stays as it is."""
        sign, bare = (MINUS, text[1:]) if text[:1] in {"-", MINUS} else ("", text)
        whole, point, fraction = bare.partition(".")
        if not (whole.isdigit() and (fraction.isdigit() or not point)):
            return text
        grouped = f"{int(whole):,}".replace(",", self._group)
        return f"{sign}{grouped}{self._decimal}{fraction}" if point else f"{sign}{grouped}"


def pairs(lines: Sequence[Pair]) -> list[tuple[str, str]]:
    """Labels with what they say, as they come out of JSON."""
    return [(line[0], line[1]) for line in lines]


def accent(data: PaperData) -> str:
    """The institution's colour, dark enough to be read on paper."""
    return accent_of(data.get("institution", {}).get("accent", "")).on_light


class Logo:
    """The institution's sign."""

    def __init__(self, content: bytes, size: float) -> None:
        self._content = content
        self._size = size

    def height(self, width: float) -> float:
        return self._size

    def draw(self, pen: Pen, x: float, y: float, width: float) -> None:
        pen.picture(x, y, self._size, self._size, self._content, fit=True)


def head(
    data: PaperData, paper: Paper, *, right: Sequence[Text], logo: bytes | None = None, brief: bool = False
) -> list[Block]:
    """The institution on the left, what the paper is on the right; only its name when `brief`."""
    institution = data.get("institution", {})
    size = paper.text_size
    needed = max(fonts.width_of(text.text, text.size, bold=text.bold) for text in right) + 1
    needed = min(needed, paper.content_width * 0.5)
    sign = size * (3.2 if brief else 4.4)
    room = paper.content_width - needed - 12 - (sign + 10 if logo else 0)
    details = [] if brief else [_broken_at_dots(line, size * 0.86, room) for line in _lines(institution)]
    name = Stack(
        [
            Text(institution.get("name", ""), size * (1.25 if brief else 1.5), bold=True, leading=1.22),
            *[Text(line, size * 0.86, muted=True, leading=1.3) for line in details],
        ]
    )
    left: Block = Side([Logo(logo, sign), name], widths=(sign, 0), gap=10, centred=brief) if logo else name
    return [
        Side([left, Stack(right)], widths=(0, needed), gap=12, centred=brief),
        Rule(weight=1.6, accented=True, around=size * 0.8),
    ]


def roll_head(data: PaperData, paper: Paper) -> list[Block]:
    """The institution in the middle of a roll."""
    institution = data.get("institution", {})
    size = paper.text_size
    return [
        Text(institution.get("name", ""), size * 1.32, bold=True, align="center", leading=1.25),
        *[Text(line, size * 0.9, align="center", leading=1.28) for line in _lines(institution)],
        Rule(dashed=True, around=size * 0.6, weight=0.8),
    ]


def _broken_at_dots(line: str, size: float, room: float) -> str:
    """A line that does not fit is broken where its parts end, not inside a telephone number."""
    return line if fonts.width_of(line, size) <= room else line.replace(" · ", "\n")


def _lines(institution: Institution) -> list[str]:
    parts = (institution.get("address"), institution.get("contact"), institution.get("registration"))
    return [part for part in parts if part]


def verification(data: PaperData, paper: Paper) -> list[Block]:
    """How whoever holds the paper can see that it is genuine."""
    url, code = data.get("verify_url", ""), data.get("verify_code", "")
    if not url:
        return []
    writer = Writer(data)
    size = paper.text_size
    place = urlsplit(url).netloc + "/verify/"
    if paper.is_roll:
        words = [(code, size * 1.25, True), (writer.word("Check this paper by its code at"), size * 0.88, False),
                 (place, size * 0.88, False)]  # fmt: skip
        return [Space(10), Code(url, paper.content_width * 0.42, words, below=True)]
    words = [
        (writer.word("Is this paper genuine?"), size * 0.95, True),
        (f"{writer.word('Scan the code, or enter it at')} {place}", size * 0.86, False),
        (code, size * 1.2, True),
    ]
    return [Code(url, size * 7.2, words, gap=12)]


def notes(data: PaperData, paper: Paper) -> list[Block]:
    """What stands in small letters."""
    align: Align = "center" if paper.is_roll else "left"
    lines = [Text(note, paper.text_size * 0.86, muted=True, align=align, leading=1.3) for note in data.get("notes", ())]
    return [Space(5), *lines] if lines else []


def foot_of(blocks: Sequence[Block]) -> Block:
    """Blocks that stand together at the foot of the sheet."""
    return Keep(blocks, at_foot=True)

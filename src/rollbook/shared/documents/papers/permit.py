"""The permit on A6: a face, a name, what it admits to, and a code that is checked in two seconds."""

from rollbook.shared.documents.papers import parts
from rollbook.shared.documents.papers.blocks import Block, Code, Facts, Panel, Photo, Side, Space, Stack, Text
from rollbook.shared.documents.papers.compose import Composition
from rollbook.shared.documents.papers.data import PermitData
from rollbook.shared.documents.papers.parts import Writer
from rollbook.shared.documents.papers.sizes import A6, Paper


def permit(
    data: PermitData,
    *,
    paper: Paper = A6,
    copy_number: int | None = None,
    logo: bytes | None = None,
    photo: bytes | None = None,
) -> Composition:
    """What is shown at a door. Nothing of money is on it."""
    writer = Writer(data)
    size = paper.text_size
    title = [Text(data.get("title", ""), size * 1.15, bold=True, align="right", colour=parts.accent(data))]
    photo_width = paper.content_width * 0.33
    holder = Stack(
        [
            Text(data.get("holder", ""), size * 1.45, bold=True, leading=1.2, most_lines=3),
            Text(data.get("holder_number", ""), size, muted=True),
            Space(5),
            Facts(parts.pairs(data.get("facts", ())), size * 0.95, columns=1),
        ]
    )
    admits = Stack(
        [
            Text(writer.word("Admitted to"), size * 0.86, muted=True, leading=1.2),
            Text(data.get("admits_to", ""), size * 1.8, bold=True, leading=1.2, most_lines=2),
            Space(2),
            Text(data.get("valid", ""), size, leading=1.25),
        ]
    )
    code_words = [
        (data.get("code", ""), size * 1.22, True),
        (writer.word("Scan to check. Show it with your ID."), size * 0.86, False),
    ]
    blocks: list[Block] = [
        *parts.head(data, paper, right=title, logo=logo, brief=True),
        Side(
            [Photo(photo, photo_width, photo_width * 1.25, missing=writer.word("No photo")), holder],
            widths=(photo_width, 0),
            gap=11,
        ),
        Space(8),
        Panel(admits, padding=9, framed=True, accented=True),
        *parts.notes(data, paper),
        parts.foot_of([Code(data.get("verify_url", ""), size * 9.6, code_words, gap=12)]),
    ]
    return Composition(
        title=f"{data.get('title', '')} {data.get('code', '')}",
        author=data.get("institution", {}).get("name", ""),
        blocks=blocks,
        foot=data.get("institution", {}).get("name", ""),
        accent=parts.accent(data),
        copy_number=copy_number,
        void_mark=data.get("void_mark", ""),
        page_words=(writer.word("Page"), writer.word("of")),
        copy_word=writer.word("COPY"),
    )

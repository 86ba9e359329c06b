"""The report of a cashier's shift, on A4 and on a roll: X while it goes on, Z when it is closed."""

from rollbook.shared.documents.papers import parts
from rollbook.shared.documents.papers.blocks import (
    Block,
    Column,
    Facts,
    Panel,
    Rule,
    Side,
    Signatures,
    Space,
    Stack,
    Sum,
    Table,
    Text,
)
from rollbook.shared.documents.papers.compose import Composition
from rollbook.shared.documents.papers.data import Pair, ShiftReportData, ShiftSection
from rollbook.shared.documents.papers.parts import Writer
from rollbook.shared.documents.papers.sizes import A4, Paper


def shift_report(
    data: ShiftReportData, *, paper: Paper = A4, copy_number: int | None = None, logo: bytes | None = None
) -> Composition:
    """What came in, by method; what should be in the drawer, what was counted, and the difference."""
    writer = Writer(data)
    blocks = _roll(data, paper, writer) if paper.is_roll else _sheet(data, paper, writer, logo)
    return Composition(
        title=f"{data.get('title', '')} {data.get('number', '')}".strip(),
        author=data.get("institution", {}).get("name", ""),
        blocks=blocks,
        foot=f"{data.get('title', '')} {data.get('number', '')} · {data.get('printed', '')}",
        accent=parts.accent(data),
        copy_number=copy_number,
        void_mark=data.get("void_mark", ""),
        page_words=(writer.word("Page"), writer.word("of")),
        copy_word=writer.word("COPY"),
    )


def _sheet(data: ShiftReportData, paper: Paper, writer: Writer, logo: bytes | None) -> list[Block]:
    size = paper.text_size
    title = [
        Text(data.get("title", ""), size * 1.3, bold=True, align="right", colour=parts.accent(data)),
        Text(data.get("number", ""), size * 1.1, bold=True, align="right"),
        Text(data.get("printed", ""), size * 0.9, align="right", muted=True),
    ]
    sections = [_section(section, data, size, writer) for section in data.get("sections", ())]
    return [
        *parts.head(data, paper, right=title, logo=logo),
        Facts(parts.pairs(data.get("facts", ())), size, columns=4),
        Space(8),
        *[block for section in sections for block in section],
        *_counted(data, size, writer),
        _result(data, size, writer),
        *parts.notes(data, paper),
        parts.foot_of([Signatures(list(data.get("signatures", ())), size * 0.86)])
        if data.get("signatures")
        else Space(0),
    ]


def _section(section: ShiftSection, data: ShiftReportData, size: float, writer: Writer) -> list[Block]:
    rows = [_cells(line, writer) for line in section.get("lines", ())]
    total = [_cells(section["total"], writer)] if section.get("total") else []
    table = Table(columns=_columns(data, writer), rows=rows, totals=total, size=size)
    return [Text(section.get("title", ""), size * 1.12, bold=True), table, Space(12)]


def _columns(data: ShiftReportData, writer: Writer) -> list[Column]:
    return [
        Column(""),
        Column(writer.word("Count"), align="right", sample="99,999"),
        Column(data.get("currency", ""), align="right", sample="9,999,999,999.99"),
    ]


def _cells(line: Pair, writer: Writer) -> tuple[str, str, str]:
    """(label, amount) or (label, count, amount)."""
    label, *middle, amount = line
    return label, writer.amount(middle[0]) if middle else "", writer.amount(amount)


def _counted(data: ShiftReportData, size: float, writer: Writer) -> list[Block]:
    rows = list(data.get("denominations", ()))
    if not rows:
        return []
    half = (len(rows) + 1) // 2
    columns = (
        Column(writer.word("Note or coin"), align="right"),
        Column(writer.word("Pieces"), align="right"),
        Column(data.get("currency", ""), align="right", share=1.6),
    )
    tables: list[Block] = [
        Table(
            columns=columns,
            rows=[tuple(writer.amount(cell) for cell in row) for row in part],
            size=size * 0.95,
            padding=2.4,
        )
        for part in (rows[:half], rows[half:])
        if part
    ]
    return [Text(writer.word("Counted cash"), size * 1.12, bold=True), Space(2), Side(tables, gap=28), Space(12)]


def _result(data: ShiftReportData, size: float, writer: Writer) -> Block:
    lines = list(data.get("result", ()))
    if not lines:
        return Space(0)
    currency = data.get("currency", "")
    plain = [Sum(label, writer.amount(amount), size * 1.05, big=False) for label, amount in lines[:-1]]
    label, amount = lines[-1]
    last = Sum(label, f"{currency} {writer.amount(amount)}", size * 1.15)
    return Panel(Stack([*plain, Rule(around=3), last]), padding=10)


def _roll(data: ShiftReportData, paper: Paper, writer: Writer) -> list[Block]:
    size = paper.text_size
    blocks: list[Block] = [
        *parts.roll_head(data, paper),
        Text(data.get("title", ""), size * 1.35, bold=True, align="center"),
        Text(data.get("number", ""), size * 1.1, bold=True, align="center"),
        Text(data.get("printed", ""), size * 0.92, align="center"),
        Space(5),
        Facts(parts.pairs(data.get("facts", ())), size, columns=1, inline=True),
    ]
    for section in data.get("sections", ()):
        blocks += [Rule(dashed=True, weight=0.8, around=5), Text(section.get("title", ""), size * 1.05, bold=True)]
        blocks.append(_roll_table([_cells(line, writer) for line in section.get("lines", ())], size, data))
        if section.get("total"):
            label, _, amount = _cells(section["total"], writer)
            blocks += [Rule(weight=0.7, around=2), Sum(label, amount, size * 1.05, big=False)]
    if data.get("denominations"):
        blocks += [Rule(dashed=True, weight=0.8, around=5), Text(writer.word("Counted cash"), size * 1.05, bold=True)]
        rows = [(f"{writer.amount(piece)} ×", writer.amount(count), writer.amount(amount))
                for piece, count, amount in data["denominations"]]  # fmt: skip
        blocks.append(_roll_table(rows, size, data))
    if data.get("result"):
        *first, (label, amount) = parts.pairs(data["result"])
        blocks.append(Rule(weight=0.9, around=5))
        blocks += [Sum(each, writer.amount(figure), size * 1.05, big=False) for each, figure in first]
        blocks.append(Sum(label, f"{data.get('currency', '')} {writer.amount(amount)}", size * 1.1))
    blocks += [*parts.notes(data, paper)]
    for label in data.get("signatures", ()):
        blocks.append(Signatures([label], size * 0.9, room=30))
    return [*blocks, Space(10)]


def _roll_table(rows: list[tuple[str, str, str]], size: float, data: ShiftReportData) -> Block:
    columns = (
        Column(""),
        Column("", align="right", sample="9,999"),
        Column(data.get("currency", ""), align="right", sample="9,999,999.99"),
    )
    return Table(columns=columns, rows=rows, size=size, padding=1.3, gap=6, ruled=False, is_roll=True, with_head=False)

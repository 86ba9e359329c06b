"""The statement of account on A4: what was charged, what was paid, what is owed."""

from rollbook.shared.documents.papers import parts
from rollbook.shared.documents.papers.blocks import Block, Column, Facts, Panel, Side, Space, Stack, Table, Text
from rollbook.shared.documents.papers.compose import Composition
from rollbook.shared.documents.papers.data import StatementData
from rollbook.shared.documents.papers.parts import Writer
from rollbook.shared.documents.papers.sizes import A4, Paper


def statement(
    data: StatementData, *, paper: Paper = A4, copy_number: int | None = None, logo: bytes | None = None
) -> Composition:
    """Every instalment and every movement, with the balance that follows from them."""
    writer = Writer(data)
    size = paper.text_size
    title = [
        Text(data.get("title", ""), size * 1.3, bold=True, align="right", colour=parts.accent(data)),
        Text(data.get("as_of", ""), size, align="right", muted=True),
        Text(data.get("number", ""), size, align="right", muted=True),
    ]
    blocks: list[Block] = [
        *parts.head(data, paper, right=title, logo=logo),
        Text(data.get("customer", ""), size * 1.5, bold=True, leading=1.25, most_lines=2),
        Text(data.get("customer_number", ""), size, muted=True),
        Space(8),
        Facts(parts.pairs(data.get("facts", ())), size, columns=4),
        Space(2),
        _summary(data, size, writer),
        Space(14),
        *_instalments(data, size, writer),
        *_movements(data, size, writer),
        *parts.notes(data, paper),
        parts.foot_of([Space(10), *parts.verification(data, paper)]),
    ]
    return Composition(
        title=f"{data.get('title', '')} · {data.get('customer', '')}",
        author=data.get("institution", {}).get("name", ""),
        blocks=blocks,
        foot=" · ".join(
            (data.get("customer_number", ""), data.get("as_of", ""), data.get("institution", {}).get("name", ""))
        ),
        accent=parts.accent(data),
        copy_number=copy_number,
        void_mark=data.get("void_mark", ""),
        page_words=(writer.word("Page"), writer.word("of")),
        copy_word=writer.word("COPY"),
    )


def _summary(data: StatementData, size: float, writer: Writer) -> Block:
    figures = list(data.get("summary", ()))
    boxes: list[Block] = []
    for number, (label, amount) in enumerate(figures):
        is_last = number == len(figures) - 1
        words = Stack(
            [
                Text(label, size * 0.86, muted=True, leading=1.25),
                Text(writer.amount(amount), size * 1.5, bold=True, leading=1.3),
                Text(data.get("currency", ""), size * 0.8, muted=True, leading=1.1),
            ]
        )
        boxes.append(Panel(words, padding=8, framed=is_last, accented=is_last))
    return Side(boxes, gap=8) if boxes else Space(0)


def _instalments(data: StatementData, size: float, writer: Writer) -> list[Block]:
    rows = data.get("instalments", ())
    if not rows:
        return []
    money = "9,999,999.99"
    table = Table(
        columns=(
            Column(writer.word("Instalment"), share=1.3),
            Column(writer.word("Due on"), share=1.1),
            Column(writer.word("Due"), align="right", sample=money),
            Column(writer.word("Paid"), align="right", sample=money),
            Column(writer.word("Left"), align="right", sample=money),
            Column(writer.word("State"), share=0.9),
        ),
        rows=[
            (
                row.get("name", ""),
                row.get("due_on", ""),
                writer.amount(row.get("due", "")),
                writer.amount(row.get("paid", "")),
                writer.amount(row.get("left", "")),
                row.get("state", ""),
            )
            for row in rows
        ],
        size=size,
        gap=15,
    )
    return [Text(writer.word("Instalments"), size * 1.12, bold=True), Space(2), table, Space(14)]


def _movements(data: StatementData, size: float, writer: Writer) -> list[Block]:
    rows = data.get("movements", ())
    if not rows:
        return []
    money = "9,999,999.99"
    table = Table(
        columns=(
            Column(writer.word("Date"), sample="30 Sep 2031"),
            Column(writer.word("Reference"), sample="RCP-2031-000000"),
            Column(writer.word("What")),
            Column(writer.word("Charged"), align="right", sample=money),
            Column(writer.word("Paid"), align="right", sample=money),
            Column(writer.word("Balance"), align="right", sample=money),
        ),
        rows=[
            (
                row.get("date", ""),
                row.get("reference", ""),
                row.get("description", ""),
                writer.amount(row.get("charge", "")),
                writer.amount(row.get("payment", "")),
                writer.amount(row.get("balance", "")),
            )
            for row in rows
        ],
        size=size,
        gap=8,
    )
    return [Text(writer.word("What happened"), size * 1.12, bold=True), Space(2), table]

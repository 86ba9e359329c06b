"""The receipt, on A5 (or A4, Letter) and on a roll of 80 mm."""

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
from rollbook.shared.documents.papers.data import ReceiptData
from rollbook.shared.documents.papers.parts import Writer
from rollbook.shared.documents.papers.sizes import A5, Paper


def receipt(
    data: ReceiptData, *, paper: Paper = A5, copy_number: int | None = None, logo: bytes | None = None
) -> Composition:
    """Who paid how much for what. Reprints carry their number across the paper."""
    writer = Writer(data)
    blocks = _roll(data, paper, writer) if paper.is_roll else _sheet(data, paper, writer, logo)
    return Composition(
        title=f"{data.get('title', '')} {data.get('number', '')}".strip(),
        author=data.get("institution", {}).get("name", ""),
        blocks=blocks,
        foot=f"{data.get('number', '')} · {data.get('institution', {}).get('name', '')}",
        accent=parts.accent(data),
        copy_number=copy_number,
        void_mark=data.get("void_mark", ""),
        page_words=(writer.word("Page"), writer.word("of")),
        copy_word=writer.word("COPY"),
    )


def _sheet(data: ReceiptData, paper: Paper, writer: Writer, logo: bytes | None) -> list[Block]:
    size = paper.text_size
    currency = data.get("currency", "")
    title = [
        Text(data.get("title", ""), size * 1.1, bold=True, align="right", colour=parts.accent(data)),
        Text(data.get("number", ""), size * 1.5, bold=True, align="right", leading=1.25),
        Text(data.get("issued", ""), size * 0.92, align="right", muted=True),
    ]
    payer = Stack(
        [
            Text(writer.word("Received from"), size * 0.84, muted=True, leading=1.2),
            Text(data.get("received_from", ""), size * 1.35, bold=True, leading=1.25, most_lines=3),
            Text(data.get("customer_number", ""), size, muted=True),
        ]
    )
    lines = Table(
        columns=(
            Column(writer.word("For")),
            Column(f"{writer.word('Amount')} ({currency})", align="right", sample="9,999,999.99"),
        ),
        rows=[(label, writer.amount(amount)) for label, amount in data.get("lines", ())],
        size=size,
        padding=3.6,
    )
    total: list[Block] = [
        Sum(writer.word("Amount received"), f"{currency} {writer.amount(data.get('total', ''))}", size * 1.12)
    ]
    if data.get("in_words"):
        total.append(Text(data["in_words"], size * 0.92, muted=True))
    facts = parts.pairs(data.get("facts", ()))
    return [
        *parts.head(data, paper, right=title, logo=logo),
        Space(2),
        Side([payer, Facts(facts, size, columns=2)], widths=(paper.content_width * 0.46, 0), gap=14)
        if facts
        else payer,
        Space(8),
        lines,
        Space(9),
        Panel(Stack(total), padding=9),
        Space(10),
        Facts(_how(data, writer), size, columns=3),
        parts.foot_of(
            [
                *parts.notes(data, paper),
                Space(9),
                Side(
                    [
                        Stack(parts.verification(data, paper) or [Space(1)]),
                        Signatures([data.get("cashier") or writer.word("Cashier")], size * 0.86, room=size * 5.4),
                    ],
                    widths=(0, paper.content_width * 0.34),
                    gap=16,
                ),
            ]
        ),
    ]


def _how(data: ReceiptData, writer: Writer) -> list[tuple[str, str]]:
    pairs = [(writer.word("Paid by"), data.get("method", "")), (writer.word("Reference"), data.get("reference", ""))]
    pairs += [(label, writer.amount(amount)) for label, amount in data.get("after", ())]
    return [(label, value) for label, value in pairs if value]


def _roll(data: ReceiptData, paper: Paper, writer: Writer) -> list[Block]:
    size = paper.text_size
    facts = [
        (writer.word("Date"), data.get("issued", "")),
        (writer.word("Received from"), data.get("received_from", "")),
        (writer.word("Number"), data.get("customer_number", "")),
        *parts.pairs(data.get("facts", ())),
    ]
    lines = [(label, writer.amount(amount)) for label, amount in data.get("lines", ())]
    after = [*_how(data, writer), (writer.word("Cashier"), data.get("cashier", ""))]
    return [
        *parts.roll_head(data, paper),
        Text(data.get("title", ""), size * 1.1, bold=True, align="center"),
        Text(data.get("number", ""), size * 1.5, bold=True, align="center", leading=1.3),
        Space(4),
        Facts([(label, value) for label, value in facts if value], size, columns=1, inline=True),
        Rule(dashed=True, weight=0.8, around=5),
        Facts(lines, size, columns=1, inline=True),
        Rule(weight=0.9, around=4),
        Sum(writer.word("Received"), f"{data.get('currency', '')} {writer.amount(data.get('total', ''))}", size * 1.15),
        *([Text(data["in_words"], size * 0.92)] if data.get("in_words") else []),
        Rule(dashed=True, weight=0.8, around=5),
        Facts([(label, value) for label, value in after if value], size, columns=1, inline=True),
        *parts.verification(data, paper),
        *parts.notes(data, paper),
        Space(10),
    ]

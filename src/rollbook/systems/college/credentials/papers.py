"""How official papers are drawn, from what was frozen when they were released."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rollbook.shared.documents.kinds import Rendering
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.papers import parts
from rollbook.shared.documents.papers.blocks import (
    Block,
    Column,
    Facts,
    Keep,
    Signatures,
    Space,
    Table,
    Text,
)
from rollbook.shared.documents.papers.compose import Composition
from rollbook.shared.documents.papers.data import PaperData
from rollbook.shared.documents.verification import verification_url

#: The labels that the shared parts write, for whoever translates.
_LABELS = (
    gettext_noop("Is this paper genuine?"), gettext_noop("Scan the code, or enter it at"), gettext_noop("Page"),
    gettext_noop("of"), gettext_noop("COPY"),
)  # fmt: skip


def transcript(document: Document, rendering: Rendering) -> Composition:
    """The transcript: term by term, credits, averages, the legend of the scale."""
    says, size = document.snapshot, rendering.paper.text_size
    blocks: list[Block] = []
    for term in says["terms"]:
        blocks += _term(term, size, average_name=says["average_name"])
    if says["credits"]:
        blocks += _credits(says["credits"], size)
    summary = [(_("Units earned"), says["units_earned"]), (says["average_name"], says["average"])]
    legend = " · ".join(f"{symbol} {meaning}" for symbol, meaning in says["legend"])
    blocks += [
        Space(6), Facts(summary, size, columns=4, strong=True), Space(8),
        Text(_("Marks: %(legend)s") % {"legend": legend}, size * 0.82, muted=True, leading=1.35),
    ]  # fmt: skip
    return _paper(document, rendering, blocks)


def registration(document: Document, rendering: Rendering) -> Composition:
    """The subjects of a term."""
    size = rendering.paper.text_size
    return _paper(document, rendering, [block for term in document.snapshot["terms"] for block in _term(term, size)])


def grades(document: Document, rendering: Rendering) -> Composition:
    """The grades of a term."""
    says, size = document.snapshot, rendering.paper.text_size
    tables = [block for term in says["terms"] for block in _term(term, size, average_name=says["average_name"])]
    return _paper(document, rendering, tables)


def enrolment_certificate(document: Document, rendering: Rendering) -> Composition:
    """One sentence that an office elsewhere believes."""
    says = document.snapshot
    sentence = _(
        "This certifies that %(name)s, student number %(number)s, is enrolled in year %(year)s of %(programme)s for the"
        " %(kind)s of %(academic_year)s, from %(starts_on)s to %(ends_on)s."
    ) % {**says, "year": says["year_level"], "kind": says["kind"].lower()}
    return _certificate(document, rendering, sentence)


def dismissal(document: Document, rendering: Rendering) -> Composition:
    """That nothing stands against studying elsewhere."""
    says = document.snapshot
    sentence = _(
        "This certifies that %(name)s, student number %(number)s, of %(programme)s, leaves this institution with"
        " honourable dismissal and is free to go on elsewhere. The last term was %(last_term)s."
    ) % {**says, "last_term": says["last_term"] or "—"}
    return _certificate(document, rendering, sentence)


def _certificate(document: Document, rendering: Rendering, sentence: str) -> Composition:
    size = rendering.paper.text_size
    return _paper(document, rendering, [Space(20), Text(sentence, size * 1.25, leading=1.6), Space(20)])


def _paper(document: Document, rendering: Rendering, body: Sequence[Block]) -> Composition:
    says, paper = document.snapshot, rendering.paper
    size = paper.text_size
    data = PaperData(
        institution=says["institution"], words={label: _(label) for label in _LABELS},
        verify_url=verification_url(document.code), verify_code=document.code,
    )  # fmt: skip
    writer = parts.Writer(data)
    title = [
        Text(document.title, size * 1.3, bold=True, align="right", colour=parts.accent(data)),
        Text(document.number, size, align="right", muted=True),
        Text(says["released_on"], size, align="right", muted=True),
    ]
    facts = [
        (_("Student number"), says["number"]), (_("Programme"), says["programme"]), (_("For"), says["purpose"]),
        (_("Fingerprint"), document.sha256[:16]),
    ]  # fmt: skip
    blocks: list[Block] = [
        *parts.head(data, paper, right=title),
        Text(says["name"], size * 1.5, bold=True, leading=1.25, most_lines=2),
        Space(4),
        Facts(facts, size, columns=2),
        Space(10),
        *body,
        Keep([Space(16), Signatures([says["signed_by"]], size)]),
        parts.foot_of([Space(10), *parts.verification(data, paper)]),
    ]
    return Composition(
        title=f"{document.title} · {says['name']}", author=says["institution"]["name"], blocks=blocks,
        foot=f"{document.number} · {says['number']} · {says['institution']['name']}", accent=parts.accent(data),
        copy_number=rendering.copy_number, void_mark=rendering.void_mark,
        page_words=(writer.word("Page"), writer.word("of")), copy_word=writer.word("COPY"),
    )  # fmt: skip


def _term(term: Mapping[str, Any], size: float, *, average_name: str = "") -> list[Block]:
    columns = [Column(_("Code"), sample="MATH 101L"), Column(_("Subject"))]
    if average_name:
        columns.append(Column(_("Grade"), align="right", sample="CREDITED"))
    columns.append(Column(_("Units"), align="right", sample="Units"))
    rows = [
        [line["code"], line["title"], *([line["grade"]] if average_name else []), line["units"]]
        for line in term["lines"]
    ]  # fmt: skip
    total = ["", _("Together"), *([term["average"]] if average_name else []), term["units"]]
    heading = f"{term['kind']}, {term['academic_year']}"
    return [
        Text(heading, size * 1.08, bold=True), Space(2),
        Table(columns=columns, rows=rows, size=size, totals=[total]), Space(10),
    ]  # fmt: skip


def _credits(rows: Sequence[Mapping[str, Any]], size: float) -> list[Block]:
    table = Table(
        columns=[
            Column(_("Code"), sample="MATH 101L"), Column(_("Subject")), Column(_("Credited from"), share=1.2),
            Column(_("Units"), align="right", sample="Units"),
        ],
        rows=[
            [row["code"], row["title"], " · ".join(filter(None, (row["institution"], row["external"]))), row["units"]]
            for row in rows
        ],
        size=size,
    )  # fmt: skip
    return [Text(_("Credits from elsewhere"), size * 1.08, bold=True), Space(2), table, Space(10)]

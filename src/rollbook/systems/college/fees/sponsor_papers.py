"""The statement that a sponsor is sent: numbered, verifiable by anybody, drawn from what was frozen that day."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from rollbook.core.money import Money
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import formatting
from rollbook.shared.documents.kinds import DocumentKind, Rendering, register_kind
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.papers import parts
from rollbook.shared.documents.papers.blocks import Block, Column, Facts, Space, Sum, Table, Text
from rollbook.shared.documents.papers.compose import Composition
from rollbook.shared.documents.papers.data import PaperData
from rollbook.shared.documents.verification import verification_url
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.models import Sponsor
from rollbook.systems.college.fees.papers import frame

#: The labels that the shared parts write besides those of every paper of this room, for whoever translates.
_LABELS = (gettext_noop("Is this paper genuine?"), gettext_noop("Scan the code, or enter it at"))
_WIDEST = "99,999,999.99"


def says(sponsor: Sponsor, term: Term, rows: Sequence[Any], as_of: date) -> dict[str, Any]:
    """What the statement says: student by student the share, what was paid of it, and what is open."""
    organisation = organisation_in_scope()

    def written(minor: int) -> str:
        return Money(minor, organisation.currency).to_decimal_string()

    figures = ("share_minor", "paid_minor", "open_minor")
    return {
        "institution": {"name": organisation.name, "accent": organisation.accent},
        "sponsor": sponsor.name, "code": sponsor.code, "contact": sponsor.contact_name, "address": sponsor.address,
        "term": term.code, "as_of": as_of.isoformat(), "currency": organisation.currency,
        "lines": [
            {
                "number": row.student_number, "student": f"{row.family_name}, {row.given_name}".strip(", "),
                "letter": row.letter, **{name: written(getattr(row, name)) for name in figures},
            }
            for row in rows
        ],
        **{name: written(sum(getattr(row, name) for row in rows)) for name in figures},
    }  # fmt: skip


def draw(document: Document, rendering: Rendering) -> Composition:
    """The statement, as many pages as there are students."""
    told, paper = document.snapshot, rendering.paper
    size, day = paper.text_size, formatting.day_text(date.fromisoformat(told["as_of"]))
    base = frame()
    data = PaperData(
        institution=told["institution"], words={**base["words"], **{label: _(label) for label in _LABELS}},
        separators=base["separators"], verify_url=verification_url(document.code), verify_code=document.code,
    )  # fmt: skip
    writer = parts.Writer(data)
    title = [
        Text(_(document.title), size * 1.3, bold=True, align="right", colour=parts.accent(data)),
        Text(document.number, size, align="right", muted=True),
        Text(_("As of %(day)s") % {"day": day}, size, align="right", muted=True),
    ]
    facts = [(_("Term"), told["term"]), (_("Currency"), told["currency"]), (_("Fingerprint"), document.sha256[:16])]
    blocks: list[Block] = [
        *parts.head(data, paper, right=title),
        Text(told["sponsor"], size * 1.5, bold=True, leading=1.25, most_lines=2),
        *(Text(line, size, muted=True) for line in (told["contact"], told["address"]) if line),
        Space(8), Facts(facts, size, columns=3), Space(8),
        _students(told, writer, size),
        Space(8), Sum(_("Still open"), f"{told['currency']} {writer.amount(told['open_minor'])}", size),
        parts.foot_of([Space(10), *parts.verification(data, paper)]),
    ]  # fmt: skip
    house = told["institution"]["name"]
    return Composition(
        title=f"{_(document.title)} · {told['sponsor']}", author=house, blocks=blocks,
        foot=f"{document.number} · {told['code']} · {house}", accent=parts.accent(data),
        copy_number=rendering.copy_number, void_mark=rendering.void_mark,
        page_words=(writer.word("Page"), writer.word("of")), copy_word=writer.word("COPY"),
    )  # fmt: skip


def _students(told: dict[str, Any], writer: parts.Writer, size: float) -> Table:
    figures = ("share_minor", "paid_minor", "open_minor")
    money = [Column(label, align="right", sample=_WIDEST) for label in (_("Answers for"), _("Paid"), _("Open"))]
    return Table(
        columns=[Column(_("Number"), sample="260001234"), Column(_("Student")), Column(_("Letter"), share=0.5), *money],
        rows=[
            [line["number"], line["student"], line["letter"], *(writer.amount(line[name]) for name in figures)]
            for line in told["lines"]
        ],
        totals=[["", _("Together"), "", *(writer.amount(told[name]) for name in figures)]],
        size=size,
    )  # fmt: skip


STATEMENT = register_kind(
    DocumentKind(
        key="college.sponsor_statement", title=gettext_noop("Statement of a sponsor"),
        papers={"A4": draw, "LETTER": draw}, series="sponsor_statement:{year}",
        number_template="SPS-{year}-{seq:06d}", code_prefix="SPS", issue_permission=permissions.MANAGE_SPONSORS,
        view_permission=permissions.SEE_SPONSORS, revoke_permission=permissions.MANAGE_SPONSORS,
        # It names students and what is paid for them, so every reading is written down.
        is_confidential=True,
        public_facts=lambda document: [(_("Sponsor"), document.snapshot["sponsor"])],
    )
)  # fmt: skip

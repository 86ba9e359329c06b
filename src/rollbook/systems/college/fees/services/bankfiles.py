"""Bank files of students' payments: reading the file, and settling what could not be matched."""

import csv
import hashlib
import io
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing import errors as billing_errors
from rollbook.shared.billing.models import BankFileRow
from rollbook.shared.billing.services.bankfiles import (
    FileOutcome,
    IncomingRow,
    Reason,
    Target,
    dismiss_row,
    import_bank_file,
    resolve_row,
)  # fmt: skip
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import FileUnreadable
from rollbook.systems.college.fees.selectors import plan_to_pay, plans_by_number
from rollbook.systems.college.fees.services.following import follow, follow_in_bulk
from rollbook.systems.college.fees.services.payments import SERIES

COLUMNS = ["reference", "student_number", "amount", "method", "paid_at"]
LARGEST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 200_000


def import_payments(actor: Actor, *, name: str, content: bytes) -> FileOutcome:
    """Credit a bank file: every good row exactly once, every other one to the unmatched queue with its reason.

    Columns: reference, student_number, amount, method, paid_at (ISO 8601; local time unless it says otherwise).
    """
    actor.require(permissions.IMPORT_PAYMENTS)
    return import_bank_file(
        actor,
        name=name,
        sha256=hashlib.sha256(content).hexdigest(),
        rows=read_rows(content),
        find_targets=find_targets,
        on_landed=follow_in_bulk(actor),
        series=SERIES,
    )


def read_rows(content: bytes) -> list[IncomingRow]:
    """Read a CSV in UTF-8 or UTF-16; a row of the wrong shape is kept with its fault, never dropped."""
    if len(content) > LARGEST_BYTES:
        raise FileUnreadable(problem=_("The file is larger than 20 MB. Split it and import the parts."))
    reader = csv.reader(io.StringIO(_decoded(content), newline=""))
    header = [name.strip().lower() for name in next(reader, [])]
    if header != COLUMNS:
        raise FileUnreadable(
            problem=_("The first line must name the columns: %(choices)s.") % {"choices": ", ".join(COLUMNS)}
        )
    rows: list[IncomingRow] = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        rows.append(_row(reader.line_num, cells))
        if len(rows) > MOST_ROWS:
            raise FileUnreadable(
                problem=_("The file has more than %(most)s rows. Split it and import the parts.")
                % {"most": f"{MOST_ROWS:,}"}
            )
    return rows


def _decoded(content: bytes) -> str:
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise FileUnreadable(problem=_("The file is not text in UTF-8 or UTF-16. Export it again as CSV.")) from error


def _row(line: int, cells: list[str]) -> IncomingRow:
    values = [cell.strip().replace("\x00", "") for cell in cells]
    fault = (
        ""
        if len(values) == len(COLUMNS)
        else _("The row has %(found)s columns, not %(wanted)s.") % {"found": len(values), "wanted": len(COLUMNS)}
    )
    reference, number, amount, method, paid_at = [*values, "", "", "", "", ""][:5]
    return IncomingRow(line, reference, number, amount, method.upper(), paid_at, fault)


def find_targets(numbers: set[str]) -> dict[str, Target | str]:
    """From student numbers to the one open plan, or to the reason why there is none."""
    found: dict[str, Target | str] = {}
    for number, plans in plans_by_number(sorted(numbers)).items():
        if len(plans) == 1:
            found[number] = Target(plans[0].account_id, plans[0].invoice_id, plans[0].receipt_facts())
        else:
            found[number] = Reason.AMBIGUOUS if plans else Reason.NO_OPEN_INVOICE
    return found


def resolve_unmatched(
    actor: Actor, *, row_id: UUID, student_id: UUID, term_enrolment_id: UUID | None = None
) -> BankFileRow:
    """Credit a waiting row to the student that somebody recognised."""
    actor.require(permissions.IMPORT_PAYMENTS)
    plan = plan_to_pay(student_id, term_enrolment_id)
    target = Target(plan.account_id, plan.invoice_id, plan.receipt_facts())
    return resolve_row(
        actor, row_id=row_id, target=target, series=SERIES,
        on_landed=follow(actor, term_enrolment_id=plan.term_enrolment_id),
    )  # fmt: skip


def dismiss_unmatched(actor: Actor, *, row_id: UUID, reason: str) -> BankFileRow:
    """Close a waiting row that is no payment of ours, with the reason."""
    actor.require(permissions.IMPORT_PAYMENTS)
    if len(reason.strip()) < 10:
        raise billing_errors.ReasonTooShort(least=10)
    return dismiss_row(actor, row_id=row_id, reason=reason.strip())

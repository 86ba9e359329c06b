"""Bank files: handed in, credited in the background, and the rows that somebody has to settle."""

import hashlib
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.shared.billing.models import BankFile, BankFileRow
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.selectors import readable_file
from rollbook.shared.files.services import store_upload
from rollbook.systems.college.fees import permissions, selectors
from rollbook.systems.college.fees.buckets import BANK_FILES
from rollbook.systems.college.fees.forms import BankFileForm, ResolveForm
from rollbook.systems.college.fees.jobs import import_bank_file
from rollbook.systems.college.fees.pages.acting import act_once
from rollbook.systems.college.fees.reads import queues
from rollbook.systems.college.fees.services import bankfiles as services
from rollbook.systems.college.fees.tables import BankFileTable, UnmatchedTable
from rollbook.systems.college.fees.words import ROW_STATES
from rollbook.systems.college.forms import ReasonForm

MOST_FOUND = 20


@page(permission=permissions.IMPORT_PAYMENTS)
def bank_files(request: PageRequest) -> HttpResponse:
    """Every bank file, and the way to hand in the next."""
    table = BankFileTable(request, queues.bank_files(request.actor).values(*BankFileTable.fields()))
    context = {"form": BankFileForm(), "waiting_count": queues.waiting_counts(request.actor)["rows"]}
    return table.respond("college/fees/bank_files.html", context)


@require_POST
@page(permission=permissions.IMPORT_PAYMENTS)
def upload(request: PageRequest) -> HttpResponse:
    """Take a bank file: it is looked at now and credited in the background."""
    form = BankFileForm.of(request)
    if form.is_submitted_and_valid():
        file = form.cleaned_data["file"]
        content = file.read()
        try:
            services.read_rows(content)

            def act() -> dict[str, Any]:
                stored = store_upload(request.actor, bucket=BANK_FILES, content=content, name=file.name)
                import_bank_file.defer(organisation_id=request.actor.organisation_id, file_id=stored.id)
                return {"file_id": str(stored.id)}

            kept = act_once(
                request, "college.fees.bank_file", {"sha256": hashlib.sha256(content).hexdigest()}, act, form=form
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:bank_upload", kept["file_id"])
    return render(request, "college/fees/upload_bank_file.html", {"form": form}, status=form.status)


@page(permission=permissions.IMPORT_PAYMENTS)
def bank_upload(request: PageRequest, file_id: UUID) -> HttpResponse:
    """How far the crediting of an uploaded file has come."""
    stored = readable_file(request.actor, file_id)
    file = queues.bank_files(request.actor).filter(sha256=stored.sha256).first()
    return _file_page(request, file, stored)


@page(permission=permissions.IMPORT_PAYMENTS)
def bank_file(request: PageRequest, file_id: UUID) -> HttpResponse:
    """What became of one bank file."""
    file = queues.get_bank_file(request.actor, file_id)
    return _file_page(request, file, None)


def _file_page(request: PageRequest, file: BankFile | None, stored: StoredFile | None) -> HttpResponse:
    context = {"file": file, "stored": stored, "progress": queues.progress_of(file), "here": request.path}
    return render(
        request, "college/fees/bank_file.html", context, fragment="college/fees/parts/bank_file_progress.html"
    )


@page(permission=permissions.IMPORT_PAYMENTS)
def unmatched(request: PageRequest) -> HttpResponse:
    """Rows that could not be credited; those that wait come first."""
    rows = queues.unmatched_rows(request.actor)
    table = UnmatchedTable(request, rows.values(*UnmatchedTable.fields()))
    return table.respond("college/fees/unmatched.html", {"waiting": queues.waiting_counts(request.actor)["rows"]})


@page(permission=permissions.IMPORT_PAYMENTS)
def unmatched_row(request: PageRequest, row_id: UUID) -> HttpResponse:
    """One row: what it says, why it waits, and the search for its student."""
    return _row_page(request, queues.get_unmatched_row(request.actor, row_id))


def _row_page(request: PageRequest, row: BankFileRow, **more: Any) -> HttpResponse:
    text = " ".join(request.GET.get("find", "")[:100].split()) or row.content.get("customer_number", "")
    is_waiting = row.state == BankFileRow.State.UNMATCHED
    may_credit = is_waiting and row.reason != BankFileRow.Reason.MALFORMED
    found = selectors.find_students(request.actor, text, MOST_FOUND) if may_credit and len(text) > 1 else []
    context = {
        "row": row,
        "state": ROW_STATES[row.state],
        "reason": row.get_reason_display(),
        "is_waiting": is_waiting,
        "may_credit": may_credit,
        "students": found,
        **more,
    }
    return render(request, "college/fees/unmatched_row.html", context, status=more.get("status", 200))


@require_POST
@page(permission=permissions.IMPORT_PAYMENTS)
def find_for_row(request: PageRequest, row_id: UUID) -> HttpResponse:
    """Students whose name or number was typed; what is typed never stands in an address."""
    row = queues.get_unmatched_row(request.actor, row_id)
    text = " ".join(request.POST.get("text", "")[:100].split())
    found = selectors.find_students(request.actor, text, MOST_FOUND) if len(text) > 1 else []
    context = {"row": row, "students": found, "text": text}
    if not request.headers.get("HX-Request"):
        return _row_page(request, row, students=found, text=text)
    return render(request, "college/fees/parts/row_students.html", context)


@page(permission=permissions.IMPORT_PAYMENTS)
def resolve(request: PageRequest, row_id: UUID, student_id: UUID) -> HttpResponse:
    """Credit a row to the student that somebody recognised, in the term they choose."""
    row = queues.get_unmatched_row(request.actor, row_id)
    identity, plans = selectors.identity_and_plans(student_id)
    terms = [(str(plan.term_enrolment_id), plan.term_code) for plan in plans if plan.takes_money]
    form = ResolveForm.of(request, terms=terms)
    if form.is_submitted_and_valid():
        enrolment_id = UUID(form.cleaned_data["term_enrolment_id"])

        def act() -> dict[str, Any]:
            settled = services.resolve_unmatched(
                request.actor, row_id=row_id, student_id=student_id, term_enrolment_id=enrolment_id
            )
            return {"payment_id": str(settled.payment_id)}

        body = {"row_id": row_id, "student_id": student_id, "enrolment_id": enrolment_id}
        try:
            act_once(request, "college.fees.resolve", body, act, form=form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:unmatched", message=_("Credited to %(name)s.") % {"name": identity.student_name})
    context = {"row": row, "identity": identity, "terms": terms, "form": form}
    return render(request, "college/fees/resolve_row.html", context, status=form.status)


@require_POST
@page(permission=permissions.IMPORT_PAYMENTS)
def dismiss(request: PageRequest, row_id: UUID) -> HttpResponse:
    """Close a row that is no payment of ours, with the reason."""
    form = ReasonForm.of(request)
    row = queues.get_unmatched_row(request.actor, row_id)
    if not form.is_submitted_and_valid():
        return _row_page(request, row, form=form, status=422)
    reason = form.cleaned_data["reason"]

    def act() -> dict[str, Any]:
        closed = services.dismiss_unmatched(request.actor, row_id=row_id, reason=reason)
        return {"row_id": str(closed.id)}

    act_once(request, "college.fees.dismiss", {"row_id": row_id, "reason": reason}, act, form=form)
    return done(request, "fees:unmatched", message=_("Dismissed, with your reason."))

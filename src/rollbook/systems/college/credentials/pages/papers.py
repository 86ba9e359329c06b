"""Official papers on the screen: the log of releases, those of one student, one's own."""

from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.identity.models import Membership
from rollbook.core.permissions.actor import Actor
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.verification import verification_url
from rollbook.shared.documents.words import PAPER_STATES
from rollbook.shared.files.answers import file_response
from rollbook.shared.files.buckets import PDF
from rollbook.systems.college.credentials import permissions, selectors
from rollbook.systems.college.credentials.forms import ReleaseForm
from rollbook.systems.college.credentials.kinds import KEYS
from rollbook.systems.college.credentials.services import releasing
from rollbook.systems.college.credentials.tables import ReleaseTable
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.forms import ReasonForm
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.pages.students import frame
from rollbook.systems.college.records.selectors import get_student


@page(permission=permissions.RELEASE_PAPERS)
def releases(request: PageRequest) -> HttpResponse:
    """The log: one's own releases, or all for the head registrar."""
    student = Student.objects.filter(id=OuterRef("subject_id")).values("student_number")
    by = Membership.objects.filter(user_id=OuterRef("issued_by")).values("name")
    rows = selectors.releases(request.actor).annotate(student=Subquery(student[:1]), released_by=Subquery(by[:1]))
    return ReleaseTable(request, rows.values(*ReleaseTable.fields())).respond("college/credentials/releases.html")


@page(permission=permissions.RELEASE_PAPERS)
def of_student(request: PageRequest, student_id: UUID) -> HttpResponse:
    """Papers of one student, and releasing another."""
    found = get_student(request.actor, student_id)
    form = ReleaseForm.of(
        request, terms=_terms(found), may_pass_hold=request.actor.may(permissions.RELEASE_DESPITE_HOLD)
    )
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data
        term_id = UUID(cleaned["term_enrolment_id"]) if cleaned["term_enrolment_id"] else None
        try:
            made = releasing.release(
                request.actor, student_id=found.id, paper=cleaned["paper"], purpose=cleaned["purpose"],
                copies=cleaned["copies"], term_enrolment_id=term_id, despite_hold=cleaned.get("despite_hold", ""),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            message = _("Released as %(number)s.") % {"number": made.number}
            return done(request, "credentials:paper", made.id, message=message)
    rows = selectors.releases(request.actor).filter(subject_id=found.id).order_by("-issued_at", "-id")
    context = {**frame(request, found, "papers"), "form": form, "papers": _shown(rows)}
    return render(request, "college/credentials/of_student.html", context, status=form.status)


@page(permission=permissions.RELEASE_PAPERS)
def paper(request: PageRequest, document_id: UUID) -> HttpResponse:
    """One released paper: what it is, its state, printing, withdrawing and replacing it."""
    return _paper(request, document_id, ReasonForm.of(request))


def _paper(request: PageRequest, document_id: UUID, form: ReasonForm) -> HttpResponse:
    found = selectors.get_paper(request.actor, document_id)
    is_in_force = found.state == Document.State.ISSUED
    context = {
        "paper": found,
        "title": KEYS[found.kind].label,
        "state": PAPER_STATES[found.state],
        "is_in_force": is_in_force,
        "verify_url": verification_url(found.code),
        "may_change": is_in_force and _may_change(request.actor, found),
        "form": form,
    }
    return render(request, "college/credentials/paper.html", context, status=form.status)


@require_POST
@page(permission=permissions.RELEASE_PAPERS)
def change(request: PageRequest, document_id: UUID) -> HttpResponse:
    """Withdraw or replace a paper, for a reason."""
    form = ReasonForm.of(request)
    if form.is_submitted_and_valid():
        reason = form.cleaned_data["reason"]
        try:
            if request.POST.get("act") == "reissue":
                new = releasing.reissue(request.actor, document_id=document_id, reason=reason)
                message = _("Replaced by %(number)s.") % {"number": new.number}
                return done(request, "credentials:paper", new.id, message=message)
            releasing.revoke(request.actor, document_id=document_id, reason=reason)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "credentials:paper", document_id, message=_("Revoked."))
    return _paper(request, document_id, form)


@require_POST
@page(permission=permissions.RELEASE_PAPERS)
def print_paper(request: PageRequest, document_id: UUID) -> HttpResponse:
    """The paper for the printer."""
    return _file(request.actor, document_id)


@page(permission=permissions.VIEW_OWN_PAPERS)
def own(request: PageRequest) -> HttpResponse:
    """One's own released papers."""
    rows = selectors.releases(request.actor).order_by("-issued_at", "-id")
    return render(request, "college/credentials/own.html", {"papers": _shown(rows)})


@require_POST
@page(permission=permissions.VIEW_OWN_PAPERS)
def download_own(request: PageRequest, document_id: UUID) -> HttpResponse:
    """One of one's own papers."""
    return _file(request.actor, document_id)


def _file(actor: Actor, document_id: UUID) -> HttpResponse:
    found, content = releasing.open_paper(actor, document_id=document_id)
    return file_response(content, content_type=PDF, name=f"{found.number}.pdf", is_shown=True)


def _shown(rows: Any) -> list[dict[str, Any]]:
    return [
        {"paper": row, "title": KEYS[row.kind].label, "state": PAPER_STATES[row.state],
         "is_in_force": row.state == Document.State.ISSUED}
        for row in rows
    ]  # fmt: skip


def _terms(found: Student) -> list[tuple[str, str]]:
    rows = TermEnrolment.objects.filter(student=found).exclude(state=TermEnrolment.State.CANCELLED)
    return [(str(row_id), code) for row_id, code in rows.order_by("-term__starts_on").values_list("id", "term__code")]


def _may_change(actor: Actor, found: Document) -> bool:
    return actor.may(permissions.REVOKE_PAPERS) or (
        found.issued_by == actor.user_id and actor.may(permissions.REVOKE_OWN_RELEASES)
    )

"""Credits from elsewhere: the requests, those of one student, theirs beside ours, deciding and revoking."""

from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Invalid, Refusal
from rollbook.core.permissions.actor import Actor
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.catalogue.selectors import ids_by_code
from rollbook.systems.college.forms import ReasonForm
from rollbook.systems.college.records import permissions, selectors, services
from rollbook.systems.college.records.credit_lines import read_lines, write_lines
from rollbook.systems.college.records.errors import CreditNotFound
from rollbook.systems.college.records.forms import CreditLinesForm, CreditsForm, NoteForm
from rollbook.systems.college.records.models import TransferCredit, TransferCreditRequest
from rollbook.systems.college.records.pages.students import frame, names
from rollbook.systems.college.records.tables import CreditRequestTable
from rollbook.systems.college.records.words import CREDIT_REQUEST_STATES, CREDIT_STATES

State = TransferCreditRequest.State


@page(permission=permissions.VIEW_CREDITS)
def requests(request: PageRequest) -> HttpResponse:
    """Every request that one may see."""
    counted = ~Q(credits__state=TransferCredit.State.REVOKED) | Q(credits__credited_on__isnull=False)
    rows = selectors.credit_requests(request.actor).annotate(
        **names("student__"), number=F("student__student_number"), subjects=Count("credits", filter=counted)
    )
    return CreditRequestTable(request, rows.values(*CreditRequestTable.fields())).respond(
        "college/records/credit_requests.html"
    )


@page(permission=permissions.VIEW_CREDITS)
def of_student(request: PageRequest, student_id: UUID) -> HttpResponse:
    """What counts for one student from elsewhere, and what is asked for."""
    found = selectors.get_student(request.actor, student_id)
    asked = selectors.credit_requests(request.actor).filter(student=found).order_by("-created_at")
    context = {
        **frame(request, found, "credits"),
        "credited": [(row, CREDIT_STATES[row.state]) for row in selectors.credits_of_student(found)],
        "requests": [(row, CREDIT_REQUEST_STATES[row.state]) for row in asked],
        "may_propose": request.actor.may(permissions.PROPOSE_CREDITS),
        "may_revoke": request.actor.may(permissions.REVOKE_CREDITS),
    }
    return render(request, "college/records/credits_of.html", context)


@page(permission=permissions.PROPOSE_CREDITS)
def new(request: PageRequest, student_id: UUID) -> HttpResponse:
    """Write down what a student passed elsewhere."""
    found = selectors.get_student(request.actor, student_id)
    form = CreditsForm.of(request)
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data
        try:
            made = services.draft_credits(
                request.actor, student_id=found.id, institution=cleaned["institution"],
                scale_id=UUID(cleaned["scale_id"]), note=cleaned["note"],
                wanted=read_lines(cleaned["lines"], ids_by_code()),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(_on_lines(refusal))
        else:
            return done(request, "students:credits", made.id, message=_("Written down."))
    context = {**frame(request, found, "credits"), "form": form}
    return render(request, "college/records/new_credits.html", context, status=form.status)


@page(permission=permissions.VIEW_CREDITS)
def request_shown(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Theirs beside ours."""
    return _shown(request, request_id, NoteForm.of(request))


def _shown(request: PageRequest, request_id: UUID, form: NoteForm) -> HttpResponse:
    asked = selectors.get_credit_request(request.actor, request_id)
    actor = request.actor
    may_propose = actor.may(permissions.PROPOSE_CREDITS)
    context = {
        **frame(request, asked.student, "credits"),
        "asked": asked,
        "asked_state": CREDIT_REQUEST_STATES[asked.state],
        "lines": [(row, CREDIT_STATES[row.state]) for row in selectors.credits_of(asked)],
        "form": form,
        "may_change": may_propose and asked.state in {State.DRAFT, State.RETURNED},
        "may_decide": _may_decide(actor, asked),
        "may_dispute": may_propose and asked.may_become(State.DISPUTED),
    }
    return render(request, "college/records/credits.html", context, status=form.status)


@page(permission=permissions.PROPOSE_CREDITS)
def change(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Other lines for a draft."""
    asked = selectors.get_credit_request(request.actor, request_id)
    initial = {"lines": write_lines(selectors.credits_of(asked)), "note": asked.note}
    form = CreditLinesForm.of(request, initial=initial)
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data
        try:
            wanted = read_lines(cleaned["lines"], ids_by_code())
            services.change_credits(request.actor, request_id=asked.id, wanted=wanted, note=cleaned["note"])
        except Refusal as refusal:
            form.refuse(_on_lines(refusal))
        else:
            return done(request, "students:credits", asked.id, message=_("Changed."))
    context = {**frame(request, asked.student, "credits"), "asked": asked, "form": form}
    return render(request, "college/records/change_credits.html", context, status=form.status)


@require_POST
@page(permission=permissions.PROPOSE_CREDITS)
def submit(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Put a draft before the programme head."""
    services.submit_credits(request.actor, request_id=request_id)
    return done(request, "students:credits", request_id, message=_("Submitted."))


@require_POST
@page(permission=permissions.VIEW_CREDITS)
def decide(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Approve or return."""
    form = NoteForm.of(request)
    approve = request.POST.get("decision") == "approve"
    if form.is_submitted_and_valid():
        try:
            services.decide_credits(
                request.actor, request_id=request_id, approve=approve, note=form.cleaned_data["note"]
            )
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            message = _("Approved: the subjects count from today.") if approve else _("Returned with your note.")
            return done(request, "students:credits", request_id, message=message)
    return _shown(request, request_id, form)


@page(permission=permissions.PROPOSE_CREDITS)
def dispute(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Put a decision before the head registrar."""
    asked = selectors.get_credit_request(request.actor, request_id)
    form = ReasonForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.dispute_credits(request.actor, request_id=asked.id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:credits", asked.id, message=_("The head registrar decides."))
    context = {**frame(request, asked.student, "credits"), "asked": asked, "form": form}
    return render(request, "college/records/dispute_credits.html", context, status=form.status)


@page(permission=permissions.REVOKE_CREDITS)
def revoke(request: PageRequest, student_id: UUID, credit_id: UUID) -> HttpResponse:
    """Take a credit away, and see what rested on it."""
    found = selectors.get_student(request.actor, student_id)
    credit = selectors.credits_of_student(found).filter(id=credit_id).first()
    if credit is None:
        raise CreditNotFound
    form, affected = ReasonForm.of(request), None
    if form.is_submitted_and_valid():
        try:
            credit, affected = services.revoke_credit(
                request.actor, credit_id=credit.id, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            if not affected:
                return done(request, "students:credits_of", found.id, message=_("Revoked."))
    context = {**frame(request, found, "credits"), "credit": credit, "form": form, "affected": affected}
    return render(request, "college/records/revoke_credit.html", context, status=form.status)


def _may_decide(actor: Actor, asked: TransferCreditRequest) -> bool:
    if asked.proposed_by_id == actor.user_id:
        return False
    if asked.state == State.DISPUTED:
        return actor.may(permissions.DECIDE_DISPUTED_CREDITS)
    return asked.state == State.SUBMITTED and actor.may(permissions.APPROVE_CREDITS)


def _on_lines(refusal: Refusal) -> Refusal:
    """Faults of single subjects belong to the field in which they were typed, with the line's number."""
    if not isinstance(refusal, Invalid):
        return refusal
    errors: list[dict[str, Any]] = []
    for error in refusal.errors:
        place = error["field"].split(".")
        if place[0] == "credits":
            where = _("Line %(number)s: ") % {"number": int(place[1]) + 1} if len(place) > 1 else ""
            errors.append({"field": "lines", "message": where + error["message"]})
        else:
            errors.append(error)
    return Invalid(errors=errors)

"""The desk for leave, return and withdrawal: who asks, what would follow, the decision; and moving a leave's end."""

from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core import clock
from rollbook.core.errors import Refusal
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.forms import ReasonForm
from rollbook.systems.college.records import permissions, selectors, services
from rollbook.systems.college.records.buckets import may_read_papers
from rollbook.systems.college.records.errors import NotOnLeave
from rollbook.systems.college.records.forms import (
    DecisionForm,
    LeaveEndForm,
    PaperForm,
    StatusRequestForm,
)
from rollbook.systems.college.records.models import ProgrammeTransfer, StatusRequest, Student
from rollbook.systems.college.records.pages.students import frame, names
from rollbook.systems.college.records.services.status import leave_that_runs
from rollbook.systems.college.records.tables import StatusRequestTable
from rollbook.systems.college.records.words import REQUEST_STATES, TRANSFER_STATES

Kind, State = StatusRequest.Kind, StatusRequest.State


@page(permission=permissions.VIEW_REQUESTS)
def status_requests(request: PageRequest) -> HttpResponse:
    """Every request, and how many wait."""
    rows = selectors.status_requests(request.actor)
    waiting = rows.filter(state=State.REQUESTED).count()
    shown = rows.annotate(**names("student__"), number=F("student__student_number"))
    table = StatusRequestTable(request, shown.values(*StatusRequestTable.fields()))
    return table.respond("college/records/status_requests.html", {"waiting": waiting})


@page(permission=permissions.VIEW_REQUESTS)
def status_request(request: PageRequest, request_id: UUID) -> HttpResponse:
    """One request: what is asked, what would follow, and the decision."""
    return _shown(request, request_id, None)


@require_POST
@page(permission=permissions.CHANGE_STATUS)
def decide(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Approve or decline."""
    form = DecisionForm.of(request, may_override=request.actor.may(permissions.OVERRIDE_CLEARANCE))
    approve = request.POST.get("decision") == "approve"
    if form.is_submitted_and_valid():
        try:
            decided = services.decide_status_request(
                request.actor, request_id=request_id, approve=approve, note=form.cleaned_data["note"],
                without_clearance=form.cleaned_data.get("without_clearance", ""),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:status_request", request_id, message=REQUEST_STATES[decided.state].label)
    return _shown(request, request_id, form)


@require_POST
@page(permission=permissions.CHANGE_STATUS)
def add_paper(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Keep a paper that the student brought."""
    form = PaperForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.add_paper(request.actor, request_id=request_id, paper=form.sent)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:status_request", request_id, message=_("Kept."))
    return _shown(request, request_id, None, paper_form=form)


@page(permission=permissions.CHANGE_STATUS)
def take_back(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Let a request go that has not begun, for a reason that the student reads."""
    asked = selectors.get_status_request(request.actor, request_id)
    form = ReasonForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.take_back_status_request(
                request.actor, request_id=asked.id, reason=form.cleaned_data["reason"]
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:status_request", asked.id, message=_("Taken back."))
    context = {**frame(request, asked.student, "requests"), "asked": asked, "form": form}
    return render(request, "college/records/take_back_request.html", context, status=form.status)


@page(permission=permissions.VIEW_REQUESTS)
def of_student(request: PageRequest, student_id: UUID) -> HttpResponse:
    """What one student asked for, and what can be written down for them."""
    found = selectors.get_student(request.actor, student_id)
    actor = request.actor
    asked = selectors.status_requests(actor).filter(student=found).order_by("-created_at", "-id")
    moved = ProgrammeTransfer.objects.filter(student=found).select_related(
        "from_programme", "to_programme", "effective_term"
    )
    context = {
        **frame(request, found, "requests"),
        "requests": [(row, REQUEST_STATES[row.state]) for row in asked],
        "transfers": [(row, TRANSFER_STATES[row.state]) for row in moved.order_by("-created_at", "-id")]
        if actor.may(permissions.VIEW_TRANSFERS)
        else [],
        "may_ask": actor.may(permissions.CHANGE_STATUS) and bool(kinds_possible(found)),
        "may_transfer": actor.may(permissions.DECIDE_TRANSFERS) and found.status == Student.Status.ACTIVE,
        "leave": leave_that_runs(found) if actor.may(permissions.CHANGE_STATUS) else None,
    }
    return render(request, "college/records/requests_of.html", context)


@page(permission=permissions.CHANGE_STATUS)
def new(request: PageRequest, student_id: UUID) -> HttpResponse:
    """Write down what a student asks for on paper."""
    found = selectors.get_student(request.actor, student_id)
    form = StatusRequestForm.of(request, initial={"from_date": _today()}, possible=kinds_possible(found))
    if form.is_submitted_and_valid():
        try:
            made = services.request_status(request.actor, student_id=found.id, **form.wanted())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:status_request", made.id, message=_("Written down."))
    context = {**frame(request, found, "requests"), "form": form}
    return render(request, "college/records/new_request.html", context, status=form.status)


@page(permission=permissions.CHANGE_STATUS)
def leave_end(request: PageRequest, student_id: UUID) -> HttpResponse:
    """Let a leave end on another day; what that does to the student's incompletes follows at once."""
    found = selectors.get_student(request.actor, student_id)
    leave = leave_that_runs(found)
    if leave is None:
        raise NotOnLeave(number=found.student_number, status=str(found.get_status_display()).lower())
    form = LeaveEndForm.of(request, initial={"to_date": leave.to_date})
    if form.is_submitted_and_valid():
        try:
            services.move_end_of_leave(request.actor, student_id=found.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:student", found.id, message=_("Recorded."))
    context = {**frame(request, found, "requests"), "form": form, "leave": leave}
    return render(request, "college/records/leave_end.html", context, status=form.status)


def kinds_possible(found: Student) -> list[tuple[str, Any]]:
    """What a student in this status may ask for."""
    if found.status == Student.Status.ACTIVE:
        wanted = {Kind.LEAVE, Kind.WITHDRAWAL}
    else:
        wanted = {kind for kind in Kind if found.may_become(StatusRequest.LEADS_TO[kind])}
        wanted -= {Kind.RETURN} if found.status != Student.Status.LOA else set()
    return [(value, label) for value, label in Kind.choices if value in wanted]


def _shown(
    request: PageRequest, request_id: UUID, form: DecisionForm | None, *, paper_form: PaperForm | None = None
) -> HttpResponse:
    asked = selectors.get_status_request(request.actor, request_id)
    actor, found = request.actor, asked.student
    may_decide = (
        actor.may(permissions.CHANGE_STATUS)
        and asked.state == State.REQUESTED
        and asked.requested_by_id != actor.user_id
        and found.person_id != actor.person_id
    )
    holds = selectors.live_holds_of(found.id) if asked.is_live and asked.kind == Kind.WITHDRAWAL else []
    may_override = actor.may(permissions.OVERRIDE_CLEARANCE) and bool(holds)
    if form is None:
        form = DecisionForm(request=request, may_override=may_override)
    context = {
        **frame(request, found, "requests"),
        "asked": asked,
        "asked_state": REQUEST_STATES[asked.state],
        "effects": services.effects_of(
            found, kind=asked.kind, from_date=asked.from_date, to_date=asked.to_date
        )
        if asked.is_live
        else [],
        "holds": holds,
        "form": form,
        "may_decide": may_decide,
        "papers": selectors.papers_of(actor, asked),
        "may_read_papers": may_read_papers(actor, found),
        "paper_form": (paper_form or PaperForm(request=request))
        if asked.is_live and actor.may(permissions.CHANGE_STATUS)
        else None,
        "may_take_back": asked.is_live and actor.may(permissions.CHANGE_STATUS),
    }  # fmt: skip
    shown_as = max(form.status, paper_form.status if paper_form else 200)
    return render(request, "college/records/status_request.html", context, status=shown_as)


def _today() -> Any:
    return organisation_in_scope().local_date(clock.now())

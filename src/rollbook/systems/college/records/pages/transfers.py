"""Transfers between programmes: who asks, what counts over there, endorsing and deciding; and another curriculum."""

from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.permissions.actor import Actor
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.catalogue.selectors import curriculum_for_new_students
from rollbook.systems.college.forms import ReasonForm
from rollbook.systems.college.records import permissions, selectors, services
from rollbook.systems.college.records.forms import CurriculumForm, NoteForm, TransferDecisionForm, TransferForm
from rollbook.systems.college.records.models import ProgrammeTransfer
from rollbook.systems.college.records.pages.students import frame, names
from rollbook.systems.college.records.services.transfers import evaluation_of, may_endorse
from rollbook.systems.college.records.tables import TransferTable
from rollbook.systems.college.records.words import TRANSFER_STATES

State = ProgrammeTransfer.State


@page(permission=permissions.VIEW_TRANSFERS)
def transfers(request: PageRequest) -> HttpResponse:
    """Every transfer that one may see."""
    rows = selectors.transfers(request.actor)
    shown = rows.annotate(
        **names("student__"), number=F("student__student_number"), from_code=F("from_programme__code"),
        to_code=F("to_programme__code"), term_code=F("effective_term__code"),
    )  # fmt: skip
    table = TransferTable(request, shown.values(*TransferTable.fields()))
    waiting = rows.filter(state__in=[State.REQUESTED, State.ENDORSED]).count()
    return table.respond("college/records/transfers.html", {"waiting": waiting})


@page(permission=permissions.VIEW_TRANSFERS)
def transfer(request: PageRequest, transfer_id: UUID) -> HttpResponse:
    """One transfer: from where to where, what would count, and whose decision it is."""
    return _shown(request, transfer_id, None)


@require_POST
@page(permission=permissions.VIEW_TRANSFERS)
def endorse(request: PageRequest, transfer_id: UUID) -> HttpResponse:
    """Say for the programme that takes the student whether it does."""
    form = NoteForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.endorse_transfer(
                request.actor, transfer_id=transfer_id, approve=request.POST.get("decision") == "approve",
                note=form.cleaned_data["note"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:transfer", transfer_id, message=_("Recorded."))
    return _shown(request, transfer_id, form)


@require_POST
@page(permission=permissions.DECIDE_TRANSFERS)
def decide(request: PageRequest, transfer_id: UUID) -> HttpResponse:
    """Grant the transfer with a curriculum, or decline it."""
    found = selectors.get_transfer(request.actor, transfer_id)
    form = TransferDecisionForm.of(request, programme_id=found.to_programme_id)
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data
        try:
            services.decide_transfer(
                request.actor, transfer_id=found.id, approve=request.POST.get("decision") == "approve",
                curriculum_id=UUID(cleaned["curriculum_id"]) if cleaned["curriculum_id"] else None,
                note=cleaned["note"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:transfer", found.id, message=_("Recorded."))
    return _shown(request, transfer_id, form)


@page(permission=permissions.DECIDE_TRANSFERS)
def take_back(request: PageRequest, transfer_id: UUID) -> HttpResponse:
    """Let a transfer go that is not in effect yet, for a reason that the student reads."""
    found = selectors.get_transfer(request.actor, transfer_id)
    form = ReasonForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.take_back_transfer(request.actor, transfer_id=found.id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:transfer", found.id, message=_("Taken back."))
    context = {"transfer": found, "form": form}
    return render(request, "college/records/take_back_transfer.html", context, status=form.status)


@page(permission=permissions.DECIDE_TRANSFERS)
def new(request: PageRequest, student_id: UUID) -> HttpResponse:
    """Write down a transfer that a student asks for on paper."""
    found = selectors.get_student(request.actor, student_id)
    form = TransferForm.of(request, leaving=found.programme_id)
    if form.is_submitted_and_valid():
        try:
            made = services.request_transfer(request.actor, student_id=found.id, **form.wanted())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:transfer", made.id, message=_("Written down."))
    context = {**frame(request, found, "requests"), "form": form}
    return render(request, "college/records/new_transfer.html", context, status=form.status)


@page(permission=permissions.CHANGE_STUDENTS)
def change_curriculum(request: PageRequest, student_id: UUID) -> HttpResponse:
    """Let a student follow another version of their programme's curriculum."""
    found = selectors.get_student(request.actor, student_id)
    form = CurriculumForm.of(
        request, initial={"version": found.version, "curriculum_id": str(found.curriculum_id or "")},
        programme_id=found.programme_id,
    )  # fmt: skip
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data
        try:
            services.change_curriculum(
                request.actor, student_id=found.id, curriculum_id=UUID(cleaned["curriculum_id"]),
                reason=cleaned["reason"], expected_version=cleaned["version"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:student", found.id, message=_("Recorded."))
    context = {**frame(request, found, "record"), "form": form}
    return render(request, "college/records/change_curriculum.html", context, status=form.status)


def _shown(request: PageRequest, transfer_id: UUID, form: NoteForm | None) -> HttpResponse:
    found = selectors.get_transfer(request.actor, transfer_id)
    actor = request.actor
    is_endorsing, is_deciding = _may_endorse(actor, found), _may_decide(actor, found)
    if form is None:
        form = (
            TransferDecisionForm(request=request, programme_id=found.to_programme_id)
            if is_deciding
            else NoteForm(request=request)
        )
    context = {
        "transfer": found,
        "transfer_state": TRANSFER_STATES[found.state],
        "found": _evaluation(found),
        "form": form,
        "is_endorsing": is_endorsing,
        "is_deciding": is_deciding,
        "may_take_back": actor.may(permissions.DECIDE_TRANSFERS) and found.state in found.LIVE,
        "may_open_record": actor.may(permissions.VIEW_STUDENTS),
    }
    return render(request, "college/records/transfer.html", context, status=form.status)


def _evaluation(found: ProgrammeTransfer) -> dict[str, object]:
    """What was found at the decision; before it, what would be found today."""
    if found.evaluation or found.state not in found.LIVE:
        return dict(found.evaluation)
    usual = curriculum_for_new_students(found.to_programme_id, found.effective_term.academic_year)
    return evaluation_of(found.student_id, usual.id, found.effective_term) if usual else {}


def _may_endorse(actor: Actor, found: ProgrammeTransfer) -> bool:
    return found.state == State.REQUESTED and _is_somebody_elses(actor, found) and may_endorse(actor, found)


def _may_decide(actor: Actor, found: ProgrammeTransfer) -> bool:
    if found.state != State.ENDORSED or found.endorsed_by_id == actor.user_id:
        return False
    return _is_somebody_elses(actor, found) and actor.may(permissions.DECIDE_TRANSFERS)


def _is_somebody_elses(actor: Actor, found: ProgrammeTransfer) -> bool:
    return found.requested_by_id != actor.user_id and found.student.person_id != actor.person_id

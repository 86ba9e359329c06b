"""Promissory notes: recorded at the counter, approved by somebody else."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.money import Money
from rollbook.core.web import PageRequest, formatting, page, render
from rollbook.core.web.rendering import done
from rollbook.shared.billing import errors
from rollbook.shared.billing.models import PromissoryNote
from rollbook.systems.college.fees import permissions, selectors, words
from rollbook.systems.college.fees.forms import NoteForm
from rollbook.systems.college.fees.pages.acting import act_once
from rollbook.systems.college.fees.reads import counter, queues
from rollbook.systems.college.fees.services import notes as services
from rollbook.systems.college.fees.tables import NoteTable, name_of


@page(permission=permissions.REQUEST_NOTE)
def request_note(request: PageRequest, student_id: UUID) -> HttpResponse:
    """Record a student's written promise to pay one month."""
    named = request.GET.get("term", "")
    plan = selectors.plan_to_pay(student_id, UUID(named) if _is_id(named) else None)
    view = counter.plan_shown(request.actor, plan)
    form = _note_form(request, view)
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data

        def act() -> dict[str, Any]:
            note = services.request_note(
                request.actor, student_id=student_id, term_enrolment_id=plan.term_enrolment_id,
                month=cleaned["month"], due_on=cleaned["due_on"], reason=cleaned["reason"],
            )  # fmt: skip
            return {"note_id": str(note.id)}

        try:
            act_once(request, "college.fees.note", {**cleaned, "enrolment": plan.term_enrolment_id}, act, form=form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            back = f"{reverse('fees:pay', args=[student_id])}?term={plan.term_enrolment_id}"
            return done(request, back, message=_("Recorded. A supervisor approves it."))
    context = {"form": form, "plan": plan, "view": view, "parts": words.parts(view.months, view.currency)}
    return render(request, "college/fees/request_note.html", context, status=form.status)


@page(permission=permissions.OWN_ACCOUNT)
def ask_for_note(request: PageRequest) -> HttpResponse:
    """Ask the college to let one of my months wait until a day."""
    named = request.GET.get("term", "")
    plan = selectors.plan_to_pay(selectors.own_student_id(request.actor), UUID(named) if _is_id(named) else None)
    view = counter.plan_shown(request.actor, plan)
    form = _note_form(request, view)
    form.fields["reason"].required = True
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data

        def act() -> dict[str, Any]:
            note = services.ask_for_note(
                request.actor, term_enrolment_id=plan.term_enrolment_id, month=cleaned["month"],
                due_on=cleaned["due_on"], reason=cleaned["reason"],
            )  # fmt: skip
            return {"note_id": str(note.id)}

        try:
            act_once(request, "college.me.note", {**cleaned, "enrolment": plan.term_enrolment_id}, act, form=form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(
                request, "fees:own_payments", message=_("Asked. It stands below until the college has decided.")
            )
    context = {"form": form, "plan": plan, "view": view, "parts": words.parts(view.months, view.currency)}
    return render(request, "college/fees/ask_for_note.html", context, status=form.status)


def _note_form(request: PageRequest, view: counter.PlanShown) -> NoteForm:
    months = [
        (month.number, f"{month.number} · {formatting.amount_text(Money(month.state.room_minor, view.currency))}")
        for month in view.months
        if month.state.room_minor and not month.state.cover
    ]
    return NoteForm.of(request, months=months, earliest=selectors.today_here())


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@page(permission=permissions.APPROVE_NOTE)
def notes(request: PageRequest) -> HttpResponse:
    """Every promissory note, with what waits and what is promised."""
    rows = queues.notes(request.actor)
    table = NoteTable(request, rows.values(*NoteTable.fields()))
    waiting = rows.filter(state=PromissoryNote.State.REQUESTED).order_by("created_at")[:3]
    context = {
        "waiting": [_shown(note) for note in waiting],
        "waiting_count": queues.waiting_counts(request.actor)["notes"],
        "promised": queues.promised(request.actor),
    }
    return table.respond("college/fees/notes.html", context)


@page(permission=permissions.APPROVE_NOTE)
def note(request: PageRequest, note_id: UUID) -> HttpResponse:
    """One promise: who, which month, until when, and the decision."""
    found = queues.notes(request.actor).filter(id=note_id).first()
    if found is None:
        raise errors.NoteNotFound
    return render(request, "college/fees/note.html", {"note": _shown(found), "row": found})


def _shown(found: Any) -> dict[str, Any]:
    name = name_of({"family_name": found.family_name, "given_name": found.given_name})
    return {
        "id": found.id,
        "student_id": found.student_id,
        "name": name,
        "number": found.student_number,
        "programme": found.programme,
        "month": found.month,
        "amount": Money(found.amount_minor, found.currency),
        "open": Money(found.open_minor, found.currency),
        "due_on": found.due_on,
        "reason": found.reason,
        "asked_at": found.created_at,
        "requested_by": found.requested_by,
        "state": words.NOTE_STATES[found.state],
        "is_waiting": found.state == PromissoryNote.State.REQUESTED,
    }


@require_POST
@page(permission=permissions.APPROVE_NOTE)
def approve_note(request: PageRequest, note_id: UUID) -> HttpResponse:
    """Approve a promise that somebody else recorded; its month counts as covered."""

    def act() -> dict[str, Any]:
        approved = services.approve_note(request.actor, note_id=note_id)
        return {"note_id": str(approved.id)}

    act_once(request, "college.fees.approve_note", {"note_id": note_id}, act)
    return done(request, "fees:notes", message=_("Approved. The month counts as covered until the promised day."))

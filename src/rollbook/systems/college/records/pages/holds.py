"""Holds: the list, those of one student, placing and releasing."""

from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, F, Value, When
from django.http import HttpResponse
from django.utils.translation import gettext as _

from rollbook.core.errors import Refusal
from rollbook.core.permissions.actor import Actor
from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.records import permissions, selectors, services
from rollbook.systems.college.records.errors import HoldNotFound
from rollbook.systems.college.records.forms import HoldForm, ReleaseForm
from rollbook.systems.college.records.models import Hold
from rollbook.systems.college.records.pages.students import frame, names
from rollbook.systems.college.records.tables import HoldTable

_IS_LIVE = Case(
    When(released_at__isnull=True, then=Value(True)), default=Value(False), output_field=BooleanField()
)  # fmt: skip


@page(permission=permissions.VIEW_HOLDS)
def holds(request: PageRequest) -> HttpResponse:
    """Every hold."""
    rows = selectors.holds(request.actor).annotate(
        **names("student__"), number=F("student__student_number"), is_live=_IS_LIVE
    )
    return HoldTable(request, rows.values(*HoldTable.fields())).respond("college/records/holds.html")


@page(permission=SIGNED_IN)
def holds_of(request: PageRequest, student_id: UUID) -> HttpResponse:
    """What keeps one student back."""
    found = selectors.get_student(request.actor, student_id)
    rows = list(selectors.holds_of(request.actor, found))
    context = {
        **frame(request, found, "holds"),
        "live": [(hold, _may_release(request.actor, hold)) for hold in rows if hold.is_live],
        "past": [hold for hold in rows if not hold.is_live],
        "may_place": bool(_kinds(request.actor)),
    }
    return render(request, "college/records/holds_of.html", context)


@page(permission=SIGNED_IN)
def place_hold(request: PageRequest, student_id: UUID) -> HttpResponse:
    """Keep a student from something."""
    found = selectors.get_student(request.actor, student_id)
    form = HoldForm.of(request, kinds=_kinds(request.actor))
    if form.is_submitted_and_valid():
        try:
            services.place_hold(request.actor, student_id=found.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:holds_of", found.id, message=_("Held."))
    context = {**frame(request, found, "holds"), "form": form}
    return render(request, "college/records/place_hold.html", context, status=form.status)


@page(permission=SIGNED_IN)
def release_hold(request: PageRequest, student_id: UUID, hold_id: UUID) -> HttpResponse:
    """Let a student go on."""
    found = selectors.get_student(request.actor, student_id)
    hold = selectors.holds_of(request.actor, found).filter(id=hold_id).first()
    if hold is None:
        raise HoldNotFound
    form = ReleaseForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.release_hold(request.actor, hold_id=hold.id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:holds_of", found.id, message=_("Released."))
    context = {**frame(request, found, "holds"), "form": form, "hold": hold}
    return render(request, "college/records/release_hold.html", context, status=form.status)


def _kinds(actor: Actor) -> list[tuple[str, Any]]:
    """The kinds of hold that somebody may place."""
    if actor.may(permissions.MANAGE_HOLDS):
        return list(Hold.Kind.choices)
    own = actor.may(permissions.MANAGE_FINANCIAL_HOLDS)
    return [(value, label) for value, label in Hold.Kind.choices if own and value == Hold.Kind.FINANCIAL]


def _may_release(actor: Actor, hold: Hold) -> bool:
    if hold.is_automatic:
        return actor.may(permissions.LIFT_AUTOMATIC_HOLDS)
    return any(value == hold.kind for value, _label in _kinds(actor))

"""Entrance tests, interviews and visits: set, moved by cancelling and setting anew, closed with what came of them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web.formatting import moment_text
from rollbook.shared.admissions import permissions, selectors
from rollbook.shared.admissions.errors import AppointmentNotFound, AppointmentStands, InvalidState
from rollbook.shared.admissions.models import Appointment, Notice
from rollbook.shared.admissions.noticing import owe

_State = Appointment.State


@transaction.atomic
def set_appointment(
    actor: Actor, *, application_id: UUID, kind: str, starts_at: datetime, place: str, minutes: int = 30
) -> Appointment:
    """Ask an applicant to come; they are told by mail and see it with their link."""
    actor.require(permissions.REVIEW_APPLICATIONS)
    errors = []
    if kind not in Appointment.Kind.values:
        errors.append({"field": "kind", "message": _("Choose a test, an interview or a visit.")})
    if starts_at <= clock.now():
        errors.append({"field": "starts_at", "message": _("Choose a time that is still to come.")})
    if not place.strip() or len(place.strip()) > 160:
        errors.append({"field": "place", "message": _("Say in at most 160 characters where to come.")})
    if not 5 <= minutes <= 480:
        errors.append({"field": "minutes", "message": _("Enter 5 to 480 minutes.")})
    if errors:
        raise Invalid(errors=errors)
    application = selectors.get_for_update(application_id)
    if not application.is_open:
        raise InvalidState(state=application.get_state_display().lower(), wanted="invited")
    standing: Appointment | None = Appointment.objects.filter(
        application=application, kind=kind, state=_State.SET
    ).first()
    if standing is not None:
        raise AppointmentStands(kind=standing.get_kind_display().lower(), when=moment_text(standing.starts_at))
    made: Appointment = Appointment.objects.create(
        application=application, kind=kind, starts_at=starts_at, minutes=minutes, place=place.strip(),
        local_day=organisation_in_scope().local_date(starts_at), set_by_id=actor.user_id, created_at=clock.now(),
    )  # fmt: skip
    record(
        actor, "admissions.appointment_set", application, appointment_id=made.id, kind=kind, starts_at=starts_at
    )  # fmt: skip
    owe(Notice.Kind.APPOINTMENT, application, appointment_id=str(made.id))
    return made


@transaction.atomic
def close_appointment(actor: Actor, *, appointment_id: UUID, state: str, outcome: str = "") -> Appointment:
    """Note that somebody came, did not come, or need not come any more. Twice is the same as once."""
    actor.require(permissions.REVIEW_APPLICATIONS)
    tidy = " ".join(outcome.split())
    if state not in (_State.ATTENDED, _State.MISSED, _State.CANCELLED):
        raise Invalid.field("state", _("Choose attended, missed or cancelled."))
    if len(tidy) > 500:
        raise Invalid.field("outcome", _("Use at most 500 characters."))
    appointment: Appointment | None = (
        Appointment.objects.select_for_update(of=("self",)).select_related("application").filter(id=appointment_id)
    ).first()
    if appointment is None:
        raise AppointmentNotFound
    if appointment.state == state and appointment.outcome == tidy:
        return appointment
    if not appointment.may_become(state):
        raise InvalidState(state=appointment.get_state_display().lower(), wanted=str(_State(state).label).lower())
    appointment.state, appointment.outcome = state, tidy
    appointment.save(update_fields=["state", "outcome"])
    record(
        actor, "admissions.appointment_closed", appointment.application, reason=tidy, before={"state": _State.SET},
        after={"state": state}, appointment_id=appointment.id,
    )  # fmt: skip
    return appointment

"""Sending an application, sending it again when something was missing, taking it back."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.numbering.services import next_number
from rollbook.core.permissions.actor import Actor
from rollbook.shared.admissions import permissions, selectors
from rollbook.shared.admissions.errors import AddressNotProved, InvalidState
from rollbook.shared.admissions.models import Application, Notice
from rollbook.shared.admissions.noticing import owe
from rollbook.shared.admissions.scheme import scheme_in_scope
from rollbook.shared.admissions.services.drafting import must_be_open

_UNIQUE_VIOLATION = "23505"
_State = Application.State


@dataclass(frozen=True, slots=True)
class Submission:
    """An application that was sent. `stands` is the one that this address had already, if any."""

    application: Application
    stands: Application | None = None


@transaction.atomic
def submit(actor: Actor, *, application_id: UUID, has_consented: bool) -> Submission:
    """Send a complete application: it gets its reference, and the office sees it.

    Where the address has a live application for the intake, nothing is sent and its owner is told by mail. Twice is
    the same as once.
    """
    actor.require(permissions.APPLY)
    application = selectors.get_for_update(application_id)
    if application.state in Application.LIVE:
        return Submission(application)
    if not application.is_draft:
        raise InvalidState(state=application.get_state_display().lower(), wanted="sent")
    must_be_open()
    _must_be_whole(application, has_consented)
    now = clock.now()
    consent = scheme_in_scope().consent()
    application.state, application.submitted_at, application.updated_at = _State.SUBMITTED, now, now
    application.consent_version, application.consented_at = consent.version, now
    application.version += 1
    if not _take_place(application):
        return _stands_already(actor, application_id)
    record(
        actor, "admissions.submitted", application, reference=application.reference, kind=application.kind,
        consent_version=consent.version,
    )  # fmt: skip
    owe(Notice.Kind.RECEIVED, application)
    scheme_in_scope().admission_follows(application)
    application.refresh_from_db()
    return Submission(application)


def _must_be_whole(application: Application, has_consented: bool) -> None:
    errors = [{"field": lack.field, "message": lack.message} for lack in selectors.lacks_of(application)]
    if not has_consented:
        errors.append({"field": "consent", "message": _("Agree to how your data is used; without that we may not.")})
    if errors:
        raise Invalid(errors=errors)
    if application.email_proved_at is None:
        raise AddressNotProved


def _take_place(application: Application) -> bool:
    """Give the reference and write; False when the address has a live application, and the number goes back."""
    scheme = scheme_in_scope()
    try:
        with transaction.atomic():
            application.reference = next_number(
                scheme.series, scheme.reference_format, selectors.today_here().year
            )  # fmt: skip
            application.save()
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") != _UNIQUE_VIOLATION:
            raise
        return False
    return True


def _stands_already(actor: Actor, application_id: UUID) -> Submission:
    application: Application = Application.objects.get(id=application_id)
    stands: Application = Application.objects.get(
        email__iexact=application.email, intake_id=application.intake_id, state__in=Application.LIVE
    )
    record(actor, "admissions.stands_already", stands, draft_id=application.id)
    owe(Notice.Kind.STANDS_ALREADY, stands)
    return Submission(application, stands)


@transaction.atomic
def send_again(actor: Actor, *, application_id: UUID) -> Application:
    """Say that what was missing is here now; the office looks again."""
    actor.require(permissions.APPLY)
    application = selectors.get_for_update(application_id)
    if application.state == _State.SUBMITTED:
        return application
    if application.state != _State.INCOMPLETE:
        raise InvalidState(state=application.get_state_display().lower(), wanted="sent again")
    missing = [lack for lack in selectors.lacks_of(application) if lack.step == "documents"]
    if missing:
        raise Invalid(errors=[{"field": lack.field, "message": lack.message} for lack in missing])
    application.state, application.updated_at = _State.SUBMITTED, clock.now()
    application.version += 1
    application.save(update_fields=["state", "updated_at", "version"])
    record(
        actor, "admissions.sent_again", application, before={"state": "INCOMPLETE"}, after={"state": "SUBMITTED"}
    )  # fmt: skip
    return application


@transaction.atomic
def withdraw(actor: Actor, *, application_id: UUID) -> Application:
    """Take one's application back. Twice is the same as once."""
    actor.require(permissions.APPLY)
    application = selectors.get_for_update(application_id)
    if application.state == _State.WITHDRAWN:
        return application
    if not application.may_become(_State.WITHDRAWN):
        raise InvalidState(state=application.get_state_display().lower(), wanted="withdrawn")
    before = application.state
    application.state, application.updated_at = _State.WITHDRAWN, clock.now()
    application.version += 1
    application.save(update_fields=["state", "updated_at", "version"])
    record(
        actor, "admissions.withdrawn", application, before={"state": before}, after={"state": _State.WITHDRAWN}
    )  # fmt: skip
    owe(Notice.Kind.WITHDRAWN, application)
    return application

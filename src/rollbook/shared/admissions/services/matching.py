"""Settling possible doubles: the applicant is somebody on the roll, somebody else, or wrote twice."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, NotFound
from rollbook.core.permissions.actor import Actor
from rollbook.shared.admissions import permissions, selectors
from rollbook.shared.admissions.errors import InvalidState, NotTheSameIntake
from rollbook.shared.admissions.models import Application, Notice
from rollbook.shared.admissions.noticing import owe
from rollbook.shared.people.models import Person

_State = Application.State


@transaction.atomic
def match_person(actor: Actor, *, application_id: UUID, person_id: UUID, reason: str) -> Application:
    """Say that the applicant is somebody on the roll: admission then uses that entry and makes no second one."""
    actor.require(permissions.REVIEW_APPLICATIONS)
    tidy = _reason(reason)
    application = _undecided(application_id)
    if not Person.objects.filter(id=person_id, merged_into__isnull=True).exists():
        raise NotFound
    before = application.person_id
    application.person_id, application.is_distinct = person_id, False
    _save(application, "person", "is_distinct")
    record(
        actor, "admissions.person_matched", application, reason=tidy, before={"person_id": before},
        after={"person_id": person_id},
    )  # fmt: skip
    return application


@transaction.atomic
def say_distinct(actor: Actor, *, application_id: UUID, reason: str) -> Application:
    """Say that the applicant is none of the possible doubles."""
    actor.require(permissions.REVIEW_APPLICATIONS)
    tidy = _reason(reason)
    application = _undecided(application_id)
    application.person_id, application.is_distinct = None, True
    _save(application, "person", "is_distinct")
    record(actor, "admissions.said_distinct", application, reason=tidy)
    return application


@transaction.atomic
def fold(actor: Actor, *, kept_id: UUID, duplicate_id: UUID, reason: str) -> Application:
    """Let one of two applications of the same person go on; the other is withdrawn and points at it."""
    actor.require(permissions.REVIEW_APPLICATIONS)
    tidy = _reason(reason)
    if kept_id == duplicate_id:
        raise Invalid.field("duplicate_id", _("Choose two different applications."))
    rows = {each: selectors.get_for_update(each) for each in sorted((kept_id, duplicate_id))}
    kept, duplicate = rows[kept_id], rows[duplicate_id]
    if kept.intake_id != duplicate.intake_id:
        raise NotTheSameIntake
    if not duplicate.may_become(_State.WITHDRAWN):
        raise InvalidState(state=duplicate.get_state_display().lower(), wanted="folded into another")
    if kept.state not in Application.LIVE:
        raise InvalidState(state=kept.get_state_display().lower(), wanted="the one that goes on")
    before = duplicate.state
    duplicate.state, duplicate.duplicate_of_id, duplicate.decision_reason = _State.WITHDRAWN, kept.id, tidy
    _save(duplicate, "state", "duplicate_of", "decision_reason")
    record(
        actor, "admissions.folded", duplicate, reason=tidy, before={"state": before},
        after={"state": _State.WITHDRAWN}, kept_id=kept.id,
    )  # fmt: skip
    owe(Notice.Kind.WITHDRAWN, duplicate, kept=kept.reference)
    return kept


def _undecided(application_id: UUID) -> Application:
    application = selectors.get_for_update(application_id)
    if application.state not in (*Application.OPEN, _State.ADMITTED):
        raise InvalidState(state=application.get_state_display().lower(), wanted="compared")
    return application


def _save(application: Application, *fields: str) -> None:
    application.updated_at = clock.now()
    application.version += 1
    application.save(update_fields=[*fields, "updated_at", "version"])


def _reason(reason: str) -> str:
    tidy = " ".join(reason.split())
    if not 10 <= len(tidy) <= 500:
        raise Invalid.field("reason", _("Say in 10 to 500 characters how you know."))
    return tidy

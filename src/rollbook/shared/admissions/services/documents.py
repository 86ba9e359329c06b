"""Papers of an application: sent by the applicant, verified or rejected by the office."""

from typing import IO
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.shared.admissions import permissions, selectors
from rollbook.shared.admissions.buckets import DOCUMENT
from rollbook.shared.admissions.errors import (
    DocumentIsOld,
    DocumentNotFound,
    DocumentSettled,
    InvalidState,
    TooManyVersions,
)
from rollbook.shared.admissions.models import Application, ApplicationDocument
from rollbook.shared.admissions.rules import MOST_VERSIONS
from rollbook.shared.files.services import store_upload

_State = ApplicationDocument.State


@transaction.atomic
def send_document(
    actor: Actor, *, application_id: UUID, type: str, content: IO[bytes] | bytes, name: str  # noqa: A002
) -> ApplicationDocument:  # fmt: skip
    """Take a paper. Sent again it is a new version; one that was verified is settled."""
    actor.require(permissions.APPLY)
    application = selectors.get_for_update(application_id)
    if not application.is_draft and not application.is_open:
        raise InvalidState(state=application.get_state_display().lower(), wanted="completed")
    if type not in {wanted.type for wanted in selectors.checklist(application.kind)}:
        raise Invalid.field("type", _("This document is not on your checklist."))
    before: ApplicationDocument | None = ApplicationDocument.objects.filter(
        application=application, type=type, is_current=True
    ).first()
    if before is not None and before.state == _State.VERIFIED:
        raise DocumentSettled
    number = before.number + 1 if before else 1
    if number > MOST_VERSIONS:
        raise TooManyVersions(count=MOST_VERSIONS)
    stored = store_upload(
        actor, bucket=DOCUMENT, content=content, name=name, subject=("admissions.application", application.id)
    )
    if before is not None:
        before.is_current = False
        before.save(update_fields=["is_current"])
    sent: ApplicationDocument = ApplicationDocument.objects.create(
        application=application, type=type, number=number, file=stored, created_at=clock.now()
    )
    Application.objects.filter(id=application.id).update(updated_at=clock.now())
    record(actor, "admissions.document_sent", application, type=type, number=number, document_id=sent.id)
    return sent


@transaction.atomic
def verify_document(actor: Actor, *, application_id: UUID, document_id: UUID) -> ApplicationDocument:
    """Say that a paper is what it should be. Twice is the same as once."""
    return _judge(actor, application_id, document_id, _State.VERIFIED, "")


@transaction.atomic
def reject_document(actor: Actor, *, application_id: UUID, document_id: UUID, reason: str) -> ApplicationDocument:
    """Say why a paper cannot be used; the applicant reads it and sends another."""
    tidy = " ".join(reason.split())
    if not 5 <= len(tidy) <= 500:
        raise Invalid.field("reason", _("Say in 5 to 500 characters what is wrong; the applicant reads it."))
    return _judge(actor, application_id, document_id, _State.REJECTED, tidy)


def _judge(actor: Actor, application_id: UUID, document_id: UUID, state: str, reason: str) -> ApplicationDocument:
    actor.require(permissions.REVIEW_APPLICATIONS)
    application = selectors.get_for_update(application_id)
    document: ApplicationDocument | None = ApplicationDocument.objects.filter(
        application=application, id=document_id
    ).first()
    if document is None:
        raise DocumentNotFound
    if not document.is_current:
        raise DocumentIsOld
    if document.state == state and document.reason == reason:
        return document
    if not application.is_open:
        raise InvalidState(state=application.get_state_display().lower(), wanted="checked")
    before = document.state
    if before != state and not document.may_become(state):
        raise InvalidState(state=document.get_state_display().lower(), wanted=str(_State(state).label).lower())
    document.state, document.reason = state, reason
    document.checked_by_id, document.checked_at = actor.user_id, clock.now()
    document.save(update_fields=["state", "reason", "checked_by", "checked_at"])
    record(
        actor, f"admissions.document_{state.lower()}", application, reason=reason, before={"state": before},
        after={"state": state}, type=document.type, number=document.number,
    )  # fmt: skip
    return document

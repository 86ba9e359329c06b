"""What the office decides: something is missing, admitted, rejected; and the place that admission makes."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.shared.admissions import permissions, selectors
from rollbook.shared.admissions.errors import DocumentsMissing, InvalidState, PossibleDuplicate
from rollbook.shared.admissions.models import Application, ApplicationDocument, Notice
from rollbook.shared.admissions.noticing import owe
from rollbook.shared.admissions.scheme import Converted

_State = Application.State
#: Makes a place of an admitted applicant, in the same transaction.
Convert = Callable[[Application], Converted]


@transaction.atomic
def mark_incomplete(actor: Actor, *, application_id: UUID, reason: str) -> Application:
    """Tell an applicant what is missing; they send it and the application comes back."""
    actor.require(permissions.REVIEW_APPLICATIONS)
    tidy = _sentence(reason, _("Say in 10 to 500 characters what is missing; the applicant reads it."))
    application = selectors.get_for_update(application_id)
    _move(actor, application, _State.INCOMPLETE, tidy, decision_reason=tidy)
    owe(Notice.Kind.INCOMPLETE, application, reason=tidy)
    return application


@transaction.atomic
def take_up_again(actor: Actor, *, application_id: UUID) -> Application:
    """Put an incomplete application back among those to be reviewed: the missing paper was brought."""
    actor.require(permissions.REVIEW_APPLICATIONS)
    application = selectors.get_for_update(application_id)
    _move(actor, application, _State.SUBMITTED, "", decision_reason="")
    return application


@transaction.atomic
def reject(actor: Actor, *, application_id: UUID, reason: str) -> Application:
    """Say no to an applicant, with the reason that they read. Twice is the same as once."""
    actor.require(permissions.DECIDE_APPLICATIONS)
    tidy = _sentence(reason, _("Say in 10 to 500 characters why; the applicant reads it."))
    application = selectors.get_for_update(application_id)
    if application.state == _State.REJECTED:
        return application
    _move(actor, application, _State.REJECTED, tidy, **_decided(actor, tidy))
    owe(Notice.Kind.REJECTED, application, reason=tidy)
    return application


@transaction.atomic
def admit(
    actor: Actor, *, application_id: UUID, convert: Convert | None = None, needs_verified: bool = True
) -> Application:
    """Admit an applicant and, with `convert`, make their place at once: all of it, or nothing (R7).

    An application that has its place already is answered as it stands: twice is the same as once.
    """
    actor.require(permissions.DECIDE_APPLICATIONS)
    application = selectors.get_for_update(application_id)
    if application.state == _State.CONVERTED:
        return application
    if application.state != _State.ADMITTED:
        _must_be_ready(application, needs_verified=needs_verified)
        _move(actor, application, _State.ADMITTED, "", **_decided(actor, ""))
        if convert is None:
            owe(Notice.Kind.ADMITTED, application)
    if convert is not None:
        _settle(actor, application, convert)
    return application


def _settle(actor: Actor, application: Application, convert: Convert) -> None:
    made = convert(application)
    now = clock.now()
    _move(
        actor, application, _State.CONVERTED, "", person_id=made.person_id, result_type=made.result_type,
        result_id=made.result_id, converted_at=now,
    )  # fmt: skip
    owe(Notice.Kind.ADMITTED, application, facts=dict(made.facts))


def _must_be_ready(application: Application, *, needs_verified: bool) -> None:
    if not application.may_become(_State.ADMITTED):
        raise _cannot(application, _State.ADMITTED)
    if selectors.is_flagged(application):
        raise PossibleDuplicate(name=application.full_name)
    unverified = [
        str(paper.wanted.label)
        for paper in selectors.papers_of(application)
        if paper.wanted.is_required
        and (paper.document is None or paper.document.state != ApplicationDocument.State.VERIFIED)
    ]
    if unverified and needs_verified:
        raise DocumentsMissing(documents=", ".join(unverified))


def _move(actor: Actor, application: Application, state: str, reason: str, **fields: Any) -> None:
    if not application.may_become(state):
        raise _cannot(application, state)
    before = application.state
    for name, value in fields.items():
        setattr(application, name, value)
    application.state, application.updated_at = state, clock.now()
    application.version += 1
    application.save(update_fields=["state", "updated_at", "version", *_columns(fields)])
    record(
        actor, f"admissions.{_ACTIONS[state]}", application, reason=reason, before={"state": before},
        after={"state": state}, **_result(fields),
    )  # fmt: skip


_ACTIONS: dict[str, str] = {
    _State.INCOMPLETE: "marked_incomplete",
    _State.SUBMITTED: "taken_up_again",
    _State.REJECTED: "rejected",
    _State.ADMITTED: "admitted",
    _State.CONVERTED: "converted",
}


def _columns(fields: dict[str, Any]) -> Sequence[str]:
    return [name.removesuffix("_id") if name in ("person_id", "decided_by_id") else name for name in fields]


def _result(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields[name] for name in ("person_id", "result_type", "result_id") if name in fields}


def _decided(actor: Actor, reason: str) -> dict[str, Any]:
    return {"decided_at": clock.now(), "decided_by_id": actor.user_id, "decision_reason": reason}


def _cannot(application: Application, wanted: str) -> InvalidState:
    return InvalidState(state=application.get_state_display().lower(), wanted=str(_State(wanted).label).lower())


def _sentence(reason: str, demand: str) -> str:
    tidy = " ".join(reason.split())
    if not 10 <= len(tidy) <= 500:
        raise Invalid.field("reason", demand)
    return tidy

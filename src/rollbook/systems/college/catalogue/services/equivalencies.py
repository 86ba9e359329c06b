"""Which subjects stand for one another: said, and ended. What was said stays on the record."""

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue import permissions, selectors
from rollbook.systems.college.catalogue.errors import EquivalencyEnded, EquivalencyNotFound, EquivalencyStands
from rollbook.systems.college.catalogue.models import Equivalency
from rollbook.systems.college.catalogue.services.checking import save

MOST_REASON = 500


@transaction.atomic
def add_equivalency(
    actor: Actor,
    *,
    subject_id: UUID,
    satisfies_id: UUID,
    effective_from: date,
    effective_to: date | None = None,
    is_two_way: bool = False,
    curriculum_id: UUID | None = None,
    reason: str = "",
) -> Equivalency:
    """Let whoever passed one subject count as having passed another; where said, only in one curriculum."""
    actor.require(permissions.MANAGE_SUBJECTS)
    subject, satisfies = selectors.get_subject(actor, subject_id), selectors.get_subject(actor, satisfies_id)
    curriculum = selectors.get_curriculum(actor, curriculum_id) if curriculum_id else None
    _check(subject_id, satisfies_id, effective_from, effective_to, reason)
    found = Equivalency(
        subject=subject, satisfies=satisfies, is_two_way=is_two_way, effective_from=effective_from,
        effective_to=effective_to, curriculum=curriculum, reason=reason.strip(),
    )  # fmt: skip
    save(found, EquivalencyStands(subject=subject.code, satisfies=satisfies.code), force_insert=True)
    record(
        actor, "college.equivalency_added", found, reason=found.reason, subject=subject.code,
        satisfies=satisfies.code, is_two_way=is_two_way, curriculum=curriculum.name if curriculum else "",
        after={"effective_from": effective_from, "effective_to": effective_to},
    )  # fmt: skip
    return found


@transaction.atomic
def end_equivalency(actor: Actor, *, equivalency_id: UUID, last_day: date) -> Equivalency:
    """Say the last day on which one subject stands for another. What was credited until then stays."""
    actor.require(permissions.MANAGE_SUBJECTS)
    found: Equivalency | None = Equivalency.objects.select_for_update(of=("self",)).filter(id=equivalency_id).first()
    if found is None:
        raise EquivalencyNotFound
    if found.effective_to is not None and found.effective_to <= last_day:
        raise EquivalencyEnded(day=found.effective_to)
    if last_day < found.effective_from:
        raise Invalid.field("last_day", _("The last day lies before the first. Enter a later day."))
    before = found.effective_to
    found.effective_to = last_day
    found.save(update_fields=["effective_to"])
    record(actor, "college.equivalency_ended", found, before={"effective_to": before}, after={"effective_to": last_day})
    return found


def _check(
    subject_id: UUID, satisfies_id: UUID, effective_from: date, effective_to: date | None, reason: str
) -> None:  # fmt: skip
    errors = []
    if subject_id == satisfies_id:
        errors.append(
            {"field": "satisfies_id", "message": _("A subject always stands for itself. Choose another one.")}
        )
    if effective_to is not None and effective_to < effective_from:
        errors.append({"field": "effective_to", "message": _("The last day lies before the first. Enter a later day.")})
    if len(reason.strip()) > MOST_REASON:
        errors.append({"field": "reason", "message": _("Write at most %(most)s characters.") % {"most": MOST_REASON}})
    if errors:
        raise Invalid(errors=errors)

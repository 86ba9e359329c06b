"""Setting a rule aside: by whom it is allowed, for a reason, on the record. Never by students or cashiers.

Which permission a rule asks for is said by the room whose rule it is.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college import roles
from rollbook.systems.college.records.errors import OverrideNotAllowed
from rollbook.systems.college.records.models import Override

LEAST_REASON, LONGEST_REASON = 10, 500

#: Whatever an organisation puts into their bundles, these roles alone set nothing aside.
NEVER = frozenset({roles.STUDENT, roles.CASHIER, roles.CASHIER_SUPERVISOR})


def must_set_aside(
    actor: Actor,
    kind: str,
    reason: str,
    *,
    permission: str,
    person_id: UUID | None = None,
    who: str = "",
) -> str:
    """Refuse unless the actor may set this rule aside for somebody else, and says why. Returns the reason."""
    if (actor.roles and actor.roles <= NEVER) or not actor.may(permission):
        raise OverrideNotAllowed(rule=kind, who=who or _("Ask the registrar."), permission=permission)
    if actor.user_id is None:
        raise OverrideNotAllowed(rule=kind, who=_("A person decides this, not a job."))
    if actor.impersonator_id is not None:
        raise OverrideNotAllowed(rule=kind, who=_("Acting for somebody else, nobody sets rules aside."))
    if person_id is not None and person_id == actor.person_id:
        raise OverrideNotAllowed(rule=kind, who=_("Nobody sets a rule aside for themselves; ask a colleague."))
    return checked_reason(reason)


def set_aside(
    actor: Actor,
    *,
    kind: str,
    subject: models.Model,
    reason: str,
    permission: str,
    person_id: UUID | None = None,
    approved_by_id: UUID | None = None,
    expires_at: datetime | None = None,
    **facts: Any,
) -> Override:
    """Put on record that a rule was set aside for one record, and why. The caller does what the rule forbade."""
    text = must_set_aside(actor, kind, reason, permission=permission, person_id=person_id)
    override: Override = Override.objects.create(
        kind=kind, subject_type=subject._meta.label_lower, subject_id=subject.pk, reason=text,
        granted_by_id=actor.acting_user_id(), approved_by_id=approved_by_id, expires_at=expires_at,
        created_at=clock.now(),
    )  # fmt: skip
    record(actor, "college.rule_set_aside", override, reason=text, rule=kind, about=subject.pk, **facts)
    return override


def checked_reason(reason: str) -> str:
    """A reason that somebody can follow in ten years."""
    text = " ".join(reason.split())
    if not LEAST_REASON <= len(text) <= LONGEST_REASON:
        raise Invalid.field(
            "reason",
            _("Write the reason in %(least)s to %(most)s characters.")
            % {"least": LEAST_REASON, "most": LONGEST_REASON},
        )
    return text

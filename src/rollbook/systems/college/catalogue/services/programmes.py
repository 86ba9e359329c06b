"""Programmes: added and changed."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.identity.models import Membership
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue import permissions
from rollbook.systems.college.catalogue.errors import CodeTaken, ProgrammeNotFound
from rollbook.systems.college.catalogue.models import LONGEST_PROGRAMME_YEARS, Programme
from rollbook.systems.college.catalogue.services.checking import known, must_be_free, must_be_version, save, values_of

#: What of a programme may be changed. The code stays: papers and files name it.
PROGRAMME_FIELDS = (
    "name", "department", "level", "duration_years", "total_units_required", "has_summer", "is_active", "head_id",
)  # fmt: skip


@transaction.atomic
def add_programme(actor: Actor, *, code: str, name: str, **measures: Any) -> Programme:
    """Put a programme into the catalogue; students can be added to it from now on."""
    actor.require(permissions.MANAGE_PROGRAMMES)
    programme = Programme(code=code.strip(), name=" ".join(name.split()), **known(measures, PROGRAMME_FIELDS))
    _check_programme(programme)
    must_be_free(Programme, programme.code, "a programme")
    save(programme, CodeTaken(code=programme.name, what="the name of a programme"), force_insert=True)
    record(actor, "college.programme_added", programme, after=values_of(programme, ("code", *PROGRAMME_FIELDS)))
    return programme


@transaction.atomic
def change_programme(
    actor: Actor, *, programme_id: UUID, expected_version: int | None = None, **changes: Any
) -> Programme:
    """Change what a programme is called or asks for. Its code stays, since papers and files name it."""
    actor.require(permissions.MANAGE_PROGRAMMES)
    programme: Programme | None = Programme.objects.select_for_update(of=("self",)).filter(id=programme_id).first()
    if programme is None:
        raise ProgrammeNotFound
    must_be_version(programme.version, expected_version)
    before = values_of(programme, PROGRAMME_FIELDS)
    for field, value in known(changes, PROGRAMME_FIELDS).items():
        setattr(programme, field, value)
    _check_programme(programme)
    programme.version += 1
    save(programme, CodeTaken(code=programme.name, what="the name of a programme"))
    record(actor, "college.programme_changed", programme, before=before, after=values_of(programme, PROGRAMME_FIELDS))
    return programme


def _check_programme(programme: Programme) -> None:
    errors = []
    if not programme.code or len(programme.code) > 20:
        errors.append({"field": "code", "message": _("Enter a code of at most 20 characters, such as BSIT.")})
    if not programme.name or len(programme.name) > 160:
        errors.append({"field": "name", "message": _("Enter the programme's name in at most 160 characters.")})
    if programme.level not in Programme.Level.values:
        errors.append(
            {
                "field": "level",
                "message": _("Choose one of: %(choices)s.") % {"choices": ", ".join(Programme.Level.values)},
            }
        )
    if not 1 <= programme.duration_years <= LONGEST_PROGRAMME_YEARS:
        errors.append(
            {"field": "duration_years", "message": _("Enter 1 to %(most)s years.") % {"most": LONGEST_PROGRAMME_YEARS}}
        )
    if not 1 <= programme.total_units_required <= 1000:
        errors.append({"field": "total_units_required", "message": _("Enter the units to graduate, 1 to 1,000.")})
    if programme.head_id and not Membership.objects.filter(id=programme.head_id).exists():
        errors.append({"field": "head_id", "message": _("Nobody here has this id. Choose one of your members.")})
    if errors:
        raise Invalid(errors=errors)

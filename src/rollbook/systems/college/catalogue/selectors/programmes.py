"""Reads of programmes."""

from uuid import UUID

from django.db.models import QuerySet

from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue import permissions
from rollbook.systems.college.catalogue.errors import ProgrammeNotFound
from rollbook.systems.college.catalogue.models import Programme


def programmes(actor: Actor) -> "QuerySet[Programme]":
    """Every programme, those that take nobody new as well."""
    actor.require(permissions.VIEW_CATALOGUE)
    return Programme.objects.all()


def get_programme(actor: Actor, programme_id: UUID) -> Programme:
    """One programme of the organisation."""
    found: Programme | None = programmes(actor).filter(id=programme_id).first()
    if found is None:
        raise ProgrammeNotFound
    return found


def open_programmes() -> "QuerySet[Programme]":
    """Programmes that take new students, for anybody who asks."""
    return Programme.objects.filter(is_active=True)

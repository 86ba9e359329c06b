"""Reads of grade scales."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue import permissions
from rollbook.systems.college.catalogue.errors import GradeScaleNotFound
from rollbook.systems.college.catalogue.models import GradeScale, GradeValue


def grade_scales(actor: Actor) -> "QuerySet[GradeScale]":
    """Every version of every scale."""
    actor.require(permissions.VIEW_CATALOGUE)
    return GradeScale.objects.all()


def get_grade_scale(actor: Actor, scale_id: UUID) -> GradeScale:
    """One version of a scale."""
    found: GradeScale | None = grade_scales(actor).filter(id=scale_id).first()
    if found is None:
        raise GradeScaleNotFound
    return found


def marks_of(scale_id: UUID) -> Sequence[GradeValue]:
    """The marks of a scale, the best first."""
    return list(GradeValue.objects.filter(scale=scale_id).order_by("position"))


def version_in_force(code: str, day: date) -> GradeScale | None:
    """The latest version of a scale that has begun by a day."""
    begun = Q(effective_from__isnull=True) | Q(effective_from__lte=day)
    found: GradeScale | None = GradeScale.objects.filter(begun, code=code).order_by("-version_number").first()
    return found

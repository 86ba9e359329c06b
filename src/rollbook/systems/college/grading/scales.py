"""The college's grade scales as the rules see them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import F, Q

from rollbook.systems.college.catalogue.models import GradeScale, GradeValue
from rollbook.systems.college.grading.errors import NoScale
from rollbook.systems.college.grading.rules.scales import Scale, Value


def scale_in_force(day: date) -> Scale:
    """The scale by which new grades are given on a day: the newest version that has begun."""
    begun = GradeScale.objects.filter(Q(effective_from__isnull=True) | Q(effective_from__lte=day))
    newest = begun.order_by(F("effective_from").desc(nulls_last=True), "-version_number", "-id").first()
    if newest is None:
        raise NoScale
    return scales_by_id([newest.id])[newest.id]


def scales_by_id(scale_ids: Iterable[UUID]) -> dict[UUID, Scale]:
    """Scales with their values, in two statements whatever their number."""
    wanted = set(scale_ids)
    values: dict[UUID, list[Value]] = defaultdict(list)
    for row in GradeValue.objects.filter(scale__in=wanted).order_by("position"):
        values[row.scale_id].append(
            Value(row.symbol, row.numeric, row.passes, row.counts_in_gpa, row.earns_units, row.kind)
        )
    return {
        scale.id: Scale(scale.id, scale.code, scale.direction, tuple(values[scale.id]))
        for scale in GradeScale.objects.filter(id__in=wanted)
    }

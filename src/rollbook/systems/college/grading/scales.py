"""The college's grade scales as the rules see them."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from uuid import UUID

from rollbook.systems.college.catalogue.models import GradeScale, GradeValue
from rollbook.systems.college.catalogue.services import scales as catalogue
from rollbook.systems.college.grading.rules.scales import Scale, Value


def scale_in_force(day: date) -> Scale:
    """The scale by which new grades are given on a day, as the college has chosen it."""
    found = catalogue.scale_in_force(day)
    return scales_by_id([found.id])[found.id]


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

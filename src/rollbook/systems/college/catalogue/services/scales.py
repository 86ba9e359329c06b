"""Grade scales: shipped with every college, changed only by a new version (docs/decisions/grade-scales.md)."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import connection, transaction
from django.utils.translation import gettext as _

from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import get as policy
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.systems.college.catalogue import permissions, policies, selectors
from rollbook.systems.college.catalogue.errors import GradeScaleNotFound, ScaleChangedMeanwhile
from rollbook.systems.college.catalogue.models import GradeScale, GradeValue
from rollbook.systems.college.catalogue.shipped_scales import SHIPPED, Mark

MOST_MARKS = 40


def ensure_shipped_scales() -> None:
    """Give the college in scope the scales it starts with, unless it has them. Twice is the same as once."""
    if GradeScale.objects.exists():
        return
    _one_at_a_time()
    standing = set(GradeScale.objects.values_list("code", flat=True))
    for shipped in SHIPPED:
        if shipped.code not in standing:
            scale = GradeScale.objects.create(
                code=shipped.code, name=shipped.name, direction=shipped.direction, minimum_pass=shipped.minimum_pass
            )
            _insert_marks(scale, shipped.marks)


def scale_in_force(day: date) -> GradeScale:
    """The version of the college's scale by which new grades are given on a day."""
    ensure_shipped_scales()
    code = policy(policies.GRADE_SCALE, day)
    found = selectors.version_in_force(code, day)
    if found is None:
        raise GradeScaleNotFound
    return found


@transaction.atomic
def make_scale_version(
    actor: Actor,
    *,
    code: str,
    name: str,
    direction: str,
    minimum_pass: Decimal,
    marks: Sequence[Mark],
    effective_from: date,
    expected_number: int,
) -> GradeScale:
    """Let new grades be given by other marks from a day on. What was graded before keeps its version.

    `expected_number` is the version that was looked at; 0 begins a scale of the college's own.
    """
    actor.require(permissions.MANAGE_GRADE_SCALES)
    ensure_shipped_scales()
    _one_at_a_time()
    code = code.strip().upper()
    latest = GradeScale.objects.filter(code=code).order_by("-version_number").first()
    number = latest.version_number if latest else 0
    if number != expected_number:
        raise ScaleChangedMeanwhile(scale=code, number=number)
    if latest and latest.effective_from and effective_from <= latest.effective_from:
        message = _("Version %(number)s begins on %(effective_from)s. Enter a later day.") % {
            "number": number,
            "effective_from": latest.effective_from.isoformat(),
        }
        raise Invalid.field("effective_from", message)
    scale = GradeScale(
        code=code, version_number=number + 1, name=" ".join(name.split()), direction=direction,
        minimum_pass=minimum_pass, effective_from=effective_from,
    )  # fmt: skip
    _check(scale, marks)
    scale.save(force_insert=True)
    _insert_marks(scale, marks)
    record(
        actor, "college.grade_scale_made", scale, effective_from=effective_from, scale=str(scale),
        marks=[f"{mark.symbol} {'' if mark.numeric is None else mark.numeric}".strip() for mark in marks],
    )  # fmt: skip
    return scale


def _insert_marks(scale: GradeScale, marks: Sequence[Mark]) -> None:
    GradeValue.objects.bulk_create(
        GradeValue(
            scale=scale, symbol=mark.symbol, numeric=mark.numeric, passes=mark.passes, position=position,
            counts_in_gpa=mark.counts_in_gpa, earns_units=mark.earns_units, kind=mark.kind,
        )
        for position, mark in enumerate(marks, start=1)
    )  # fmt: skip


def _one_at_a_time() -> None:
    """Two people, or two first readers, never make the same version twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7214))",
            [f"college.scales:{require_organisation_id()}"],
        )


def _check(scale: GradeScale, marks: Sequence[Mark]) -> None:
    errors = []
    if not scale.code.isascii() or not scale.code.replace("_", "").isalnum() or not scale.code[:1].isalpha():
        errors.append({"field": "code", "message": _("Enter a code of capital letters, digits and _, such as PH_5.")})
    if len(scale.code) > 20 or not scale.name or len(scale.name) > 120:
        errors.append(
            {"field": "name", "message": _("Enter a code of at most 20 and a name of at most 120 characters.")}
        )
    if scale.direction not in GradeScale.Direction.values:
        errors.append(
            {
                "field": "direction",
                "message": _("Choose one of: %(choices)s.") % {"choices": ", ".join(GradeScale.Direction.values)},
            }
        )
    if not 1 <= len(marks) <= MOST_MARKS:
        errors.append({"field": "marks", "message": _("Give 1 to %(most)s marks.") % {"most": MOST_MARKS}})
    for number, mark in enumerate(marks):
        errors += [{"field": f"marks.{number}", "message": message} for message in _wrong_with(mark, scale)]
    symbols = [mark.symbol for mark in marks]
    for symbol in sorted({symbol for symbol in symbols if symbols.count(symbol) > 1}):
        errors.append(
            {
                "field": "marks",
                "message": _("%(symbol)s is there twice. Every mark is written in its own way.") % {"symbol": symbol},
            }
        )
    if errors:
        raise Invalid(errors=errors)


def _wrong_with(mark: Mark, scale: GradeScale) -> list[str]:
    found = []
    if not mark.symbol or len(mark.symbol) > 8 or mark.symbol != mark.symbol.strip().upper():
        found.append(_("Write a mark in 1 to 8 characters, letters as capitals."))
    if mark.kind not in GradeValue.Kind.values:
        found.append(_("Choose one of: %(choices)s.") % {"choices": ", ".join(GradeValue.Kind.values)})
    if mark.kind == GradeValue.Kind.NUMERIC and mark.numeric is None:
        found.append(_("%(symbol)s is a grade, so it needs a number.") % {"symbol": mark.symbol})
    if mark.counts_in_gpa and mark.numeric is None:
        found.append(_("%(symbol)s has no number, so it cannot count in the average.") % {"symbol": mark.symbol})
    if mark.earns_units and not mark.passes:
        found.append(_("%(symbol)s does not pass, so it earns no units.") % {"symbol": mark.symbol})
    if mark.kind == GradeValue.Kind.NUMERIC and mark.numeric is not None:
        lower = scale.direction == GradeScale.Direction.LOWER_BETTER
        reaches = mark.numeric <= scale.minimum_pass if lower else mark.numeric >= scale.minimum_pass
        if mark.passes != reaches:
            sentence = (
                _("%(symbol)s must pass: the least pass is %(least)s.")
                if reaches
                else _("%(symbol)s must fail: the least pass is %(least)s.")
            )
            found.append(sentence % {"symbol": mark.symbol, "least": scale.minimum_pass})
    return found

"""Grade scales on the screen."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.errors import Refusal
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.catalogue import permissions, selectors, services
from rollbook.systems.college.catalogue.forms import ScaleForm, written
from rollbook.systems.college.catalogue.tables import ScaleTable


@page(permission=permissions.VIEW_CATALOGUE)
def grade_scales(request: PageRequest) -> HttpResponse:
    """Every version of every scale, and by which one new grades are given."""
    in_force = services.scale_in_force(organisation_in_scope().local_date(clock.now()))
    table = ScaleTable(request, selectors.grade_scales(request.actor).values(*ScaleTable.fields()))
    return table.respond("college/catalogue/grade_scales.html", {"in_force": in_force})


@page(permission=permissions.VIEW_CATALOGUE)
def grade_scale(request: PageRequest, scale_id: UUID) -> HttpResponse:
    """One version with its marks."""
    found = selectors.get_grade_scale(request.actor, scale_id)
    context = {
        "scale": found,
        "marks": selectors.marks_of(found.id),
        "may_manage": request.actor.may(permissions.MANAGE_GRADE_SCALES),
    }
    return render(request, "college/catalogue/grade_scale.html", context)


@page(permission=permissions.MANAGE_GRADE_SCALES)
def new_scale_version(request: PageRequest, scale_id: UUID) -> HttpResponse:
    """Let new grades be given by other marks from a day on."""
    found = selectors.get_grade_scale(request.actor, scale_id)
    fields = ("name", "direction", "minimum_pass")
    initial = {field: getattr(found, field) for field in fields}
    initial["expected_number"] = found.version_number
    initial["marks"] = "\n".join(written(mark) for mark in selectors.marks_of(found.id))
    form = ScaleForm.of(request, initial=initial)
    if form.is_submitted_and_valid():
        try:
            made = services.make_scale_version(request.actor, code=found.code, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:grade_scale", made.id, message=_("Made. It holds from its day."))
    context = {"scale": found, "form": form}
    return render(request, "college/catalogue/new_scale_version.html", context, status=form.status)

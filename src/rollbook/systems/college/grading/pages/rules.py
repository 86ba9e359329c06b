"""The rules of standing and honours: what holds for all programmes and for each, and setting them."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from rollbook.core.errors import Invalid, Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.catalogue.models import Programme
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.band_lines import read_bands, write_bands
from rollbook.systems.college.grading.forms import BandsForm
from rollbook.systems.college.grading.models import StandingRule
from rollbook.systems.college.grading.services import standing


@page(permission=permissions.SET_STANDING_RULES)
def standing_rules(request: PageRequest) -> HttpResponse:
    """By what each programme judges."""
    bands = standing.bands_of_programmes()
    own = Programme.objects.filter(id__in=[one for one in bands if one is not None]).order_by("code")
    groups = [(None, bands[None]), *((programme, bands[programme.id]) for programme in own)]
    return render(request, "college/grading/standing_rules.html", {"groups": groups})


@page(permission=permissions.SET_STANDING_RULES)
def set_standing_rules(request: PageRequest, kind: str) -> HttpResponse:
    """Set the bands of one kind, for one programme or for all that have none of their own."""
    if kind not in StandingRule.Kind.values:
        raise Invalid.field("kind", _("Choose standing or honours."))
    usual = standing.bands_of_programmes()[None]
    form = BandsForm.of(request, initial={"lines": write_bands(kind, usual)})
    if form.is_submitted_and_valid():
        cleaned = form.cleaned_data
        try:
            standing.set_rules(
                request.actor, kind=kind, rules=read_bands(kind, cleaned["lines"]),
                programme_id=UUID(cleaned["programme_id"]) if cleaned["programme_id"] else None,
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(_on_lines(refusal))
        else:
            return done(request, "grading:standing_rules", message=_("Set. Terms judged from now on follow it."))
    context = {"form": form, "is_honours": kind == StandingRule.Kind.HONOURS}
    return render(request, "college/grading/set_standing_rules.html", context, status=form.status)


def _on_lines(refusal: Refusal) -> Refusal:
    """Faults of single bands belong to the field in which they were typed, with the line's number."""
    if not isinstance(refusal, Invalid):
        return refusal
    errors = []
    for error in refusal.errors:
        place = error["field"].split(".")
        where = _("Line %(number)s: ") % {"number": int(place[1]) + 1} if len(place) > 1 else ""
        field = "lines" if place[0] == "rules" else error["field"]
        errors.append({"field": field, "message": where + error["message"]})
    return Invalid(errors=errors)

"""What anybody may read of a programme: its subjects by year and semester, what it asks for, when one applies."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rollbook.core.tenancy.selectors import OrganisationFacts
from rollbook.core.web.rendering import render_public
from rollbook.shared.admissions import door
from rollbook.shared.admissions.door import public_page
from rollbook.shared.admissions.pages.entrance import admission_days
from rollbook.shared.admissions.scheme import scheme_in_scope
from rollbook.shared.admissions.selectors import checklists
from rollbook.systems.college.admission import selectors


@require_safe
@public_page()
def programme(request: HttpRequest, institution: OrganisationFacts, code: str) -> HttpResponse:
    """One programme."""
    with door.inside(institution):
        found = selectors.open_programme(code)
        scheme = scheme_in_scope()
        lists = checklists(scheme)
        context = {
            "slug": institution.slug,
            "programme": found,
            "shown": selectors.curriculum_of(found),
            "lists": [(kind, lists[kind.key]) for kind in scheme.kinds],
            **admission_days(scheme),
        }
        return render_public(request, "college/admission/programme.html", context, organisation=institution)

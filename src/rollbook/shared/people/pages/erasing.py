"""Anonymising on the screen: what would go and why it may not yet; then a second person is asked."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.shared.people import permissions, selectors, services
from rollbook.shared.people.pages.forms import ReasonForm

#: How people read the kinds of what goes.
KIND_WORDS = {
    "contact points": gettext_lazy("Telephone numbers and e-mail addresses"),
    "addresses": gettext_lazy("Addresses"),
    "government numbers": gettext_lazy("Government numbers"),
    "households": gettext_lazy("Households"),
    "relatives": gettext_lazy("Guardians and relatives"),
    "accounts": gettext_lazy("Accounts with their addresses"),
    "photos": gettext_lazy("Photos"),
    "preferred names": gettext_lazy("Preferred names"),
}


@page(permission=permissions.CHANGE_PEOPLE)
def erase(request: PageRequest, person_id: UUID) -> HttpResponse:
    """Look at what would go, and ask for the decision."""
    found = selectors.person(request.actor, person_id)
    considered = services.consider_erasure(request.actor, person_id=person_id)
    form = ReasonForm.of(request) if considered.is_possible else None
    context = {
        "person": found,
        "form": form,
        "obstacles": considered.obstacles,
        "kinds": [(KIND_WORDS[kind], count) for kind, count in considered.kinds.items()],
    }
    if form is not None and form.is_submitted_and_valid():
        try:
            services.request_erasure(request.actor, person_id=person_id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
            return render(request, "people/erase.html", context, status=refusal.status)
        return done(request, "people:person", person_id, message=_("Asked. Somebody else decides it."))
    return render(request, "people/erase.html", context, status=form.status if form else 200)

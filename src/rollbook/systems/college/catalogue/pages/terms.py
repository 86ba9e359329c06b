"""Terms on the screen."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.catalogue import permissions, selectors, services
from rollbook.systems.college.catalogue.forms import NewTermForm, TermDaysForm
from rollbook.systems.college.catalogue.models import Term, TermWindow
from rollbook.systems.college.catalogue.tables import TERM_STATES, TermTable

#: What moving a term to a state is called on its button.
MOVES = {
    Term.State.ENROLMENT_OPEN.value: gettext_lazy("Open enrolment"),
    Term.State.IN_PROGRESS.value: gettext_lazy("Begin classes"),
    Term.State.GRADING.value: gettext_lazy("Begin grading"),
    Term.State.CLOSED.value: gettext_lazy("Close the term"),
    Term.State.ARCHIVED.value: gettext_lazy("Archive the term"),
}


@page(permission=permissions.VIEW_CATALOGUE)
def terms(request: PageRequest) -> HttpResponse:
    """Every term."""
    table = TermTable(request, selectors.terms(request.actor).values(*TermTable.fields()))
    context = {"may_manage": request.actor.may(permissions.MANAGE_TERMS), "current": selectors.current_term()}
    return table.respond("college/catalogue/terms.html", context)


@page(permission=permissions.MANAGE_TERMS)
def new_term(request: PageRequest) -> HttpResponse:
    """Plan a term."""
    form = NewTermForm.of(request)
    if form.is_submitted_and_valid():
        try:
            term = services.add_term(request.actor, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:term", term.id, message=_("Planned. Its exams were prepared with it."))
    return render(request, "college/catalogue/new_term.html", {"form": form}, status=form.status)


@page(permission=permissions.VIEW_CATALOGUE)
def term(request: PageRequest, term_id: UUID) -> HttpResponse:
    """One term: its days, its windows, and what can be done with it next."""
    found = selectors.get_term(request.actor, term_id)
    may_move = request.actor.may(permissions.MOVE_TERMS)
    next_states = sorted(found.TRANSITIONS[found.state]) if may_move else []
    context = {
        "term": found,
        "state": TERM_STATES[found.state],
        "windows": selectors.windows_of([found.id])[found.id],
        "moves": [(state, MOVES[state]) for state in next_states],
        "may_change": request.actor.may(permissions.MANAGE_TERMS) and not found.has_ended,
        "may_make_current": may_move and not found.is_current,
    }
    return render(request, "college/catalogue/term.html", context)


@page(permission=permissions.MANAGE_TERMS)
def change_term(request: PageRequest, term_id: UUID) -> HttpResponse:
    """Set the days of a term and of its windows."""
    found = selectors.get_term(request.actor, term_id)
    form = TermDaysForm.of(request, initial=_days_of(found, selectors.windows_of([found.id])[found.id]))
    if form.is_submitted_and_valid():
        try:
            services.change_term(
                request.actor, term_id=found.id, starts_on=form.cleaned_data["starts_on"],
                ends_on=form.cleaned_data["ends_on"], windows=form.windows(),
                expected_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "catalogue:term", found.id, message=_("Saved."))
    return render(request, "college/catalogue/change_term.html", {"form": form, "term": found}, status=form.status)


@require_POST
@page(permission=permissions.MOVE_TERMS)
def move_term(request: PageRequest, term_id: UUID) -> HttpResponse:
    """Take a term to its next state."""
    services.move_term(request.actor, term_id=term_id, state=request.POST.get("state", ""))
    return done(request, "catalogue:term", term_id, message=_("The term moved on."))


@require_POST
@page(permission=permissions.MOVE_TERMS)
def make_current(request: PageRequest, term_id: UUID) -> HttpResponse:
    """Make a term the current one."""
    services.set_current_term(request.actor, term_id=term_id)
    return done(request, "catalogue:term", term_id, message=_("This is the current term now."))


def _days_of(term: Term, windows: list[TermWindow]) -> dict[str, object]:
    days: dict[str, object] = {"starts_on": term.starts_on, "ends_on": term.ends_on, "version": term.version}
    for window in windows:
        days[f"{window.kind.lower()}_opens"] = window.opens_on
        days[f"{window.kind.lower()}_closes"] = window.closes_on
    return days

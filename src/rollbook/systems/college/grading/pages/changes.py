"""The grade-change desk: what was asked, by whom, and asking for a change."""

from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.utils.translation import gettext as _

from rollbook.core.errors import Refusal
from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.grading import permissions, selectors
from rollbook.systems.college.grading.forms import ChangeForm
from rollbook.systems.college.grading.services import changes
from rollbook.systems.college.grading.tables import ChangeTable
from rollbook.systems.college.records.pages.students import names

_TAKEN = "record__subject_enrolment__"


@page(permission=permissions.PROPOSE_CHANGE)
def desk(request: PageRequest) -> HttpResponse:
    """Requests to change grades: a registrar sees all, a professor the own ones. Each opens its decision."""
    rows = selectors.changes(request.actor).annotate(
        **names(f"{_TAKEN}term_enrolment__student__"),
        number=F(f"{_TAKEN}term_enrolment__student__student_number"), subject=F(f"{_TAKEN}subject__code"),
        term=F(f"{_TAKEN}term_enrolment__term__code"), state=F("request__state"),
    )  # fmt: skip
    return ChangeTable(request, rows.values(*ChangeTable.fields())).respond("college/grading/changes.html")


@page(permission=permissions.PROPOSE_CHANGE)
def propose(request: PageRequest, record_id: UUID) -> HttpResponse:
    """Ask for another value of a finalised grade."""
    found = selectors.get_record(request.actor, record_id)
    form = ChangeForm.of(request)
    if form.is_submitted_and_valid():
        try:
            changes.propose_change(request.actor, record_id=found.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "grading:changes", message=_("Asked. The head registrar decides."))
    context = {"form": form, "record": found, "story": selectors.story_of(request.actor, found.id)}
    return render(request, "college/grading/propose_change.html", context, status=form.status)


@page(permission=SIGNED_IN)
def story(request: PageRequest, record_id: UUID) -> HttpResponse:
    """Everything that ever happened to a grade."""
    found = selectors.get_record(request.actor, record_id)
    context = {"record": found, "story": selectors.story_of(request.actor, found.id)}
    return render(request, "college/grading/story.html", context)

"""A term's schedule as a whole: demand and generator, conflicts, publishing, copying, files."""

from collections import Counter
from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.policies import services as policies
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.charts import Chart, Series
from rollbook.core.web.rendering import done
from rollbook.core.web.states import State
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.records.reading import MOST_BYTES
from rollbook.systems.college.scheduling import checklist, permissions, selectors, services
from rollbook.systems.college.scheduling.forms import CopyForm, DemandForm, PublishForm, TimetableForm
from rollbook.systems.college.scheduling.models import TimetableImport
from rollbook.systems.college.scheduling.pages.around import around, in_term, term_choices, terms_of
from rollbook.systems.college.scheduling.policies import PICKING_HOURS
from rollbook.systems.college.scheduling.reading import COLUMNS, NEEDED
from rollbook.systems.college.scheduling.tables import TimetableTable
from rollbook.systems.college.scheduling.words import TIMETABLE_STATES

MOST_BARS = 30
MOST_FINDINGS = 300
FINDING_STATES = {
    checklist.ROOM: State(gettext_lazy("Room booked twice"), "bad"),
    checklist.PROFESSOR: State(gettext_lazy("Professor booked twice"), "bad"),
    checklist.STUDENTS: State(gettext_lazy("Student in two classes"), "bad"),
    checklist.NO_TIME: State(gettext_lazy("Hours to be announced"), "warn"),
    checklist.NO_ROOM: State(gettext_lazy("Room to be announced"), "warn"),
    checklist.NO_PROFESSOR: State(gettext_lazy("Professor to be announced"), "warn"),
    checklist.SMALL_ROOM: State(gettext_lazy("Room too small"), "warn"),
    checklist.UNAVAILABLE: State(gettext_lazy("Outside available hours"), "warn"),
    checklist.UNQUALIFIED: State(gettext_lazy("Not qualified for it"), "warn"),
    checklist.OVERLOADED: State(gettext_lazy("Too many units"), "warn"),
}
ALLOWED = State(gettext_lazy("Allowed"), "neutral")


def _shown(findings: list[checklist.Finding]) -> list[dict[str, Any]]:
    return [
        {
            "finding": finding,
            "state": FINDING_STATES[finding.kind],
            "allowed": ALLOWED if finding.is_excused else None,
        }
        for finding in findings
    ]


@page(permission=permissions.VIEW_SCHEDULE)
def conflicts(request: PageRequest) -> HttpResponse:
    """What is not right with the schedule of a term, conflicts first."""
    context = around(request, "schedule:conflicts")
    term = context["term"]
    findings = checklist.findings_of(term.id) if term else []
    counts = Counter(finding.kind for finding in findings if not finding.is_excused)
    context |= {
        "lines": _shown(findings[:MOST_FINDINGS]),
        "more": max(0, len(findings) - MOST_FINDINGS),
        "counts": [(FINDING_STATES[kind], counts[kind]) for kind in FINDING_STATES if counts[kind]],
    }
    return render(request, "college/scheduling/conflicts.html", context)


@page(permission=permissions.VIEW_SCHEDULE)
def demand(request: PageRequest) -> HttpResponse:
    """Students who need each subject beside the seats there are; sections generated for them."""
    context = around(request, "schedule:demand")
    term: Term | None = context["term"]
    if term is None:
        return render(request, "college/scheduling/demand.html", context)
    expected = services.expected_students(request.actor, term.id)
    form = DemandForm.of(request, cohorts=_cohorts(expected))
    wanted = form.demand() if form.is_submitted_and_valid() else expected
    if form.is_bound and form.is_valid() and request.POST.get("act") == "generate":
        try:
            made = services.generate_sections(request.actor, term_id=term.id, demand=wanted)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            message = _("Made: %(blocks)s blocks and %(sections)s sections.") % {
                "blocks": made.blocks, "sections": made.sections,
            }  # fmt: skip
            return done(request, in_term("schedule:demand", term.id), message=message)
    subjects = services.demand_by_subject(request.actor, term_id=term.id, demand=wanted)
    context |= {
        "form": form,
        "plan": services.plan_sections(request.actor, term_id=term.id, demand=wanted),
        "subjects": subjects,
        "missing": sum(each.missing for each in subjects),
        "chart": _demand_chart(subjects),
        "may_generate": request.actor.may(permissions.GENERATE_SECTIONS) and not term.has_ended,
    }
    return render(request, "college/scheduling/demand.html", context, status=form.status)


def _cohorts(expected: list[Any]) -> list[tuple[UUID, str, int, int]]:
    """Every programme and year that takes students, with those who are expected."""
    counted = {(each.programme_id, each.year_level): each.students for each in expected}
    return [
        (programme.id, programme.code, year, counted.get((programme.id, year), 0))
        for programme in Programme.objects.filter(is_active=True).order_by("code")
        for year in range(1, programme.duration_years + 1)
    ]


def _demand_chart(subjects: list[Any]) -> Chart | None:
    shown = subjects[:MOST_BARS]
    if not shown:
        return None
    return Chart(
        "bar",
        _("Students and seats by subject"),
        [each.subject.code for each in shown],
        [
            Series(_("Students"), [each.students for each in shown]),
            Series(_("Seats"), [each.seats for each in shown]),
        ],
        label_heading=_("Subject"),
    )


@page(permission=permissions.PUBLISH)
def publish(request: PageRequest) -> HttpResponse:
    """Publish the schedule of a term with its checklist, or take it back."""
    context = around(request, "schedule:publish")
    term: Term | None = context["term"]
    if term is None:
        return render(request, "college/scheduling/publish.html", context)
    form = PublishForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.publish_schedule(request.actor, term_id=term.id, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, in_term("schedule:publish", term.id), message=_("Published. Students can pick."))
    findings = checklist.findings_of(term.id)
    context |= {
        "form": form,
        "schedule": selectors.schedule_of(term.id),
        "lines": _shown(findings[:MOST_FINDINGS]),
        "more": max(0, len(findings) - MOST_FINDINGS),
        "hours": policies.get(PICKING_HOURS),
        "is_over": term.has_ended,
    }
    return render(request, "college/scheduling/publish.html", context, status=form.status)


@require_POST
@page(permission=permissions.PUBLISH)
def unpublish(request: PageRequest) -> HttpResponse:
    """Take a published schedule back while nobody has a seat in it."""
    _terms, term = terms_of(request)
    term_id = term.id if term else UUID(int=0)
    services.unpublish_schedule(request.actor, term_id=term_id)
    return done(request, in_term("schedule:publish", term_id), message=_("Taken back."))


@page(permission=permissions.MANAGE_SECTIONS)
def copy(request: PageRequest) -> HttpResponse:
    """Copy the classes of a term into another."""
    form = CopyForm.of(request, terms=term_choices())
    if form.is_submitted_and_valid():
        try:
            made = services.copy_schedule(request.actor, **form.cleaned_data)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            message = _("%(sections)s sections and %(meetings)s hours copied; %(unsettled)s need another look.") % {
                "sections": made.sections, "meetings": made.meetings, "unsettled": made.unsettled,
            }  # fmt: skip
            to = in_term("schedule:conflicts", form.cleaned_data["to_term_id"])
            return done(request, to, message=message)
    return render(request, "college/scheduling/copy.html", {"form": form}, status=form.status)


@page(permission=permissions.ASSIGN)
def files(request: PageRequest) -> HttpResponse:
    """Timetable files."""
    rows = selectors.timetables(request.actor).annotate(term_code=F("term__code"))
    return TimetableTable(request, rows.values(*TimetableTable.fields())).respond("college/scheduling/files.html")


@page(permission=permissions.ASSIGN)
def new_file(request: PageRequest) -> HttpResponse:
    """Choose a timetable; every line is tried and nothing is changed."""
    form = TimetableForm.of(request, terms=term_choices())
    if form.is_submitted_and_valid():
        file = form.cleaned_data["file"]
        try:
            run = services.check_timetable(
                request.actor, term_id=form.cleaned_data["term_id"], file_name=file.name,
                content=file.read(MOST_BYTES + 1),
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "schedule:file", run.id, message=_("Checked. Nothing was changed yet."))
    context = {"form": form, "needed": NEEDED, "others": [name for name in COLUMNS if name not in NEEDED]}
    return render(request, "college/scheduling/new_file.html", context, status=form.status)


@page(permission=permissions.ASSIGN)
def file(request: PageRequest, run_id: UUID) -> HttpResponse:
    """What a timetable would make, or made, and what is wrong with it."""
    run = selectors.get_timetable(request.actor, run_id)
    is_checked = run.state == TimetableImport.State.CHECKED
    context = {
        "run": run, "state": TIMETABLE_STATES[run.state], "is_checked": is_checked, "counts": run.counts,
        "may_import": is_checked and not run.errors, "errors": run.errors[:MOST_FINDINGS],
    }  # fmt: skip
    return render(request, "college/scheduling/file.html", context)


@require_POST
@page(permission=permissions.ASSIGN)
def import_file(request: PageRequest, run_id: UUID) -> HttpResponse:
    """Make the sections and hours of a file that was checked."""
    run = services.import_timetable(request.actor, run_id=run_id)
    return done(request, "schedule:file", run.id, message=_("Imported."))

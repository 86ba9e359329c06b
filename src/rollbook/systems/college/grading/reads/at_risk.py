"""Students whose studies are in danger, each with the reason and what can be done about it now."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import formatting
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.models import CumulativeResult, IncompleteCase, TermResult
from rollbook.systems.college.grading.rules.scales import LOWER_BETTER
from rollbook.systems.college.grading.rules.standing import SEVERITY, limit_of_average
from rollbook.systems.college.grading.scales import scale_in_force
from rollbook.systems.college.grading.services.standing import bands_of_programmes
from rollbook.systems.college.records.models import Hold, Student
from rollbook.systems.college.records.permissions import VIEW_HOLDS, VIEW_PROGRAMME_STUDENTS, VIEW_STUDENTS
from rollbook.systems.college.records.selectors import live_holds_among, live_students, students
from rollbook.systems.college.records.tables import NAMES, name_of

#: An incomplete that ends within so many days is looked after.
SOON_DAYS = 30
STANDING, PROPOSED, AVERAGE, INCOMPLETE, HOLD = "STANDING", "PROPOSED", "AVERAGE", "INCOMPLETE", "HOLD"

Row = Mapping[str, Any]


def at_risk(actor: Actor) -> list[dict[str, Any]]:
    """One line for each danger of each student whom the actor looks after, in a fixed number of statements."""
    actor.require(permissions.SEE_AT_RISK)
    every = actor.may(permissions.SEE_EVERY_AT_RISK)
    mine = (live_students() if every else students(actor)).filter(status=Student.Status.ACTIVE)
    today = organisation_in_scope().local_date(clock.now())
    found = [
        *_standings(mine),
        *_proposed(actor, mine),
        *_averages(mine, today),
        *_incompletes(mine, today),
        *_holds(actor, mine),
    ]
    return sorted(_as_far_as_open(actor, found), key=place_of)


def place_of(line: Row) -> tuple[str, str, str]:
    """Where a line stands in the list."""
    return line["name"], line["number"], line["id"]


def _as_far_as_open(actor: Actor, lines: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """A dean opens no student's record: no line leads there, and names whom to ask instead."""
    if actor.may(VIEW_STUDENTS):
        yield from lines
        return
    own = students(actor).values_list("id", flat=True) if actor.may(VIEW_PROGRAMME_STUDENTS) else ()
    known = set(own)
    for line in lines:
        if line["student_id"] in known:
            yield line
            continue
        ask = {"next_step": _("Ask the head of the programme")} if line["reason"] in {PROPOSED, AVERAGE} else {}
        yield {**line, "record_id": None, "url": "", **ask}


def _line(row: Row, reason: str, why: str, next_step: str, url: str, until: date | None = None) -> dict[str, Any]:
    return {
        "id": f"{reason}-{row['about']}", "student_id": row["whose"], "record_id": row["whose"], "name": name_of(row),
        "number": row["number"], "programme_code": row["programme_code"], "reason": reason, "why": why,
        "next_step": next_step, "url": url, "until": until,
    }  # fmt: skip


def _read(rows: "QuerySet[Any, Any]", prefix: str, *fields: str, about: str = "id") -> Iterator[dict[str, Any]]:
    """Rows with the student's name, number and programme, and some fields of their own."""
    student = {name: F(f"{prefix}person__{name}_name") for name in NAMES[:3]}
    return iter(
        rows.order_by().values(
            *fields, **student, suffix=F(f"{prefix}person__suffix"), number=F(f"{prefix}student_number"),
            programme_code=F(f"{prefix}programme__code"), about=F(about),
            whose=F(f"{prefix}id"),
        )
    )  # fmt: skip


def _grades_of(student_id: UUID) -> str:
    return reverse("grading:of_student", args=[student_id])


def _standings(mine: "QuerySet[Student]") -> Iterator[dict[str, Any]]:
    """Warned, on probation or suspended by what a registrar confirmed."""
    words = dict(Student.Standing.choices)
    for row in _read(mine.exclude(academic_standing=Student.Standing.GOOD), "", "academic_standing"):
        why = _("Standing: %(standing)s") % {"standing": words[row["academic_standing"]]}
        yield _line(row, STANDING, why, _("Agree on the load of the next term"), _grades_of(row["whose"]))


def _proposed(actor: Actor, mine: "QuerySet[Student]") -> Iterator[dict[str, Any]]:
    """What the latest results ask for, while nobody has confirmed it."""
    latest = TermResult.objects.filter(student=OuterRef("student")).order_by("-term__starts_on", "-id").values("id")[:1]
    rows = TermResult.objects.filter(
        id=Subquery(latest), student__in=mine, confirmed_at__isnull=True, standing__in=SEVERITY[1:]
    )
    words = dict(Student.Standing.choices)
    for row in _read(rows, "student__", "standing", "term_id", "term__code"):
        why = _("The results of %(term)s ask for: %(standing)s") % {
            "term": row["term__code"], "standing": words[row["standing"]],
        }  # fmt: skip
        if actor.may(permissions.CONFIRM_STANDING):
            url = reverse("grading:standings", args=[row["term_id"]])
            yield _line(row, PROPOSED, why, _("Confirm the standing"), url)
        else:
            yield _line(row, PROPOSED, why, _("Look at the grades"), _grades_of(row["whose"]))


def _averages(mine: "QuerySet[Student]", today: date) -> Iterable[dict[str, Any]]:
    """An average over all terms that is worse than the programme's rules of standing allow."""
    direction = scale_in_force(today).direction
    every = bands_of_programmes()
    limits = {
        programme: limit
        for programme, bands in every.items()
        if (limit := limit_of_average(bands.standings, direction)) is not None
    }
    own = [programme for programme in every if programme is not None]
    worse = "gpa_shown__gt" if direction == LOWER_BETTER else "gpa_shown__lt"
    if not limits:
        return
    beyond = Q(pk__in=[])
    for programme, limit in limits.items():
        whose = Q(student__programme=programme) if programme else ~Q(student__programme__in=own)
        beyond |= whose & Q(**{worse: limit})
    rows = CumulativeResult.objects.filter(beyond, student__in=mine)
    for row in _read(rows, "student__", "gpa_shown", "student__programme_id"):
        limit = limits.get(row["student__programme_id"], limits.get(None))
        why = _("Average %(average)s, the limit is %(limit)s") % {
            "average": f"{row['gpa_shown']:.2f}", "limit": f"{limit:.2f}",
        }  # fmt: skip
        yield _line(row, AVERAGE, why, _("Look at the grades"), _grades_of(row["whose"]))


def _incompletes(mine: "QuerySet[Student]", today: date) -> Iterator[dict[str, Any]]:
    """Incompletes that end soon, and those whose grade waits for the next signature."""
    state = IncompleteCase.State
    soon = Q(state__in=IncompleteCase.EXPIRES, deadline__lte=today + timedelta(days=SOON_DAYS))
    rows = IncompleteCase.objects.filter(soon | Q(state=state.SUBMITTED), student__in=mine)
    steps = {
        state.OPEN: _("Ask the professor to request the resolution"),
        state.REQUESTED: _("Ask the registrar to allow the resolution"),
        state.APPROVED: _("Ask the professor for the grade"),
        state.SUBMITTED: _("Approve the grade"),
    }
    for row in _read(rows, "student__", "state", "deadline", "subject_enrolment__subject__code"):
        said = {"subject": row["subject_enrolment__subject__code"]}
        if row["state"] == state.SUBMITTED or row["deadline"] is None:
            why, until = _("%(subject)s: the grade that resolves the incomplete is given") % said, None
        else:
            until, left = row["deadline"], (row["deadline"] - today).days
            why = ngettext(
                "%(subject)s is incomplete, %(n)s day is left until %(day)s",
                "%(subject)s is incomplete, %(n)s days are left until %(day)s", max(left, 0),
            ) % (said | {"n": max(left, 0), "day": formatting.day_text(until)})  # fmt: skip
        url = reverse("grading:incomplete", args=[row["about"]])
        yield _line(row, INCOMPLETE, why, steps[row["state"]], url, until)


def _holds(actor: Actor, mine: "QuerySet[Student]") -> Iterator[dict[str, Any]]:
    """What keeps them from enrolling, sitting exams or getting papers."""
    kinds = dict(Hold.Kind.choices)
    for row in _read(live_holds_among(actor, mine), "student__", "kind", "shown_reason"):
        why = f"{kinds[row['kind']]}: {row['shown_reason']}"
        if actor.may(VIEW_HOLDS):
            yield _line(row, HOLD, why, _("See the hold"), reverse("students:holds_of", args=[row["whose"]]))
        else:
            record = reverse("students:student", args=[row["whose"]])
            yield _line(row, HOLD, why, _("Send the student to the registrar"), record)

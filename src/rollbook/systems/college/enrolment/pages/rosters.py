"""Who is in a class."""

from uuid import UUID

from django.http import HttpResponse

from rollbook.core.audit.services import record_access
from rollbook.core.web import PageRequest, page, render
from rollbook.systems.college.enrolment import permissions, selectors


@page(permission=permissions.SEE_ROSTER)
def roster(request: PageRequest, section_id: UUID) -> HttpResponse:
    """The students of a class in the order of the roll, to be printed. Each look is noted."""
    section, rows = selectors.roster_of(request.actor, section_id)
    record_access(request.actor, section, "class list")
    students = [
        {
            "number": row.term_enrolment.student.student_number, "person": row.term_enrolment.student.person,
            "programme": row.term_enrolment.programme.code, "year_level": row.term_enrolment.year_level,
            "is_retake": row.is_retake,
        }
        for row in rows
    ]  # fmt: skip
    return render(request, "college/enrolment/roster.html", {"section": section, "students": students})

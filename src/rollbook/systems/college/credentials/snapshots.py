"""What each official paper says, frozen as plain JSON when it is released. Figures are text, never floats."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.figures import plain
from rollbook.core.policies.services import get as get_policy
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import formatting
from rollbook.systems.college.catalogue.models import GradeValue
from rollbook.systems.college.catalogue.services import scale_in_force
from rollbook.systems.college.credentials import policies
from rollbook.systems.college.credentials.errors import NothingToCertify
from rollbook.systems.college.credentials.reads.academic import Academic, Line, TermRecord
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.grading.policies import GPA_NAME
from rollbook.systems.college.records.models import Student

Snapshot = dict[str, Any]
#: Where a paper about one term keeps which, so that its replacement is about the same.
TERM = "term_enrolment_id"


def common(student: Student, *, purpose: str, copies: int) -> Snapshot:
    """What stands on every paper: the house, the student, what it is for."""
    organisation = organisation_in_scope()
    return {
        "institution": {"name": organisation.name, "accent": organisation.accent},
        # Initials where the student asked for privacy.
        "masked_name": student.person.public_name if student.person.is_private else student.person.masked_name,
        "name": student.person.full_name,
        "number": student.student_number,
        "programme": student.programme.name,
        "purpose": purpose,
        "copies": copies,
        "released_on": formatting.day_text(organisation.local_date(clock.now())),
        "signed_by": get_policy(policies.REGISTRAR_TITLE),
    }


def transcript(student: Student, record: Academic, _term_id: UUID | None) -> Snapshot:
    """Every term with every attempt, credits, averages, and what the marks mean."""
    terms = [term for term in record.terms if any(line.grade for line in term.lines)]
    if not terms and not record.credits:
        raise NothingToCertify(reason=_("There is no finalised grade yet, so there is nothing to transcribe."))
    today = organisation_in_scope().local_date(clock.now())
    return {
        "terms": [_term(term, [line for line in term.lines if line.grade]) for term in terms],
        "credits": [
            {
                "institution": credit.request.institution if credit.request else "",
                "code": credit.subject.code, "title": credit.subject.title, "units": plain(credit.units_granted),
                "external": f"{credit.external_code} {credit.external_grade}",
            }
            for credit in record.credits
        ],
        "average_name": get_policy(GPA_NAME),
        "average": _average(record.average),
        "units_earned": plain(record.units_earned),
        "legend": _legend(scale_in_force(today).id),
        "graduated": student.status == Student.Status.GRADUATED,
    }  # fmt: skip


def enrolment_certificate(student: Student, record: Academic, term_id: UUID | None) -> Snapshot:
    """That somebody studies here in a term."""
    term = _chosen(record, term_id)
    return {TERM: str(term.enrolment_id), "term": term.term, "academic_year": term.academic_year, "kind": term.kind,
            "year_level": term.year_level, "starts_on": formatting.day_text(term.starts_on),
            "ends_on": formatting.day_text(term.ends_on)}  # fmt: skip


def registration(student: Student, record: Academic, term_id: UUID | None) -> Snapshot:
    """The subjects somebody is registered for in a term."""
    term = _chosen(record, term_id)
    lines = [line for line in term.lines if line.result != "WITHDRAWN"]
    if not lines:
        raise NothingToCertify(reason=_("No subject is taken up in %(term)s yet.") % {"term": term.term})
    return {TERM: str(term.enrolment_id), "terms": [_term(term, lines)], "year_level": term.year_level}


def grades(student: Student, record: Academic, term_id: UUID | None) -> Snapshot:
    """The finalised grades of one term."""
    graded = [term for term in record.terms if any(line.grade for line in term.lines)]
    if term_id is not None:
        graded = [term for term in graded if term.enrolment_id == term_id]
    if not graded:
        raise NothingToCertify(reason=_("No grade of that term is final yet."))
    term = graded[-1]
    lines = [line for line in term.lines if line.grade]
    return {TERM: str(term.enrolment_id), "terms": [_term(term, lines)], "average_name": get_policy(GPA_NAME)}


def dismissal(student: Student, record: Academic, _term_id: UUID | None) -> Snapshot:
    """That somebody who left may go on elsewhere."""
    if student.status not in {Student.Status.WITHDRAWN, Student.Status.INACTIVE, Student.Status.GRADUATED}:
        raise NothingToCertify(reason=_("An honourable dismissal is for students who have left. Record that first."))
    return {"last_term": record.terms[-1].term if record.terms else "", "status": student.get_status_display()}


def _chosen(record: Academic, term_id: UUID | None) -> TermRecord:
    found = [
        term
        for term in record.terms
        if term.state in TermEnrolment.LIVE and (term_id is None or term.enrolment_id == term_id)
    ]
    if not found:
        raise NothingToCertify(reason=_("The student is not enrolled in that term."))
    return found[-1]


def _term(term: TermRecord, lines: Sequence[Line]) -> Mapping[str, Any]:
    return {
        "term": term.term, "academic_year": term.academic_year, "kind": term.kind, "programme": term.programme,
        "average": _average(term.average),
        "units": plain(sum((line.units for line in lines), Decimal(0))),
        "lines": [
            {"code": line.code, "title": line.title, "units": plain(line.units), "grade": line.grade,
             "earned": plain(line.units if line.is_earned else Decimal(0))}
            for line in lines
        ],
    }  # fmt: skip


def _legend(scale_id: UUID) -> list[list[str]]:
    values = GradeValue.objects.filter(scale_id=scale_id).order_by("position")
    return [[value.symbol, value.get_kind_display() if value.numeric is None else _passes(value)] for value in values]


def _passes(value: GradeValue) -> str:
    return _("passes") if value.passes else _("fails")


def _average(average: Decimal | None) -> str:
    return "—" if average is None else f"{average:.2f}"

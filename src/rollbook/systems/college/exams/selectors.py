"""Reads about exams and permits, limited to what the actor may see."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery

from rollbook.core import clock
from rollbook.core.errors import Forbidden
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.documents.rules import prefix_of, tidy_code
from rollbook.shared.people.rules import Name, full_name, initials
from rollbook.systems.college.exams import permissions, rules
from rollbook.systems.college.exams.errors import ExamPeriodNotFound, PermitNotFound
from rollbook.systems.college.exams.models import ExamMonthMapping, ExamPeriod, ExamPermit
from rollbook.systems.college.exams.policies import EXAM_POLICY

MONTHS = """
SELECT DISTINCT ON (m.exam_period_id) m.exam_period_id, m.instalment_number
  FROM college_exams_exammonthmapping m
 WHERE m.organisation_id = %s AND m.term_id = %s AND m.effective_at <= %s
 ORDER BY m.exam_period_id, m.version DESC
"""

CHECK = """
SELECT t.id, t.code, t.state, coalesce(t.limited_from, p.opens_on), coalesce(t.limited_until, p.closes_on), p.code, p.name,
       n.family_name, n.given_name, n.middle_name, n.suffix, n.is_private, n.photo_id, g.name, g.code, k.code
  FROM college_exams_exampermit t
  JOIN college_exams_examperiod p ON p.organisation_id = t.organisation_id AND p.id = t.exam_period_id
  JOIN college_catalogue_term k ON k.organisation_id = t.organisation_id AND k.id = p.term_id
  JOIN college_enrolment_termenrolment e ON e.organisation_id = t.organisation_id AND e.id = t.term_enrolment_id
  JOIN college_catalogue_programme g ON g.organisation_id = t.organisation_id AND g.id = e.programme_id
  JOIN college_records_student s ON s.organisation_id = t.organisation_id AND s.id = e.student_id
  JOIN people_person n ON n.organisation_id = t.organisation_id AND n.id = s.person_id
 WHERE t.organisation_id = %(organisation)s AND t.code = %(code)s AND s.taken_back_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class PermitShown:
    """What a proctor and the public page see: whether it opens the exam, whose it is, which exam. Nothing financial."""

    permit_id: UUID
    code: str
    is_valid: bool
    state: str
    #: Initials where the student asked for privacy and the public looks.
    name: str
    photo_id: UUID | None
    programme: str
    exam: str
    term: str
    valid_from: date
    valid_until: date


def months_asked(term_id: UUID) -> dict[UUID, int]:
    """The month that each exam of a term asks for now."""
    with connection.cursor() as cursor:
        cursor.execute(MONTHS, [require_organisation_id(), term_id, clock.now()])
        return dict(cursor.fetchall())


def exam_periods(actor: Actor, term_id: UUID | None = None) -> "QuerySet[Any, Any]":
    """Exam periods with the month each asks for, in the order of the term."""
    actor.require(permissions.VIEW_EXAMS)
    newest = ExamMonthMapping.objects.filter(exam_period=OuterRef("pk"), effective_at__lte=clock.now()).order_by(
        "-version"
    )
    rows = ExamPeriod.objects.annotate(
        month=Subquery(newest.values("instalment_number")[:1]), mapping_version=Subquery(newest.values("version")[:1])
    )
    return rows.filter(term_id=term_id) if term_id else rows


def get_exam_period(actor: Actor, exam_period_id: UUID) -> Any:
    """One exam period with its month."""
    found = exam_periods(actor).filter(id=exam_period_id).first()
    if found is None:
        raise ExamPeriodNotFound
    return found


def mapping_history(actor: Actor, term_id: UUID) -> "QuerySet[ExamMonthMapping]":
    """Every version of a term's months, newest first."""
    actor.require(permissions.VIEW_EXAMS)
    found: QuerySet[ExamMonthMapping] = ExamMonthMapping.objects.filter(term_id=term_id)
    return found.select_related("exam_period", "author").order_by("-version", "exam_period__position")


def permits(actor: Actor) -> "QuerySet[ExamPermit]":
    """The permits that the actor may see: everybody's, or their own."""
    everybody: QuerySet[ExamPermit] = ExamPermit.objects.filter(term_enrolment__student__taken_back_at__isnull=True)
    if actor.may(permissions.VIEW_PERMITS):
        return everybody
    if actor.may(permissions.VIEW_OWN_PERMITS) and actor.person_id:
        return everybody.filter(term_enrolment__student__person=actor.person_id)
    raise Forbidden(permission=permissions.VIEW_PERMITS)


def own_permits(actor: Actor) -> "QuerySet[ExamPermit]":
    """The permits of the student that the actor is."""
    actor.require(permissions.VIEW_OWN_PERMITS)
    if actor.person_id is None:
        return ExamPermit.objects.none()
    own: QuerySet[ExamPermit] = ExamPermit.objects.filter(
        term_enrolment__student__person=actor.person_id, term_enrolment__student__taken_back_at__isnull=True
    )
    return own


def get_permit(actor: Actor, permit_id: UUID) -> ExamPermit:
    """One permit with everything that stands on it."""
    found: ExamPermit | None = (
        permits(actor)
        .select_related(
            "exam_period__term",
            "term_enrolment__student__person",
            "term_enrolment__programme",
            "term_enrolment__student",
        )
        .filter(id=permit_id)
        .first()
    )
    if found is None:
        raise PermitNotFound
    return found


def permits_of_enrolments(actor: Actor, enrolment_ids: list[UUID]) -> list[dict[str, Any]]:
    """The exams of some enrolments with the permit or the lock of each, for the permits row of a screen."""
    if not (actor.may(permissions.VIEW_PERMITS) or actor.may(permissions.VIEW_OWN_PERMITS)):
        raise Forbidden(permission=permissions.VIEW_PERMITS)
    own_only = None if actor.may(permissions.VIEW_PERMITS) else actor.person_id
    with connection.cursor() as cursor:
        cursor.execute(
            ROW, {"organisation": require_organisation_id(), "enrolments": enrolment_ids, "person": own_only,
                  "sees_all": actor.may(permissions.VIEW_PERMITS), "at": clock.now()},
        )  # fmt: skip
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


ROW = """
SELECT e.id AS term_enrolment_id, k.code AS term, p.id AS exam_period_id, p.code AS exam, p.name AS exam_name,
       coalesce(t.limited_from, p.opens_on) AS opens_on, coalesce(t.limited_until, p.closes_on) AS closes_on,
       m.instalment_number AS month, t.id AS permit_id, t.code AS code, coalesce(t.state, 'LOCKED') AS state
  FROM college_enrolment_termenrolment e
  JOIN college_records_student s ON s.organisation_id = e.organisation_id AND s.id = e.student_id
  JOIN college_catalogue_term k ON k.organisation_id = e.organisation_id AND k.id = e.term_id
  JOIN college_exams_examperiod p ON p.organisation_id = e.organisation_id AND p.term_id = e.term_id
  JOIN LATERAL (SELECT v.instalment_number FROM college_exams_exammonthmapping v
                 WHERE v.organisation_id = %(organisation)s AND v.exam_period_id = p.id AND v.effective_at <= %(at)s
                 ORDER BY v.version DESC LIMIT 1) m ON true
  LEFT JOIN college_exams_exampermit t
    ON t.organisation_id = e.organisation_id AND t.term_enrolment_id = e.id AND t.exam_period_id = p.id
 WHERE e.organisation_id = %(organisation)s AND e.id = ANY (%(enrolments)s)
   AND (%(sees_all)s OR s.person_id = %(person)s)
 ORDER BY k.starts_on DESC, p.position
"""


def permits_opened(term_enrolment_id: UUID, *, at: datetime) -> list[tuple[str, str]]:
    """Exam and code of the permits that were issued at one moment, such as that of the payment that opened them."""
    opened = ExamPermit.objects.filter(term_enrolment_id=term_enrolment_id, issued_at=at)
    return list(opened.order_by("exam_period__position").values_list("exam_period__code", "code"))


def check_code(text: str, *, is_public: bool) -> PermitShown | None:
    """A permit by its code as typed or scanned, in the organisation in scope; None when there is none."""
    code = tidy_code(text)
    if code is None or prefix_of(code) != rules.PREFIX:
        return None
    with connection.cursor() as cursor:
        cursor.execute(CHECK, {"organisation": require_organisation_id(), "code": code})
        row = cursor.fetchone()
    if row is None:
        return None
    (permit_id, code, state, valid_from, valid_until, _, exam, family, given, middle, suffix, is_private, photo_id,
     programme, _, term) = row  # fmt: skip
    name = Name(family, given, middle, suffix)
    hides = is_public and is_private
    today = organisation_in_scope().local_date(clock.now())
    return PermitShown(
        permit_id=permit_id, code=code, is_valid=state in ExamPermit.OPENS and today <= valid_until, state=state,
        name=initials(name) if hides else full_name(name), photo_id=None if hides else photo_id, programme=programme,
        exam=exam, term=term, valid_from=valid_from, valid_until=valid_until,
    )  # fmt: skip


def turns_nobody_away() -> bool:
    """Whether the college's policy lets students sit without a permit."""
    return bool(policies.get(EXAM_POLICY) == rules.ADVISORY)

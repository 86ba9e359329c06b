"""Reports about grades: how classes came out, and what is still incomplete."""

from django.utils.translation import gettext_lazy as _

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web.states import Words
from rollbook.core.web.tables import ChoiceFilter, Column
from rollbook.shared.analytics.register import Report, Statement, Values, register_report
from rollbook.systems.college.catalogue.models import Subject
from rollbook.systems.college.catalogue.report_parts import (
    ANY_TERM,
    CLASSES,
    COLLEGE,
    PROGRAMME,
    SUBJECT,
    TERM,
    chosen,
    term_chosen,
)
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.models import IncompleteCase
from rollbook.systems.college.grading.words import CASE_STATES
from rollbook.systems.college.records.report_parts import BY_NAME, NAME, NOBODY, NUMBER, STUDENT_FIELDS
from rollbook.systems.college.records.report_parts import PROGRAMME as PROGRAMME_COLUMN
from rollbook.systems.college.scheduling.report_parts import (
    PROFESSOR_FIELDS,
    PROFESSOR_OF_CLASS,
    TAUGHT_BY,
    professor_column,
)

# The statements are put together from fixed parts; every value is a parameter.
# ruff: noqa: S608

#: Who left within add and drop never was in the class; who withdrew later was.
DISTRIBUTION = f"""
SELECT c.id, t.code AS term, u.code AS subject, u.title AS title, c.code AS section,
       {PROFESSOR_FIELDS}, count(*) AS enrolled,
       count(*) FILTER (WHERE x.result = 'PASSED') AS passed, count(*) FILTER (WHERE x.result = 'FAILED') AS failed,
       count(*) FILTER (WHERE x.result = 'INC') AS incomplete, count(*) FILTER (WHERE x.result = 'NG') AS without_grade,
       count(*) FILTER (WHERE x.result = 'WITHDRAWN' OR x.state = 'WITHDRAWN') AS withdrawn,
       count(*) FILTER (WHERE x.result = '' AND x.state <> 'WITHDRAWN') AS open,
       round(avg(x.final_numeric) FILTER (WHERE x.result IN ('PASSED', 'FAILED')), 2) AS average
  FROM college_scheduling_section c
  JOIN college_catalogue_term t ON t.organisation_id = c.organisation_id AND t.id = c.term_id
  JOIN college_catalogue_subject u ON u.organisation_id = c.organisation_id AND u.id = c.subject_id
  JOIN college_enrolment_subjectenrolment x
    ON x.organisation_id = c.organisation_id AND x.section_id = c.id
   AND x.state IN ('ENROLLED', 'COMPLETED', 'WITHDRAWN')
  {PROFESSOR_OF_CLASS}
 WHERE c.organisation_id = %(organisation)s AND c.state <> 'CANCELLED'
   AND (%(term)s::text IS NULL OR t.code = %(term)s::text)
   AND (%(subject)s::text[] IS NULL OR u.code = ANY (%(subject)s::text[]))
 GROUP BY c.id, t.code, u.code, u.title, c.code, q.family_name, q.given_name
"""

INCOMPLETES = f"""
SELECT k.id, {STUDENT_FIELDS}, u.code AS subject, t.code AS term, k.category, k.required_work, k.started_on, k.deadline,
       k.deadline - %(today)s::date AS days_left, k.state,
       {PROFESSOR_FIELDS}
  FROM college_grading_incompletecase k
  JOIN college_enrolment_subjectenrolment x ON x.organisation_id = k.organisation_id AND x.id = k.subject_enrolment_id
  JOIN college_enrolment_termenrolment e ON e.organisation_id = k.organisation_id AND e.id = x.term_enrolment_id
  JOIN college_records_student s ON s.organisation_id = k.organisation_id AND s.id = k.student_id
  JOIN people_person p ON p.organisation_id = k.organisation_id AND p.id = s.person_id
  JOIN college_catalogue_programme g ON g.organisation_id = k.organisation_id AND g.id = e.programme_id
  JOIN college_catalogue_term t ON t.organisation_id = k.organisation_id AND t.id = e.term_id
  JOIN college_catalogue_subject u ON u.organisation_id = k.organisation_id AND u.id = x.subject_id
  LEFT JOIN college_scheduling_section c ON c.organisation_id = k.organisation_id AND c.id = x.section_id
  {PROFESSOR_OF_CLASS}
 WHERE k.organisation_id = %(organisation)s AND s.taken_back_at IS NULL
   AND (%(teacher)s::uuid IS NULL OR g.head_id = %(teacher)s::uuid OR {TAUGHT_BY})
   AND (%(term)s::text IS NULL OR t.code = %(term)s::text)
   AND (%(programme)s::text[] IS NULL OR g.code = ANY (%(programme)s::text[]))
   AND (%(state)s::text[] IS NULL OR k.state = ANY (%(state)s::text[]))
"""


def distribution(actor: Actor, values: Values) -> Statement:
    """How each class came out."""
    return Statement(DISTRIBUTION, "term, subject, section", chosen(values, "subject") | term_chosen(values))


def incompletes(actor: Actor, values: Values) -> Statement:
    """The incompletes that the actor may see: all, those of their classes, those of the programmes they head."""
    actor.require(permissions.VIEW_INCOMPLETES)
    facts = {
        "teacher": None if actor.may(permissions.VIEW_SHEETS) else actor.membership_id or NOBODY,
        "today": organisation_in_scope().local_date(clock.now()),
    }
    narrowed = chosen(values, "programme", "state") | term_chosen(values)
    return Statement(INCOMPLETES, f"deadline NULLS LAST, {BY_NAME}, subject", narrowed | facts)


def _still_open() -> dict[str, list[str]]:
    return {"state": [state for state in IncompleteCase.State.values if state not in ("RESOLVED", "EXPIRED")]}


_CATEGORIES: dict[str, Words] = dict(Subject.Category.choices)


def _count(name: str, label: Words) -> Column:
    return Column(name, label, kind="number", total=True)


register_report(
    Report(
        key="grade-distribution", title=_("Grade distribution"), group=CLASSES, order=30, systems=COLLEGE,
        sentence=_("How each class came out: passed, failed, INC and the average."), rows=distribution,
        permissions=(permissions.VIEW_SHEETS,), keywords=_("grades passed failed average class"),
        columns=(
            Column("subject", _("Subject"), primary=True), Column("section", _("Section")),
            Column("title", _("Title"), visible=False), Column("term", _("Term")), professor_column(),
            _count("enrolled", _("Enrolled")), _count("passed", _("Passed")), _count("failed", _("Failed")),
            _count("incomplete", _("INC")), _count("without_grade", _("No grade")),
            _count("withdrawn", _("Withdrawn")), _count("open", _("Not final")),
            Column("average", _("Average"), kind="number"),
        ),
        filters=(TERM, SUBJECT),
    )
)  # fmt: skip

register_report(
    Report(
        key="incompletes", title=_("INC list"), group=CLASSES, order=40, systems=COLLEGE, names_people=True,
        sentence=_("Every incomplete with the work that is missing and the day by which it is due."),
        rows=incompletes, permissions=(permissions.VIEW_INCOMPLETES,), keywords=_("incomplete inc deadline"),
        columns=(
            NUMBER, NAME, PROGRAMME_COLUMN,
            Column("subject", _("Subject")), Column("term", _("Term")), professor_column(),
            Column("category", _("Category"), text=lambda row: _CATEGORIES[row["category"]], visible=False),
            Column("required_work", _("Required work")),
            Column("started_on", _("Since"), kind="date", visible=False),
            Column("deadline", _("Deadline"), kind="date"),
            Column("days_left", _("Days left"), kind="number"),
            Column("state", _("State"), kind="state", states=CASE_STATES),
        ),
        filters=(
            ANY_TERM, PROGRAMME,
            ChoiceFilter("state", _("State"), choices=IncompleteCase.State.choices, multiple=True, default=_still_open),
        ),
    )
)  # fmt: skip

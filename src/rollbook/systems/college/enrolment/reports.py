"""Reports about terms and classes: who is enrolled, who sits in which class, which rule was set aside for whom."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.states import State
from rollbook.core.web.tables import ChoiceFilter, Column, DateRangeFilter
from rollbook.shared.analytics.register import Report, Statement, Values, register_report
from rollbook.shared.analytics.reports import last_days, moments
from rollbook.systems.college.catalogue.report_parts import (
    CLASSES,
    COLLEGE,
    OVERSIGHT,
    PROGRAMME,
    REGULATOR,
    STUDENTS,
    SUBJECT,
    TERM,
    chosen,
    term_chosen,
)
from rollbook.systems.college.enrolment import permissions
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.words import ENROLMENT_STATES, TAKEN_STATES
from rollbook.systems.college.records.models import Override
from rollbook.systems.college.records.permissions import (
    REPORT_OVERRIDES,
    VIEW_PROGRAMME_STUDENTS,
    VIEW_STUDENTS,
)
from rollbook.systems.college.records.report_parts import (
    BY_NAME,
    NAME,
    NOBODY,
    NUMBER,
    STUDENT_FIELDS,
    name_if_any,
    of_actor,
)
from rollbook.systems.college.records.report_parts import PROGRAMME as PROGRAMME_COLUMN
from rollbook.systems.college.scheduling.report_parts import (
    PROFESSOR_FIELDS,
    PROFESSOR_OF_CLASS,
    TAUGHT_BY,
    professor_column,
)

# The statements are put together from fixed parts; every value is a parameter.
# ruff: noqa: S608

_OVERRIDES = dict(Override.Kind.choices)
#: How much of a term is paid.
PAYMENT_STATES = {
    "PAID": State(_("Paid"), "good"),
    "PARTIAL": State(_("Partly paid"), "wait"),
    "UNPAID": State(_("Unpaid"), "bad"),
    "NONE": State(_("No plan"), "neutral", "minus"),
}
_TAKING = ("RESERVED", "ENROLLED", "COMPLETED")
_SITTING = ("ENROLLED", "COMPLETED")

_STUDENT_OF_TERM = """
  JOIN college_records_student s ON s.organisation_id = e.organisation_id AND s.id = e.student_id
  JOIN people_person p ON p.organisation_id = e.organisation_id AND p.id = s.person_id
  JOIN college_catalogue_programme g ON g.organisation_id = e.organisation_id AND g.id = e.programme_id
  JOIN college_catalogue_term t ON t.organisation_id = e.organisation_id AND t.id = e.term_id
"""

ENROLMENT = f"""
SELECT e.id, {STUDENT_FIELDS}, g.name AS programme_name, p.sex AS sex, p.birth_date AS birth_date, t.code AS term,
       t.academic_year AS academic_year, e.year_level, e.state, e.regularity, coalesce(taken.units, 0) AS units,
       CASE WHEN i.id IS NULL THEN 'NONE' WHEN i.paid_minor >= i.total_minor THEN 'PAID'
            WHEN i.paid_minor > 0 THEN 'PARTIAL' ELSE 'UNPAID' END AS payment
  FROM college_enrolment_termenrolment e {_STUDENT_OF_TERM}
  LEFT JOIN billing_invoice i ON i.organisation_id = e.organisation_id AND i.id = e.invoice_id AND i.state = 'OPEN'
  LEFT JOIN (SELECT x.term_enrolment_id, sum(x.units) AS units
               FROM college_enrolment_subjectenrolment x
              WHERE x.organisation_id = %(organisation)s AND x.state = ANY (%(taking)s::text[])
              GROUP BY x.term_enrolment_id) taken ON taken.term_enrolment_id = e.id
 WHERE e.organisation_id = %(organisation)s AND s.taken_back_at IS NULL
   AND (%(head)s::uuid IS NULL OR g.head_id = %(head)s::uuid)
   AND (%(term)s::text IS NULL OR t.code = %(term)s::text)
   AND (%(programme)s::text[] IS NULL OR g.code = ANY (%(programme)s::text[]))
   AND (%(status)s::text[] IS NULL OR e.state = ANY (%(status)s::text[]))
"""

ROSTER = f"""
SELECT x.id, {STUDENT_FIELDS}, e.year_level, t.code AS term, u.code AS subject, u.title AS title, c.code AS section,
       x.state, {PROFESSOR_FIELDS}
  FROM college_enrolment_subjectenrolment x
  JOIN college_enrolment_termenrolment e ON e.organisation_id = x.organisation_id AND e.id = x.term_enrolment_id
  {_STUDENT_OF_TERM}
  JOIN college_scheduling_section c ON c.organisation_id = x.organisation_id AND c.id = x.section_id
  JOIN college_catalogue_subject u ON u.organisation_id = x.organisation_id AND u.id = c.subject_id
  {PROFESSOR_OF_CLASS}
 WHERE x.organisation_id = %(organisation)s AND e.organisation_id = %(organisation)s AND s.taken_back_at IS NULL
   AND x.state = ANY (%(sitting)s::text[])
   AND (%(term)s::text IS NULL OR t.code = %(term)s::text)
   AND (%(programme)s::text[] IS NULL OR g.code = ANY (%(programme)s::text[]))
   AND (%(subject)s::text[] IS NULL OR u.code = ANY (%(subject)s::text[]))
   AND (%(teacher)s::uuid IS NULL OR {TAUGHT_BY})
"""

OVERRIDES = f"""
SELECT o.id, o.created_at, o.kind, o.reason, {STUDENT_FIELDS},
       coalesce(nullif(m.name, ''), w.display_name) AS granted_by,
       coalesce(nullif(n.name, ''), v.display_name) AS approved_by, o.expires_at
  FROM college_records_override o
  JOIN identity_user w ON w.id = o.granted_by_id
  LEFT JOIN identity_membership m ON m.organisation_id = o.organisation_id AND m.user_id = o.granted_by_id
  LEFT JOIN identity_user v ON v.id = o.approved_by_id
  LEFT JOIN identity_membership n ON n.organisation_id = o.organisation_id AND n.user_id = o.approved_by_id
  LEFT JOIN college_enrolment_subjectenrolment x ON x.organisation_id = o.organisation_id AND x.id = o.subject_id
  LEFT JOIN college_enrolment_termenrolment e
    ON e.organisation_id = o.organisation_id AND e.id = coalesce(x.term_enrolment_id, o.subject_id)
  LEFT JOIN college_records_student s
    ON s.organisation_id = o.organisation_id AND s.id = coalesce(e.student_id, o.subject_id)
  LEFT JOIN people_person p ON p.organisation_id = o.organisation_id AND p.id = s.person_id
  LEFT JOIN college_catalogue_programme g ON g.organisation_id = o.organisation_id AND g.id = s.programme_id
 WHERE o.organisation_id = %(organisation)s
   AND (%(kind)s::text[] IS NULL OR o.kind = ANY (%(kind)s::text[]))
   AND (%(from)s::timestamptz IS NULL OR o.created_at >= %(from)s::timestamptz)
   AND (%(until)s::timestamptz IS NULL OR o.created_at < %(until)s::timestamptz)
"""


def enrolment(actor: Actor, values: Values) -> Statement:
    """Who is in a term, of everybody or of one's own programmes."""
    narrowed = chosen(values, "programme", "status") | term_chosen(values)
    return Statement(
        ENROLMENT, f"programme, year_level, {BY_NAME}, term", of_actor(actor) | narrowed | {"taking": list(_TAKING)}
    )


def rosters(actor: Actor, values: Values) -> Statement:
    """Who sits in each class."""
    actor.require(permissions.SEE_EVERY_ROSTER)
    return _roster(values, None)


def class_list(actor: Actor, values: Values) -> Statement:
    """Who sits in the classes that the actor teaches; in any class for who sees every roster."""
    actor.require(permissions.SEE_ROSTER)
    every = actor.may(permissions.SEE_EVERY_ROSTER)
    return _roster(values, None if every else actor.membership_id or NOBODY)


def _roster(values: Values, teacher: Any) -> Statement:
    narrowed = chosen(values, "programme", "subject") | term_chosen(values)
    facts = {"sitting": list(_SITTING), "teacher": teacher}
    return Statement(ROSTER, f"term, subject, section, {BY_NAME}", narrowed | facts)


def overrides(actor: Actor, values: Values) -> Statement:
    """Every rule that was set aside."""
    return Statement(OVERRIDES, "created_at DESC, id", chosen(values, "kind") | moments(values, "at"))


def _in_the_term() -> dict[str, list[str]]:
    return {"status": ["PENDING_PAYMENT", "ACTIVE", "COMPLETED"]}


STATUS = ChoiceFilter("status", _("Status"), choices=TermEnrolment.State.choices, multiple=True, default=_in_the_term)
YEAR = Column("year_level", _("Year"), kind="number")

register_report(
    Report(
        key="enrolment", title=_("Enrolment by programme"), group=STUDENTS, order=10, systems=COLLEGE,
        sentence=_("Who is enrolled in a term: programme, year, status, units and how much is paid."), rows=enrolment,
        permissions=(VIEW_STUDENTS, VIEW_PROGRAMME_STUDENTS), names_people=True,
        keywords=_("enrolled students term units payment"),
        columns=(
            NUMBER, NAME, PROGRAMME_COLUMN, YEAR,
            Column("term", _("Term")),
            Column("state", _("Status"), text=lambda row: ENROLMENT_STATES[row["state"]].label),
            Column("units", _("Units"), kind="number"),
            Column("payment", _("Payment"), kind="state", states=PAYMENT_STATES),
        ),
        filters=(TERM, PROGRAMME, STATUS),
    )
)  # fmt: skip

register_report(
    Report(
        key="section-rosters", title=_("Section rosters"), group=CLASSES, order=10, systems=COLLEGE, rows=rosters,
        sentence=_("Who sits in each class of a term."), permissions=(permissions.SEE_EVERY_ROSTER,),
        names_people=True, keywords=_("class list section students"),
        columns=(
            Column("subject", _("Subject")), Column("section", _("Section")), professor_column(), NUMBER, NAME,
            PROGRAMME_COLUMN, YEAR,
            Column("title", _("Title"), visible=False),
            Column("term", _("Term"), visible=False),
            Column("state", _("State"), kind="state", states=TAKEN_STATES, visible=False),
        ),
        filters=(TERM, SUBJECT, PROGRAMME),
    )
)  # fmt: skip

register_report(
    Report(
        key="class-list", title=_("Class list of a professor"), group=CLASSES, order=20, systems=COLLEGE,
        sentence=_("Who sits in the classes you teach: number, name and programme."), rows=class_list,
        permissions=(permissions.SEE_ROSTER,), names_people=True, keywords=_("my classes roster students"),
        columns=(
            Column("subject", _("Subject")), Column("section", _("Section")), NUMBER, NAME, PROGRAMME_COLUMN, YEAR,
            Column("title", _("Title"), visible=False), Column("term", _("Term"), visible=False),
            professor_column(visible=False),
        ),
        filters=(TERM, SUBJECT),
    )
)  # fmt: skip

register_report(
    Report(
        key="regulator-enrolment", title=_("Enrolment list for the regulator"), group=REGULATOR, order=10,
        systems=COLLEGE, sentence=_("Every student of a term in the columns that the regulator asks for."),
        permissions=(VIEW_STUDENTS,), rows=enrolment, names_people=True, keywords=_("ched regulator enrolment list"),
        columns=(
            NUMBER,
            Column("family", _("Family name"), primary=True),
            Column("given", _("Given name")),
            Column("middle", _("Middle name")),
            Column("suffix", _("Suffix"), visible=False),
            Column("sex", _("Sex")),
            Column("birth_date", _("Born"), kind="date"),
            Column("programme", _("Programme code"), visible=False),
            Column("programme_name", _("Programme")),
            YEAR,
            Column("academic_year", _("Academic year")),
            Column("term", _("Term")),
            Column("units", _("Units"), kind="number"),
            Column("state", _("Status"), kind="state", states=ENROLMENT_STATES, visible=False),
        ),
        filters=(TERM, PROGRAMME, STATUS),
    )
)  # fmt: skip

register_report(
    Report(
        key="overrides", title=_("Rules set aside"), group=OVERSIGHT, order=20, systems=COLLEGE, names_people=True,
        sentence=_("Which rule was set aside for whom, by whom and why."), rows=overrides,
        permissions=(REPORT_OVERRIDES,), keywords=_("override exception log"), by_week="created_at",
        columns=(
            Column("created_at", _("When"), kind="datetime"),
            Column("kind", _("Rule"), text=lambda row: _OVERRIDES[row["kind"]], primary=True),
            NUMBER,
            Column("name", NAME.label, text=name_if_any, needs=NAME.needs),
            Column("reason", _("Reason")),
            Column("granted_by", _("By")),
            Column("approved_by", _("Approved by")),
            Column("expires_at", _("Until"), kind="datetime", visible=False),
        ),
        filters=(
            DateRangeFilter("at", _("When"), default=lambda: last_days("at", 180)),
            ChoiceFilter("kind", _("Rule"), choices=Override.Kind.choices, multiple=True),
        ),
    )
)  # fmt: skip

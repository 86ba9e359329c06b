"""Reports about students: the masterlist, cohorts, credits, rules set aside, what registrars did."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.audit.words import action_words
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web.tables import ChoiceFilter, Column, DateRangeFilter
from rollbook.shared.analytics.register import Report, Statement, Values, register_report
from rollbook.shared.analytics.reports import last_days, moments
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.report_parts import (
    ANY_TERM,
    COLLEGE,
    OVERSIGHT,
    PROGRAMME,
    STUDENTS,
    chosen,
    term_chosen,
)
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.models import Student, TransferCredit
from rollbook.systems.college.records.report_parts import BY_NAME, NAME, NUMBER, STUDENT_FIELDS, of_actor
from rollbook.systems.college.records.report_parts import PROGRAMME as PROGRAMME_COLUMN
from rollbook.systems.college.records.words import CREDIT_STATES, STUDENT_STATES

# The statements are put together from fixed parts; every value is a parameter.
# ruff: noqa: S608

_KINDS = dict(Student.Kind.choices)
_STANDINGS = dict(Student.Standing.choices)
_WHO_STUDIES = (permissions.VIEW_STUDENTS, permissions.VIEW_PROGRAMME_STUDENTS)

MASTERLIST = f"""
SELECT s.id, {STUDENT_FIELDS}, p.sex AS sex, p.birth_date AS birth_date, c.name AS curriculum, t.code AS term,
       s.kind, s.status, s.academic_standing AS standing
  FROM college_records_student s
  JOIN people_person p ON p.organisation_id = s.organisation_id AND p.id = s.person_id
  JOIN college_catalogue_programme g ON g.organisation_id = s.organisation_id AND g.id = s.programme_id
  JOIN college_catalogue_term t ON t.organisation_id = s.organisation_id AND t.id = s.admission_term_id
  LEFT JOIN college_catalogue_curriculum c ON c.organisation_id = s.organisation_id AND c.id = s.curriculum_id
 WHERE s.organisation_id = %(organisation)s AND s.taken_back_at IS NULL
   AND (%(head)s::uuid IS NULL OR g.head_id = %(head)s::uuid)
   AND (%(term)s::text IS NULL OR t.code = %(term)s::text)
   AND (%(programme)s::text[] IS NULL OR g.code = ANY (%(programme)s::text[]))
   AND (%(status)s::text[] IS NULL OR s.status = ANY (%(status)s::text[]))
   AND (%(kind)s::text[] IS NULL OR s.kind = ANY (%(kind)s::text[]))
"""

COHORTS = """
SELECT t.code AS term, g.code AS programme, count(*) AS admitted,
       count(*) FILTER (WHERE s.status IN ('ACTIVE', 'LOA')) AS studying,
       count(*) FILTER (WHERE s.status = 'GRADUATED') AS graduated,
       count(*) FILTER (WHERE s.status IN ('WITHDRAWN', 'DISMISSED', 'INACTIVE')) AS gone,
       round(100.0 * count(*) FILTER (WHERE s.status IN ('ACTIVE', 'LOA', 'GRADUATED')) / count(*), 1) AS kept_percent,
       t.starts_on AS starts_on
  FROM college_records_student s
  JOIN college_catalogue_programme g ON g.organisation_id = s.organisation_id AND g.id = s.programme_id
  JOIN college_catalogue_term t ON t.organisation_id = s.organisation_id AND t.id = s.admission_term_id
 WHERE s.organisation_id = %(organisation)s AND s.taken_back_at IS NULL
   AND (%(head)s::uuid IS NULL OR g.head_id = %(head)s::uuid)
   AND (%(programme)s::text[] IS NULL OR g.code = ANY (%(programme)s::text[]))
 GROUP BY t.code, t.starts_on, g.code
"""

CREDITS = f"""
SELECT x.id, {STUDENT_FIELDS}, coalesce(r.institution, '') AS institution, x.external_code, x.external_title,
       x.external_grade, x.external_units, u.code AS subject, x.units_granted, x.credited_on, x.state
  FROM college_records_transfercredit x
  JOIN college_records_student s ON s.organisation_id = x.organisation_id AND s.id = x.student_id
  JOIN people_person p ON p.organisation_id = x.organisation_id AND p.id = s.person_id
  JOIN college_catalogue_programme g ON g.organisation_id = x.organisation_id AND g.id = s.programme_id
  JOIN college_catalogue_subject u ON u.organisation_id = x.organisation_id AND u.id = x.subject_id
  LEFT JOIN college_records_transfercreditrequest r
    ON r.organisation_id = x.organisation_id AND r.id = x.request_id
 WHERE x.organisation_id = %(organisation)s AND s.taken_back_at IS NULL
   AND (%(head)s::uuid IS NULL OR g.head_id = %(head)s::uuid)
   AND (%(programme)s::text[] IS NULL OR g.code = ANY (%(programme)s::text[]))
   AND (%(state)s::text[] IS NULL OR x.state = ANY (%(state)s::text[]))
"""

REGISTRAR_ACTIVITY = """
SELECT coalesce(nullif(m.name, ''), u.display_name) AS who, a.action, count(*) AS times,
       min(a.at) AS first_at, max(a.at) AS last_at, (a.at AT TIME ZONE %(zone)s)::date AS day
  FROM audit_auditentry a
  JOIN identity_membership m ON m.organisation_id = a.organisation_id AND m.user_id = a.user_id
  JOIN identity_user u ON u.id = a.user_id
 WHERE a.organisation_id = %(organisation)s AND m.roles && %(roles)s::varchar[]
   AND (%(from)s::timestamptz IS NULL OR a.at >= %(from)s::timestamptz)
   AND (%(until)s::timestamptz IS NULL OR a.at < %(until)s::timestamptz)
 GROUP BY a.user_id, m.name, u.display_name, a.action, (a.at AT TIME ZONE %(zone)s)::date
"""


def masterlist(actor: Actor, values: Values) -> Statement:
    """Every student, or those of one's own programmes."""
    narrowed = chosen(values, "programme", "status", "kind") | term_chosen(values)
    return Statement(MASTERLIST, BY_NAME, of_actor(actor) | narrowed)


def cohorts(actor: Actor, values: Values) -> Statement:
    """What became of those admitted together."""
    return Statement(COHORTS, "starts_on DESC, term, programme", of_actor(actor) | chosen(values, "programme"))


def credits_granted(actor: Actor, values: Values) -> Statement:
    """What was credited from elsewhere, of everybody or of one's own programmes."""
    whose = of_actor(actor)
    return Statement(CREDITS, f"{BY_NAME}, subject, id", whose | chosen(values, "programme", "state"))


def registrar_activity(actor: Actor, values: Values) -> Statement:
    """What each registrar did, by day and act."""
    facts = {"roles": list(roles.REGISTRARS), "zone": organisation_in_scope().timezone}
    return Statement(REGISTRAR_ACTIVITY, "day DESC, who, times DESC, action", moments(values, "at") | facts)


STATUS = ChoiceFilter("status", _("Status"), choices=Student.Status.choices, multiple=True)

register_report(
    Report(
        key="masterlist", title=_("Masterlist"), group=STUDENTS, order=20, systems=COLLEGE, names_people=True,
        sentence=_("Every student with programme, curriculum, status and standing."), rows=masterlist,
        permissions=_WHO_STUDIES, keywords=_("all students list directory"),
        columns=(
            NUMBER, NAME, PROGRAMME_COLUMN,
            Column("curriculum", _("Curriculum")),
            Column("sex", _("Sex"), visible=False),
            Column("birth_date", _("Born"), kind="date", visible=False),
            Column("term", _("Admitted")),
            Column("kind", _("Came as"), text=lambda row: _KINDS[row["kind"]]),
            Column("status", _("Status"), kind="state", states=STUDENT_STATES),
            Column("standing", _("Standing"), text=lambda row: _STANDINGS.get(row["standing"], "")),
        ),
        filters=(
            PROGRAMME, STATUS,
            ChoiceFilter("kind", _("Came as"), choices=Student.Kind.choices, multiple=True), ANY_TERM,
        ),
    )
)  # fmt: skip

register_report(
    Report(
        key="retention", title=_("Retention by cohort"), group=STUDENTS, order=60, systems=COLLEGE, rows=cohorts,
        sentence=_("Of those admitted together, how many study on, graduated or left."), permissions=_WHO_STUDIES,
        keywords=_("attrition cohort dropout graduated"),
        columns=(
            Column("term", _("Admitted in"), primary=True),
            PROGRAMME_COLUMN,
            Column("admitted", _("Admitted"), kind="number", total=True),
            Column("studying", _("Studying"), kind="number", total=True),
            Column("graduated", _("Graduated"), kind="number", total=True),
            Column("gone", _("Left"), kind="number", total=True),
            Column("kept_percent", _("Kept, %"), kind="number"),
        ),
        filters=(PROGRAMME,),
    )
)  # fmt: skip

register_report(
    Report(
        key="transfer-credits", title=_("Credits from elsewhere"), group=STUDENTS, order=70, systems=COLLEGE,
        sentence=_("What transferees were credited: subject there, subject here, units and when."),
        permissions=_WHO_STUDIES, rows=credits_granted, names_people=True,
        keywords=_("transferee credits transfer institution"),
        columns=(
            NUMBER, NAME, PROGRAMME_COLUMN,
            Column("institution", _("Institution")),
            Column("external_code", _("Code there")),
            Column("external_title", _("Title there")),
            Column("external_grade", _("Grade there")),
            Column("external_units", _("Units there"), kind="number", visible=False),
            Column("subject", _("Subject")),
            Column("units_granted", _("Units granted"), kind="number"),
            Column("credited_on", _("Credited"), kind="date"),
            Column("state", _("State"), kind="state", states=CREDIT_STATES),
        ),
        filters=(
            PROGRAMME, ChoiceFilter("state", _("State"), choices=TransferCredit.State.choices, multiple=True),
        ),
    )
)  # fmt: skip

register_report(
    Report(
        key="registrar-activity", title=_("Registrar activity"), group=OVERSIGHT, order=10, systems=COLLEGE,
        sentence=_("What each registrar did, by day and act."), rows=registrar_activity,
        permissions=(permissions.REPORT_REGISTRARS,), keywords=_("registrars acts audit work"),
        columns=(
            Column("day", _("Day"), kind="date"),
            Column("who", _("Who"), primary=True),
            Column("action", _("Act"), text=lambda row: action_words(row["action"])),
            Column("times", _("Times"), kind="number", total=True),
            Column("first_at", _("First"), kind="datetime", visible=False),
            Column("last_at", _("Last"), kind="datetime"),
        ),
        filters=(DateRangeFilter("at", _("When"), default=lambda: last_days("at")),),
    )
)  # fmt: skip

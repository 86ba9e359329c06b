"""Reports about papers and graduates."""

from django.utils.translation import gettext_lazy as _

from rollbook.core.permissions.actor import Actor
from rollbook.core.web.tables import ChoiceFilter, Column, DateRangeFilter
from rollbook.shared.analytics.register import Report, Statement, Values, register_report
from rollbook.shared.analytics.reports import last_days
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.words import PAPER_STATES
from rollbook.systems.college.catalogue.report_parts import COLLEGE, OVERSIGHT, PROGRAMME, REGULATOR, STUDENTS, chosen
from rollbook.systems.college.credentials import permissions
from rollbook.systems.college.credentials.candidates import VERDICTS, candidates, hindrance_words
from rollbook.systems.college.credentials.kinds import KEYS
from rollbook.systems.college.records.permissions import VIEW_STUDENTS
from rollbook.systems.college.records.report_parts import BY_NAME, NAME, NOBODY, NUMBER, STUDENT_FIELDS, name_if_any
from rollbook.systems.college.records.report_parts import PROGRAMME as PROGRAMME_COLUMN

# The statements are put together from fixed parts; every value is a parameter.
# ruff: noqa: S608

RELEASES = """
SELECT d.id, d.issued_on, d.issued_at, d.kind, d.number AS paper, d.code, d.state, d.state_reason,
       p.family_name AS family, p.given_name AS given, p.middle_name AS middle, p.suffix AS suffix,
       coalesce(nullif(m.name, ''), w.display_name, '') AS released_by
  FROM documents_document d
  LEFT JOIN people_person p ON p.organisation_id = d.organisation_id AND p.id = d.person_id
  LEFT JOIN identity_user w ON w.id = d.issued_by
  LEFT JOIN identity_membership m ON m.organisation_id = d.organisation_id AND m.user_id = d.issued_by
 WHERE d.organisation_id = %(organisation)s AND d.kind = ANY (%(papers)s::text[])
   AND (%(own)s::uuid IS NULL OR d.issued_by = %(own)s::uuid)
   AND (%(kind)s::text[] IS NULL OR d.kind = ANY (%(kind)s::text[]))
   AND (%(state)s::text[] IS NULL OR d.state = ANY (%(state)s::text[]))
   AND (%(from)s::date IS NULL OR d.issued_on >= %(from)s::date)
   AND (%(until)s::date IS NULL OR d.issued_on <= %(until)s::date)
"""

#: The period of the status says since when somebody has graduated.
GRADUATES = f"""
SELECT s.id, {STUDENT_FIELDS}, g.name AS programme_name, p.sex AS sex, p.birth_date AS birth_date,
       t.code AS admitted, h.from_date AS graduated_on, r.units_earned, r.gpa_shown AS average
  FROM college_records_student s
  JOIN people_person p ON p.organisation_id = s.organisation_id AND p.id = s.person_id
  JOIN college_catalogue_programme g ON g.organisation_id = s.organisation_id AND g.id = s.programme_id
  JOIN college_catalogue_term t ON t.organisation_id = s.organisation_id AND t.id = s.admission_term_id
  LEFT JOIN college_records_studentstatusperiod h
    ON h.organisation_id = s.organisation_id AND h.student_id = s.id AND h.status = 'GRADUATED' AND h.to_date IS NULL
  LEFT JOIN college_grading_cumulativeresult r ON r.organisation_id = s.organisation_id AND r.student_id = s.id
 WHERE s.organisation_id = %(organisation)s AND s.taken_back_at IS NULL AND s.status = 'GRADUATED'
   AND (%(programme)s::text[] IS NULL OR g.code = ANY (%(programme)s::text[]))
   AND (%(from)s::date IS NULL OR h.from_date >= %(from)s::date)
   AND (%(until)s::date IS NULL OR h.from_date <= %(until)s::date)
"""


def releases(actor: Actor, values: Values) -> Statement:
    """Released papers: every one for who sees them all, else those that the actor released."""
    start, end = values.get("issued") or (None, None)
    if not actor.may(permissions.VIEW_RELEASES):
        actor.require(permissions.RELEASE_PAPERS)
    own = None if actor.may(permissions.VIEW_RELEASES) else actor.user_id or NOBODY
    facts = {"own": own, "papers": list(KEYS), "from": start, "until": end}
    return Statement(RELEASES, "issued_at DESC, id", chosen(values, "kind", "state") | facts)


def _papers() -> list[tuple[str, str]]:
    return [(key, paper.label) for key, paper in KEYS.items()]


def graduates(actor: Actor, values: Values) -> Statement:
    """Who graduated in the days chosen."""
    start, end = values.get("graduated") or (None, None)
    return Statement(GRADUATES, f"programme, {BY_NAME}", chosen(values, "programme") | {"from": start, "until": end})


register_report(
    Report(
        key="graduation-candidates", title=_("Graduation candidates"), group=STUDENTS, order=50, systems=COLLEGE,
        sentence=_("Who has all that the curriculum asks for, or takes the rest of it this term."), rows=candidates,
        permissions=(permissions.CHECK_GRADUATION,), names_people=True,
        keywords=_("graduating graduates eligible check"),
        columns=(
            NUMBER, NAME, PROGRAMME_COLUMN,
            Column("units_earned", _("Units earned"), kind="number"),
            Column("units_required", _("Units required"), kind="number"),
            Column("still_taken", _("Still to pass")),
            Column("hindrances", _("In the way"), text=hindrance_words),
            Column("average", _("Average"), kind="number", visible=False),
            Column("verdict", _("Verdict"), kind="state", states=VERDICTS),
        ),
        filters=(PROGRAMME,),
    )
)  # fmt: skip

register_report(
    Report(
        key="document-releases", title=_("Released papers"), group=OVERSIGHT, order=30, systems=COLLEGE,
        sentence=_("Which paper was released to whom, by whom, and whether it is in force."), rows=releases,
        permissions=(permissions.VIEW_RELEASES, permissions.RELEASE_PAPERS), names_people=True,
        keywords=_("documents transcripts certificates tor releases"),
        columns=(
            Column("issued_on", _("Released"), kind="date"),
            Column("paper", _("Number")),
            Column("kind", _("Paper"), text=lambda row: KEYS[row["kind"]].label),
            Column("name", NAME.label, text=name_if_any, needs=NAME.needs, primary=True),
            Column("released_by", _("Released by")),
            Column("state", _("State"), kind="state", states=PAPER_STATES),
            Column("state_reason", _("Reason")),
        ),
        filters=(
            DateRangeFilter("issued", _("Released"), default=lambda: last_days("issued", 180)),
            ChoiceFilter("kind", _("Paper"), choices=_papers, multiple=True),
            ChoiceFilter("state", _("State"), choices=Document.State.choices, multiple=True),
        ),
    )
)  # fmt: skip

register_report(
    Report(
        key="regulator-graduates", title=_("Graduate list for the regulator"), group=REGULATOR, order=20,
        systems=COLLEGE, sentence=_("Every graduate in the columns that the regulator asks for."), rows=graduates,
        permissions=(VIEW_STUDENTS,), names_people=True, keywords=_("ched regulator graduates list"),
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
            Column("admitted", _("Admitted in"), visible=False),
            Column("graduated_on", _("Graduated"), kind="date"),
            Column("units_earned", _("Units earned"), kind="number"),
            Column("average", _("Average"), kind="number", visible=False),
        ),
        filters=(PROGRAMME, DateRangeFilter("graduated", _("Graduated"))),
    )
)  # fmt: skip

"""Who may graduate soon, of everybody at once: the check before graduation (R58) in one statement."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import get as get_policy
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web.states import State, Words
from rollbook.shared.analytics.register import Statement, Values
from rollbook.systems.college.catalogue.models import GradeScale
from rollbook.systems.college.catalogue.report_parts import chosen
from rollbook.systems.college.catalogue.services import scale_in_force
from rollbook.systems.college.credentials import policies
from rollbook.systems.college.records.report_parts import BY_NAME, STUDENT_FIELDS, of_actor

# The statement is put together from fixed parts; every value is a parameter.
# ruff: noqa: S608

READY, AFTER_THE_TERM, HINDERED = "READY", "AFTER_THE_TERM", "HINDERED"
VERDICTS = {
    READY: State(_("May graduate"), "good", "graduation-cap"),
    AFTER_THE_TERM: State(_("When this term is passed"), "wait", "hourglass"),
    HINDERED: State(_("Something stands in the way"), "bad"),
}

#: What each student passed here or was credited: one row for each subject, the passed one where there are both.
_EARNED = """
    SELECT DISTINCT ON (both_kinds.student_id, both_kinds.subject_id)
           both_kinds.student_id, both_kinds.subject_id, both_kinds.units, both_kinds.is_here
      FROM (SELECT e.student_id, x.subject_id, x.units, true AS is_here
              FROM college_enrolment_subjectenrolment x
              JOIN college_enrolment_termenrolment e
                ON e.organisation_id = x.organisation_id AND e.id = x.term_enrolment_id
             WHERE x.organisation_id = %(organisation)s AND x.result = 'PASSED'
            UNION ALL
            SELECT c.student_id, c.subject_id, c.units_granted, false
              FROM college_records_transfercredit c
             WHERE c.organisation_id = %(organisation)s AND c.state = 'CREDITED') AS both_kinds
     ORDER BY both_kinds.student_id, both_kinds.subject_id, both_kinds.is_here DESC
"""
#: With what that stands for, one step far.
_MET = """
    SELECT earned.student_id, earned.subject_id FROM earned
    UNION
    SELECT earned.student_id, q.satisfies_id
      FROM earned
      JOIN college_catalogue_equivalency q ON q.organisation_id = %(organisation)s AND q.subject_id = earned.subject_id
      JOIN college_records_student s ON s.organisation_id = %(organisation)s AND s.id = earned.student_id
     WHERE q.effective_from <= %(today)s AND (q.effective_to IS NULL OR q.effective_to >= %(today)s)
       AND (q.curriculum_id IS NULL OR q.curriculum_id = s.curriculum_id)
    UNION
    SELECT earned.student_id, q.subject_id
      FROM earned
      JOIN college_catalogue_equivalency q
        ON q.organisation_id = %(organisation)s AND q.satisfies_id = earned.subject_id
      JOIN college_records_student s ON s.organisation_id = %(organisation)s AND s.id = earned.student_id
     WHERE q.is_two_way AND q.effective_from <= %(today)s AND (q.effective_to IS NULL OR q.effective_to >= %(today)s)
       AND (q.curriculum_id IS NULL OR q.curriculum_id = s.curriculum_id)
"""
_TAKEN = """
    SELECT e.student_id, x.subject_id, max(x.units) AS units
      FROM college_enrolment_subjectenrolment x
      JOIN college_enrolment_termenrolment e ON e.organisation_id = x.organisation_id AND e.id = x.term_enrolment_id
     WHERE x.organisation_id = %(organisation)s AND x.state = 'ENROLLED' AND x.result = ''
     GROUP BY e.student_id, x.subject_id
"""
#: Each requirement of each active student: a subject, or any one of an elective group.
_NEEDED = """
    SELECT s.id AS student_id, coalesce(nullif(n.elective_group, ''), n.subject_id::text) AS requirement,
           bool_or(met.subject_id IS NOT NULL) AS is_met, bool_or(taken.subject_id IS NOT NULL) AS is_taken,
           string_agg(u.code, '/' ORDER BY u.code) AS codes
      FROM college_records_student s
      JOIN college_catalogue_curriculumentry n
        ON n.organisation_id = s.organisation_id AND n.curriculum_id = s.curriculum_id
      JOIN college_catalogue_subject u ON u.organisation_id = s.organisation_id AND u.id = n.subject_id
      LEFT JOIN met ON met.student_id = s.id AND met.subject_id = n.subject_id
      LEFT JOIN taken ON taken.student_id = s.id AND taken.subject_id = n.subject_id
     WHERE s.organisation_id = %(organisation)s AND s.status = 'ACTIVE' AND s.taken_back_at IS NULL
     GROUP BY s.id, coalesce(nullif(n.elective_group, ''), n.subject_id::text)
"""
_HINDRANCES = """
       array_remove(ARRAY[
         CASE WHEN coalesce(sums.units, 0) + coalesce(coming.units, 0) < g.total_units_required THEN 'UNITS' END,
         CASE WHEN coalesce(sums.here, 0) + coalesce(coming.units, 0) < %(residency)s::numeric THEN 'RESIDENCY' END,
         CASE WHEN loose.incomplete > 0 THEN 'INC' END, CASE WHEN loose.without_grade > 0 THEN 'NG' END,
         CASE WHEN held.student_id IS NOT NULL THEN 'HOLD' END,
         CASE WHEN %(worst)s::numeric IS NOT NULL AND (r.gpa_shown IS NULL OR
                   CASE WHEN %(lower)s THEN r.gpa_shown > %(worst)s::numeric ELSE r.gpa_shown < %(worst)s::numeric END)
              THEN 'AVERAGE' END], NULL)
"""

CANDIDATES = f"""
WITH earned AS ({_EARNED}), met AS ({_MET}), taken AS ({_TAKEN}), needed AS ({_NEEDED}),
     needs AS (SELECT needed.student_id, count(*) FILTER (WHERE NOT needed.is_met) AS missing,
                      count(*) FILTER (WHERE NOT needed.is_met AND NOT needed.is_taken) AS untaken,
                      string_agg(needed.codes, ', ' ORDER BY needed.codes) FILTER (WHERE NOT needed.is_met) AS codes
                 FROM needed GROUP BY needed.student_id),
     sums AS (SELECT earned.student_id, sum(earned.units) AS units,
                     sum(earned.units) FILTER (WHERE earned.is_here) AS here
                FROM earned GROUP BY earned.student_id),
     -- What this term adds, if it is passed: subjects that are not earned yet.
     coming AS (SELECT taken.student_id, sum(taken.units) AS units FROM taken
                 WHERE NOT EXISTS (SELECT FROM earned WHERE earned.student_id = taken.student_id
                                      AND earned.subject_id = taken.subject_id)
                 GROUP BY taken.student_id),
     loose AS (SELECT e.student_id, count(*) FILTER (WHERE x.result = 'INC') AS incomplete,
                      count(*) FILTER (WHERE x.result = 'NG') AS without_grade
                 FROM college_enrolment_subjectenrolment x
                 JOIN college_enrolment_termenrolment e
                   ON e.organisation_id = x.organisation_id AND e.id = x.term_enrolment_id
                WHERE x.organisation_id = %(organisation)s AND x.result IN ('INC', 'NG') GROUP BY e.student_id),
     held AS (SELECT DISTINCT h.student_id FROM college_records_hold h
               WHERE h.organisation_id = %(organisation)s AND h.released_at IS NULL AND 'GRADUATE' = ANY (h.blocks))
SELECT judged.*, CASE WHEN cardinality(judged.hindrances) > 0 THEN 'HINDERED'
                      WHEN judged.missing > 0 THEN 'AFTER_THE_TERM' ELSE 'READY' END AS verdict
  FROM (SELECT s.id, {STUDENT_FIELDS}, coalesce(sums.units, 0) AS units_earned,
               g.total_units_required AS units_required,
               needs.missing, coalesce(needs.codes, '') AS still_taken, r.gpa_shown AS average,
               {_HINDRANCES} AS hindrances
          FROM needs
          JOIN college_records_student s ON s.organisation_id = %(organisation)s AND s.id = needs.student_id
          JOIN people_person p ON p.organisation_id = s.organisation_id AND p.id = s.person_id
          JOIN college_catalogue_programme g ON g.organisation_id = s.organisation_id AND g.id = s.programme_id
          LEFT JOIN sums ON sums.student_id = s.id
          LEFT JOIN coming ON coming.student_id = s.id
          LEFT JOIN loose ON loose.student_id = s.id
          LEFT JOIN held ON held.student_id = s.id
          LEFT JOIN college_grading_cumulativeresult r
            ON r.organisation_id = s.organisation_id AND r.student_id = s.id
         WHERE needs.untaken = 0 AND (%(head)s::uuid IS NULL OR g.head_id = %(head)s::uuid)
           AND (%(programme)s::text[] IS NULL OR g.code = ANY (%(programme)s::text[]))) AS judged
"""


def candidates(actor: Actor, values: Values) -> Statement:
    """Who has everything that the curriculum asks for, or takes what is left this term."""
    today = organisation_in_scope().local_date(clock.now())
    worst = Decimal(get_policy(policies.GRADUATION_AVERAGE))
    facts: dict[str, Any] = {
        "today": today,
        "residency": Decimal(get_policy(policies.RESIDENCY_UNITS)),
        "worst": worst or None,
        "lower": scale_in_force(today).direction == GradeScale.Direction.LOWER_BETTER,
    }
    return Statement(CANDIDATES, f"programme, {BY_NAME}", facts | of_actor(actor) | chosen(values, "programme"))


def hindrance_words(row: Any) -> Words:
    """What stands in the way, beside the subjects of this term."""
    words = {
        "UNITS": now("too few units"), "RESIDENCY": now("too few units earned here"), "INC": now("an open INC"),
        "NG": now("a class without a grade"), "HOLD": now("a hold"), "AVERAGE": now("the average"),
    }  # fmt: skip
    return ", ".join(words[code] for code in row["hindrances"])

"""Results of terms and of all terms, from the grades in one pass (R51, R52).

The averages are rounded half-up from the exact ratio by whole numbers: `div` of numerics drops nothing but what is
below the last place, so neither a quotient nor a rounded figure is ever rounded again.
"""

#: Every finalised attempt of the wanted students as the average sees it; credits from elsewhere have no term.
_ATTEMPTS = """
attempts AS (
    SELECT te.student_id, te.term_id, se.id, se.subject_id, se.attempt_no, se.units, se.final_symbol AS symbol,
           se.final_numeric AS numeric,
           coalesce(v.counts_in_gpa, false) AND j.counts_in_gpa AND se.final_numeric IS NOT NULL AS counts,
           se.result = 'PASSED' AS passes, se.result = 'PASSED' AND coalesce(v.earns_units, true) AS earns,
           se.result = 'FAILED' AS fails, se.result IN ('PASSED', 'FAILED', 'INC', 'NG') AS is_attempted,
           se.allows_several_sections AS is_repeatable, coalesce(g.direction, 'LOWER_BETTER') AS direction
      FROM college_enrolment_termenrolment te
      JOIN college_enrolment_subjectenrolment se
        ON se.organisation_id = te.organisation_id AND se.term_enrolment_id = te.id
      JOIN college_catalogue_subject j ON j.organisation_id = te.organisation_id AND j.id = se.subject_id
      LEFT JOIN college_catalogue_gradescale g ON g.organisation_id = te.organisation_id AND g.id = se.scale_id
      LEFT JOIN college_catalogue_gradevalue v
        ON v.organisation_id = te.organisation_id AND v.scale_id = se.scale_id AND v.symbol = se.final_symbol
     WHERE te.organisation_id = %(organisation)s AND te.student_id = ANY (%(students)s::uuid[]) AND se.result <> ''
       AND te.state <> 'CANCELLED'{credits}
)"""

#: A credit counts in the average where the registrar said so and its grade is one of the college's own scale.
_CREDITS = """
    UNION ALL
    SELECT k.student_id, NULL::uuid, k.id, k.subject_id, 0, k.units_granted, 'CR',
           CASE WHEN k.counts_in_gpa AND v.counts_in_gpa THEN v.numeric END,
           k.counts_in_gpa AND coalesce(v.counts_in_gpa, false), true, true, false, false, false,
           coalesce(g.direction, 'LOWER_BETTER')
      FROM college_records_transfercredit k
      LEFT JOIN college_catalogue_gradescale g ON g.organisation_id = k.organisation_id AND g.id = %(scale)s
      LEFT JOIN college_catalogue_gradevalue v
        ON v.organisation_id = k.organisation_id AND v.scale_id = %(scale)s AND v.symbol = upper(trim(k.external_grade))
     WHERE k.organisation_id = %(organisation)s AND k.student_id = ANY (%(students)s::uuid[]) AND k.state = 'CREDITED'"""

ATTEMPTS = _ATTEMPTS.format(credits=_CREDITS)

READ_ATTEMPTS = f"""
WITH {ATTEMPTS}
SELECT student_id, term_id, id, subject_id, attempt_no, units, symbol, numeric, counts, passes, earns, fails,
       is_attempted, direction, is_repeatable
  FROM attempts ORDER BY student_id, id
"""


def _summed(group: str) -> str:
    """Sums over the attempts of each group (a student, or a student's term), under the policy for repeats."""
    return f"""
ranked AS (
    SELECT a.*, counts AND units > 0 AS is_countable,
           CASE WHEN counts AND units > 0 AND NOT is_repeatable THEN row_number() OVER (
                PARTITION BY {group}, subject_id, counts AND units > 0 AND NOT is_repeatable
                ORDER BY CASE WHEN %(policy)s = 'BEST' THEN passes ELSE true END DESC,
                         CASE WHEN %(policy)s <> 'BEST' THEN 0
                              WHEN direction = 'LOWER_BETTER' THEN -numeric ELSE numeric END DESC,
                         attempt_no DESC, id DESC) END AS place,
           row_number() OVER (PARTITION BY {group}, subject_id, passes AND earns AND NOT is_repeatable
                              ORDER BY units DESC, id) AS earned_place
      FROM attempts a
), summed AS (
    SELECT {group},
           coalesce(sum(units) FILTER (WHERE is_attempted), 0) AS attempted,
           coalesce(sum(units) FILTER (WHERE passes AND earns AND (is_repeatable OR earned_place = 1)), 0) AS earned,
           coalesce(sum(units) FILTER (WHERE is_attempted AND fails), 0) AS failed,
           coalesce(sum(numeric * units) FILTER (WHERE is_countable AND (%(policy)s = 'ALL' OR is_repeatable OR place = 1)), 0)
               AS points,
           coalesce(sum(units) FILTER (WHERE is_countable AND (%(policy)s = 'ALL' OR is_repeatable OR place = 1)), 0)
               AS graded,
           encode(sha256(convert_to(%(policy)s || E'\\n' || string_agg(
               id::text || '|' || symbol || '|' || coalesce(round(numeric, 2)::text, '') || '|' || round(units, 1)::text
               || '|' || counts::int::text || passes::int::text || earns::int::text, E'\\n' ORDER BY id), 'UTF8')), 'hex')
               AS computed_from
      FROM ranked GROUP BY {group}
)"""


def _half_up(places: str) -> str:
    return (
        f"CASE WHEN s.graded > 0 THEN div(2 * s.points * power(10::numeric, %({places})s) + s.graded, 2 * s.graded)"
        f" / power(10::numeric, %({places})s) END"
    )


_SET = f"""
   SET units_attempted = s.attempted, units_earned = s.earned, units_failed = s.failed, quality_points = s.points,
       gpa_units = s.graded, gpa = {_half_up("stored")}, gpa_shown = {_half_up("shown")},
       computed_from = s.computed_from, computed_at = %(at)s"""
_DIFFERS = f"""
       (r.computed_from, r.units_attempted, r.units_earned, r.units_failed, r.quality_points, r.gpa_units, r.gpa, r.gpa_shown)
       IS DISTINCT FROM (s.computed_from, s.attempted, s.earned, s.failed, s.points, s.graded, {_half_up("stored")},
                         {_half_up("shown")})"""

COMPUTE_TERMS = f"""
WITH {ATTEMPTS}, {_summed("student_id, term_id")}
UPDATE college_grading_termresult r {_SET}
  FROM summed s
 WHERE r.organisation_id = %(organisation)s AND r.student_id = s.student_id AND r.term_id = s.term_id AND {_DIFFERS}
RETURNING r.student_id, r.term_id
"""

COMPUTE_CUMULATIVE = f"""
WITH {ATTEMPTS}, {_summed("student_id")}
UPDATE college_grading_cumulativeresult r {_SET}
  FROM summed s
 WHERE r.organisation_id = %(organisation)s AND r.student_id = s.student_id AND {_DIFFERS}
RETURNING r.student_id
"""

#: Students without a row yet. Rows are made first, so that there is something to lock.
WITHOUT_CUMULATIVE = """
SELECT n.id FROM unnest(%(students)s::uuid[]) AS n(id)
 WHERE NOT EXISTS (SELECT FROM college_grading_cumulativeresult r
                    WHERE r.organisation_id = %(organisation)s AND r.student_id = n.id)
 ORDER BY n.id
"""

_FIGURES = """units_attempted, units_earned, units_failed, quality_points, gpa_units, computed_from"""

ADD_CUMULATIVE = f"""
INSERT INTO college_grading_cumulativeresult (organisation_id, id, created_at, student_id, {_FIGURES})
SELECT %(organisation)s, n.id, %(at)s, n.student_id, 0, 0, 0, 0, 0, ''
  FROM unnest(%(ids)s::uuid[], %(missing)s::uuid[]) AS n(id, student_id)
 ORDER BY n.student_id
    ON CONFLICT (organisation_id, student_id) DO NOTHING
RETURNING student_id
"""

#: The lock of every recomputation, taken in one order. What is read after it, another recomputation has committed.
LOCK = """
SELECT r.student_id FROM college_grading_cumulativeresult r
 WHERE r.organisation_id = %(organisation)s AND r.student_id = ANY (%(students)s::uuid[])
 ORDER BY r.student_id FOR UPDATE
"""

TERMS_WITHOUT_RESULT = """
SELECT DISTINCT te.student_id, te.term_id
  FROM college_enrolment_termenrolment te
  JOIN college_enrolment_subjectenrolment se
    ON se.organisation_id = te.organisation_id AND se.term_enrolment_id = te.id AND se.result <> ''
 WHERE te.organisation_id = %(organisation)s AND te.student_id = ANY (%(students)s::uuid[]) AND te.state <> 'CANCELLED'
   AND NOT EXISTS (SELECT FROM college_grading_termresult r
                    WHERE r.organisation_id = %(organisation)s AND r.student_id = te.student_id
                      AND r.term_id = te.term_id)
 ORDER BY te.student_id, te.term_id
"""

ADD_TERMS = f"""
INSERT INTO college_grading_termresult
       (organisation_id, id, created_at, student_id, term_id, standing, honours, {_FIGURES})
SELECT %(organisation)s, n.id, %(at)s, n.student_id, n.term_id, '', '', 0, 0, 0, 0, 0, ''
  FROM unnest(%(ids)s::uuid[], %(missing)s::uuid[], %(terms)s::uuid[]) AS n(id, student_id, term_id)
    ON CONFLICT (organisation_id, student_id, term_id) DO NOTHING
RETURNING student_id
"""

#: Results of a term that nobody has confirmed, with the average over all terms beside them.
TO_JUDGE = """
SELECT r.id, r.student_id, te.programme_id, r.gpa_shown, r.units_attempted, r.units_failed, r.gpa_units,
       c.gpa_shown AS cumulative_shown
  FROM college_grading_termresult r
  JOIN college_enrolment_termenrolment te
    ON te.organisation_id = r.organisation_id AND te.student_id = r.student_id AND te.term_id = r.term_id
   AND te.state <> 'CANCELLED'
  LEFT JOIN college_grading_cumulativeresult c
    ON c.organisation_id = r.organisation_id AND c.student_id = r.student_id
 WHERE r.organisation_id = %(organisation)s AND r.term_id = %(term)s AND r.confirmed_at IS NULL
 ORDER BY r.id
"""

JUDGED = """
UPDATE college_grading_termresult r SET standing = g.standing, honours = g.honours
  FROM unnest(%(ids)s::uuid[], %(standings)s::text[], %(honours)s::text[]) AS g(id, standing, honours)
 WHERE r.organisation_id = %(organisation)s AND r.id = g.id AND r.confirmed_at IS NULL
RETURNING r.id
"""

CONFIRM = """
UPDATE college_grading_termresult r SET confirmed_at = %(at)s, confirmed_by_id = %(user)s
 WHERE r.organisation_id = %(organisation)s AND r.term_id = %(term)s AND r.confirmed_at IS NULL AND r.standing <> ''
   AND (%(only)s::uuid[] IS NULL OR r.student_id = ANY (%(only)s::uuid[]))
RETURNING r.id, r.student_id, r.standing, r.honours
"""

#: Standing is a column of the student; it changes by a registrar's confirmation only.
SET_STANDING = """
UPDATE college_records_student s SET academic_standing = g.standing, version = s.version + 1
  FROM unnest(%(students)s::uuid[], %(standings)s::text[]) AS g(id, standing)
 WHERE s.organisation_id = %(organisation)s AND s.id = g.id AND s.academic_standing <> g.standing
RETURNING s.id
"""

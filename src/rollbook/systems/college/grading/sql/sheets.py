"""Grade sheets: who is on them, and how their rows move."""

_CLASS = """
  FROM college_scheduling_section sc
  JOIN college_catalogue_subject j ON j.organisation_id = sc.organisation_id AND j.id = sc.subject_id
  JOIN college_catalogue_term t ON t.organisation_id = sc.organisation_id AND t.id = sc.term_id
 CROSS JOIN (VALUES ('MIDTERM', 1), ('FINAL', 2)) AS c(component, place)
  LEFT JOIN college_grading_gradesheet sh
    ON sh.organisation_id = sc.organisation_id AND sh.section_id = sc.id AND sh.component = c.component
  LEFT JOIN college_catalogue_termwindow w
    ON w.organisation_id = sc.organisation_id AND w.term_id = t.id AND w.kind = c.component || '_GRADING'
  LEFT JOIN college_scheduling_teachingassignment ta
    ON ta.organisation_id = sc.organisation_id AND ta.section_id = sc.id AND ta.role = 'PRIMARY'
  LEFT JOIN college_scheduling_faculty f ON f.organisation_id = sc.organisation_id AND f.id = ta.professor_id
  LEFT JOIN people_person p ON p.organisation_id = sc.organisation_id AND p.id = f.person_id
"""

#: Every class of a term twice, for its midterm and its final grades, whether its sheet was opened yet or not.
SHEETS = f"""
SELECT sh.id, sc.id AS section_id, c.component, t.id AS term_id, t.code AS term, j.code AS subject, j.title,
       sc.code AS section, coalesce(sh.state, 'OPEN') AS state, coalesce(sh.version, 0) AS version,
       sh.submitted_at, sh.finalized_at, coalesce(sh.returned_reason, '') AS returned_reason, sh.opened_until,
       w.opens_on, w.closes_on, trim(concat_ws(' ', p.given_name, p.family_name)) AS professor,
       f.member_id AS owner_id, roll.students, roll.entered, roll.incompletes, roll.not_graded
{_CLASS}
 CROSS JOIN LATERAL (
       SELECT count(*) AS students, count(*) FILTER (WHERE coalesce(r.symbol, '') <> '') AS entered,
              count(*) FILTER (WHERE r.symbol = 'INC') AS incompletes,
              count(*) FILTER (WHERE c.component = 'FINAL' AND se.result = 'NG') AS not_graded
         FROM college_enrolment_subjectenrolment se
         LEFT JOIN college_grading_graderecord r
           ON r.organisation_id = se.organisation_id AND r.subject_enrolment_id = se.id AND r.component = c.component
        WHERE se.organisation_id = %(organisation)s AND se.section_id = sc.id
          AND se.state IN ('ENROLLED', 'COMPLETED')) roll
 WHERE sc.organisation_id = %(organisation)s AND sc.state IN ('OPEN', 'CLOSED') AND {{condition}}
 ORDER BY t.starts_on DESC, j.code, sc.code, sc.id, c.place
"""
#: %(member)s is somebody's own classes; null is everybody's.
_MINE = """(%(member)s::uuid IS NULL OR EXISTS (
       SELECT FROM college_scheduling_teachingassignment ma
         JOIN college_scheduling_faculty mf ON mf.organisation_id = ma.organisation_id AND mf.id = ma.professor_id
        WHERE ma.organisation_id = %(organisation)s AND ma.section_id = sc.id AND mf.member_id = %(member)s::uuid))"""

SHEETS_OF_TERM = SHEETS.format(condition=f"(%(term)s::uuid IS NULL OR sc.term_id = %(term)s::uuid) AND {_MINE}")
ONE_SHEET = SHEETS.format(condition=f"sc.id = %(section)s AND c.component = %(component)s AND {_MINE}")
SHEET_BY_ID = SHEETS.format(condition=f"sh.id = %(sheet)s AND {_MINE}")

#: Who is graded in a class, by name, with what stands on the sheet.
ROSTER = """
SELECT se.id AS subject_enrolment_id, te.student_id, s.student_number, p.family_name, p.given_name, p.middle_name,
       p.suffix, g.code AS programme, se.result, r.id AS record_id, coalesce(r.symbol, '') AS symbol, r.numeric,
       r.scale_id, coalesce(r.state, 'DRAFT') AS state, coalesce(r.required_work, '') AS required_work,
       coalesce(r.version, 0) AS version
  FROM college_enrolment_subjectenrolment se
  JOIN college_enrolment_termenrolment te ON te.organisation_id = se.organisation_id AND te.id = se.term_enrolment_id
  JOIN college_records_student s ON s.organisation_id = se.organisation_id AND s.id = te.student_id
  JOIN people_person p ON p.organisation_id = se.organisation_id AND p.id = s.person_id
  JOIN college_catalogue_programme g ON g.organisation_id = se.organisation_id AND g.id = te.programme_id
  LEFT JOIN college_grading_graderecord r
    ON r.organisation_id = se.organisation_id AND r.subject_enrolment_id = se.id AND r.component = %(component)s
 WHERE se.organisation_id = %(organisation)s AND se.section_id = %(section)s
   AND se.state IN ('ENROLLED', 'COMPLETED') AND s.taken_back_at IS NULL
 ORDER BY lower(p.family_name), lower(p.given_name), s.student_number
"""

#: Rows that were typed. What is submitted or finalised meanwhile is left alone and does not come back.
SAVE = """
INSERT INTO college_grading_graderecord
       (organisation_id, id, created_at, subject_enrolment_id, sheet_id, component, symbol, numeric, scale_id,
        required_work, state, owner_id, last_event_id, version)
SELECT %(organisation)s, n.id, %(at)s, n.enrolment_id, n.sheet_id, %(component)s, n.symbol, n.numeric, n.scale_id,
       n.work, 'DRAFT', %(owner)s, n.event_id, 1
  FROM unnest(%(ids)s::uuid[], %(enrolments)s::uuid[], %(sheets)s::uuid[], %(symbols)s::text[],
              %(numerics)s::numeric[], %(scales)s::uuid[], %(works)s::text[], %(events)s::uuid[])
       AS n(id, enrolment_id, sheet_id, symbol, numeric, scale_id, work, event_id)
    ON CONFLICT (organisation_id, subject_enrolment_id, component) DO UPDATE
   SET symbol = excluded.symbol, numeric = excluded.numeric, scale_id = excluded.scale_id,
       required_work = excluded.required_work, state = excluded.state,
       owner_id = coalesce(excluded.owner_id, college_grading_graderecord.owner_id),
       last_event_id = excluded.last_event_id, version = college_grading_graderecord.version + 1
 WHERE college_grading_graderecord.organisation_id = %(organisation)s
   AND college_grading_graderecord.state IN ('DRAFT', 'RETURNED')
RETURNING subject_enrolment_id, id
"""

#: Rows of sheets move together. Which may move is said by their present state.
MOVE = """
UPDATE college_grading_graderecord r
   SET state = %(to)s, last_event_id = g.event_id, version = r.version + 1
  FROM unnest(%(records)s::uuid[], %(events)s::uuid[]) AS g(record_id, event_id)
 WHERE r.organisation_id = %(organisation)s AND r.id = g.record_id AND r.state = ANY (%(from)s::text[])
RETURNING r.id
"""

#: The value of finalised rows, by an act that may change it: an approved change, a resolved or expired incomplete.
REPLACE = """
UPDATE college_grading_graderecord r
   SET symbol = g.symbol, numeric = g.numeric, last_event_id = g.event_id, version = r.version + 1
  FROM unnest(%(records)s::uuid[], %(symbols)s::text[], %(numerics)s::numeric[], %(events)s::uuid[])
       AS g(record_id, symbol, numeric, event_id)
 WHERE r.organisation_id = %(organisation)s AND r.id = g.record_id AND r.state = 'FINALIZED'
RETURNING r.id
"""

EVENTS = """
INSERT INTO college_grading_gradeevent
       (organisation_id, id, created_at, record_id, kind, old_symbol, old_numeric, new_symbol, new_numeric, actor_id,
        job, reason, change_id, case_id)
SELECT %(organisation)s, e.id, %(at)s, e.record_id, %(kind)s, e.old_symbol, e.old_numeric, e.new_symbol, e.new_numeric,
       %(user)s, %(job)s, %(reason)s, %(change)s, e.case_id
  FROM unnest(%(ids)s::uuid[], %(records)s::uuid[], %(old_symbols)s::text[], %(old_numerics)s::numeric[],
              %(new_symbols)s::text[], %(new_numerics)s::numeric[], %(cases)s::uuid[])
       AS e(id, record_id, old_symbol, old_numeric, new_symbol, new_numeric, case_id)
RETURNING id
"""

#: Everybody who has to be on the sheets that are finalised, with the row that is, or nothing.
TO_FINALISE = """
SELECT sh.id AS sheet_id, sh.component, se.id AS subject_enrolment_id, te.student_id, s.student_number, se.category,
       r.id AS record_id, r.symbol, r.numeric, r.scale_id, r.state, r.required_work, sh.submitted_at, t.ends_on,
       j.code AS subject
  FROM college_grading_gradesheet sh
  JOIN college_scheduling_section sc ON sc.organisation_id = sh.organisation_id AND sc.id = sh.section_id
  JOIN college_catalogue_subject j ON j.organisation_id = sh.organisation_id AND j.id = sc.subject_id
  JOIN college_catalogue_term t ON t.organisation_id = sh.organisation_id AND t.id = sc.term_id
  JOIN college_enrolment_subjectenrolment se ON se.organisation_id = sh.organisation_id AND se.section_id = sc.id
  JOIN college_enrolment_termenrolment te ON te.organisation_id = se.organisation_id AND te.id = se.term_enrolment_id
  JOIN college_records_student s ON s.organisation_id = se.organisation_id AND s.id = te.student_id
  LEFT JOIN college_grading_graderecord r
    ON r.organisation_id = se.organisation_id AND r.subject_enrolment_id = se.id AND r.component = sh.component
 WHERE sh.organisation_id = %(organisation)s AND sh.id = ANY (%(sheets)s::uuid[])
   AND se.state IN ('ENROLLED', 'COMPLETED') AND s.taken_back_at IS NULL
 ORDER BY sh.id, se.id
"""

FINALISE_SHEETS = """
UPDATE college_grading_gradesheet sh
   SET state = 'FINALIZED', finalized_at = %(at)s, finalized_by_id = %(user)s, opened_until = NULL,
       roster_hash = g.hash, version = sh.version + 1
  FROM unnest(%(sheets)s::uuid[], %(hashes)s::text[]) AS g(id, hash)
 WHERE sh.organisation_id = %(organisation)s AND sh.id = g.id
RETURNING sh.id
"""

#: Classes whose hard deadline has passed, with the rows that nobody submitted.
NOT_SUBMITTED = """
SELECT sc.id AS section_id, sh.id AS sheet_id, se.id AS subject_enrolment_id, te.student_id, r.id AS record_id,
       coalesce(r.symbol, '') AS symbol, r.numeric, j.code AS subject
  FROM college_catalogue_termwindow w
  JOIN college_catalogue_term t ON t.organisation_id = w.organisation_id AND t.id = w.term_id
  JOIN college_scheduling_section sc ON sc.organisation_id = w.organisation_id AND sc.term_id = t.id
  JOIN college_catalogue_subject j ON j.organisation_id = w.organisation_id AND j.id = sc.subject_id
  JOIN college_enrolment_subjectenrolment se ON se.organisation_id = w.organisation_id AND se.section_id = sc.id
  JOIN college_enrolment_termenrolment te ON te.organisation_id = se.organisation_id AND te.id = se.term_enrolment_id
  JOIN college_records_student s ON s.organisation_id = se.organisation_id AND s.id = te.student_id
  LEFT JOIN college_grading_gradesheet sh
    ON sh.organisation_id = w.organisation_id AND sh.section_id = sc.id AND sh.component = 'FINAL'
  LEFT JOIN college_grading_graderecord r
    ON r.organisation_id = w.organisation_id AND r.subject_enrolment_id = se.id AND r.component = 'FINAL'
 WHERE w.organisation_id = %(organisation)s AND w.kind = 'FINAL_GRADING' AND w.closes_on < %(last)s
   AND t.state IN ('IN_PROGRESS', 'GRADING', 'CLOSED') AND sc.state IN ('OPEN', 'CLOSED')
   AND se.state = 'ENROLLED' AND se.result = '' AND s.taken_back_at IS NULL
   AND coalesce(r.state, 'DRAFT') IN ('DRAFT', 'RETURNED')
   AND (sh.opened_until IS NULL OR sh.opened_until < %(today)s)
 ORDER BY sc.id, se.id
"""

OPEN_SHEETS = """
INSERT INTO college_grading_gradesheet
       (organisation_id, id, created_at, section_id, component, state, returned_reason, roster_hash, version)
SELECT %(organisation)s, n.id, %(at)s, n.section_id, %(component)s, 'OPEN', '', '', 1
  FROM unnest(%(ids)s::uuid[], %(sections)s::uuid[]) AS n(id, section_id)
    ON CONFLICT (organisation_id, section_id, component) DO NOTHING
RETURNING id
"""

LOCK_SHEETS = """
SELECT sh.section_id, sh.id, sh.state
  FROM college_grading_gradesheet sh
 WHERE sh.organisation_id = %(organisation)s AND sh.section_id = ANY (%(sections)s::uuid[])
   AND sh.component = %(component)s
 ORDER BY sh.id FOR UPDATE
"""

#: Grades that are still NG so many days after the term, by class.
OVERDUE_NG = """
SELECT t.id AS term_id, sc.id AS section_id, count(*) AS students
  FROM college_enrolment_subjectenrolment se
  JOIN college_scheduling_section sc ON sc.organisation_id = se.organisation_id AND sc.id = se.section_id
  JOIN college_catalogue_term t ON t.organisation_id = se.organisation_id AND t.id = sc.term_id
 WHERE se.organisation_id = %(organisation)s AND se.result = 'NG' AND t.ends_on < %(before)s
 GROUP BY t.id, t.starts_on, sc.id
 ORDER BY t.starts_on, sc.id
"""

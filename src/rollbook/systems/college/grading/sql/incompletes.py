"""Incomplete cases: how they begin, how leaves move their deadlines, how they end."""

ADD = """
INSERT INTO college_grading_incompletecase
       (organisation_id, id, created_at, subject_enrolment_id, record_id, student_id, category, started_on, months,
        extension_days, extensions, paused_days, deadline, required_work, state, request_reason, returned_reason,
        new_symbol, warned, version)
SELECT %(organisation)s, n.id, %(at)s, n.enrolment_id, n.record_id, n.student_id, n.category, n.started_on, n.months,
       0, 0, n.paused, n.deadline, n.work, 'OPEN', '', '', '', '{}'::smallint[], 1
  FROM unnest(%(ids)s::uuid[], %(enrolments)s::uuid[], %(records)s::uuid[], %(students)s::uuid[],
              %(categories)s::text[], %(starts)s::date[], %(months)s::smallint[], %(paused)s::int[],
              %(deadlines)s::date[], %(works)s::text[])
       AS n(id, enrolment_id, record_id, student_id, category, started_on, months, paused, deadline, work)
RETURNING id
"""

#: Leaves of students, whenever they were. R45 counts their days.
LEAVES = """
SELECT p.student_id, p.from_date, p.to_date
  FROM college_records_studentstatusperiod p
 WHERE p.organisation_id = %(organisation)s AND p.status = 'LOA' AND p.student_id = ANY (%(students)s::uuid[])
 ORDER BY p.student_id, p.from_date
"""

#: Cases whose deadline still counts, of some students or (null) of all.
RUNNING = """
SELECT i.id, i.subject_enrolment_id, i.student_id, i.started_on, i.months, i.extension_days, i.deadline, i.paused_days
  FROM college_grading_incompletecase i
 WHERE i.organisation_id = %(organisation)s AND i.state IN ('OPEN', 'REQUESTED', 'APPROVED', 'SUBMITTED', 'HEAD_APPROVED')
   AND (%(students)s::uuid[] IS NULL OR i.student_id = ANY (%(students)s::uuid[]))
 ORDER BY i.id
"""

MOVE_DEADLINES = """
UPDATE college_grading_incompletecase i
   SET deadline = g.deadline, paused_days = g.paused, version = i.version + 1
  FROM unnest(%(ids)s::uuid[], %(deadlines)s::date[], %(paused)s::int[]) AS g(id, deadline, paused)
 WHERE i.organisation_id = %(organisation)s AND i.id = g.id
RETURNING i.id
"""

#: What has run out, locked. A case whose grade was submitted meanwhile is looked at again after the wait and left.
RUN_OUT = """
SELECT i.id, i.subject_enrolment_id, i.record_id, i.student_id, i.deadline, r.symbol, r.numeric, r.scale_id,
       se.section_id, te.programme_id
  FROM college_grading_incompletecase i
  JOIN college_grading_graderecord r ON r.organisation_id = i.organisation_id AND r.id = i.record_id
  JOIN college_enrolment_subjectenrolment se
    ON se.organisation_id = i.organisation_id AND se.id = i.subject_enrolment_id
  JOIN college_enrolment_termenrolment te ON te.organisation_id = i.organisation_id AND te.id = se.term_enrolment_id
 WHERE i.organisation_id = %(organisation)s AND i.state IN ('OPEN', 'REQUESTED', 'APPROVED')
   AND i.deadline < %(today)s AND (%(only)s::uuid[] IS NULL OR i.id = ANY (%(only)s::uuid[]))
 ORDER BY i.id FOR UPDATE OF i
"""

EXPIRE = """
UPDATE college_grading_incompletecase i
   SET state = 'EXPIRED', ended_on = %(today)s, version = i.version + 1
 WHERE i.organisation_id = %(organisation)s AND i.id = ANY (%(ids)s::uuid[])
RETURNING i.id
"""

#: Cases whose deadline comes near, locked, with the warnings that were given.
COMING_UP = """
SELECT i.id, i.student_id, i.deadline, i.warned, se.section_id, te.programme_id
  FROM college_grading_incompletecase i
  JOIN college_enrolment_subjectenrolment se
    ON se.organisation_id = i.organisation_id AND se.id = i.subject_enrolment_id
  JOIN college_enrolment_termenrolment te ON te.organisation_id = i.organisation_id AND te.id = se.term_enrolment_id
 WHERE i.organisation_id = %(organisation)s AND i.state IN ('OPEN', 'REQUESTED', 'APPROVED')
   AND i.deadline BETWEEN %(today)s AND %(last)s
 ORDER BY i.id FOR UPDATE OF i
"""

WARNED = """
UPDATE college_grading_incompletecase i SET warned = i.warned || g.days
  FROM unnest(%(ids)s::uuid[], %(days)s::smallint[]) AS g(id, days)
 WHERE i.organisation_id = %(organisation)s AND i.id = g.id
RETURNING i.id
"""

"""The statements of enrolment: locks first, then what the gates ask for, a handful of rows at a time."""

#: Every running term of one student, so that two carts of theirs come one after the other.
LOCK_TERMS = """
SELECT e.id, e.student_id, s.person_id, s.programme_id
  FROM college_enrolment_termenrolment e
  JOIN college_records_student s ON s.organisation_id = e.organisation_id AND s.id = e.student_id
 WHERE e.organisation_id = %(organisation)s AND e.state IN ('PENDING_PAYMENT', 'ACTIVE')
   AND e.student_id = (SELECT own.student_id FROM college_enrolment_termenrolment own
                        WHERE own.organisation_id = %(organisation)s AND own.id = %(enrolment)s)
 ORDER BY e.id FOR NO KEY UPDATE OF e
"""

LOCK_SECTIONS = """
SELECT s.id FROM college_scheduling_section s
 WHERE s.organisation_id = %(organisation)s AND s.id = ANY (%(sections)s::uuid[])
 ORDER BY s.id FOR NO KEY UPDATE
"""

STANDING = """
SELECT e.id AS enrolment_id, e.student_id, e.term_id, e.state, e.max_units, e.advising_state, e.regularity,
       e.year_level, e.curriculum_id, e.programme_id, e.invoice_id,
       s.person_id, s.student_number, s.status, t.code AS term, t.kind AS term_kind, t.state AS term_state,
       t.starts_on, t.ends_on, w.opens_on, w.closes_on, d.closes_on AS add_drop_closes_on,
       n.number, n.due_minor, n.paid_minor, n.due_on, n.cover,
       EXISTS (SELECT 1 FROM college_records_override o
                WHERE o.organisation_id = %(organisation)s AND o.subject_id = e.id AND o.kind = 'PAYMENT_GATE')
           AS is_gate_set_aside,
       ARRAY(SELECT DISTINCT h.kind FROM college_records_hold h
              WHERE h.organisation_id = %(organisation)s AND h.student_id = e.student_id AND h.released_at IS NULL
                AND h.blocks @> ARRAY[%(blocks)s::varchar] ORDER BY h.kind) AS holds,
       (SELECT coalesce(json_agg(json_build_array(k.subject_id, k.units_granted::text, b.code, b.tags)), '[]'::json)
          FROM college_records_transfercredit k
          JOIN college_catalogue_subject b ON b.organisation_id = k.organisation_id AND b.id = k.subject_id
         WHERE k.organisation_id = %(organisation)s AND k.student_id = e.student_id AND k.state = 'CREDITED')
           AS credits
  FROM college_enrolment_termenrolment e
  JOIN college_records_student s ON s.organisation_id = e.organisation_id AND s.id = e.student_id
  JOIN college_catalogue_term t ON t.organisation_id = e.organisation_id AND t.id = e.term_id
  LEFT JOIN college_catalogue_termwindow w ON w.organisation_id = e.organisation_id AND w.term_id = t.id
       AND w.kind = CASE t.state WHEN 'ENROLMENT_OPEN' THEN 'ENROLMENT' ELSE 'ADD_DROP' END
  LEFT JOIN college_catalogue_termwindow d ON d.organisation_id = e.organisation_id AND d.term_id = t.id
       AND d.kind = 'ADD_DROP'
  LEFT JOIN billing_instalment n ON n.organisation_id = e.organisation_id AND n.invoice_id = e.invoice_id
       AND n.number = 1
 WHERE e.organisation_id = %(organisation)s AND e.id = %(enrolment)s AND s.taken_back_at IS NULL
"""

#: Every subject that the student ever took or takes, with the hours of those that run.
HISTORY = """
SELECT x.id, x.subject_id, x.section_id, x.state, x.result, x.final_numeric, x.units, x.attempt_no,
       x.reserved_until, x.offered_until, x.incomplete_until, x.term_enrolment_id,
       coalesce(g.direction, 'LOWER_BETTER') AS direction, b.code, b.tags, coalesce(c.code, '') AS section_code,
       (t.starts_on <= %(ends_on)s AND t.ends_on >= %(starts_on)s) AS overlaps,
       CASE WHEN x.state IN ('RESERVED', 'ENROLLED') THEN (
            SELECT coalesce(json_agg(json_build_array(m.weekday, m.start_min, m.end_min, m.from_date, m.to_date)
                                     ORDER BY m.weekday, m.start_min), '[]'::json)
              FROM college_scheduling_meeting m
             WHERE m.organisation_id = %(organisation)s AND m.section_id = x.section_id AND m.weekday IS NOT NULL)
       END AS slots
  FROM college_enrolment_termenrolment e
  JOIN college_catalogue_term t ON t.organisation_id = e.organisation_id AND t.id = e.term_id
  JOIN college_enrolment_subjectenrolment x ON x.organisation_id = e.organisation_id AND x.term_enrolment_id = e.id
  JOIN college_catalogue_subject b ON b.organisation_id = x.organisation_id AND b.id = x.subject_id
  LEFT JOIN college_scheduling_section c ON c.organisation_id = x.organisation_id AND c.id = x.section_id
  LEFT JOIN college_catalogue_gradescale g ON g.organisation_id = x.organisation_id AND g.id = x.scale_id
 WHERE e.organisation_id = %(organisation)s AND e.student_id = %(student)s AND e.state <> 'CANCELLED'
   AND x.state <> 'REMOVED'
"""

#: The subjects that are wanted, with their place in the curriculum and what must come before them.
SUBJECTS = """
SELECT b.id, b.code, b.title, b.lecture_units + b.lab_units AS units, b.allows_several_sections, b.is_active,
       coalesce(nullif(n.category, ''), b.category) AS category,
       n.year_level, n.semester, coalesce(re.tree, rs.tree)::json AS tree,
       n.id IS NOT NULL OR EXISTS (
           SELECT 1 FROM college_catalogue_equivalency q
             JOIN college_catalogue_curriculumentry p ON p.organisation_id = q.organisation_id
                  AND p.curriculum_id = %(curriculum)s
                  AND ((q.subject_id = b.id AND p.subject_id = q.satisfies_id)
                       OR (q.is_two_way AND q.satisfies_id = b.id AND p.subject_id = q.subject_id))
            WHERE q.organisation_id = %(organisation)s AND (q.subject_id = b.id OR q.satisfies_id = b.id)
              AND q.effective_from <= %(today)s AND (q.effective_to IS NULL OR q.effective_to >= %(today)s)
              AND (q.curriculum_id IS NULL OR q.curriculum_id = %(curriculum)s)
       ) OR coalesce(a.agreed_roles <> '{}' AND %(is_advised)s, false) AS is_in_curriculum,
       CASE WHEN %(is_advised)s THEN coalesce(a.agreed_roles, '{}') ELSE '{}' END AS agreed_roles
  FROM college_catalogue_subject b
  LEFT JOIN college_catalogue_curriculumentry n ON n.organisation_id = b.organisation_id
       AND n.curriculum_id = %(curriculum)s AND n.subject_id = b.id
  LEFT JOIN college_catalogue_prerequisiterule re ON re.organisation_id = b.organisation_id AND re.entry_id = n.id
  LEFT JOIN college_catalogue_prerequisiterule rs ON rs.organisation_id = b.organisation_id AND rs.subject_id = b.id
  LEFT JOIN college_enrolment_advisingitem a ON a.organisation_id = b.organisation_id
       AND a.term_enrolment_id = %(enrolment)s AND a.subject_id = b.id
 WHERE b.organisation_id = %(organisation)s AND b.id = ANY (%(subjects)s::uuid[])
"""

#: Sections with their seats. What is held or offered past its time takes no seat any more; it is counted as stale.
SECTIONS = """
SELECT s.id, s.subject_id, s.term_id, s.code, s.state, s.capacity, s.waitlist_capacity, s.block_id,
       coalesce(q.seated, 0) AS seated, coalesce(q.waiting, 0) AS waiting, coalesce(q.stale, 0) AS stale,
       (SELECT coalesce(json_agg(json_build_array(m.weekday, m.start_min, m.end_min, m.from_date, m.to_date)
                                 ORDER BY m.weekday, m.start_min), '[]'::json)
          FROM college_scheduling_meeting m
         WHERE m.organisation_id = %(organisation)s AND m.section_id = s.id AND m.weekday IS NOT NULL) AS slots
  FROM college_scheduling_section s
  LEFT JOIN LATERAL (
       SELECT count(*) FILTER (WHERE x.state IN ('ENROLLED', 'COMPLETED')
                                  OR (x.state = 'RESERVED' AND x.reserved_until > %(now)s)
                                  OR (x.state = 'OFFERED' AND x.offered_until > %(now)s)) AS seated,
              count(*) FILTER (WHERE x.state = 'WAITLISTED') AS waiting,
              count(*) FILTER (WHERE (x.state = 'RESERVED' AND x.reserved_until <= %(now)s)
                                  OR (x.state = 'OFFERED' AND x.offered_until <= %(now)s)) AS stale
         FROM college_enrolment_subjectenrolment x
        WHERE x.organisation_id = %(organisation)s AND x.section_id = s.id
          AND x.state IN ('RESERVED', 'ENROLLED', 'COMPLETED', 'OFFERED', 'WAITLISTED')
          AND x.term_enrolment_id <> %(enrolment)s
       ) q ON true
 WHERE s.organisation_id = %(organisation)s AND {which}
 ORDER BY s.code, s.id
"""
#: The ids stand in a query of their own: a planner that saw how few they are would plan anew for every cart.
SECTIONS_BY_ID = SECTIONS.format(which="s.id = ANY (ARRAY(SELECT unnest(%(sections)s::uuid[])))")
SECTIONS_OF_SUBJECTS = SECTIONS.format(
    which="s.term_id = %(term)s AND s.subject_id = ANY (%(subjects)s::uuid[]) AND s.state IN ('OPEN', 'CLOSED')"
)

INSERT = """
INSERT INTO college_enrolment_subjectenrolment (organisation_id, id, created_at, created_by_id, term_enrolment_id,
       subject_id, section_id, attempt_no, is_retake, is_irregular, units, category, allows_several_sections, state,
       reserved_until, was_renewed, joined_at, offered_until, override_id, is_provisional, end_reason, result,
       final_symbol, version)
SELECT %(organisation)s, r.id, %(now)s, %(user)s::uuid, %(enrolment)s, r.subject_id, r.section_id, r.attempt_no, r.is_retake,
       r.is_irregular, r.units, r.category, r.allows_several, r.state,
       CASE WHEN r.state = 'RESERVED' THEN %(until)s::timestamptz END, false,
       CASE WHEN r.state IN ('WAITLISTED', 'OFFERED') THEN %(now)s::timestamptz END,
       CASE WHEN r.state = 'OFFERED' THEN %(until)s::timestamptz END, r.override_id, r.is_provisional, '', '', '', 1
  FROM unnest(%(ids)s::uuid[], %(subjects)s::uuid[], %(sections)s::uuid[], %(attempts)s::smallint[],
              %(retakes)s::boolean[], %(irregulars)s::boolean[], %(units)s::numeric[], %(categories)s::text[],
              %(several)s::boolean[], %(states)s::text[], %(overrides)s::uuid[], %(provisionals)s::boolean[])
       AS r(id, subject_id, section_id, attempt_no, is_retake, is_irregular, units, category, allows_several, state,
            override_id, is_provisional)
RETURNING id
"""

#: A seat that was held or offered becomes the student's own.
CONFIRM = """
UPDATE college_enrolment_subjectenrolment x
   SET state = 'ENROLLED', reserved_until = NULL, offered_until = NULL, version = x.version + 1,
       override_id = coalesce(r.override_id, x.override_id), is_provisional = r.is_provisional
  FROM unnest(%(ids)s::uuid[], %(overrides)s::uuid[], %(provisionals)s::boolean[]) AS r(id, override_id, is_provisional)
 WHERE x.organisation_id = %(organisation)s AND x.id = r.id AND x.state IN ('RESERVED', 'OFFERED')
RETURNING x.id
"""

#: What was held or offered past its time, of some sections or of one student.
EXPIRE = """
UPDATE college_enrolment_subjectenrolment x
   SET state = 'EXPIRED', ended_at = %(now)s, version = x.version + 1
 WHERE x.organisation_id = %(organisation)s
   AND (x.section_id = ANY (%(sections)s::uuid[]) OR x.term_enrolment_id = %(enrolment)s)
   AND ((x.state = 'RESERVED' AND x.reserved_until <= %(now)s) OR (x.state = 'OFFERED' AND x.offered_until <= %(now)s))
RETURNING x.id, x.section_id, x.offered_until IS NOT NULL AS was_offered
"""

DROP = """
UPDATE college_enrolment_subjectenrolment x
   SET state = %(state)s, ended_at = %(now)s, ended_by_id = %(user)s, end_reason = %(reason)s,
       result = %(result)s, final_symbol = %(symbol)s, finalized_on = %(on)s, version = x.version + 1,
       override_id = coalesce(%(override)s, x.override_id)
 WHERE x.organisation_id = %(organisation)s AND x.id = ANY (%(ids)s::uuid[]) AND x.state = ANY (%(before)s::text[])
RETURNING x.id, x.section_id
"""

#: Those who wait for a section, in the order of the queue.
QUEUE = """
SELECT x.id, x.term_enrolment_id, x.subject_id, e.student_id, s.person_id
  FROM college_enrolment_subjectenrolment x
  JOIN college_enrolment_termenrolment e ON e.organisation_id = x.organisation_id AND e.id = x.term_enrolment_id
  JOIN college_records_student s ON s.organisation_id = e.organisation_id AND s.id = e.student_id
 WHERE x.organisation_id = %(organisation)s AND x.section_id = %(section)s AND x.state = 'WAITLISTED'
 ORDER BY x.joined_at, x.id
"""

OFFER = """
UPDATE college_enrolment_subjectenrolment x
   SET state = 'OFFERED', offered_until = %(until)s, version = x.version + 1
 WHERE x.organisation_id = %(organisation)s AND x.id = %(id)s AND x.state = 'WAITLISTED'
RETURNING x.id
"""

#: Sections in which something ran out, or somebody waits while a seat is free.
SECTIONS_TO_LOOK_AT = """
SELECT q.section_id
  FROM (SELECT x.section_id,
               bool_or((x.state = 'RESERVED' AND x.reserved_until <= %(now)s)
                       OR (x.state = 'OFFERED' AND x.offered_until <= %(now)s)) AS has_stale,
               bool_or(x.state = 'WAITLISTED') AS is_waited_for,
               count(*) FILTER (WHERE x.state <> 'WAITLISTED') AS seated
          FROM college_enrolment_subjectenrolment x
         WHERE x.organisation_id = %(organisation)s AND x.section_id IN (
               SELECT w.section_id FROM college_enrolment_subjectenrolment w
                WHERE w.organisation_id = %(organisation)s AND w.state IN ('WAITLISTED', 'OFFERED', 'RESERVED'))
           AND x.state IN ('RESERVED', 'ENROLLED', 'COMPLETED', 'OFFERED', 'WAITLISTED')
         GROUP BY x.section_id) q
  JOIN college_scheduling_section s ON s.organisation_id = %(organisation)s AND s.id = q.section_id
 WHERE q.has_stale OR (q.is_waited_for AND q.seated < s.capacity AND s.state = 'OPEN')
 ORDER BY q.section_id
"""

#: What became of every subject of some students, for their year level and regularity.
OUTCOMES = """
SELECT e.student_id, x.subject_id, b.code, x.units,
       CASE WHEN x.result <> '' THEN x.result ELSE 'RUNNING' END AS outcome
  FROM college_enrolment_termenrolment e
  JOIN college_enrolment_subjectenrolment x ON x.organisation_id = e.organisation_id AND x.term_enrolment_id = e.id
  JOIN college_catalogue_subject b ON b.organisation_id = x.organisation_id AND b.id = x.subject_id
 WHERE e.organisation_id = %(organisation)s AND e.student_id = ANY (%(students)s::uuid[]) AND e.state <> 'CANCELLED'
   AND x.state IN ('ENROLLED', 'COMPLETED', 'WITHDRAWN')
UNION ALL
SELECT k.student_id, k.subject_id, b.code, k.units_granted, 'CREDITED'
  FROM college_records_transfercredit k
  JOIN college_catalogue_subject b ON b.organisation_id = k.organisation_id AND b.id = k.subject_id
 WHERE k.organisation_id = %(organisation)s AND k.student_id = ANY (%(students)s::uuid[]) AND k.state = 'CREDITED'
"""

FOLLOWED = """
SELECT s.id, s.curriculum_id, s.kind, s.programme_id FROM college_records_student s
 WHERE s.organisation_id = %(organisation)s AND s.id = ANY (%(students)s::uuid[])
"""

#: Active students who were here before, are not in the term yet, and whom nothing keeps from enrolling.
RETURNING_STUDENTS = """
SELECT s.id, s.programme_id FROM college_records_student s
 WHERE s.organisation_id = %(organisation)s AND s.status = 'ACTIVE' AND s.taken_back_at IS NULL
   AND EXISTS (SELECT 1 FROM college_enrolment_termenrolment e
                 JOIN college_catalogue_term t ON t.organisation_id = e.organisation_id AND t.id = e.term_id
                WHERE e.organisation_id = %(organisation)s AND e.student_id = s.id AND e.state <> 'CANCELLED'
                  AND t.starts_on < %(starts_on)s)
   AND NOT EXISTS (SELECT 1 FROM college_enrolment_termenrolment e
                    WHERE e.organisation_id = %(organisation)s AND e.student_id = s.id AND e.term_id = %(term)s
                      AND e.state <> 'CANCELLED')
   AND NOT EXISTS (SELECT 1 FROM college_records_hold h
                    WHERE h.organisation_id = %(organisation)s AND h.student_id = s.id AND h.released_at IS NULL
                      AND h.blocks @> ARRAY['ENROL'::varchar])
 ORDER BY s.student_number, s.id
"""

#: Who is in a term and has taken up nothing yet, with the half of the day of their classes before.
UNPICKED = """
SELECT e.id, e.student_id, e.programme_id, e.year_level, e.regularity,
       (SELECT k.session FROM college_enrolment_termenrolment p
          JOIN college_catalogue_term t ON t.organisation_id = p.organisation_id AND t.id = p.term_id
          JOIN college_enrolment_subjectenrolment x ON x.organisation_id = p.organisation_id
               AND x.term_enrolment_id = p.id AND x.state IN ('ENROLLED', 'COMPLETED')
          JOIN college_scheduling_section c ON c.organisation_id = x.organisation_id AND c.id = x.section_id
          JOIN college_scheduling_block k ON k.organisation_id = c.organisation_id AND k.id = c.block_id
         WHERE p.organisation_id = %(organisation)s AND p.student_id = e.student_id AND p.id <> e.id
         ORDER BY t.starts_on DESC, k.session LIMIT 1) AS session
  FROM college_enrolment_termenrolment e
  JOIN college_records_student s ON s.organisation_id = e.organisation_id AND s.id = e.student_id
 WHERE e.organisation_id = %(organisation)s AND e.term_id = %(term)s AND e.state IN ('PENDING_PAYMENT', 'ACTIVE')
   AND s.taken_back_at IS NULL
   AND NOT EXISTS (SELECT 1 FROM college_enrolment_subjectenrolment x
                    WHERE x.organisation_id = %(organisation)s AND x.term_enrolment_id = e.id
                      AND x.state IN ('RESERVED', 'ENROLLED', 'COMPLETED'))
 ORDER BY s.student_number, e.id
"""

#: The blocks of a programme, year and term with the fewest seats that any of their classes still has.
BLOCKS = """
SELECT k.id, k.code, k.session, count(s.id) AS classes,
       coalesce(min(s.capacity - (SELECT count(*) FROM college_enrolment_subjectenrolment x
                                   WHERE x.organisation_id = %(organisation)s AND x.section_id = s.id
                                     AND x.state IN ('RESERVED', 'ENROLLED', 'COMPLETED', 'OFFERED'))), 0) AS seats_free
  FROM college_scheduling_block k
  LEFT JOIN college_scheduling_section s ON s.organisation_id = k.organisation_id AND s.block_id = k.id
       AND s.state IN ('OPEN', 'CLOSED')
 WHERE k.organisation_id = %(organisation)s AND k.term_id = %(term)s AND k.programme_id = %(programme)s
   AND k.year_level = %(year_level)s
 GROUP BY k.organisation_id, k.id
 ORDER BY k.code
"""

#: The hours of the other classes of everybody in a section.
OTHER_HOURS = """
SELECT s.id AS student_id, s.student_number, p.family_name, p.given_name, p.middle_name, p.suffix, b.code,
       c.code AS section_code, m.weekday, m.start_min, m.end_min, m.from_date, m.to_date
  FROM college_enrolment_subjectenrolment x
  JOIN college_enrolment_termenrolment e ON e.organisation_id = x.organisation_id AND e.id = x.term_enrolment_id
  JOIN college_records_student s ON s.organisation_id = e.organisation_id AND s.id = e.student_id
  JOIN people_person p ON p.organisation_id = s.organisation_id AND p.id = s.person_id
  JOIN college_enrolment_termenrolment oe ON oe.organisation_id = e.organisation_id AND oe.student_id = e.student_id
  JOIN college_enrolment_subjectenrolment o ON o.organisation_id = x.organisation_id AND o.term_enrolment_id = oe.id
       AND o.section_id <> x.section_id AND o.state IN ('RESERVED', 'ENROLLED')
  JOIN college_catalogue_subject b ON b.organisation_id = o.organisation_id AND b.id = o.subject_id
  JOIN college_scheduling_section c ON c.organisation_id = o.organisation_id AND c.id = o.section_id
  JOIN college_scheduling_meeting m ON m.organisation_id = o.organisation_id AND m.section_id = o.section_id
       AND m.weekday IS NOT NULL
 WHERE x.organisation_id = %(organisation)s AND x.section_id = %(section)s AND x.state IN ('RESERVED', 'ENROLLED')
 ORDER BY s.student_number, b.code, m.weekday, m.start_min
"""

#: Students of a term whose own classes overlap and for whom nobody set that aside.
OVERLAPS = """
SELECT s.id AS student_id, s.student_number, p.family_name, p.given_name, p.middle_name, p.suffix, b.code,
       c.code AS section_code, m.weekday, m.start_min, m.end_min, m.from_date, m.to_date
  FROM college_enrolment_termenrolment e
  JOIN college_enrolment_subjectenrolment x ON x.organisation_id = e.organisation_id AND x.term_enrolment_id = e.id
       AND x.state = 'ENROLLED'
  JOIN college_scheduling_meeting m ON m.organisation_id = x.organisation_id AND m.section_id = x.section_id
       AND m.weekday IS NOT NULL
  JOIN college_enrolment_subjectenrolment y ON y.organisation_id = e.organisation_id AND y.term_enrolment_id = e.id
       AND y.state = 'ENROLLED' AND y.id < x.id
  JOIN college_scheduling_meeting n ON n.organisation_id = y.organisation_id AND n.section_id = y.section_id
       AND n.weekday = m.weekday AND n.start_min < m.end_min AND m.start_min < n.end_min
       AND n.from_date <= m.to_date AND m.from_date <= n.to_date
  JOIN college_records_student s ON s.organisation_id = e.organisation_id AND s.id = e.student_id
  JOIN people_person p ON p.organisation_id = s.organisation_id AND p.id = s.person_id
  JOIN college_catalogue_subject b ON b.organisation_id = x.organisation_id AND b.id = x.subject_id
  JOIN college_scheduling_section c ON c.organisation_id = x.organisation_id AND c.id = x.section_id
 WHERE e.organisation_id = %(organisation)s AND e.term_id = %(term)s
   AND NOT EXISTS (SELECT 1 FROM college_records_override o
                    WHERE o.organisation_id = %(organisation)s AND o.kind = 'SCHEDULE_CONFLICT'
                      AND o.subject_id IN (x.id, y.id))
 ORDER BY s.student_number, b.code, m.weekday, m.start_min
"""

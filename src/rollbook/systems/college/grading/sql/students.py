"""What stands on a student's record."""

#: Subjects of a student by term, the latest first. A final grade stands here when it is finalised, never before;
#: a midterm when it is finalised, or submitted where such are shown.
SUBJECTS = """
SELECT t.id AS term_id, t.code AS term, t.starts_on, se.id AS subject_enrolment_id, j.id AS subject_id, j.code, j.title,
       se.units, sc.code AS section, se.attempt_no, se.is_retake, se.state, se.result, se.final_symbol AS final,
       se.final_numeric, se.finalized_on, r.id AS record_id, coalesce(m.symbol, '') AS midterm, j.grading_basis,
       j.counts_in_gpa, se.allows_several_sections AS is_repeatable
  FROM college_enrolment_termenrolment te
  JOIN college_catalogue_term t ON t.organisation_id = te.organisation_id AND t.id = te.term_id
  JOIN college_enrolment_subjectenrolment se
    ON se.organisation_id = te.organisation_id AND se.term_enrolment_id = te.id
   AND se.state IN ('ENROLLED', 'COMPLETED', 'WITHDRAWN')
  JOIN college_catalogue_subject j ON j.organisation_id = te.organisation_id AND j.id = se.subject_id
  LEFT JOIN college_scheduling_section sc ON sc.organisation_id = te.organisation_id AND sc.id = se.section_id
  LEFT JOIN college_grading_graderecord r
    ON r.organisation_id = te.organisation_id AND r.subject_enrolment_id = se.id AND r.component = 'FINAL'
   AND r.state = 'FINALIZED'
  LEFT JOIN college_grading_graderecord m
    ON m.organisation_id = te.organisation_id AND m.subject_enrolment_id = se.id AND m.component = 'MIDTERM'
   AND (m.state = 'FINALIZED' OR (%(shows_midterms)s AND m.state = 'SUBMITTED'))
 WHERE te.organisation_id = %(organisation)s AND te.student_id = %(student)s AND te.state <> 'CANCELLED'
 ORDER BY t.starts_on DESC, t.code DESC, j.code, se.attempt_no
"""

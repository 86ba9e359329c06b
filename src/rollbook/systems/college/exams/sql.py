"""The set-based statements about permits. Every statement names the organisation."""

#: What each wanted enrolment is asked for now: every exam of its term, the month by the mapping in force, and on
#: what a permit would rest. `wanted` holds (enrolment_id, settled).
ASKED = """
covered AS (
    -- The first month of each that is settled by a promise, or by a sponsor's word, and not by money yet. All of them
    -- are read together: month by month this would read the whole college for each exam right after a load.
    SELECT e.id, min(n.number) FILTER (WHERE n.cover = 'PROMISSORY') AS promised,
           min(n.number) FILTER (WHERE n.cover = 'SPONSOR') AS sponsored
      FROM wanted w
      JOIN college_enrolment_termenrolment e ON e.organisation_id = %(organisation)s AND e.id = w.enrolment_id
      JOIN billing_instalment n ON n.organisation_id = %(organisation)s AND n.invoice_id = e.invoice_id
     WHERE n.cover IN ('PROMISSORY', 'SPONSOR') AND n.paid_minor < n.due_minor
     GROUP BY e.id
), asked AS (
    SELECT w.enrolment_id, w.settled, p.id AS exam_period_id, p.position, m.instalment_number, m.version,
           CASE WHEN c.promised <= m.instalment_number THEN 'PROMISSORY'
                WHEN c.sponsored <= m.instalment_number THEN 'SPONSOR'
                ELSE 'PAID' END AS basis
      FROM wanted w
      JOIN college_enrolment_termenrolment e ON e.organisation_id = %(organisation)s AND e.id = w.enrolment_id
      JOIN college_exams_examperiod p ON p.organisation_id = %(organisation)s AND p.term_id = e.term_id
      LEFT JOIN covered c ON c.id = w.enrolment_id
      JOIN LATERAL (SELECT v.instalment_number, v.version FROM college_exams_exammonthmapping v
                     WHERE v.organisation_id = %(organisation)s AND v.exam_period_id = p.id AND v.effective_at <= %(at)s
                     ORDER BY v.version DESC LIMIT 1) m ON true
)"""

_WANTED = "wanted AS (SELECT %(enrolment)s::uuid AS enrolment_id, %(settled)s::int AS settled)"
_MANY_WANTED = (
    "wanted AS (SELECT * FROM unnest(%(enrolments)s::uuid[], %(settled)s::int[]) AS w(enrolment_id, settled))"
)

_COLUMNS = """(organisation_id, id, created_at, term_enrolment_id, exam_period_id, code, state, basis, instalment_number,
     mapping_version, issued_at, prints)"""

#: A suspended permit comes back with its code when its own month, or the one asked for today, is reached.
#: One that rests on money falls when neither is. USED and EXPIRED ones are history.
MOVED = """
restored AS (
    UPDATE college_exams_exampermit t
       SET state = 'ISSUED', suspended_at = NULL, basis = a.basis,
           instalment_number = least(t.instalment_number, a.instalment_number)
      FROM asked a
     WHERE t.organisation_id = %(organisation)s AND t.term_enrolment_id = a.enrolment_id
       AND t.exam_period_id = a.exam_period_id AND t.state = 'SUSPENDED'
       AND least(t.instalment_number, a.instalment_number) <= a.settled
    RETURNING t.id, t.code, t.exam_period_id, t.term_enrolment_id
), suspended AS (
    UPDATE college_exams_exampermit t SET state = 'SUSPENDED', suspended_at = %(at)s
      FROM asked a
     WHERE t.organisation_id = %(organisation)s AND t.term_enrolment_id = a.enrolment_id
       AND t.exam_period_id = a.exam_period_id AND t.state IN ('ISSUED', 'PRINTED')
       AND t.basis IN ('PAID', 'PROMISSORY', 'SPONSOR')
       AND least(t.instalment_number, a.instalment_number) > a.settled
    RETURNING t.id, t.code, t.exam_period_id, t.term_enrolment_id
)"""

_CHANGES = """
SELECT c.kind, c.id, c.code, p.code, c.term_enrolment_id
  FROM ({sources}) c
  JOIN college_exams_examperiod p ON p.organisation_id = %(organisation)s AND p.id = c.exam_period_id
 ORDER BY p.position, c.term_enrolment_id
"""


def _changes(*kinds: str) -> str:
    sources = " UNION ALL ".join(
        f"SELECT '{kind}' AS kind, id, code, exam_period_id, term_enrolment_id FROM {kind}" for kind in kinds
    )
    return _CHANGES.format(sources=sources)


#: Whoever acts on money has to look at the hold too; that there is one is told by the same statement.
HELD = "held"

#: One enrolment, one statement: issue what is reached, bring back what was suspended, suspend what is not reached.
APPLY = f"""
WITH {_WANTED}, {ASKED}, reached AS (
    SELECT a.*, row_number() OVER (ORDER BY a.position) AS place FROM asked a WHERE a.instalment_number <= a.settled
), issued AS (
    INSERT INTO college_exams_exampermit {_COLUMNS}
    SELECT %(organisation)s, (%(ids)s::uuid[])[r.place], %(at)s, r.enrolment_id, r.exam_period_id,
           (%(codes)s::text[])[r.place], 'ISSUED', r.basis, r.instalment_number, r.version, %(at)s, 0
      FROM reached r
    ON CONFLICT (organisation_id, term_enrolment_id, exam_period_id) DO NOTHING
    RETURNING id, code, exam_period_id, term_enrolment_id
), {MOVED}, changed AS (
    {_changes("issued", "restored", "suspended")}
)
SELECT * FROM changed
UNION ALL
SELECT '{HELD}', h.id, '', '', e.id
  FROM college_enrolment_termenrolment e
  JOIN college_records_hold h
    ON h.organisation_id = %(organisation)s AND h.student_id = e.student_id AND h.kind = 'FINANCIAL' AND h.is_automatic
   AND h.released_at IS NULL
 WHERE e.organisation_id = %(organisation)s AND e.id = %(enrolment)s
"""

#: The permits that many enrolments lack.
LACKING = f"""
WITH {_MANY_WANTED}, {ASKED}
SELECT a.enrolment_id, a.exam_period_id, a.basis, a.instalment_number, a.version
  FROM asked a
 WHERE a.instalment_number <= a.settled
   AND NOT EXISTS (SELECT FROM college_exams_exampermit t
                    WHERE t.organisation_id = %(organisation)s AND t.term_enrolment_id = a.enrolment_id
                      AND t.exam_period_id = a.exam_period_id)
 ORDER BY a.enrolment_id, a.position
"""

ISSUE_MANY = f"""
WITH issued AS (
    INSERT INTO college_exams_exampermit {_COLUMNS}
    SELECT %(organisation)s, r.id, %(at)s, r.enrolment_id, r.exam_period_id, r.code, 'ISSUED', r.basis,
           r.instalment_number, r.version, %(at)s, 0
      FROM unnest(%(ids)s::uuid[], %(enrolments)s::uuid[], %(periods)s::uuid[], %(codes)s::text[], %(bases)s::text[],
                  %(months)s::smallint[], %(versions)s::int[])
           AS r(id, enrolment_id, exam_period_id, code, basis, instalment_number, version)
    ON CONFLICT (organisation_id, term_enrolment_id, exam_period_id) DO NOTHING
    RETURNING id, code, exam_period_id, term_enrolment_id
)
{_changes("issued")}
"""

MOVE_MANY = f"""
WITH {_MANY_WANTED}, {ASKED}, {MOVED}
{_changes("restored", "suspended")}
"""

#: Permits on a lawful exception. What stands and opens the exam already is left alone; a suspended one comes back.
EXCUSE = f"""
WITH excused AS (
    SELECT r.*, v.instalment_number, v.version
      FROM unnest(%(ids)s::uuid[], %(enrolments)s::uuid[], %(periods)s::uuid[], %(codes)s::text[], %(firsts)s::date[],
                  %(lasts)s::date[]) AS r(id, enrolment_id, exam_period_id, code, limited_from, limited_until)
      JOIN LATERAL (SELECT m.instalment_number, m.version FROM college_exams_exammonthmapping m
                     WHERE m.organisation_id = %(organisation)s AND m.exam_period_id = r.exam_period_id
                       AND m.effective_at <= %(at)s
                     ORDER BY m.version DESC LIMIT 1) v ON true
), issued AS (
    INSERT INTO college_exams_exampermit {_COLUMNS[:-1]}, limited_from, limited_until)
    SELECT %(organisation)s, x.id, %(at)s, x.enrolment_id, x.exam_period_id, x.code, 'ISSUED', %(basis)s,
           x.instalment_number, x.version, %(at)s, 0, x.limited_from, x.limited_until
      FROM excused x
    ON CONFLICT (organisation_id, term_enrolment_id, exam_period_id) DO NOTHING
    RETURNING id, code, exam_period_id, term_enrolment_id
), restored AS (
    UPDATE college_exams_exampermit t
       SET state = 'ISSUED', suspended_at = NULL, basis = %(basis)s, limited_from = x.limited_from,
           limited_until = x.limited_until
      FROM excused x
     WHERE t.organisation_id = %(organisation)s AND t.term_enrolment_id = x.enrolment_id
       AND t.exam_period_id = x.exam_period_id AND t.state = 'SUSPENDED'
    RETURNING t.id, t.code, t.exam_period_id, t.term_enrolment_id
)
{_changes("issued", "restored")}
"""

#: The exams, not over yet, that lie in the days of a live certificate of the enrolment's student.
CERTIFIED = """
SELECT DISTINCT ON (e.id, p.id) e.id, p.id,
       CASE WHEN c.valid_from > p.opens_on OR c.valid_until < p.closes_on THEN greatest(p.opens_on, c.valid_from) END,
       CASE WHEN c.valid_from > p.opens_on OR c.valid_until < p.closes_on THEN least(p.closes_on, c.valid_until) END
  FROM college_exams_welfarecertificate c
  JOIN college_enrolment_termenrolment e
    ON e.organisation_id = c.organisation_id AND e.student_id = c.student_id AND e.state IN ('PENDING_PAYMENT', 'ACTIVE')
  JOIN college_exams_examperiod p
    ON p.organisation_id = c.organisation_id AND p.term_id = e.term_id
   AND p.opens_on <= c.valid_until AND p.closes_on >= c.valid_from
  LEFT JOIN college_exams_exampermit t
    ON t.organisation_id = c.organisation_id AND t.term_enrolment_id = e.id AND t.exam_period_id = p.id
 WHERE c.organisation_id = %(organisation)s AND c.withdrawn_at IS NULL AND e.id = ANY (%(enrolments)s::uuid[])
   AND least(p.closes_on, c.valid_until) >= %(today)s AND (t.id IS NULL OR t.state = 'SUSPENDED')
 ORDER BY e.id, p.id, least(p.closes_on, c.valid_until) - greatest(p.opens_on, c.valid_from) DESC
"""

#: Who sits under a certificate that is withdrawn, and has not sat yet.
FALL_WITH_CERTIFICATE = f"""
WITH suspended AS (
    UPDATE college_exams_exampermit t SET state = 'SUSPENDED', suspended_at = %(at)s, basis = 'PAID', limited_from = NULL,
           limited_until = NULL
      FROM college_enrolment_termenrolment e
     WHERE t.organisation_id = %(organisation)s AND e.organisation_id = %(organisation)s AND e.id = t.term_enrolment_id
       AND e.student_id = %(student)s AND t.basis = 'WELFARE_CERTIFICATE' AND t.state IN ('ISSUED', 'PRINTED')
    RETURNING t.id, t.code, t.exam_period_id, t.term_enrolment_id
)
{_changes("suspended")}
"""

#: Permits of exams that are over.
EXPIRE = f"""
WITH expired AS (
    UPDATE college_exams_exampermit t SET state = 'EXPIRED', expired_at = %(at)s
      FROM college_exams_examperiod p
     WHERE t.organisation_id = %(organisation)s AND p.organisation_id = %(organisation)s AND p.id = t.exam_period_id
       AND t.state IN ('ISSUED', 'PRINTED') AND coalesce(t.limited_until, p.closes_on) < %(today)s
    RETURNING t.id, t.code, t.exam_period_id, t.term_enrolment_id
)
{_changes("expired")}
"""

"""What rests on a subject that counts no more: classes in which a student sits without its prerequisite (R56)."""

from itertools import groupby

from rollbook.core import clock
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.reads.gathering import gather
from rollbook.systems.college.enrolment.rules.verdicts import prerequisite_problem
from rollbook.systems.college.records.events import CreditRevoked


def name_dependents(event: CreditRevoked) -> None:
    """Add every class of the student that lost its prerequisite. Somebody decides what becomes of them."""
    carried = SubjectEnrolment.objects.filter(
        term_enrolment__student_id=event.student_id, state__in=SubjectEnrolment.CARRIED
    ).exclude(subject_id=event.subject_id)
    rows = carried.select_related("subject", "term_enrolment__term").order_by(
        "term_enrolment__term__starts_on", "term_enrolment_id", "id"
    )
    now = clock.now()
    for enrolment_id, of_term in groupby(rows, key=lambda row: row.term_enrolment_id):
        classes = list(of_term)
        gathered = gather(enrolment_id, now=now, subject_ids={row.subject_id for row in classes})
        together = frozenset(one.subject_id for one in gathered.standing.taken if one.is_this_term)
        for row in classes:
            subject = gathered.offer.subjects[row.subject_id]
            problem, _is_provisional = prerequisite_problem(subject, gathered.standing.record, together)
            if problem is not None:
                event.affected.append(
                    {"term": row.term_enrolment.term.code, "subject": row.subject.code, "reason": problem.sentence}
                )

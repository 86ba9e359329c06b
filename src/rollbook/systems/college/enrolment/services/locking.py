"""The locks of enrolment, in the one order that everybody keeps: a student's terms, then sections by id (R2).

Whoever changes a seat or a place in a queue holds the section; gates are read after the locks.
"""

from collections.abc import Iterable
from uuid import UUID

from rollbook.core.db.arrays import array_of
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.enrolment import permissions, sql
from rollbook.systems.college.enrolment.errors import EnrolmentNotFound, SubjectEnrolmentNotFound
from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.reads.rows import Row, fetch_hot


def lock_term(actor: Actor, term_enrolment_id: UUID, *, staff: str = permissions.ENROL_STUDENTS) -> Row:
    """Lock every running term of a student whose subjects the actor may change: their own, or anybody's as staff."""
    own = actor.may(permissions.ENROL_OWN) and actor.person_id is not None
    if not own:
        actor.require(staff)
    rows = fetch_hot(sql.LOCK_TERMS, enrolment=term_enrolment_id)
    found = next((row for row in rows if row.id == term_enrolment_id), None)
    if found is None:
        raise EnrolmentNotFound
    if not actor.may(staff) and found.person_id != actor.person_id:
        raise EnrolmentNotFound
    return found


def lock_sections(section_ids: Iterable[UUID]) -> list[UUID]:
    """Lock sections in the order of their ids; those that do not exist are left out."""
    wanted = sorted(set(section_ids))
    return [row.id for row in fetch_hot(sql.LOCK_SECTIONS, sections=array_of(wanted))] if wanted else []


def lock_rows(
    actor: Actor, row_ids: Iterable[UUID], *, staff: str = permissions.ENROL_STUDENTS
) -> list[SubjectEnrolment]:
    """Lock the term and the sections of some subjects of one student, and read the subjects after that."""
    wanted = list(dict.fromkeys(row_ids))
    terms = set(SubjectEnrolment.objects.filter(id__in=wanted).values_list("term_enrolment_id", flat=True))
    if len(terms) != 1:
        raise SubjectEnrolmentNotFound
    try:
        lock_term(actor, terms.pop(), staff=staff)
    except EnrolmentNotFound as error:
        raise SubjectEnrolmentNotFound from error
    sections = SubjectEnrolment.objects.filter(id__in=wanted, section__isnull=False)
    lock_sections(sections.values_list("section_id", flat=True))
    found = {
        row.id: row
        for row in SubjectEnrolment.objects.filter(id__in=wanted).select_related("subject", "section", "term_enrolment")
    }
    if len(found) != len(wanted):
        raise SubjectEnrolmentNotFound
    return [found[row_id] for row_id in wanted]

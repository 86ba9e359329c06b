"""Who is told what about grades. `wiring.py` connects these to the events of grading."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from rollbook.core.identity.models import Membership
from rollbook.shared.messaging import kinds
from rollbook.shared.messaging.services import Telling, notify_many
from rollbook.systems.college.catalogue.models import Programme
from rollbook.systems.college.grading.events import (
    CaseNamed,
    GradesPosted,
    GradesReturned,
    IncExpired,
    IncWarning,
    NotGradedOverdue,
)
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.roles import DEAN
from rollbook.systems.college.scheduling.models import Section, TeachingAssignment

#: Somebody of the house: the person on the roll, else the member who is none.
One = tuple[UUID | None, UUID | None]
NOBODY: One = (None, None)


def tell_of_posted_grades(event: GradesPosted) -> None:
    """Each student once per batch, however many of their subjects are in it."""
    people = _people(event.student_ids)
    notify_many(
        event.actor,
        [
            Telling(
                recipient_person_id=people[student_id], kind=kinds.GRADE_POSTED, subject_id=student_id,
                dedupe_key=str(event.cause_id), facts={"subjects": list(event.subjects)},
            )
            for student_id in event.student_ids
        ],
    )  # fmt: skip


def tell_of_near_deadline(event: IncWarning) -> None:
    """The student, 30 and 7 days before."""
    people, subjects = _people(case.student_id for case in event.cases), _subjects(event.cases)
    notify_many(
        event.actor,
        [
            Telling(
                recipient_person_id=people[case.student_id], kind=kinds.INC_WARNING, subject_id=case.case_id,
                dedupe_key=f"{case.case_id} {event.days} {case.deadline}",
                facts={"subject": subjects[case.section_id], "deadline": case.deadline.isoformat()},
            )
            for case in event.cases
        ],
    )  # fmt: skip


def tell_of_expired(event: IncExpired) -> None:
    """The student of each case; professors and programme heads once each, with how many of theirs it was."""
    people, subjects = _people(case.student_id for case in event.cases), _subjects(event.cases)
    tellings = [
        Telling(
            recipient_person_id=people[case.student_id], kind=kinds.INC_EXPIRED, subject_id=case.case_id,
            dedupe_key=str(case.case_id), facts={"subject": subjects[case.section_id]},
        )
        for case in event.cases
    ]  # fmt: skip
    for one, cases in _answerable(event.cases).items():
        named = ", ".join(sorted({subjects[case.section_id] for case in cases}))
        text = f"Incompletes that expired today: {len(cases)} ({named})."
        first = min(case.case_id for case in cases)
        tellings.append(_from_the_house(one, first, f"expired {first}", text, "grading:incompletes"))
    notify_many(event.actor, tellings)


def tell_of_returned_sheet(event: GradesReturned) -> None:
    """The professor whose sheet came back."""
    owners = _owners([event.section_id])
    section = Section.objects.select_related("subject").get(id=event.section_id)
    text = f"The grade sheet of {section.subject.code} {section.code} came back to you."
    notify_many(
        event.actor,
        [
            _from_the_house(_one(person_id), event.sheet_id, f"returned {event.sheet_id} {event.version}", text,
                            "grading:my_sheets")
            for person_id in owners.values()
        ],
    )  # fmt: skip


def tell_of_overdue_grades(event: NotGradedOverdue) -> None:
    """Deans, every day until somebody grades them."""
    students = sum(each.students for each in event.classes)
    text = f"Not graded 30 days after the term: {students} students in {len(event.classes)} classes."
    deans = Membership.objects.filter(roles__overlap=[DEAN], is_active=True)
    notify_many(
        event.actor,
        [
            _from_the_house(
                _one(person_id, member_id), event.classes[0].term_id, f"not graded {event.on}", text, "home"
            )
            for person_id, member_id in deans.values_list("person_id", "id")
        ],
    )


def _one(person_id: UUID | None, member_id: UUID | None = None) -> One:
    """The same for a professor and a programme head who are one person of the roll."""
    return (person_id, None) if person_id is not None else (None, member_id)


def _from_the_house(one: One, subject_id: UUID, key: str, text: str, page: str) -> Telling:
    return Telling(
        recipient_person_id=one[0], recipient_member_id=one[1], kind=kinds.SYSTEM, subject_id=subject_id,
        dedupe_key=key[:120], facts={"text": text, "page": page},
    )  # fmt: skip


def _people(student_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    return dict(Student.objects.filter(id__in=set(student_ids)).values_list("id", "person_id"))


def _subjects(cases: Iterable[CaseNamed]) -> dict[UUID, str]:
    sections = Section.objects.filter(id__in={case.section_id for case in cases})
    return dict(sections.values_list("id", "subject__code"))


def _owners(section_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The person who owns the grades of each class; a class without a professor has none."""
    owners = TeachingAssignment.objects.filter(
        section__in=set(section_ids), role=TeachingAssignment.Role.PRIMARY, professor__isnull=False
    )
    return dict(owners.values_list("section_id", "professor__person_id"))


def _answerable(cases: Iterable[CaseNamed]) -> dict[One, list[CaseNamed]]:
    """The cases of each professor and of each programme head."""
    known = list(cases)
    owners = _owners(case.section_id for case in known)
    programmes = Programme.objects.filter(id__in={case.programme_id for case in known}, head__isnull=False)
    heads = {
        programme_id: _one(person_id, member_id)
        for programme_id, person_id, member_id in programmes.values_list("id", "head__person_id", "head_id")
    }
    found: dict[One, list[CaseNamed]] = defaultdict(list)
    for case in known:
        asked = {_one(owners.get(case.section_id)), heads.get(case.programme_id, NOBODY)}
        for one in asked - {NOBODY}:
            found[one].append(case)
    return found

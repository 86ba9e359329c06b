"""What a student can choose from: subjects with their verdicts, sections with hours, seats and clashes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from rollbook.systems.college.enrolment.models import SubjectEnrolment
from rollbook.systems.college.enrolment.reads.gathering import Gathered, gather
from rollbook.systems.college.enrolment.reads.recommending import Outlook, Recommended, outlook
from rollbook.systems.college.enrolment.rules.carts import judge_cart
from rollbook.systems.college.enrolment.rules.facts import Item, Purpose, SectionFacts, SubjectFacts
from rollbook.systems.college.enrolment.rules.verdicts import Problem, problems_of
from rollbook.systems.college.scheduling.models import Section
from rollbook.systems.college.scheduling.selectors import Entry, grouped, timetable


@dataclass(frozen=True, slots=True)
class SubjectChoice:
    """A subject that can be looked at, and what keeps the student from it whatever the section."""

    subject: SubjectFacts
    recommended: Recommended | None
    problems: tuple[Problem, ...]
    is_taken: bool
    open_sections: int
    seats_free: int
    year_level: int
    semester: str


@dataclass(frozen=True, slots=True)
class SectionChoice:
    """A section with its hours, and what keeps the student from just this one."""

    section: SectionFacts
    problems: tuple[Problem, ...]
    meetings: tuple[Entry, ...]
    may_wait: bool

    @property
    def is_possible(self) -> bool:
        return not self.problems


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything that the student may look at for one term."""

    look: Outlook
    gathered: Gathered
    subjects: tuple[SubjectChoice, ...]

    @property
    def units(self) -> Decimal:
        return self.look.units_taken

    @property
    def recommended(self) -> tuple[SubjectChoice, ...]:
        """What is recommended, in its order."""
        order = {one.place.subject_id: number for number, one in enumerate(self.look.recommended)}
        found = [choice for choice in self.subjects if choice.recommended]
        return tuple(sorted(found, key=lambda choice: order[choice.subject.id]))


def choices_of(enrolment_id: UUID, now: datetime) -> Choices:
    """The subjects of the student's curriculum with the verdict on each, those of this semester first."""
    look = outlook(enrolment_id, now)
    places = {place.subject_id: place for place in look.plan.places}
    gathered = gather(enrolment_id, now=now, subject_ids=places.keys(), any_section_of=places.keys())
    recommended = {one.place.subject_id: one for one in look.recommended}
    taken = {one.subject_id for one in gathered.standing.taken if one.is_this_term}
    together = frozenset(taken | recommended.keys())
    found = []
    for place in look.plan.places:
        subject = gathered.offer.subjects[place.subject_id]
        problems, _ = problems_of(
            gathered.standing, subject, None, taken=gathered.standing.taken, together=together | {subject.id},
            purpose=Purpose.SEAT,
        )  # fmt: skip
        sections = [one for one in gathered.offer.sections.values() if one.subject_id == subject.id and one.is_open]
        found.append(
            SubjectChoice(
                subject=subject, recommended=recommended.get(subject.id),
                problems=tuple(one for one in problems if one.code != "SECTION_FULL"),
                is_taken=subject.id in taken, open_sections=len(sections),
                seats_free=sum(one.seats_free for one in sections), year_level=place.year_level,
                semester=place.semester,
            )
        )  # fmt: skip
    found.sort(key=lambda choice: (choice.semester != look.row.term_kind, choice.year_level, choice.subject.code))
    return Choices(look, gathered, tuple(found))


def sections_for(enrolment_id: UUID, subject_id: UUID, now: datetime) -> tuple[Gathered, list[SectionChoice]]:
    """Every section of a subject in the term, with what keeps the student from it."""
    gathered = gather(enrolment_id, now=now, subject_ids=[subject_id], any_section_of=[subject_id])
    entries = grouped(timetable(section_ids=list(gathered.offer.sections)), "section_id")
    found = []
    for section in gathered.offer.sections.values():
        item = Item(subject_id, section.id)
        verdict = judge_cart(gathered.standing, gathered.offer, [item])[0]
        waits = judge_cart(gathered.standing, gathered.offer, [item], purpose=Purpose.QUEUE)[0].is_possible
        only_full = {problem.code for problem in verdict.problems} == {"SECTION_FULL"}
        found.append(SectionChoice(section, verdict.problems, tuple(entries.get(section.id, ())), waits and only_full))
    return gathered, sorted(found, key=lambda one: (not one.is_possible, -one.section.seats_free, one.section.code))


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class that the student takes, with its hours."""

    row: SubjectEnrolment
    section: Section
    meetings: tuple[Entry, ...]


def classes_of(enrolment_id: UUID) -> list[OwnClass]:
    """What a student takes in a term, with seats that are held."""
    rows = list(
        SubjectEnrolment.objects.filter(
            term_enrolment_id=enrolment_id, state__in=[*SubjectEnrolment.CARRIED, SubjectEnrolment.State.COMPLETED]
        )
        .select_related("subject", "section")
        .order_by("subject__code", "id")
    )
    entries = grouped(timetable(section_ids=[row.in_section for row in rows]), "section_id") if rows else {}
    return [OwnClass(row, row.section, tuple(entries.get(row.in_section, ()))) for row in rows]

"""Sections made from the students who are expected: blocks of the right size, and a class of each subject for each."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core.audit.services.many import record_many
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies import services as policies
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, Programme, Subject, Term
from rollbook.systems.college.catalogue.selectors import get_term
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.scheduling import permissions
from rollbook.systems.college.scheduling.errors import NoActiveCurriculum
from rollbook.systems.college.scheduling.generating import Demand, PlannedBlock, plan_blocks
from rollbook.systems.college.scheduling.models import Block, Section, TeachingAssignment
from rollbook.systems.college.scheduling.policies import BLOCK_MAXIMUM, BLOCK_TARGET, WAITLIST_CAPACITY
from rollbook.systems.college.scheduling.roll import roll
from rollbook.systems.college.scheduling.services.sections import open_term

MOST_STUDENTS = 5_000
_BLOCK, _SECTION = "college_scheduling.block", "college_scheduling.section"


@dataclass(frozen=True, slots=True)
class Cohort:
    """One programme and year of the plan: its students, its blocks, and the subjects of this semester."""

    programme: Programme
    year_level: int
    students: int
    blocks: list[PlannedBlock]
    #: Blocks that stand already; they only get the classes they miss.
    standing: list[Block]
    subjects: list[Subject]
    #: Groups of electives, of which students choose: their classes are added by hand.
    elective_groups: list[str] = field(default_factory=list)
    has_curriculum: bool = True


@dataclass(frozen=True, slots=True)
class SubjectDemand:
    """How many students need a subject in a term, and how many seats there are."""

    subject: Subject
    students: int
    seats: int

    @property
    def missing(self) -> int:
        return max(0, self.students - self.seats)


@dataclass(frozen=True, slots=True)
class Generated:
    """What was made."""

    blocks: int
    sections: int


def expected_students(actor: Actor, term_id: UUID) -> list[Demand]:
    """How many students of each programme and year are expected: as enrolment says, else counted from the records."""
    actor.require(permissions.VIEW_SCHEDULE)
    term = get_term(actor, term_id)
    told = roll().expected_students(term.id)
    found = told if told is not None else _counted_from_records(term)
    return sorted(found, key=lambda demand: (str(demand.programme_id), demand.year_level))


def _counted_from_records(term: Term) -> list[Demand]:
    """Active students by the years since they came, as if everybody moved up a year."""
    year = int(term.academic_year[:4])
    counts: dict[tuple[UUID, int], int] = defaultdict(int)
    rows = Student.objects.filter(status=Student.Status.ACTIVE, taken_back_at__isnull=True).values_list(
        "programme_id", "programme__duration_years", "admission_term__academic_year"
    )
    for programme_id, duration, came in rows.iterator():
        level = year - int(came[:4]) + 1
        if 1 <= level <= duration:
            counts[programme_id, level] += 1
    return [Demand(programme_id, level, students) for (programme_id, level), students in counts.items()]


def plan_sections(actor: Actor, *, term_id: UUID, demand: Sequence[Demand]) -> list[Cohort]:
    """What would be made for so many students. Nothing is changed; the same numbers give the same plan."""
    actor.require(permissions.VIEW_SCHEDULE)
    return _plan(get_term(actor, term_id), demand)


@transaction.atomic
def generate_sections(actor: Actor, *, term_id: UUID, demand: Sequence[Demand]) -> Generated:
    """Make the blocks and classes that so many students need. What stands stays; run again, nothing is doubled."""
    actor.require(permissions.GENERATE_SECTIONS)
    term = open_term(term_id)
    plan = _plan(term, demand)
    without = sorted({cohort.programme.code for cohort in plan if not cohort.has_curriculum})
    if without:
        raise NoActiveCurriculum(programmes=", ".join(without))
    made = _make_blocks(term, plan)
    sections = _make_sections(term, plan, [*_standing(plan), *made])
    if made:
        facts = [{"code": block.code, "term": term.code} for block in made]
        record_many(actor, "college.block_added", _BLOCK, [block.id for block in made], facts=facts)
    if sections:
        facts = [
            {"code": section.code, "term": term.code, "subject_id": str(section.subject_id)} for section in sections
        ]
        record_many(actor, "college.section_added", _SECTION, [section.id for section in sections], facts=facts)
    return Generated(len(made), len(sections))


def _standing(plan: Sequence[Cohort]) -> list[Block]:
    return [block for cohort in plan for block in cohort.standing]


def _make_blocks(term: Term, plan: Sequence[Cohort]) -> list[Block]:
    target, maximum = _sizes()
    new = [
        Block(
            term=term, programme=cohort.programme, year_level=cohort.year_level, code=planned.code,
            session=planned.session, target=target, maximum=maximum,
        )
        for cohort in plan
        for planned in cohort.blocks
    ]  # fmt: skip
    Block.objects.bulk_create(new)
    return new


def _make_sections(term: Term, plan: Sequence[Cohort], blocks: Sequence[Block]) -> list[Section]:
    waitlist = policies.get(WAITLIST_CAPACITY)
    subjects = {(cohort.programme.id, cohort.year_level): cohort.subjects for cohort in plan}
    taken = {
        (subject_id, code.lower())
        for subject_id, code in Section.objects.filter(term=term).values_list("subject_id", "code")
    }
    new = [
        Section(
            term=term, subject=subject, block=block, code=block.code, capacity=block.maximum,
            waitlist_capacity=waitlist,
        )
        for block in blocks
        for subject in subjects[block.programme_id, block.year_level]
        if (subject.id, block.code.lower()) not in taken
    ]  # fmt: skip
    Section.objects.bulk_create(new)
    TeachingAssignment.objects.bulk_create([TeachingAssignment(section=section) for section in new])
    return new


def _sizes() -> tuple[int, int]:
    maximum: int = policies.get(BLOCK_MAXIMUM)
    target: int = policies.get(BLOCK_TARGET)
    return min(target, maximum), maximum


def _plan(term: Term, demand: Sequence[Demand]) -> list[Cohort]:
    programmes = {programme.id: programme for programme in Programme.objects.all()}
    _check_demand(demand, set(programmes))
    target, maximum = _sizes()
    standing: dict[tuple[UUID, int], list[Block]] = defaultdict(list)
    for block in Block.objects.filter(term=term).order_by("code"):
        standing[block.programme_id, block.year_level].append(block)
    curricula = _curricula(term)
    cohorts = []
    for each in sorted(demand, key=lambda one: (programmes[one.programme_id].code, one.year_level)):
        if each.students == 0:
            continue
        programme, blocks = programmes[each.programme_id], standing[each.programme_id, each.year_level]
        curriculum = _curriculum_for(curricula[programme.id], int(term.academic_year[:4]) - each.year_level + 1)
        entries = _entries(curriculum, each.year_level, term.kind) if curriculum else []
        cohorts.append(
            Cohort(
                programme, each.year_level, each.students,
                plan_blocks(programme.code, each.year_level, each.students, target=target, maximum=maximum,
                            standing=[block.code for block in blocks]),
                blocks,
                [entry.subject for entry in entries if not entry.elective_group],
                sorted({entry.elective_group for entry in entries if entry.elective_group}),
                has_curriculum=curriculum is not None,
            )
        )  # fmt: skip
    return cohorts


def _check_demand(demand: Sequence[Demand], programme_ids: set[UUID]) -> None:
    keys = [(each.programme_id, each.year_level) for each in demand]
    if len(set(keys)) != len(keys):
        raise Invalid.field("demand", _("Name each programme and year once."))
    for each in demand:
        if each.programme_id not in programme_ids or not 1 <= each.year_level <= 8:
            raise Invalid.field("demand", _("Choose programmes of this college and years from 1 to 8."))
        if not 0 <= each.students <= MOST_STUDENTS:
            raise Invalid.field(
                "demand",
                _("Enter 0 to %(most)s students for each programme and year.") % {"most": f"{MOST_STUDENTS:,}"},
            )


def _curricula(term: Term) -> dict[UUID, list[Curriculum]]:
    found: dict[UUID, list[Curriculum]] = defaultdict(list)
    rows = Curriculum.objects.filter(state=Curriculum.State.ACTIVE, effective_academic_year__lte=term.academic_year)
    for curriculum in rows.order_by("effective_academic_year", "id"):
        found[curriculum.programme_id].append(curriculum)
    return found


def _curriculum_for(curricula: Sequence[Curriculum], began: int) -> Curriculum | None:
    """The newest curriculum that was in force when the cohort began, else the oldest that is."""
    fitting = [each for each in curricula if int(each.effective_academic_year[:4]) <= began]
    if fitting:
        return fitting[-1]
    return curricula[0] if curricula else None


def _entries(curriculum: Curriculum, year_level: int, semester: str) -> list[CurriculumEntry]:
    rows = CurriculumEntry.objects.filter(curriculum=curriculum, year_level=year_level, semester=semester)
    return list(rows.select_related("subject").filter(subject__is_active=True).order_by("subject__code"))


def demand_by_subject(actor: Actor, *, term_id: UUID, demand: Sequence[Demand]) -> list[SubjectDemand]:
    """Students who need each subject beside the seats that there are, those with the fewest seats first."""
    plan = plan_sections(actor, term_id=term_id, demand=demand)
    needed: dict[UUID, int] = defaultdict(int)
    subjects: dict[UUID, Subject] = {}
    for cohort in plan:
        for subject in cohort.subjects:
            subjects[subject.id] = subject
            needed[subject.id] += cohort.students
    seats: dict[UUID, int] = defaultdict(int)
    rows = Section.objects.filter(term_id=term_id).exclude(state=Section.State.CANCELLED).select_related("subject")
    for section in rows:
        subjects[section.subject_id] = section.subject
        seats[section.subject_id] += section.capacity
    found = [SubjectDemand(subject, needed[key], seats[key]) for key, subject in subjects.items()]
    return sorted(found, key=lambda each: (-each.missing, each.subject.code))

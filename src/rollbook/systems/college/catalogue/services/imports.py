"""A curriculum from a file: read, checked as a whole, and drafted whole or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.services import get as policy
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue import permissions, policies, selectors
from rollbook.systems.college.catalogue.curriculum_rules import Place, Plan
from rollbook.systems.college.catalogue.errors import CurriculumFileHasErrors, CurriculumNameTaken
from rollbook.systems.college.catalogue.importing import (
    HEAD,
    MEASURES,
    LineError,
    SubjectLine,
    missing_columns,
    read_line,
)
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, PrerequisiteRule, Programme, Subject
from rollbook.systems.college.catalogue.plan_checks import Asked, PlanReport, check_plan
from rollbook.systems.college.catalogue.prerequisites import (
    Node,
    NotationError,
    edges_of,
    find_any_cycle,
    read,
    to_json,
)
from rollbook.systems.college.catalogue.services.checking import one_at_a_time, save
from rollbook.systems.college.catalogue.services.curricula import check_names
from rollbook.systems.college.catalogue.services.subjects import check_subject, filled
from rollbook.systems.college.lists import Line, read_list


@dataclass(slots=True)
class CurriculumImport:
    """What a file says, what is wrong with it, and what became of it."""

    programme: str = ""
    name: str = ""
    academic_year: str = ""
    subjects_read: int = 0
    new_codes: list[str] = field(default_factory=list)
    errors: list[LineError] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    total_units: Decimal = Decimal(0)
    #: (year, semester, units) in the order of time.
    units_by_term: list[tuple[int, str, Decimal]] = field(default_factory=list)
    #: The draft that was made; none after a dry run, or where something was wrong.
    curriculum_id: UUID | None = None

    def wrong(self, line: int, column: str, message: str) -> None:
        """Keep what is wrong at a line."""
        self.errors.append(LineError(line, column, message))

    def refuse(self) -> CurriculumFileHasErrors:
        """The refusal for a caller who wanted the draft."""
        return CurriculumFileHasErrors(
            errors=[{"field": f"line {each.line}, {each.field}", "message": each.message} for each in self.errors]
        )


@transaction.atomic
def import_curriculum(actor: Actor, *, file_name: str, content: bytes, dry_run: bool = False) -> CurriculumImport:
    """Draft a curriculum from a file, with the subjects that do not stand yet. One error, and nothing is written."""
    actor.require(permissions.DRAFT_CURRICULA)
    actor.require(permissions.MANAGE_SUBJECTS)
    one_at_a_time()
    found = CurriculumImport()
    lines = read_list(file_name, content)
    for message in missing_columns(lines[0]):
        found.wrong(0, "file", message)
    if found.errors:
        return found
    curriculum = _named(lines, found)
    read_lines = _read_lines(lines, found)
    subjects = _subjects(read_lines, found)
    rules = _rules(read_lines, subjects, found)
    if curriculum is not None and not found.errors:
        _check_whole(curriculum, read_lines, subjects, rules, found)
        if not found.errors and not dry_run:
            _draft(actor, curriculum, read_lines, subjects, rules, found, file_name)
    found.errors.sort(key=lambda error: error.line)
    return found


def _named(lines: Sequence[Line], found: CurriculumImport) -> Curriculum | None:
    """The curriculum that the first line names and no other line contradicts."""
    head = {name: lines[0].values[name] for name in HEAD}
    found.programme, found.name, found.academic_year = head["programme"], head["curriculum"], head["academic_year"]
    for line in lines[1:]:
        for name in HEAD:
            if line.values.get(name, "") not in ("", head[name]):
                found.wrong(
                    line.number,
                    name,
                    gettext("The first line says %(value)s. A file holds one curriculum.") % {"value": head[name]},
                )
    programme = selectors.by_code(Programme, [head["programme"]]).get(head["programme"].lower())
    if programme is None:
        message = gettext("The code of the programme is missing. Write it beside every subject.")
        if head["programme"]:
            sentence = gettext("There is no programme %(code)s. Add it first, or correct the code.")
            message = sentence % {"code": head["programme"]}
        found.wrong(lines[0].number, "programme", message)
        return None
    curriculum = Curriculum(
        programme=programme, name=" ".join(head["curriculum"].split()), effective_academic_year=head["academic_year"]
    )
    try:
        check_names(curriculum)
    except Invalid as refusal:
        for error in refusal.errors:
            column = "curriculum" if error["field"] == "name" else "academic_year"
            found.wrong(lines[0].number, column, error["message"])
    if Curriculum.objects.filter(programme=programme.id, name__iexact=curriculum.name).exists():
        message = gettext("%(code)s has a curriculum called %(name)s already. Choose another name.") % {
            "code": programme.code,
            "name": curriculum.name,
        }
        found.wrong(lines[0].number, "curriculum", message)
    return curriculum


def _read_lines(lines: Sequence[Line], found: CurriculumImport) -> list[SubjectLine]:
    good: dict[str, SubjectLine] = {}
    for line in lines:
        one, errors = read_line(line)
        found.errors += errors
        if one is None:
            continue
        if one.code.lower() in good:
            found.wrong(
                line.number,
                "code",
                gettext("%(code)s stands on line %(line)s already.")
                % {"code": one.code, "line": good[one.code.lower()].line},
            )
        else:
            good[one.code.lower()] = one
    found.subjects_read = len(lines)
    return list(good.values())


def _subjects(lines: Sequence[SubjectLine], found: CurriculumImport) -> dict[str, Subject]:
    """The subject of each line by its code in lower case: the one that stands, or one that is to be added."""
    standing: dict[str, Subject] = selectors.by_code(Subject, [line.code for line in lines])
    halves = policy(policies.HALF_UNITS)
    for line in lines:
        subject = standing.get(line.code.lower())
        if subject is None:
            subject = standing[line.code.lower()] = filled(Subject(code=line.code), line.values)
            _check_new(subject, line, found, halves=halves)
            found.new_codes.append(subject.code)
        else:
            _check_standing(subject, line, found)
    return standing


def _check_new(subject: Subject, line: SubjectLine, found: CurriculumImport, *, halves: bool) -> None:
    try:
        check_subject(subject, halves=halves)
    except Invalid as refusal:
        for error in refusal.errors:
            found.wrong(line.line, error["field"], error["message"])


def _check_standing(subject: Subject, line: SubjectLine, found: CurriculumImport) -> None:
    if not subject.is_active:
        found.wrong(line.line, "code", gettext("%(code)s is not taught any more.") % {"code": subject.code})
    for name in MEASURES:
        stands, says = getattr(subject, name), line.values[name]
        if stands != says:
            found.wrong(
                line.line,
                name,
                gettext("%(code)s stands with %(stands)s, the file says %(says)s.")
                % {"code": subject.code, "stands": stands, "says": says},
            )
    if subject.title != line.values["title"]:
        found.warnings.append(
            gettext("%(code)s is called %(title)s; the file's title is not taken over.")
            % {"code": subject.code, "title": subject.title}
        )


def _rules(
    lines: Sequence[SubjectLine], subjects: Mapping[str, Subject], found: CurriculumImport
) -> dict[UUID, Node]:  # fmt: skip
    """What each line asks for, by subject."""
    ids = selectors.ids_by_code() | {code: subject.id for code, subject in subjects.items()}
    rules: dict[UUID, Node] = {}
    for line in lines:
        try:
            tree = read(line.prerequisites, ids)
        except NotationError as wrong:
            found.wrong(line.line, "prerequisites", str(wrong))
        else:
            if tree is not None:
                rules[ids[line.code.lower()]] = tree
    return rules


def _check_whole(
    curriculum: Curriculum,
    lines: Sequence[SubjectLine],
    subjects: Mapping[str, Subject],
    own: Mapping[UUID, Node],
    found: CurriculumImport,
) -> None:
    """Whether the plan can be followed: rings, impossible prerequisites, units."""
    numbers = {subjects[line.code.lower()].id: line.line for line in lines}
    codes = {subject.id: subject.code for subject in subjects.values()}
    plan = Plan.of(_place(line, subjects[line.code.lower()]) for line in lines)
    everywhere = selectors.rules_everywhere()
    world = {**everywhere, **own}
    asked = {subject for tree in world.values() for subject in selectors.named_in(tree)}
    codes = selectors.codes_of({*asked, *world}) | codes
    ring = find_any_cycle(edge for subject_id, tree in world.items() for edge in edges_of(subject_id, tree))
    if ring:
        line_of_ring = min((numbers[step] for step in ring if step in numbers), default=0)
        way = " → ".join(codes[step] for step in ring)
        found.wrong(
            line_of_ring,
            "prerequisites",
            gettext("These subjects would wait for each other for ever: %(way)s.") % {"way": way},
        )
    report = _report(curriculum, plan, {key: tree for key, tree in world.items() if key in numbers}, codes)
    # Whoever stands in a ring never comes in time either; the ring says it.
    for fault in (fault for fault in report.faults if fault.subject_id not in (ring or ())):
        found.wrong(numbers.get(fault.subject_id, 0) if fault.subject_id else 0, "prerequisites", fault.sentence)
    found.warnings += [warning.sentence for warning in report.warnings]
    found.total_units = report.total_units
    terms = sorted({place.when: (place.year_level, place.semester) for place in plan.places}.items())
    found.units_by_term = [(year, semester, plan.units_at(year, semester)) for _, (year, semester) in terms]


def _report(
    curriculum: Curriculum, plan: Plan, rules: Mapping[UUID, Node], codes: Mapping[UUID, str]
) -> PlanReport:  # fmt: skip
    programme = curriculum.programme
    today = organisation_in_scope().local_date(clock.now())
    asked = Asked(programme.total_units_required, programme.duration_years, programme.has_summer)
    return check_plan(plan, rules, asked, equivalents=selectors.equivalents_on(today), codes=codes)


def _place(line: SubjectLine, subject: Subject) -> Place:
    return Place(
        subject_id=subject.id, code=subject.code, units=subject.units, year_level=line.year_level,
        semester=line.semester, category=line.category or subject.category, elective_group=line.elective_group,
        tags=frozenset(subject.tags),
    )  # fmt: skip


def _draft(
    actor: Actor,
    curriculum: Curriculum,
    lines: Sequence[SubjectLine],
    subjects: Mapping[str, Subject],
    rules: Mapping[UUID, Node],
    found: CurriculumImport,
    file_name: str,
) -> None:
    new = {code.lower() for code in found.new_codes}
    Subject.objects.bulk_create(subjects[code] for code in sorted(new))
    save(curriculum, CurriculumNameTaken(programme=found.programme, name=curriculum.name), force_insert=True)
    entries = {
        subjects[line.code.lower()].id: CurriculumEntry(
            curriculum=curriculum, subject=subjects[line.code.lower()], year_level=line.year_level,
            semester=line.semester, elective_group=line.elective_group,
            category=line.category if line.category != subjects[line.code.lower()].category else "",
        )
        for line in lines
    }  # fmt: skip
    CurriculumEntry.objects.bulk_create(entries.values())
    PrerequisiteRule.objects.bulk_create(
        PrerequisiteRule(entry=entries[subject_id], tree=to_json(tree)) for subject_id, tree in rules.items()
    )
    found.curriculum_id = curriculum.id
    record(
        actor, "college.curriculum_imported", curriculum, file=file_name, subjects=len(entries),
        new_subjects=found.new_codes, units=str(found.total_units),
        after={"name": curriculum.name, "effective_academic_year": curriculum.effective_academic_year},
    )  # fmt: skip

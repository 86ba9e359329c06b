"""Reads of the records, limited to what the actor may see. Outside one's scope nobody exists."""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from rollbook.core.audit.services import record_access
from rollbook.core.errors import Forbidden
from rollbook.core.permissions.actor import Actor
from rollbook.shared.people.rules import Name, roll_name
from rollbook.shared.people.selectors import person_matches
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.errors import ImportNotFound, StudentHeld, StudentNotFound
from rollbook.systems.college.records.models import Hold, ImportRow, ImportRun, Student, StudentStatusPeriod

SHORTEST_SEARCH = 2
MOST_FOUND = 20
#: What stands instead of a reason that is nobody else's business.
SEE_REGISTRAR = "See registrar"
_CONFIDENTIAL = (Hold.Kind.DISCIPLINARY,)


@dataclass(frozen=True, slots=True)
class StudentFound:
    """What tells two students apart at a counter, and nothing more."""

    id: UUID
    person_id: UUID
    student_number: str
    name: str
    programme: str
    status: str
    photo_id: UUID | None
    #: The number or barcode was typed or scanned whole.
    is_exact: bool


def live_students() -> "QuerySet[Student]":
    """Everybody who was ever a student; rows of an import that was taken back count for nothing."""
    found: QuerySet[Student] = Student.objects.filter(taken_back_at__isnull=True)
    return found


def students(actor: Actor) -> "QuerySet[Student]":
    """The students that the actor may see: all, those of their own programmes, or themselves."""
    if actor.may(permissions.VIEW_STUDENTS):
        return live_students()
    scopes = []
    if actor.may(permissions.VIEW_PROGRAMME_STUDENTS):
        scopes.append(Q(programme__head=actor.membership_id) if actor.membership_id else Q(pk__in=[]))
    if actor.may(permissions.VIEW_OWN_RECORD):
        scopes.append(Q(person=actor.person_id) if actor.person_id else Q(pk__in=[]))
    if not scopes:
        raise Forbidden(permission=permissions.VIEW_STUDENTS)
    return live_students().filter(reduce(or_, scopes))


def get_student(actor: Actor, student_id: UUID) -> Student:
    """One student's record with person and programme; who looks at another's record leaves a trace."""
    found = students(actor).select_related("person", "programme", "admission_term").filter(id=student_id).first()
    if found is None:
        raise StudentNotFound
    if found.person_id != actor.person_id:
        record_access(actor, found, "student record", person_id=found.person_id)
    return found


def get_own_student(actor: Actor) -> Student:
    """The student that the actor is."""
    actor.require(permissions.VIEW_OWN_RECORD)
    found = live_students().select_related("person", "programme").filter(person=actor.person_id).first()
    if found is None or actor.person_id is None:
        raise StudentNotFound
    return found


def get_student_for_update(student_id: UUID) -> Student:
    """One student, locked."""
    found: Student | None = live_students().select_for_update(of=("self",)).filter(id=student_id).first()
    if found is None:
        raise StudentNotFound
    return found


def find_students(actor: Actor, text: str, *, limit: int = MOST_FOUND) -> list[StudentFound]:
    """Students by name, number or barcode in one statement; a whole number comes first."""
    actor.require(permissions.FIND_STUDENTS)
    if len(text.strip()) < SHORTEST_SEARCH:
        return []
    typed = text.strip()
    # Only a number can be somebody's whole number; without this term names come straight from their index.
    has_digit = any(character.isdigit() for character in typed)
    exact = Case(When(student_number__iexact=typed, then=Value(1)), default=Value(0)) if has_digit else Value(0)
    rows = (
        live_students()
        .filter(person_matches(typed, "person"))
        .annotate(is_exact=exact)
        .order_by(*(["-is_exact"] if has_digit else []), "person__search_key", "id")
        .values(
            "id", "person_id", "student_number", "status", "is_exact",
            family=F("person__family_name"), given=F("person__given_name"), middle=F("person__middle_name"),
            suffix=F("person__suffix"), photo=F("person__photo_id"), programme_code=F("programme__code"),
        )[: min(limit, MOST_FOUND)]
    )  # fmt: skip
    return [_found(dict(row)) for row in rows]


def _found(row: dict[str, Any]) -> StudentFound:
    return StudentFound(
        id=row["id"],
        person_id=row["person_id"],
        student_number=row["student_number"],
        name=roll_name(Name(row["family"], row["given"], row["middle"], row["suffix"])),
        programme=row["programme_code"],
        status=row["status"],
        photo_id=row["photo"],
        is_exact=bool(row["is_exact"]),
    )


def status_periods(student_id: UUID) -> "QuerySet[StudentStatusPeriod]":
    """What a student was from when to when, the latest first."""
    found: QuerySet[StudentStatusPeriod] = StudentStatusPeriod.objects.filter(student_id=student_id)
    return found.order_by("-from_date")


def holds_of(actor: Actor, student: Student) -> "QuerySet[Any, Any]":
    """The holds of one student, live ones first; confidential reasons only for registrars and the student."""
    own = student.person_id == actor.person_id and actor.person_id is not None
    if not own:
        actor.require(permissions.VIEW_HOLDS)
    return (
        _shown_holds(actor, own=own)
        .filter(student_id=student.id)
        .order_by(F("released_at").desc(nulls_first=True), "-placed_at")
    )


def holds(actor: Actor) -> "QuerySet[Any, Any]":
    """Every hold, for those who keep them."""
    actor.require(permissions.VIEW_HOLDS)
    return _shown_holds(actor, own=False)


def _shown_holds(actor: Actor, *, own: bool) -> "QuerySet[Any, Any]":
    reason: Any = F("reason")
    if not own and not actor.may(permissions.VIEW_CONFIDENTIAL):
        reason = Case(
            When(kind__in=_CONFIDENTIAL, then=Value(SEE_REGISTRAR)), default=F("reason"), output_field=CharField()
        )
    return Hold.objects.annotate(shown_reason=reason)


def live_holds(student_id: UUID, act: str) -> list[Hold]:
    """The holds that keep a student from an act now."""
    return list(Hold.objects.filter(student_id=student_id, released_at__isnull=True, blocks__contains=[act]))


def must_not_be_held(student: Student, act: str) -> None:
    """Refuse when a live hold blocks the act."""
    standing = live_holds(student.id, act)
    if standing:
        kinds = sorted({hold.get_kind_display().lower() for hold in standing})
        raise StudentHeld(number=student.student_number, holds=", ".join(kinds), blocks=act)


def imports(actor: Actor) -> "QuerySet[ImportRun]":
    """Every import of students."""
    actor.require(permissions.IMPORT_STUDENTS)
    found: QuerySet[ImportRun] = ImportRun.objects.all()
    return found


def get_import(actor: Actor, run_id: UUID) -> ImportRun:
    """One import."""
    found = imports(actor).filter(id=run_id).first()
    if found is None:
        raise ImportNotFound
    return found


def import_rows(run: ImportRun, *, only_errors: bool = False) -> "QuerySet[ImportRow]":
    """The rows of an import in the order of the file."""
    rows = ImportRow.objects.filter(run_id=run.id).order_by("line")
    return rows.filter(outcome=ImportRow.Outcome.ERROR) if only_errors else rows

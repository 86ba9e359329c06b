"""Reads about grades, limited to what the actor may see."""

from collections.abc import Sequence
from enum import Enum
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from rollbook.core.audit.selectors import member_name
from rollbook.core.errors import Forbidden
from rollbook.core.permissions.actor import Actor
from rollbook.shared.people.rules import Name, roll_name
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.errors import CaseNotFound, ChangeNotFound, GradeNotFound, SheetNotFound
from rollbook.systems.college.grading.models import GradeChange, GradeEvent, GradeRecord, GradeSheet, IncompleteCase
from rollbook.systems.college.grading.sql import named, sheets
from rollbook.systems.college.scheduling.models import TeachingAssignment

#: Nobody's classes: the id of no member.
_NOBODY = UUID(int=0)


def whose_classes(actor: Actor) -> UUID | None:
    """Whose classes the actor may see: None for everybody's, otherwise their own."""
    if actor.may(permissions.VIEW_SHEETS):
        return None
    if actor.may(permissions.ENTER_GRADES):
        return actor.membership_id or _NOBODY
    raise Forbidden(permission=permissions.VIEW_SHEETS)


def grade_sheets(actor: Actor, *, term_id: UUID | None = None, own_only: bool = False) -> list[dict[str, Any]]:
    """The sheets of a term, or of every term: every class twice, whether its sheet was opened yet or not."""
    member = whose_classes(actor)
    if own_only and member is None:
        member = actor.membership_id or _NOBODY
    return named(sheets.SHEETS_OF_TERM, term=term_id, member=member)


def get_sheet(actor: Actor, sheet_id: UUID) -> dict[str, Any]:
    """One sheet with its class. A class that is not the actor's does not exist."""
    return _only(named(sheets.SHEET_BY_ID, sheet=sheet_id, member=whose_classes(actor)))


def sheet_of_class(actor: Actor, section_id: UUID, component: str) -> dict[str, Any]:
    """The sheet of a class, opened yet or not."""
    return _only(named(sheets.ONE_SHEET, section=section_id, component=component, member=whose_classes(actor)))


def _only(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    if not rows:
        raise SheetNotFound
    return rows[0]


def roster(section_id: UUID, component: str) -> list[dict[str, Any]]:
    """Who is graded in a class, by name, with what stands on the sheet. The caller has asked for the sheet."""
    rows = named(sheets.ROSTER, section=section_id, component=component)
    for row in rows:
        parts = (row.pop(part) for part in ("family_name", "given_name", "middle_name", "suffix"))
        row["name"] = roll_name(Name(*parts))
    return rows


def get_sheet_for_update(sheet_id: UUID) -> GradeSheet:
    """A sheet, locked: before its rows, and before every result that follows from them."""
    found: GradeSheet | None = GradeSheet.objects.select_for_update(of=("self",)).filter(id=sheet_id).first()
    if found is None:
        raise SheetNotFound
    return found


class Scope(Enum):
    """In which role somebody takes a step of an incomplete."""

    OWNER = "OWNER"
    REGISTRAR = "REGISTRAR"
    PROGRAMME_HEAD = "PROGRAMME_HEAD"


def _teaches(actor: Actor, section: str, *, owner_only: bool) -> Exists:
    """A condition: the actor teaches the class that `section` leads to."""
    own = TeachingAssignment.objects.filter(section=OuterRef(section), professor__member=actor.membership_id or _NOBODY)
    return Exists(own.filter(role=TeachingAssignment.Role.PRIMARY) if owner_only else own)


def incompletes(actor: Actor) -> "QuerySet[IncompleteCase]":
    """The incompletes that the actor may see: all, those of their classes, those of the programmes they head."""
    actor.require(permissions.VIEW_INCOMPLETES)
    everybody: QuerySet[IncompleteCase] = IncompleteCase.objects.filter(student__taken_back_at__isnull=True)
    if actor.may(permissions.VIEW_SHEETS):
        return everybody
    member = actor.membership_id or _NOBODY
    return everybody.filter(
        Q(_teaches(actor, "subject_enrolment__section", owner_only=False))
        | Q(subject_enrolment__term_enrolment__programme__head=member)
    )


def get_case(actor: Actor, case_id: UUID) -> IncompleteCase:
    """One incomplete with everything that stands on it."""
    found = whole_cases(incompletes(actor)).filter(id=case_id).first()
    if found is None:
        raise CaseNotFound
    return found


def get_case_for_update(actor: Actor, case_id: UUID, scope: Scope) -> IncompleteCase:
    """One incomplete, locked, for somebody who takes a step in this role; for others it does not exist."""
    cases = incompletes(actor)
    member = actor.membership_id or _NOBODY
    if scope is Scope.OWNER:
        cases = cases.filter(_teaches(actor, "subject_enrolment__section", owner_only=True))
    elif scope is Scope.PROGRAMME_HEAD and not actor.may(permissions.VIEW_SHEETS):
        cases = cases.filter(subject_enrolment__term_enrolment__programme__head=member)
    found = whole_cases(cases).select_for_update(of=("self",)).filter(id=case_id).first()
    if found is None:
        raise CaseNotFound
    return found


def owns_case(actor: Actor, case_id: UUID) -> bool:
    """Tell whether the actor owns the grades of the class that an incomplete is in."""
    return (
        IncompleteCase.objects.filter(id=case_id)
        .filter(_teaches(actor, "subject_enrolment__section", owner_only=True))
        .exists()
    )


def whole_cases(cases: "QuerySet[IncompleteCase]") -> "QuerySet[IncompleteCase]":
    """Incompletes with everything that is shown of them."""
    return cases.select_related(
        "record", "student__person", "subject_enrolment__subject", "subject_enrolment__section__term",
        "subject_enrolment__term_enrolment__programme",
    )  # fmt: skip


def records(actor: Actor) -> "QuerySet[GradeRecord]":
    """The grades whose change the actor may ask for: all, or those of their own classes."""
    actor.require(permissions.PROPOSE_CHANGE)
    everybody: QuerySet[GradeRecord] = GradeRecord.objects.filter(
        subject_enrolment__term_enrolment__student__taken_back_at__isnull=True
    )
    if actor.may(permissions.VIEW_SHEETS):
        return everybody
    return everybody.filter(_teaches(actor, "sheet__section", owner_only=True))


def _with_class(rows: "QuerySet[GradeRecord]") -> "QuerySet[GradeRecord]":
    return rows.select_related(
        "subject_enrolment__subject", "subject_enrolment__term_enrolment__term", "sheet__section",
        "subject_enrolment__term_enrolment__student__person",
    )  # fmt: skip


def get_record(actor: Actor, record_id: UUID) -> GradeRecord:
    """One grade with its student and class."""
    found = _with_class(records(actor)).filter(id=record_id).first()
    if found is None:
        raise GradeNotFound
    return found


def get_record_for_update(actor: Actor, record_id: UUID) -> GradeRecord:
    """One grade, locked."""
    found = _with_class(records(actor)).select_for_update(of=("self",)).filter(id=record_id).first()
    if found is None:
        raise GradeNotFound
    return found


def changes(actor: Actor) -> "QuerySet[GradeChange]":
    """The requests to change a grade that the actor may see: all, or those they made."""
    everybody: QuerySet[GradeChange] = GradeChange.objects.select_related(
        "request", "record__subject_enrolment__subject", "record__subject_enrolment__term_enrolment__term",
        "record__subject_enrolment__term_enrolment__student__person", "record__sheet__section",
    )  # fmt: skip
    if actor.may(permissions.VIEW_CHANGES):
        return everybody
    actor.require(permissions.PROPOSE_CHANGE)
    return everybody.filter(proposed_by=actor.user_id)


def get_change(actor: Actor, change_id: UUID) -> GradeChange:
    """One request to change a grade."""
    found = changes(actor).filter(id=change_id).first()
    if found is None:
        raise ChangeNotFound
    return found


def story_of(actor: Actor, record_id: UUID) -> list[dict[str, Any]]:
    """Everything that ever happened to a grade that the actor may see, the oldest first."""
    record = get_record(actor, record_id)
    events = (
        GradeEvent.objects.filter(record=record.id)
        .annotate(member=member_name("actor_id"))
        .order_by("created_at", "id")
    )
    return [
        {
            "kind": event.kind, "label": event.get_kind_display(), "old": event.old_symbol, "new": event.new_symbol,
            "who": event.member or event.job, "reason": event.reason, "created_at": event.created_at,
        }
        for event in events
    ]  # fmt: skip


def may_see_change(actor: Actor, change: GradeChange) -> bool:
    """Tell whether a request is there for the actor."""
    return actor.may(permissions.VIEW_CHANGES) or (actor.user_id is not None and change.proposed_by_id == actor.user_id)

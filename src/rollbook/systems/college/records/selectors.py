"""Reads of the records, limited to what the actor may see. Outside one's scope nobody exists."""

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from rollbook.core.audit.services import record_access
from rollbook.core.errors import Forbidden
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id, tenant_scope
from rollbook.shared.files.models import StoredFile
from rollbook.shared.people.rules import Name, roll_name
from rollbook.shared.people.search import search_terms
from rollbook.systems.college.records import permissions, sql
from rollbook.systems.college.records.buckets import REQUEST_PAPERS, may_read_papers
from rollbook.systems.college.records.errors import (
    CreditRequestNotFound,
    ImportNotFound,
    RequestNotFound,
    StudentHeld,
    StudentNotFound,
    TransferNotFound,
)
from rollbook.systems.college.records.models import (
    Hold,
    ImportRow,
    ImportRun,
    ProgrammeTransfer,
    StatusRequest,
    Student,
    StudentStatusPeriod,
    TransferCredit,
    TransferCreditRequest,
)

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
    whole = students(actor).select_related("person", "programme", "admission_term", "curriculum")
    found = whole.filter(id=student_id).first()
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
    terms = search_terms(text) if len(text.strip()) >= SHORTEST_SEARCH else []
    if not terms:
        return []
    hits, parameters = sql.hits_of(terms)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.FIND.format(hits=hits),
            {**parameters, "organisation": require_organisation_id(), "typed": text.strip(), "most": sql.MOST_HITS,
             "limit": min(limit, MOST_FOUND)},
        )  # fmt: skip
        return [_found(*row) for row in cursor.fetchall()]


def student_ids_found(text: str) -> list[UUID]:
    """The students that a text finds, for a filter of a list; at most a few thousand."""
    terms = search_terms(text)
    if not terms:
        return []
    hits, parameters = sql.hits_of(terms)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.FIND_IDS.format(hits=hits),
            {**parameters, "organisation": require_organisation_id(), "most": sql.MOST_HITS},
        )
        return [row[0] for row in cursor.fetchall()]


def _found(
    student_id: UUID, person_id: UUID, number: str, family: str, given: str, middle: str, suffix: str,
    photo_id: UUID | None, programme: str, status: str, is_exact: bool,
) -> StudentFound:  # fmt: skip
    return StudentFound(
        id=student_id,
        person_id=person_id,
        student_number=number,
        name=roll_name(Name(family, given, middle, suffix)),
        programme=programme,
        status=status,
        photo_id=photo_id,
        is_exact=is_exact,
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


def live_holds_among(actor: Actor, among: "QuerySet[Student]") -> "QuerySet[Any, Any]":
    """What holds some students now, for whoever may see their records; why, only for whoever may see holds."""
    live = Hold.objects.filter(student__in=among, released_at__isnull=True)
    if actor.may(permissions.VIEW_HOLDS):
        return _shown_holds(actor, own=False).filter(id__in=live.values("id"))
    return live.annotate(shown_reason=Value(SEE_REGISTRAR, output_field=CharField()))


def _shown_holds(actor: Actor, *, own: bool) -> "QuerySet[Any, Any]":
    reason: Any = F("reason")
    if not own and not actor.may(permissions.VIEW_CONFIDENTIAL):
        reason = Case(
            When(kind__in=_CONFIDENTIAL, then=Value(SEE_REGISTRAR)), default=F("reason"), output_field=CharField()
        )
    return Hold.objects.annotate(shown_reason=reason)


def hold_ids_known(actor: Actor, student: Student) -> list[UUID]:
    """The holds of a student whose reasons the actor may read."""
    rows = Hold.objects.filter(student=student)
    if not actor.may(permissions.VIEW_CONFIDENTIAL):
        rows = rows.exclude(kind__in=_CONFIDENTIAL)
    return list(rows.values_list("id", flat=True))


def request_ids_known(actor: Actor, student: Student) -> list[UUID]:
    """The requests of a student whose reasons the actor may read."""
    rows = StatusRequest.objects.filter(student=student)
    if not actor.may(permissions.VIEW_CONFIDENTIAL):
        rows = rows.exclude(is_confidential=True)
    return list(rows.values_list("id", flat=True))


def live_holds(student_id: UUID, act: str) -> list[Hold]:
    """The holds that keep a student from an act now."""
    return list(Hold.objects.filter(student_id=student_id, released_at__isnull=True, blocks__contains=[act]))


def live_holds_of(student_id: UUID) -> list[Hold]:
    """Everything that holds a student now."""
    return list(Hold.objects.filter(student_id=student_id, released_at__isnull=True).order_by("placed_at", "id"))


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


def credit_requests(actor: Actor) -> "QuerySet[TransferCreditRequest]":
    """Requests for credits of the students that the actor may see."""
    actor.require(permissions.VIEW_CREDITS)
    found: QuerySet[TransferCreditRequest] = TransferCreditRequest.objects.filter(student__in=students(actor))
    return found


def get_credit_request(actor: Actor, request_id: UUID) -> TransferCreditRequest:
    """One request with its student."""
    found = credit_requests(actor).select_related("student__person", "student__programme").filter(id=request_id).first()
    if found is None:
        raise CreditRequestNotFound
    return found


def credits_of(request: TransferCreditRequest) -> "QuerySet[TransferCredit]":
    """The subjects of one request, in the order in which they were entered."""
    found: QuerySet[TransferCredit] = TransferCredit.objects.filter(request_id=request.id)
    # A line that was replaced while it was a draft never counted.
    found = found.exclude(state=TransferCredit.State.REVOKED, credited_on__isnull=True)
    return found.select_related("subject").order_by("created_at", "id")


def credits_of_student(student: Student) -> "QuerySet[TransferCredit]":
    """What counts for a student from elsewhere, and what was revoked."""
    found: QuerySet[TransferCredit] = TransferCredit.objects.filter(student=student, credited_on__isnull=False)
    return found.select_related("subject", "request").order_by("subject__code")


def status_requests(actor: Actor) -> "QuerySet[Any, Any]":
    """Requests for leave, return and withdrawal that the actor may see; medical reasons only for registrars."""
    own = Q(student__person=actor.person_id) if actor.person_id is not None else Q(pk__in=[])
    rows = StatusRequest.objects.filter(student__taken_back_at__isnull=True)
    if not actor.may(permissions.VIEW_REQUESTS):
        actor.require(permissions.REQUEST_OWN)
        rows = rows.filter(own)
    reason: Any = F("reason")
    if not actor.may(permissions.VIEW_CONFIDENTIAL):
        reason = Case(
            When(Q(is_confidential=True) & ~own, then=Value(SEE_REGISTRAR)), default=F("reason"),
            output_field=CharField(),
        )  # fmt: skip
    return rows.annotate(shown_reason=reason)


def own_status_requests(actor: Actor) -> "QuerySet[Any, Any]":
    """What the student that the actor is asked for, the newest first."""
    return status_requests(actor).filter(student=get_own_student(actor)).order_by("-created_at", "-id")


def get_status_request(actor: Actor, request_id: UUID) -> Any:
    """One request with its student."""
    found = status_requests(actor).select_related("student__person", "student__programme").filter(id=request_id).first()
    if found is None:
        raise RequestNotFound
    _note_look(actor, found.student, "request at the desk")
    return found


def papers_of(actor: Actor, request: StatusRequest) -> list[StoredFile]:
    """The papers of a request in the order in which they came; none for whoever may not read them."""
    if not may_read_papers(actor, request.student):
        return []
    with tenant_scope(actor.organisation_id, grants={REQUEST_PAPERS.grant}):
        rows = StoredFile.objects.filter(
            bucket=REQUEST_PAPERS.name, subject_id=request.id, removed_at__isnull=True
        ).order_by("created_at", "id")
        return list(rows)


def transfers(actor: Actor) -> "QuerySet[ProgrammeTransfer]":
    """Transfers that the actor may see: all, those from and to their programmes, or their own."""
    found: QuerySet[ProgrammeTransfer] = ProgrammeTransfer.objects.filter(student__taken_back_at__isnull=True)
    if actor.may(permissions.VIEW_TRANSFERS) and (
        actor.may(permissions.ENDORSE_TRANSFERS) or actor.may(permissions.VIEW_STUDENTS)
    ):
        return found
    scopes = Q(pk__in=[])
    if actor.may(permissions.VIEW_TRANSFERS) and actor.membership_id is not None:
        scopes |= Q(from_programme__head=actor.membership_id) | Q(to_programme__head=actor.membership_id)
    if actor.may(permissions.REQUEST_OWN) and actor.person_id is not None:
        scopes |= Q(student__person=actor.person_id)
    if not (actor.may(permissions.VIEW_TRANSFERS) or actor.may(permissions.REQUEST_OWN)):
        raise Forbidden(permission=permissions.VIEW_TRANSFERS)
    return found.filter(scopes)


def own_transfers(actor: Actor) -> "QuerySet[ProgrammeTransfer]":
    """The transfers of the student that the actor is, the newest first."""
    rows = transfers(actor).filter(student=get_own_student(actor))
    return rows.select_related(*_TRANSFER_PARTS).order_by("-created_at", "-id")


def get_transfer(actor: Actor, transfer_id: UUID) -> ProgrammeTransfer:
    """One transfer with its student, programmes and term."""
    found = transfers(actor).select_related(*_TRANSFER_PARTS).filter(id=transfer_id).first()
    if found is None:
        raise TransferNotFound
    _note_look(actor, found.student, "transfer between programmes")
    return found


def _note_look(actor: Actor, student: Student, purpose: str) -> None:
    """Who looks at what another person asked for leaves a trace."""
    if student.person_id != actor.person_id:
        record_access(actor, student, purpose, person_id=student.person_id)


_TRANSFER_PARTS = ("student__person", "from_programme", "to_programme", "curriculum", "effective_term")

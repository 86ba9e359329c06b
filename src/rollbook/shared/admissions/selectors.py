"""Reads of applications: the applicant's own by its link, and those of the office."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.admissions import checking, permissions, tokens
from rollbook.shared.admissions.errors import ApplicationNotFound, DocumentNotFound, LinkNotGood
from rollbook.shared.admissions.models import Application, ApplicationDocument, Appointment, ChecklistItem
from rollbook.shared.admissions.scheme import Scheme, Wanted, scheme_in_scope
from rollbook.shared.files.models import StoredFile
from rollbook.shared.people.models import Identifier, Person
from rollbook.shared.people.rules import number_key

#: How people's records call the number that a government gave.
GOVERNMENT_ID = "government.id"


@dataclass(frozen=True, slots=True)
class Paper:
    """A line of the checklist with what was sent for it."""

    wanted: Wanted
    document: ApplicationDocument | None

    @property
    def is_good(self) -> bool:
        """Whether nothing more is asked of the applicant here at present."""
        return self.document is not None and self.document.state != ApplicationDocument.State.REJECTED


def today_here() -> date:
    """The institution's local day."""
    return organisation_in_scope().local_date(clock.now())


# --- by the link ----------------------------------------------------------------------------------------------------


def application_of(secret: str) -> Application:
    """The application that a link opens; whatever is wrong with the link, the answer is the same."""
    found: Application | None = Application.objects.filter(token_digest=tokens.digest_of(secret)).first()
    if found is None:
        raise LinkNotGood
    return found


def checklist(kind: str, scheme: Scheme | None = None) -> list[Wanted]:
    """The papers that applicants of a kind bring here."""
    return checklists(scheme).get(kind, [])


def checklists(scheme: Scheme | None = None) -> dict[str, list[Wanted]]:
    """The checklist of every kind: the institution's own where it keeps one, else that of the system."""
    scheme = scheme or scheme_in_scope()
    own: dict[str, list[Wanted]] = {}
    for row in ChecklistItem.objects.order_by("kind", "position", "label"):
        own.setdefault(row.kind, []).append(Wanted(row.type, row.label, row.is_required))
    return {kind.key: own.get(kind.key) or list(scheme.checklist.get(kind.key, ())) for kind in scheme.kinds}


def papers_of(application: Application) -> list[Paper]:
    """The checklist of an application with the newest version of each paper; papers of another list come last."""
    current = {
        row.type: row
        for row in ApplicationDocument.objects.filter(application=application, is_current=True).select_related("file")
    }
    wanted = checklist(application.kind)
    known = {each.type for each in wanted}
    others = [Wanted(key, key.replace("_", " ").capitalize(), False) for key in sorted(current) if key not in known]
    return [Paper(each, current.get(each.type)) for each in [*wanted, *others]]


def lacks_of(application: Application) -> list[checking.Lack]:
    """What keeps an application from being sent."""
    papers = papers_of(application)
    return checking.lacks(
        application,
        scheme=scheme_in_scope(),
        checklist=[paper.wanted for paper in papers],
        sent={paper.wanted.type: paper.document.state for paper in papers if paper.document},
        today=today_here(),
    )


def own_document(application: Application, document_id: UUID) -> StoredFile:
    """A file that the applicant sent with this application."""
    found = ApplicationDocument.objects.select_related("file").filter(application=application, id=document_id).first()
    if found is None or found.file.removed_at is not None:
        raise DocumentNotFound
    stored: StoredFile = found.file
    return stored


# --- the office -----------------------------------------------------------------------------------------------------


def applications(actor: Actor) -> "QuerySet[Application]":
    """Every application that was sent."""
    actor.require(permissions.VIEW_APPLICATIONS)
    return Application.objects.exclude(state=Application.State.DRAFT)


def get_application(actor: Actor, application_id: UUID) -> Application:
    """One application that was sent."""
    found = applications(actor).filter(id=application_id).first()
    if found is None:
        raise ApplicationNotFound
    return found


def get_for_update(application_id: UUID) -> Application:
    """One application, locked: every act on it waits here."""
    found: Application | None = (
        Application.objects.select_for_update(of=("self",)).filter(id=application_id).first()
    )  # fmt: skip
    if found is None:
        raise ApplicationNotFound
    return found


def documents_of(actor: Actor, application_id: UUID) -> "QuerySet[ApplicationDocument]":
    """Every version of every paper, the newest of each first."""
    get_application(actor, application_id)
    rows = ApplicationDocument.objects.filter(application_id=application_id).select_related("file", "checked_by")
    return rows.order_by("type", "-number")


def get_document(actor: Actor, application_id: UUID, document_id: UUID) -> ApplicationDocument:
    """One version of one paper."""
    found = documents_of(actor, application_id).filter(id=document_id).first()
    if found is None:
        raise DocumentNotFound
    return found


def appointments(actor: Actor, day: date | None = None) -> "QuerySet[Appointment]":
    """Appointments, the earliest first; with a day those of that day."""
    actor.require(permissions.VIEW_APPLICATIONS)
    rows = Appointment.objects.select_related("application").order_by("starts_at", "id")
    return rows if day is None else rows.filter(local_day=day)


def with_progress(rows: "QuerySet[Application]") -> "QuerySet[Any]":
    """Applications with how many of the required papers are verified, whether doubles are open, and whether ready."""
    lists = {
        kind: [each.type for each in wanted if each.is_required] for kind, wanted in checklists().items()
    }  # fmt: skip
    counts = [When(kind=kind, then=_verified(types)) for kind, types in lists.items() if types]
    totals = [When(kind=kind, then=Value(len(types))) for kind, types in lists.items()]
    return rows.annotate(
        verified=Case(*counts, default=Value(0), output_field=IntegerField()),
        wanted=Case(*totals, default=Value(0), output_field=IntegerField()),
        is_flagged=flagged(),
    ).annotate(
        is_ready=ExpressionWrapper(
            Q(verified__gte=F("wanted"), state=Application.State.SUBMITTED, is_flagged=False),
            output_field=BooleanField(),
        )
    )


def _verified(types: Sequence[str]) -> Coalesce:
    rows = ApplicationDocument.objects.filter(
        application=OuterRef("pk"), is_current=True, state=ApplicationDocument.State.VERIFIED, type__in=types
    )
    count = rows.order_by().values("application").annotate(n=Count("id")).values("n")
    return Coalesce(Subquery(count, output_field=IntegerField()), Value(0))


def flagged() -> Case:
    """Whether somebody should compare an open application with possible doubles (R6)."""
    others = Application.objects.filter(state__in=Application.LIVE).exclude(pk=OuterRef("pk"))
    same_name = Q(search_key=OuterRef("search_key"), birth_date=OuterRef("birth_date"))
    same_number = Q(government_key=OuterRef("government_key")) & ~Q(government_key="")
    people = Person.objects.filter(merged_into__isnull=True, search_key=OuterRef("search_key")).filter(
        Q(birth_date=OuterRef("birth_date")) | Q(birth_date__isnull=True)
    )
    carried = Identifier.objects.filter(kind=GOVERNMENT_ID, value_key=OuterRef("government_key"))
    found = (
        Q(Exists(others.filter(same_name | same_number)))
        | Q(Exists(people))
        | (Q(Exists(carried)) & ~Q(government_key=""))
    )
    open_question = Q(is_distinct=False, person__isnull=True, state__in=[*Application.OPEN, Application.State.ADMITTED])
    return Case(When(open_question & found, then=Value(True)), default=Value(False), output_field=BooleanField())


@dataclass(frozen=True, slots=True)
class Doubles:
    """Who an applicant may be: people on the roll, and other applications."""

    people: Sequence[Person]
    applications: Sequence[Application]

    def __bool__(self) -> bool:
        return bool(self.people or self.applications)


def doubles_of(application: Application) -> Doubles:
    """People and live applications with the same name and birth date, or the same number of a government."""
    same_name = Q(search_key=application.search_key, birth_date=application.birth_date)
    person_name = Q(search_key=application.search_key) & (
        Q(birth_date=application.birth_date) | Q(birth_date__isnull=True)
    )
    if application.government_key:
        same_name |= Q(government_key=application.government_key)
        holders = Identifier.objects.filter(kind=GOVERNMENT_ID, value_key=application.government_key)
        person_name |= Q(pk__in=holders.values("person"))
    people = Person.objects.filter(person_name, merged_into__isnull=True).order_by("search_key", "id")
    others = Application.objects.filter(same_name, state__in=Application.LIVE).exclude(id=application.id)
    return Doubles(list(people), list(others.order_by("submitted_at", "id")))


def is_flagged(application: Application) -> bool:
    """Whether the possible doubles of an application are still to be compared."""
    if application.is_distinct or application.person_id is not None:
        return False
    return bool(doubles_of(application))


def stage_counts(actor: Actor, intake_id: UUID | None = None) -> Mapping[str, int]:
    """How many applications stand in each column of the board."""
    rows = applications(actor)
    if intake_id is not None:
        rows = rows.filter(intake_id=intake_id)
    found = with_progress(rows).aggregate(
        submitted=Count("id", filter=Q(state=Application.State.SUBMITTED, is_ready=False)),
        incomplete=Count("id", filter=Q(state=Application.State.INCOMPLETE)),
        ready=Count("id", filter=Q(is_ready=True)),
        admitted=Count("id", filter=Q(state__in=[Application.State.ADMITTED, Application.State.CONVERTED])),
        flagged=Count("id", filter=Q(is_flagged=True)),
    )
    return {name: int(count) for name, count in found.items()}


def government_key(number: str) -> str:
    """A government's number as it is compared."""
    return number_key(number)

"""The audit trail over JSON."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from ninja import Query, Status

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.core.audit import permissions, selectors, services
from rollbook.core.audit.models import Seal
from rollbook.core.audit.schemas import AccessOut, EntryFilter, EntryOut, ProofOut, SealOut
from rollbook.core.tenancy.selectors import organisation_in_scope

router = Router(tags=["Audit"])

_ENTRY = tuple(EntryOut.model_fields)
_ACCESS = tuple(AccessOut.model_fields)
_SEAL = ("id", *SealOut.model_fields)


@router.get("/entries", permission=SIGNED_IN, response=Page[EntryOut])
def list_entries(request: ApiRequest, page: Query[PageQuery], wanted: Query[EntryFilter]) -> dict[str, Any]:
    """Acts and refused attempts, the latest first: all of them for whoever may see the trail, else one's own."""
    rows = selectors.entries(request.actor)
    asked = wanted.dict(exclude_none=True)
    here = organisation_in_scope()
    since, until = asked.pop("since", None), asked.pop("until", None)
    if since:
        rows = rows.filter(at__gte=here.beginning_of(since))
    if until:
        rows = rows.filter(at__lt=here.beginning_of(until + timedelta(days=1)))
    return page_of(rows.filter(**asked).values(*_ENTRY), page, order=("-at", "-id"))


@router.get("/entries/{entry_id}", permission=SIGNED_IN, response=EntryOut)
def get_entry(request: ApiRequest, entry_id: UUID) -> dict[str, Any]:
    """One act or refused attempt."""
    return selectors.entry(request.actor, entry_id)


@router.get("/reads", permission=permissions.VIEW_ACCESS, response=Page[AccessOut])
def list_reads(request: ApiRequest, page: Query[PageQuery], person_id: UUID | None = None) -> dict[str, Any]:
    """Reads of restricted records, the latest first; of one person's data if asked."""
    rows = selectors.accesses(request.actor)
    if person_id is not None:
        rows = rows.filter(person_id=person_id)
    return page_of(rows.values(*_ACCESS), page, order=("-at", "-id"))


@router.get("/seals", permission=permissions.VERIFY_SEALS, response=Page[SealOut])
def list_seals(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """The seals, the newest first."""
    return page_of(Seal.objects.values(*_SEAL), page, order=("-created_at", "-id"))


@router.post("/proofs", permission=permissions.VERIFY_SEALS, response={201: ProofOut})
def prove(request: ApiRequest) -> Status[Any]:
    """Prove that no sealed entry was changed, removed or slipped in. That it was done goes on the trail."""
    return Status(201, services.prove(request.actor))

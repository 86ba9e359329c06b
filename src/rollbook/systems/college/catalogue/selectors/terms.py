"""Reads of terms and their windows."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue import permissions
from rollbook.systems.college.catalogue.errors import TermNotFound
from rollbook.systems.college.catalogue.models import Programme, Subject, Term, TermWindow


def terms(actor: Actor) -> "QuerySet[Term]":
    """Every term."""
    actor.require(permissions.VIEW_CATALOGUE)
    return Term.objects.all()


def get_term(actor: Actor, term_id: UUID) -> Term:
    """One term of the organisation."""
    found: Term | None = terms(actor).filter(id=term_id).first()
    if found is None:
        raise TermNotFound
    return found


def get_term_for_update(term_id: UUID) -> Term:
    """One term, locked."""
    found: Term | None = Term.objects.select_for_update(of=("self",)).filter(id=term_id).first()
    if found is None:
        raise TermNotFound
    return found


def windows_of(term_ids: Sequence[UUID]) -> dict[UUID, list[TermWindow]]:
    """The windows of some terms, in one statement."""
    found: dict[UUID, list[TermWindow]] = {term_id: [] for term_id in term_ids}
    for window in TermWindow.objects.filter(term_id__in=list(term_ids)).order_by("opens_on", "kind"):
        found[window.term_id].append(window)
    return found


def is_window_open(term_id: UUID, kind: str, day: date) -> bool:
    """Whether something is open in a term on a local day. A window that nobody has set is closed."""
    found = TermWindow.objects.filter(term_id=term_id, kind=kind, opens_on__lte=day, closes_on__gte=day)
    return bool(found.exists())


def current_term(campus_id: UUID | None = None) -> Term | None:
    """The term that people mean when they name none."""
    of_campus = Q(campus__isnull=True) if campus_id is None else Q(campus=campus_id)
    found: Term | None = Term.objects.filter(of_campus, is_current=True).first()
    return found


def by_code(model: type[Programme] | type[Term] | type[Subject], codes: Sequence[str]) -> dict[str, Any]:
    """Programmes, terms or subjects by their codes in lower case."""
    wanted = {code.lower() for code in codes}
    return {row.code.lower(): row for row in model.objects.all() if row.code.lower() in wanted}

"""Reads of subjects."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Lower

from rollbook.core.db.arrays import array_of
from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.systems.college.catalogue import permissions
from rollbook.systems.college.catalogue.errors import SubjectNotFound
from rollbook.systems.college.catalogue.models import Subject
from rollbook.systems.college.catalogue.prerequisites import Node, subjects_of

# Asked for every cart that names a prerequisite.
_CODES = """
SELECT id, code FROM college_catalogue_subject
 WHERE organisation_id = %s AND id = ANY (ARRAY(SELECT unnest(%s::uuid[])))
"""


def subjects(actor: Actor) -> "QuerySet[Subject]":
    """Every subject with its units added up, those that are not taught any more as well."""
    actor.require(permissions.VIEW_CATALOGUE)
    return Subject.objects.annotate(all_units=F("lecture_units") + F("lab_units"))


def get_subject(actor: Actor, subject_id: UUID) -> Subject:
    """One subject of the organisation."""
    found: Subject | None = subjects(actor).filter(id=subject_id).first()
    if found is None:
        raise SubjectNotFound
    return found


def get_subject_for_update(subject_id: UUID) -> Subject:
    """One subject, locked: nobody enrols in it until the act is over."""
    found: Subject | None = Subject.objects.select_for_update(of=("self",)).filter(id=subject_id).first()
    if found is None:
        raise SubjectNotFound
    return found


def codes_of(subject_ids: Iterable[UUID]) -> dict[UUID, str]:
    """How subjects are called, those that there are."""
    wanted = set(subject_ids)
    if not wanted:
        return {}
    with prepared_cursor() as cursor:
        cursor.execute(_CODES, [require_organisation_id(), array_of(wanted)])
        return dict(cursor.fetchall())


def ids_by_code(*, only_active: bool = False) -> dict[str, UUID]:
    """Every subject by its code in lower case, as `prerequisites.read` takes it."""
    rows = Subject.objects.filter(is_active=True) if only_active else Subject.objects.all()
    return dict(rows.annotate(key=Lower("code")).values_list("key", "id"))


def named_in(tree: Node | None) -> frozenset[UUID]:
    """The subjects that prerequisites name."""
    return subjects_of(tree) if tree is not None else frozenset()

"""What every act of the catalogue looks at before it saves."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, connection, models, transaction

from rollbook.core.errors import Refusal, VersionConflict
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.systems.college.catalogue.errors import CodeTaken
from rollbook.systems.college.catalogue.models import Programme, Subject, Term

_UNIQUE_VIOLATION = "23505"


def must_be_free(model: type[Programme] | type[Term] | type[Subject], code: str, what: str) -> None:
    """Refuse a code that is taken, also in other letters."""
    if model.objects.filter(code__iexact=code).exists():
        raise CodeTaken(code=code, what=what)


def must_be_version(version: int, expected: int | None) -> None:
    """Refuse unless the caller saw this version; None takes any."""
    if expected is not None and expected != version:
        raise VersionConflict


def save(row: models.Model, taken: Refusal, *, force_insert: bool = False) -> None:
    """Save a row; where the database says that it is there already, refuse with `taken`."""
    try:
        with transaction.atomic():
            row.save(force_insert=force_insert)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == _UNIQUE_VIOLATION:
            raise taken from error
        raise


def known(values: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """The values, of which each must be one that this act may set."""
    unknown = sorted(set(values) - set(fields))
    if unknown:
        raise TypeError(f"Not a field of this act: {', '.join(unknown)}")
    return dict(values)


def values_of(row: models.Model, fields: Sequence[str]) -> dict[str, Any]:
    """Some fields of a row, for the audit."""
    return {field: getattr(row, field) for field in fields}


def one_at_a_time() -> None:
    """Let changes of prerequisites wait for each other: two edges may close a ring that neither closes alone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7214))",
            [f"college.prerequisites:{require_organisation_id()}"],
        )

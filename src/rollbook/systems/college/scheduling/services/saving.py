"""What the acts of this room have in common: versions, and what the database refuses."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model

from rollbook.core.errors import Invalid, Refusal, VersionConflict

UNIQUE_VIOLATION = "23505"
EXCLUSION_VIOLATION = "23P01"


def must_be_version(standing: int, expected: int | None) -> None:
    """Refuse when somebody changed the record since it was looked at."""
    if expected is not None and expected != standing:
        raise VersionConflict


def save(row: Model, taken: Refusal, *, is_new: bool = False) -> None:
    """Save a row; what is unique and taken already is a refusal."""
    try:
        with transaction.atomic():
            row.save(force_insert=is_new)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") != UNIQUE_VIOLATION:
            raise
        raise taken from error


def known(changes: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """The changes, or a programmer's mistake when one of them is of a field that is not changed here."""
    strangers = set(changes) - set(fields)
    if strangers:
        raise TypeError(f"These are not changed here: {', '.join(sorted(strangers))}")
    return dict(changes)


def values_of(row: Model, fields: Iterable[str]) -> dict[str, Any]:
    """What the audit says of a row."""
    return {field: getattr(row, field) for field in fields}


class Wrong:
    """Collects what is wrong with what was typed, to be said all at once."""

    def __init__(self) -> None:
        self.errors: list[dict[str, str]] = []

    def unless(self, is_right: bool, field: str, message: str) -> None:
        """Note a field that needs another look."""
        if not is_right:
            self.errors.append({"field": field, "message": message})

    def refuse(self) -> None:
        """Say everything that is wrong, if anything is."""
        if self.errors:
            raise Invalid(errors=self.errors)

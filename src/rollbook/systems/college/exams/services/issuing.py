"""Making permits: random codes, and permits that rest on an exception instead of money."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID

from django.db import connection

from rollbook.core import ids
from rollbook.core.db.arrays import array_of
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.documents.rules import CODE_LENGTH, code_from
from rollbook.systems.college.exams import sql
from rollbook.systems.college.exams.rules import PREFIX


class NamedPermit(TypedDict):
    """A permit as receipts and screens name it."""

    exam: str
    code: str


@dataclass(frozen=True, slots=True)
class Excuse:
    """A lawful exception that opens one exam for one enrolment, for all its days or for some."""

    term_enrolment_id: UUID
    exam_period_id: UUID
    limited_from: date | None = None
    limited_until: date | None = None


def new_codes(count: int, at: datetime) -> list[str]:
    """Random codes that nobody can guess, with the local year of issue."""
    year = organisation_in_scope().local_date(at).year
    return [code_from(secrets.randbits(5 * CODE_LENGTH), prefix=PREFIX, year=year) for _ in range(count)]


def issue_excused(actor: Actor, excuses: Sequence[Excuse], *, basis: str, at: datetime) -> list[NamedPermit]:
    """Issue permits on a lawful exception, and bring back suspended ones under their old code."""
    if not excuses:
        return []
    rows = execute(
        sql.EXCUSE,
        organisation=actor.organisation_id,
        at=at,
        basis=basis,
        ids=array_of(ids.new_id() for _ in excuses),
        codes=new_codes(len(excuses), at),
        enrolments=array_of(excuse.term_enrolment_id for excuse in excuses),
        periods=array_of(excuse.exam_period_id for excuse in excuses),
        firsts=array_of(excuse.limited_from for excuse in excuses),
        lasts=array_of(excuse.limited_until for excuse in excuses),
    )
    return [NamedPermit(exam=exam, code=code) for _, _, code, exam, _ in rows]


def execute(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    """Run one of this room's statements and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows

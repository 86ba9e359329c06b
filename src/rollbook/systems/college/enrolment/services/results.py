"""How a subject ended, as grading says it. The only act that writes the result columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.enrolment.events import ResultsWritten
from rollbook.systems.college.enrolment.models import SubjectEnrolment

#: Without a grade the class is not over for the student.
_SET = """
UPDATE college_enrolment_subjectenrolment se
   SET result = g.result, final_symbol = g.symbol, final_numeric = g.numeric, scale_id = g.scale_id,
       finalized_on = g.finalized_on, incomplete_until = g.until, version = se.version + 1,
       state = CASE WHEN g.result IN ('', 'NG') THEN se.state ELSE 'COMPLETED' END
  FROM unnest(%(ids)s::uuid[], %(results)s::text[], %(symbols)s::text[], %(numerics)s::numeric[], %(scales)s::uuid[],
              %(days)s::date[], %(untils)s::date[])
       AS g(id, result, symbol, numeric, scale_id, finalized_on, until)
 WHERE se.organisation_id = %(organisation)s AND se.id = g.id AND se.state IN ('ENROLLED', 'COMPLETED')
RETURNING se.id
"""

_DEADLINES = """
UPDATE college_enrolment_subjectenrolment se SET incomplete_until = g.until, version = se.version + 1
  FROM unnest(%(ids)s::uuid[], %(untils)s::date[]) AS g(id, until)
 WHERE se.organisation_id = %(organisation)s AND se.id = g.id AND se.result = 'INC'
"""


@dataclass(frozen=True, slots=True)
class ResultSet:
    """The finalised result of one subject: PASSED, FAILED, INC or NG, with the grade as the scale writes it."""

    subject_enrolment_id: UUID
    result: str
    symbol: str
    numeric: Decimal | None
    scale_id: UUID | None
    finalized_on: date
    #: Until when an INC may be made good; none while a leave stops the clock, and for every other result.
    incomplete_until: date | None = None


@transaction.atomic
def set_results(actor: Actor, results: Sequence[ResultSet]) -> list[UUID]:
    """Write the results of subjects that grading has finalised or changed; one statement for one or for many.

    Grading has asked for the permission, locked the grade, and writes the audit.
    """
    if not results:
        return []
    unknown = {each.result for each in results} - set(SubjectEnrolment.Result.values)
    if unknown:
        raise ValueError(f"Not a result: {', '.join(sorted(unknown))}")
    with connection.cursor() as cursor:
        cursor.execute(
            _SET,
            {
                "organisation": actor.organisation_id,
                "ids": array_of(each.subject_enrolment_id for each in results),
                "results": text_array_of(each.result for each in results),
                "symbols": text_array_of(each.symbol for each in results),
                "numerics": array_of(each.numeric for each in results),
                "scales": array_of(each.scale_id for each in results),
                "days": array_of(each.finalized_on for each in results),
                "untils": array_of(each.incomplete_until for each in results),
            },
        )
        written = [row[0] for row in cursor.fetchall()]
    publish(ResultsWritten(actor, written))
    return written


def set_result(actor: Actor, result: ResultSet) -> list[UUID]:
    """Write the result of one subject."""
    return set_results(actor, [result])


def set_incomplete_deadlines(actor: Actor, deadlines: Mapping[UUID, date | None]) -> None:
    """Say anew until when open INCs may be made good, by their subjects."""
    with connection.cursor() as cursor:
        cursor.execute(
            _DEADLINES,
            {
                "organisation": actor.organisation_id, "ids": array_of(deadlines),
                "untils": array_of(deadlines.values()),
            },
        )  # fmt: skip

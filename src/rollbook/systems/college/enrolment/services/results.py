"""How a subject ended, as grading says it. The only act that writes the result columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection, transaction

from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.enrolment.models import SubjectEnrolment

#: Without a grade the class is not over for the student.
_SET = """
UPDATE college_enrolment_subjectenrolment se
   SET result = g.result, final_symbol = g.symbol, final_numeric = g.numeric, scale_id = g.scale_id,
       finalized_on = g.finalized_on, version = se.version + 1,
       state = CASE WHEN g.result IN ('', 'NG') THEN se.state ELSE 'COMPLETED' END
  FROM unnest(%(ids)s::uuid[], %(results)s::text[], %(symbols)s::text[], %(numerics)s::numeric[], %(scales)s::uuid[],
              %(days)s::date[]) AS g(id, result, symbol, numeric, scale_id, finalized_on)
 WHERE se.organisation_id = %(organisation)s AND se.id = g.id AND se.state IN ('ENROLLED', 'COMPLETED')
RETURNING se.id
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
            },
        )
        return [row[0] for row in cursor.fetchall()]


def set_result(actor: Actor, result: ResultSet) -> list[UUID]:
    """Write the result of one subject."""
    return set_results(actor, [result])

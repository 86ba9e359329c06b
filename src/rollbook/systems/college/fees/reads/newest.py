"""The list of payments as the API answers it, newest first: one statement, shaped once."""

from datetime import datetime
from typing import Any
from uuid import UUID

from rollbook.core.api.pagination import PageQuery, encode_cursor, place_after
from rollbook.core.db.prepared import prepared_cursor
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.systems.college.fees import permissions

# The page is cut out first, along the index of its order; only its rows are completed.
_PAGE = """
WITH page AS MATERIALIZED (
    SELECT p.id, p.account_id, p.amount_minor, p.currency, p.method, p.external_reference, p.received_at, p.state
      FROM billing_payment p
     WHERE p.organisation_id = %(organisation)s {conditions}
     ORDER BY p.received_at DESC, p.id DESC
     LIMIT {rows}
)
SELECT page.id, page.amount_minor, page.currency, page.method, page.external_reference, page.received_at, page.state,
       (SELECT r.number FROM billing_receipt r
         WHERE r.organisation_id = %(organisation)s AND r.payment_id = page.id LIMIT 1),
       (SELECT s.student_number FROM college_records_student s
         WHERE s.organisation_id = %(organisation)s AND s.person_id = a.customer_id AND s.taken_back_at IS NULL LIMIT 1)
  FROM page
  JOIN billing_account a ON a.organisation_id = %(organisation)s AND a.id = page.account_id
 ORDER BY page.received_at DESC, page.id DESC
"""
_OF_STUDENT = """
       AND p.invoice_id IN (
           SELECT i.id FROM college_records_student s
             JOIN billing_account o ON o.organisation_id = %(organisation)s AND o.customer_id = s.person_id
             JOIN billing_invoice i ON i.organisation_id = %(organisation)s AND i.account_id = o.id
            WHERE s.organisation_id = %(organisation)s AND s.id = %(student)s AND s.taken_back_at IS NULL)
"""
_AFTER = "AND (p.received_at, p.id) < (%(received_at)s, %(id)s)"


def payments_page(actor: Actor, page: PageQuery, student_id: UUID | None) -> dict[str, Any]:
    """One page of payments with their receipts, of one student or of everybody, ready to be encoded."""
    actor.require(permissions.SEE_ACCOUNTS)
    place = place_after(page, datetime.fromisoformat, UUID)
    conditions = (_OF_STUDENT if student_id else "") + (_AFTER if place else "")
    parameters: dict[str, Any] = {"organisation": require_organisation_id()}
    if student_id:
        parameters["student"] = student_id
    if place:
        parameters["received_at"], parameters["id"] = place
    with prepared_cursor() as cursor:
        cursor.execute(_PAGE.format(conditions=conditions, rows=page.limit + 1), parameters)
        rows = cursor.fetchall()
    shown = rows[: page.limit]
    next_cursor = encode_cursor([shown[-1][5], shown[-1][0]]) if len(rows) > page.limit else None
    return {"items": [_item(*row) for row in shown], "next_cursor": next_cursor}


def _item(
    payment_id: UUID, amount_minor: int, currency: str, method: str, reference: str, received_at: datetime, state: str,
    receipt_number: str | None, student_number: str | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "id": str(payment_id),
        "amount": Money(amount_minor, currency).to_decimal_string(),
        "currency": currency,
        "method": method,
        "external_reference": reference,
        "received_at": received_at,
        "state": state,
        "receipt_number": receipt_number,
        "student_number": student_number,
    }

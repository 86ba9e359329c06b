"""Reports about the college's money: what is still to be paid, what came in, what is late."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web.tables import ChoiceFilter, Column, DateRangeFilter
from rollbook.shared.analytics.register import Report, Statement, Values, register_report
from rollbook.shared.analytics.reports import last_days
from rollbook.shared.billing.models import Payment
from rollbook.systems.college.catalogue.report_parts import (
    ANY_TERM,
    COLLEGE,
    MONEY,
    PROGRAMME,
    TERM,
    chosen,
    term_chosen,
)
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.words import PAYMENT_STATES
from rollbook.systems.college.records.report_parts import BY_NAME, NAME, NUMBER, STUDENT_FIELDS
from rollbook.systems.college.records.report_parts import PROGRAMME as PROGRAMME_COLUMN

# The statements are put together from fixed parts; every value is a parameter.
# ruff: noqa: S608

_METHODS = dict(Payment.Method.choices)

_STUDENT_OF_TERM = """
  JOIN billing_invoice i ON i.organisation_id = e.organisation_id AND i.id = e.invoice_id
  JOIN college_records_student s ON s.organisation_id = e.organisation_id AND s.id = e.student_id
  JOIN people_person p ON p.organisation_id = e.organisation_id AND p.id = s.person_id
  JOIN college_catalogue_programme g ON g.organisation_id = e.organisation_id AND g.id = e.programme_id
  JOIN college_catalogue_term t ON t.organisation_id = e.organisation_id AND t.id = e.term_id
"""
_NARROWED = """
   AND (%(term)s::text IS NULL OR t.code = %(term)s::text)
   AND (%(programme)s::text[] IS NULL OR g.code = ANY (%(programme)s::text[]))
"""

#: Money that came in and stayed, at least in part.
_TAKEN = "y.state NOT IN ('PENDING', 'FAILED', 'EXPIRED', 'VOIDED', 'REVERSED')"

PENDING = f"""
SELECT e.id, {STUDENT_FIELDS}, e.year_level, t.code AS term, i.total_minor, i.paid_minor,
       i.total_minor - i.paid_minor AS balance_minor, latest.last_on
  FROM college_enrolment_termenrolment e {_STUDENT_OF_TERM}
  LEFT JOIN (SELECT y.invoice_id, max(y.received_on) AS last_on
               FROM billing_payment y
              WHERE y.organisation_id = %(organisation)s AND {_TAKEN}
              GROUP BY y.invoice_id) latest ON latest.invoice_id = i.id
 WHERE e.organisation_id = %(organisation)s AND s.taken_back_at IS NULL AND i.state = 'OPEN'
   AND i.currency = %(currency)s AND i.paid_minor < i.total_minor {_NARROWED}
"""

COLLECTIONS = f"""
SELECT y.id, y.received_on, y.received_at, r.number AS receipt, {STUDENT_FIELDS}, t.code AS term, y.method,
       y.external_reference AS reference, y.amount_minor, y.returned_minor,
       y.amount_minor - y.returned_minor AS net_minor, y.state,
       coalesce(nullif(m.name, ''), w.display_name, '') AS taken_by
  FROM billing_payment y
  JOIN college_enrolment_termenrolment e ON e.organisation_id = y.organisation_id AND e.invoice_id = y.invoice_id
  {_STUDENT_OF_TERM}
  LEFT JOIN billing_receipt r ON r.organisation_id = y.organisation_id AND r.payment_id = y.id
  LEFT JOIN identity_user w ON w.id = y.recorded_by
  LEFT JOIN identity_membership m ON m.organisation_id = y.organisation_id AND m.user_id = y.recorded_by
 WHERE y.organisation_id = %(organisation)s AND e.organisation_id = %(organisation)s AND {_TAKEN}
   AND y.currency = %(currency)s
   AND (%(from)s::date IS NULL OR y.received_on >= %(from)s::date)
   AND (%(until)s::date IS NULL OR y.received_on <= %(until)s::date)
   AND (%(method)s::text[] IS NULL OR y.method = ANY (%(method)s::text[])) {_NARROWED}
"""

#: Months whose day has passed and that nothing covers, by how long ago it was.
AGING = f"""
SELECT e.id, {STUDENT_FIELDS}, t.code AS term,
       sum(n.due_minor - n.paid_minor) FILTER (WHERE %(today)s::date - n.due_on <= 30)::bigint AS to_30,
       sum(n.due_minor - n.paid_minor)
           FILTER (WHERE %(today)s::date - n.due_on BETWEEN 31 AND 60)::bigint AS to_60,
       sum(n.due_minor - n.paid_minor)
           FILTER (WHERE %(today)s::date - n.due_on BETWEEN 61 AND 90)::bigint AS to_90,
       sum(n.due_minor - n.paid_minor) FILTER (WHERE %(today)s::date - n.due_on > 90)::bigint AS above_90,
       sum(n.due_minor - n.paid_minor)::bigint AS late_minor, min(n.due_on) AS since
  FROM college_enrolment_termenrolment e {_STUDENT_OF_TERM}
  JOIN billing_instalment n ON n.organisation_id = e.organisation_id AND n.invoice_id = i.id
 WHERE e.organisation_id = %(organisation)s AND s.taken_back_at IS NULL AND i.state = 'OPEN'
   AND i.currency = %(currency)s AND e.state IN ('PENDING_PAYMENT', 'ACTIVE', 'COMPLETED')
   AND n.due_on < %(today)s::date AND n.paid_minor < n.due_minor AND n.cover = '' {_NARROWED}
 GROUP BY e.id, s.student_number, p.family_name, p.given_name, p.middle_name, p.suffix, g.code, t.code
"""


def _narrowed(values: Values) -> dict[str, Any]:
    facts = organisation_in_scope()
    return {
        **chosen(values, "programme"), **term_chosen(values),
        "currency": facts.currency, "today": facts.local_date(clock.now()),
    }  # fmt: skip


def pending(actor: Actor, values: Values) -> Statement:
    """Terms that are not wholly paid."""
    return Statement(PENDING, f"{BY_NAME}, term", _narrowed(values))


def collected(actor: Actor, values: Values) -> Statement:
    """Payments of the days chosen, without those that were voided or reversed."""
    start, end = values.get("received") or (None, None)
    facts = {"from": start, "until": end, **chosen(values, "method")}
    return Statement(COLLECTIONS, "received_at, receipt, id", _narrowed(values) | facts)


def aging(actor: Actor, values: Values) -> Statement:
    """What is late today, by student and term."""
    return Statement(AGING, f"late_minor DESC, {BY_NAME}, term", _narrowed(values))


def _late(name: str, label: Any) -> Column:
    return Column(name, label, kind="money", total=True)


TERM_COLUMN = Column("term", _("Term"))

register_report(
    Report(
        key="pending-payments", title=_("Pending payments"), group=MONEY, order=10, systems=COLLEGE,
        sentence=_("Who still has to pay: the total, what is paid, the balance and the last payment."), rows=pending,
        permissions=(permissions.REPORT_PENDING,), names_people=True, keywords=_("balance owed unpaid due"),
        columns=(
            NUMBER, NAME, PROGRAMME_COLUMN, TERM_COLUMN,
            Column("year_level", _("Year"), kind="number", visible=False),
            Column("total_minor", _("Total due"), kind="money", total=True),
            Column("paid_minor", _("Paid"), kind="money", total=True),
            Column("balance_minor", _("Balance"), kind="money", total=True),
            Column("last_on", _("Last payment"), kind="date"),
        ),
        filters=(TERM, PROGRAMME),
    )
)  # fmt: skip

register_report(
    Report(
        key="collections", title=_("Collections"), group=MONEY, order=20, systems=COLLEGE, rows=collected,
        sentence=_("Each payment that came in, with receipt, method and reference."), names_people=True,
        permissions=(permissions.REPORT_MONEY,), keywords=_("payments received receipts takings"),
        columns=(
            Column("received_on", _("Received"), kind="date"),
            Column("receipt", _("Receipt")),
            NUMBER, NAME, PROGRAMME_COLUMN, TERM_COLUMN,
            Column("method", _("Method"), text=lambda row: _METHODS[row["method"]]),
            Column("reference", _("Reference")),
            Column("taken_by", _("Taken by"), visible=False),
            Column("state", _("State"), kind="state", states=PAYMENT_STATES, visible=False),
            _late("amount_minor", _("Amount")),
            _late("returned_minor", _("Given back")),
            _late("net_minor", _("Kept")),
        ),
        filters=(
            DateRangeFilter("received", _("Received"), default=lambda: last_days("received")),
            ChoiceFilter("method", _("Method"), choices=Payment.Method.choices, multiple=True),
            PROGRAMME, ANY_TERM,
        ),
    )
)  # fmt: skip

register_report(
    Report(
        key="aging", title=_("Aging of what is late"), group=MONEY, order=30, systems=COLLEGE, rows=aging,
        sentence=_("What should have been paid by yesterday, by how long it is late."), names_people=True,
        permissions=(permissions.REPORT_MONEY,), keywords=_("overdue late buckets days"),
        columns=(
            NUMBER, NAME, PROGRAMME_COLUMN, TERM_COLUMN,
            _late("to_30", _("1 to 30 days")), _late("to_60", _("31 to 60 days")), _late("to_90", _("61 to 90 days")),
            _late("above_90", _("Over 90 days")), _late("late_minor", _("Late")),
            Column("since", _("Late since"), kind="date"),
        ),
        filters=(ANY_TERM, PROGRAMME),
    )
)  # fmt: skip

"""This room's own report: the audit trail, taken away."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from rollbook.core import clock
from rollbook.core.audit.permissions import EXPORT_AUDIT
from rollbook.core.audit.words import action_words, target_words
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web.tables import Column, DateRangeFilter
from rollbook.shared.analytics.register import Report, ReportGroup, Statement, Values, register_report

HOUSE = ReportGroup("house", _("The house"), order=90)

#: An entry of the trail with the name of who acted.
_TRAIL = """
SELECT a.id, a.at, coalesce(nullif(m.name, ''), u.display_name, a.job) AS who, i.display_name AS behind,
       a.action, a.target_type, a.target_id::text AS target, a.reason, a.ip, a.request_id
  FROM audit_auditentry a
  LEFT JOIN identity_user u ON u.id = a.user_id
  LEFT JOIN identity_membership m ON m.organisation_id = a.organisation_id AND m.user_id = a.user_id
  LEFT JOIN identity_user i ON i.id = a.impersonator_id
 WHERE a.organisation_id = %(organisation)s
   AND (%(from)s::timestamptz IS NULL OR a.at >= %(from)s) AND (%(until)s::timestamptz IS NULL OR a.at < %(until)s)
"""


def last_days(name: str, days: int = 30) -> dict[str, list[str]]:
    """The last days until today, as they stand in an address."""
    today = organisation_in_scope().local_date(clock.now())
    return {f"{name}_from": [(today - timedelta(days=days - 1)).isoformat()], f"{name}_to": [today.isoformat()]}


def moments(values: Values, name: str) -> dict[str, object]:
    """The days of a filter as moments: from the first midnight until the one after the last day."""
    start, end = values.get(name) or (None, None)
    facts = organisation_in_scope()
    return {
        "from": facts.beginning_of(start) if start else None,
        "until": facts.beginning_of(end + timedelta(days=1)) if end else None,
    }


def trail(actor: Actor, values: Values) -> Statement:
    """Every act of the days chosen."""
    return Statement(_TRAIL, "at, id", moments(values, "at"))


register_report(
    Report(
        key="audit-trail", title=_("Audit trail"), group=HOUSE, permissions=(EXPORT_AUDIT,), rows=trail,
        sentence=_("Every act on record: when, who, what, on which record and why."),
        keywords=_("audit export acts log"),
        columns=(
            Column("at", _("When"), kind="datetime"),
            Column("who", _("Who"), primary=True),
            Column("behind", _("Acting for them"), visible=False),
            Column("action", _("Act"), text=lambda row: action_words(row["action"])),
            Column("target_type", _("Record"), text=lambda row: target_words(row["target_type"])),
            Column("target", _("Record's id"), visible=False),
            Column("reason", _("Reason")),
            Column("ip", _("Address"), visible=False),
            Column("request_id", _("Request"), visible=False),
        ),
        filters=(DateRangeFilter("at", _("When"), default=lambda: last_days("at")),),
    )
)  # fmt: skip

"""Is every critical change on the record, and does the record hold? The audit item of the launch checklist."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection, transaction

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.core.audit.services import record
from rollbook.core.audit.services.verifying import verify
from rollbook.core.permissions.actor import Actor
from rollbook.core.readiness import Context, Outcome, Severity, none_found, register_item
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

#: A privilege that is not there, or our guard: either way the row stands.
REFUSED = frozenset({"42501", "RB001"})
MOST_PROVED = 20
#: Entries are sealed every few minutes; an hour without is a sealing that stands still.
SEALED_WITHIN = timedelta(hours=1)


@contextmanager
def _marked() -> Iterator[Organisation]:
    mark = uuid.uuid4().hex[:12]
    yield Organisation.objects.create(
        slug=f"marker-{mark}", name="Marker", system="college", currency="XTS", timezone="UTC"
    )


@register_item(
    id="PLT-LOG-05",
    stages=("PRE", "ON"),
    severity=Severity.BLOCKER,
    tries_writing=True,
    timeout=timedelta(seconds=60),
    title="Audit trail captures every critical change, cannot be altered, and is complete",
    how="A sample act is recorded in a made-up organisation; changing, removing and emptying it are tried; the seals of "
    "every organisation are proved against its entries and against what was published.",
    remedy="Run `rollbook audit verify` for the named organisation and follow what it says; a guard that is missing: "
    "`rollbook migrate`; seals that stand still: start the worker.",
    evidence=("captured", "attempts", "organisations", "sealed_entries", "waiting"),
)
def trail_holds(_context: Context) -> Outcome:
    found: list[str] = []
    with _marked() as organisation, tenant_scope(organisation.pk):
        record(
            Actor.system(organisation.pk, job="launch checklist"), "launch.sample", organisation,
            before={"name": "before"}, after={"name": "after"},
        )  # fmt: skip
        entry = AuditEntry.objects.filter(action="launch.sample").first()
        if entry is None or "name" not in entry.changes:
            found.append("a sample act was not captured")
        attempts = {
            "update": _refused("UPDATE audit_auditentry SET action = 'x' WHERE organisation_id = %s", organisation),
            "delete": _refused("DELETE FROM audit_auditentry WHERE organisation_id = %s", organisation),
            "truncate": _refused("TRUNCATE audit_auditentry", None),
        }
    found += [f"{attempt} was {answer or 'allowed'}" for attempt, answer in attempts.items() if answer not in REFUSED]
    organisations = list(
        Organisation.objects.filter(is_active=True).exclude(pk=organisation.pk).order_by("?")[:MOST_PROVED]
    )
    sealed = waiting = 0
    now = clock.now()
    for organisation in organisations:
        report = verify(organisation.pk)
        sealed += report.sealed_entries
        waiting += report.waiting
        found += [f"{organisation.slug}: {finding.sentence}" for finding in report.findings[:5]]
        if report.waiting_since is not None and now - report.waiting_since > SEALED_WITHIN:
            found.append(f"{organisation.slug}: entries wait for a seal since {report.waiting_since:%Y-%m-%d %H:%M}")
    return none_found(
        found, examined=1 + len(attempts) + sealed, what="faults in the trail", captured=entry is not None,
        attempts=attempts, organisations=len(organisations), sealed_entries=sealed, waiting=waiting,
    )  # fmt: skip


def _refused(statement: str, organisation: Organisation | None) -> str:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [organisation.pk] if organisation else None)
    except DatabaseError as error:
        return str(getattr(error.__cause__, "sqlstate", "") or "unknown")
    return ""

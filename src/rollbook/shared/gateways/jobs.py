"""Work with the payment providers. Each job opens its own short transactions; none is open during a call."""

from uuid import UUID

from rollbook.shared.gateways.services import accounts, reconciling, refunds
from rollbook.shared.jobs.batches import BatchReport
from rollbook.shared.jobs.queue import AlreadyWaitingError
from rollbook.shared.jobs.register import job

RECONCILE = "gateways.reconcile"
RECONCILE_DAILY = "gateways.reconcile_daily"
RECONCILE_ONE = "gateways.reconcile_one"
SEND_REFUNDS = "gateways.send_refunds"
RECONCILE_REFUNDS = "gateways.reconcile_refunds"

_LOCK = "{organisation_id}:gateways"


@job(name=RECONCILE, schedule="7 * * * *", lock=_LOCK, commits_per_unit=True)
def gateway_reconcile(*, organisation_id: UUID) -> BatchReport:
    """Ask the providers about online payments that are on their way for more than 15 minutes."""
    return _told(reconciling.reconcile(organisation_id, job=RECONCILE))


@job(name=RECONCILE_DAILY, schedule="0 4 * * *", lock=_LOCK, commits_per_unit=True)
def gateway_reconcile_daily(*, organisation_id: UUID) -> BatchReport:
    """Ask the providers about everything on its way and about what ended unpaid in the last days."""
    accounts.forget_replaced_secrets(organisation_id)
    return _told(reconciling.reconcile(organisation_id, job=RECONCILE_DAILY, is_daily=True))


@job(name=RECONCILE_ONE, commits_per_unit=True)
def gateway_reconcile_one(*, organisation_id: UUID, session_id: UUID) -> None:
    """Ask the provider about one online payment, because the payer came back or a person wants to know."""
    reconciling.reconcile_one(organisation_id, session_id, job=RECONCILE_ONE)


@job(name=SEND_REFUNDS, schedule="*/5 * * * *", lock="{organisation_id}:refunds", commits_per_unit=True)
def send_refunds(*, organisation_id: UUID) -> BatchReport:
    """Send the refunds that wait to the providers."""
    return _told(refunds.send_refunds(organisation_id, job=SEND_REFUNDS))


@job(name=RECONCILE_REFUNDS, schedule="*/10 * * * *", lock="{organisation_id}:refunds", commits_per_unit=True)
def reconcile_refunds(*, organisation_id: UUID) -> BatchReport:
    """Ask the providers about refunds whose outcome is not known for good."""
    return _told(refunds.reconcile_refunds(organisation_id, job=RECONCILE_REFUNDS))


def send_refunds_soon(organisation_id: UUID) -> None:
    """Put the sending into the queue once, in the present transaction, so that it commits with the decision."""
    try:
        send_refunds.put({"organisation_id": organisation_id}, waiting_once=f"{SEND_REFUNDS}:{organisation_id}")
    except AlreadyWaitingError:
        # The one that waits, or the run of the next minutes, sends this one too.
        return


def _told(report: BatchReport) -> BatchReport:
    """A provider that is down is no failure of the job: what it concerns is asked about again."""
    report.failed.clear()
    return report

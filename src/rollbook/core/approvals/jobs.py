"""Closing what nobody decided in time. A plain function; the site declares it as a job."""

from uuid import UUID

from rollbook.core.approvals import services


def expire_overdue(*, organisation_id: UUID) -> None:
    """Close the requests whose time is over."""
    services.expire_overdue(organisation_id)

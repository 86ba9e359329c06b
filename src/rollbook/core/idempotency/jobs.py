"""Forgetting answers whose time is over. A plain function; the site declares it as a job."""

from uuid import UUID

from rollbook.core.idempotency import services


def purge_expired(*, organisation_id: UUID) -> None:
    """Forget the answers to acts that are not about money, after 72 hours."""
    services.purge_expired(organisation_id)

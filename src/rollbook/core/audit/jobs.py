"""What has to happen in the background: partitions ahead of time, seals every few minutes.

Plain functions; the site declares them as jobs, because the core knows nothing of jobs.
"""

from uuid import UUID

from rollbook.core.audit import services


def make_partitions() -> None:
    """Make the coming months' partitions, for all organisations at once."""
    services.ensure_partitions()


def archive_partitions() -> None:
    """Put the months away that ended two years ago, for all organisations at once."""
    services.archive_partitions()


def seal(*, organisation_id: UUID) -> None:
    """Seal what is final and publish the newest seals. Opens its own transactions."""
    services.seal_entries(organisation_id)

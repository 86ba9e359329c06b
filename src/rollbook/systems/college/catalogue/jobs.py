"""What time does to the catalogue: terms of long ago are archived."""

from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.shared.jobs.register import job
from rollbook.systems.college.catalogue import services

ARCHIVE_TERMS = "college.catalogue.archive_terms"


@job(name=ARCHIVE_TERMS, schedule="0 1 1 * *")
def archive_terms(*, organisation_id: UUID) -> int:
    """Archive the closed terms that ended more than two years ago."""
    return services.archive_terms(Actor.system(organisation_id, job=ARCHIVE_TERMS))

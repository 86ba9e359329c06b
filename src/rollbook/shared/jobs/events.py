"""What this room tells others, in the transaction in which it happens."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class JobGaveUp:
    """A job failed in all its attempts and lies among the dead letters; somebody should be told."""

    job: str
    queue_job_id: int
    organisation_id: UUID | None
    attempts: int
    error: str

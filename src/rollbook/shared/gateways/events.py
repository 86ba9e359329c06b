"""What others may want to follow. Only `site/wiring.py` connects."""

from dataclasses import dataclass
from uuid import UUID

from rollbook.core.permissions.actor import Actor


@dataclass(frozen=True, slots=True)
class PersonNeeded:
    """Something between us and a provider does not fit, and no programme may decide it."""

    actor: Actor
    #: What it is about: a webhook event, an online payment, a refund.
    subject_id: UUID
    #: One word for logs and metrics.
    code: str
    sentence: str

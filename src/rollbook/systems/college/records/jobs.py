"""What time does to the records: leaves begin and end, transfers take effect."""

from uuid import UUID

from rollbook.core.permissions.actor import Actor
from rollbook.shared.jobs.register import job
from rollbook.systems.college.records import services

FOLLOW_CALENDAR = "college.records.follow_calendar"


@job(name=FOLLOW_CALENDAR, schedule="10 0 * * *", lock="{organisation_id}:records")
def follow_calendar(*, organisation_id: UUID) -> int:
    """End the leaves that are over, begin what was granted for today, and let transfers take effect."""
    actor = Actor.system(organisation_id, job=FOLLOW_CALENDAR)
    ended = services.end_leaves_that_are_over(actor)
    begun = services.begin_due_requests(actor)
    return ended + begun + services.take_effect_of_due_transfers(actor)

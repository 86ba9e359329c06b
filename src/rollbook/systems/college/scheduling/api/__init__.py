"""The schedule over JSON: `router` for staff, `own_router` for whoever teaches."""

from rollbook.core.api.routing import Router
from rollbook.systems.college.scheduling.api.meetings import router as meetings
from rollbook.systems.college.scheduling.api.own import own_router
from rollbook.systems.college.scheduling.api.places import router as places
from rollbook.systems.college.scheduling.api.schedule import router as schedule
from rollbook.systems.college.scheduling.api.sections import router as sections

router = Router()
for _part in (places, sections, meetings, schedule):
    router.add_router("", _part)

__all__ = ["own_router", "router"]

"""The records over JSON."""

from rollbook.core.api.routing import Router
from rollbook.systems.college.records.api.credits import router as credits_elsewhere
from rollbook.systems.college.records.api.history import router as history
from rollbook.systems.college.records.api.holds import router as holds
from rollbook.systems.college.records.api.imports import router as imports
from rollbook.systems.college.records.api.requests import own_router as own_requests
from rollbook.systems.college.records.api.requests import router as requests
from rollbook.systems.college.records.api.students import router as students
from rollbook.systems.college.records.api.transfers import own_router as own_transfers
from rollbook.systems.college.records.api.transfers import router as transfers

router = Router()
router.add_router("", students)
router.add_router("", history)
router.add_router("", holds)
router.add_router("", imports)
router.add_router("", credits_elsewhere)
router.add_router("", requests)
router.add_router("", transfers)

own_router = Router()
own_router.add_router("", own_requests)
own_router.add_router("", own_transfers)

__all__ = ["own_router", "router"]

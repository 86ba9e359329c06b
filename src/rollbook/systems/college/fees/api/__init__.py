"""The college's money over JSON: `router` for staff and `own_router` for the student's own account."""

from rollbook.core.api.routing import Router
from rollbook.systems.college.fees.api.counter import router as counter
from rollbook.systems.college.fees.api.own import router as own_router
from rollbook.systems.college.fees.api.plans import router as plans
from rollbook.systems.college.fees.api.shifts import router as shifts

router = Router()
router.add_router("/cashier/", counter)
router.add_router("/cashier/", shifts)
router.add_router("/", plans)

__all__ = ["own_router", "router"]

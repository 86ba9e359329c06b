"""The college's money over JSON: `router` for staff and `own_router` for the student's own account."""

from rollbook.core.api.routing import Router
from rollbook.systems.college.fees.api.assessments import own_router as own_assessments
from rollbook.systems.college.fees.api.assessments import router as assessments
from rollbook.systems.college.fees.api.counter import router as counter
from rollbook.systems.college.fees.api.own import router as own_payments
from rollbook.systems.college.fees.api.plans import router as plans
from rollbook.systems.college.fees.api.schedules import router as schedules
from rollbook.systems.college.fees.api.shifts import router as shifts
from rollbook.systems.college.fees.api.totals import router as totals

router = Router()
router.add_router("/cashier/", counter)
router.add_router("/cashier/", shifts)
router.add_router("/", plans)
router.add_router("/", schedules)
router.add_router("/", assessments)
router.add_router("/", totals)

own_router = Router()
own_router.add_router("/", own_payments)
own_router.add_router("/", own_assessments)

__all__ = ["own_router", "router"]

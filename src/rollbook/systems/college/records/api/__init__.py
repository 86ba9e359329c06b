"""The records over JSON."""

from rollbook.core.api.routing import Router
from rollbook.systems.college.records.api.credits import router as credits_elsewhere
from rollbook.systems.college.records.api.holds import router as holds
from rollbook.systems.college.records.api.imports import router as imports
from rollbook.systems.college.records.api.students import router as students

router = Router()
router.add_router("", students)
router.add_router("", holds)
router.add_router("", imports)
router.add_router("", credits_elsewhere)

__all__ = ["router"]

"""Grades over JSON: `router` for staff, `own_router` for the student."""

from rollbook.core.api.routing import Router
from rollbook.systems.college.grading.api.changes import router as changes
from rollbook.systems.college.grading.api.incompletes import router as incompletes
from rollbook.systems.college.grading.api.own import router as own
from rollbook.systems.college.grading.api.results import router as results
from rollbook.systems.college.grading.api.sheets import router as sheets
from rollbook.systems.college.grading.api.studies import own_router as own_studies
from rollbook.systems.college.grading.api.studies import router as studies

router = Router()
for _part in (sheets, changes, incompletes, results, studies):
    router.add_router("", _part)

own_router = Router()
own_router.add_router("", own)
own_router.add_router("", own_studies)

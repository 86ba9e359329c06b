"""The whole college over JSON: `router` for staff under /college, `own_router` for a student under /college/me."""

from rollbook.core.api.routing import Router
from rollbook.systems.college.admission.api import router as admission
from rollbook.systems.college.catalogue.api import router as catalogue
from rollbook.systems.college.credentials.api import own_router as own_papers
from rollbook.systems.college.credentials.api import router as credentials
from rollbook.systems.college.enrolment.api import own_router as own_terms
from rollbook.systems.college.enrolment.api import router as enrolment
from rollbook.systems.college.exams.api import own_router as own_exams
from rollbook.systems.college.exams.api import router as exams
from rollbook.systems.college.fees.api import own_router as own_money
from rollbook.systems.college.fees.api import router as fees
from rollbook.systems.college.grading.api import own_router as own_grades
from rollbook.systems.college.grading.api import router as grading
from rollbook.systems.college.records.api import own_router as own_records
from rollbook.systems.college.records.api import router as records
from rollbook.systems.college.scheduling.api import own_router as own_classes
from rollbook.systems.college.scheduling.api import router as scheduling

router = Router()
for _room in (catalogue, records, scheduling, enrolment, grading, exams, fees, credentials, admission):
    router.add_router("", _room)

own_router = Router()
for _own in (own_records, own_classes, own_terms, own_grades, own_money, own_exams, own_papers):
    own_router.add_router("", _own)

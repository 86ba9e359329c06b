"""The catalogue over JSON."""

from rollbook.core.api.routing import Router
from rollbook.systems.college.catalogue.api.curricula import router as curricula
from rollbook.systems.college.catalogue.api.imports import router as imports
from rollbook.systems.college.catalogue.api.programmes import router as programmes
from rollbook.systems.college.catalogue.api.public import router as public
from rollbook.systems.college.catalogue.api.scales import router as scales
from rollbook.systems.college.catalogue.api.subjects import router as subjects
from rollbook.systems.college.catalogue.api.terms import router as terms

router = Router()
for _part in (programmes, subjects, curricula, imports, scales, terms, public):
    router.add_router("", _part)

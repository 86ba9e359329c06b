"""Enrolment over JSON: `router` for staff, `own_router` for the student."""

from rollbook.core.api.routing import Router
from rollbook.systems.college.enrolment.api.desk import router as desk
from rollbook.systems.college.enrolment.api.own import own_router as own_classes
from rollbook.systems.college.enrolment.api.terms import own_router as own_terms
from rollbook.systems.college.enrolment.api.terms import router as terms

router = Router()
for _part in (terms, desk):
    router.add_router("", _part)

own_router = Router()
for _own in (own_terms, own_classes):
    own_router.add_router("", _own)

__all__ = ["own_router", "router"]

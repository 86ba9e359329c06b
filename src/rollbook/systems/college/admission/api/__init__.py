"""Admission over JSON: for anybody under /college/public, for the office under /college."""

from rollbook.core.api.routing import Router
from rollbook.systems.college.admission.api.office import router as office
from rollbook.systems.college.admission.api.public import router as public

router = Router()
for _part in (public, office):
    router.add_router("", _part)

__all__ = ["router"]

"""The whole API: the router of every room, each under its own name in /api/v1/."""

from rollbook.core.api.build import build_api
from rollbook.core.api.routing import Router
from rollbook.core.approvals.api import router as approvals
from rollbook.core.audit.api import router as audit
from rollbook.core.identity.api import router as identity
from rollbook.core.policies.api import router as settings
from rollbook.shared.analytics.api import router as reports
from rollbook.shared.documents.api import public_router as verification
from rollbook.shared.documents.api import router as documents
from rollbook.shared.files.api import router as files
from rollbook.shared.jobs.api import router as jobs
from rollbook.shared.launch.api import router as launch
from rollbook.shared.messaging.api import router as notifications
from rollbook.shared.people.api import router as people
from rollbook.shared.webhooks.api import router as webhooks
from rollbook.systems.college.api import own_router as college_own
from rollbook.systems.college.api import router as college

#: Where each room answers. A room adds its line here; nothing else is needed.
ROUTERS: dict[str, Router] = {
    "identity": identity,
    "audit": audit,
    "approvals": approvals,
    "settings": settings,
    "people": people,
    "files": files,
    "documents": documents,
    "public/verify": verification,
    "jobs": jobs,
    "launch": launch,
    "webhooks": webhooks,
    "notifications": notifications,
    "college": college,
    "college/me": college_own,
}
#: The systems that give out reports: each among its own addresses.
REPORTING = ("college",)

api = build_api()
for prefix, router in ROUTERS.items():
    api.add_router(f"/{prefix}/", router)
for system in REPORTING:
    api.add_router(f"/{system}/reports/", reports, url_name_prefix=system)

"""The whole API: the router of every room, each under its own name in /api/v1/."""

from rollbook.core.api.build import build_api
from rollbook.core.api.routing import Router
from rollbook.core.identity.api import router as identity

#: Where each room answers. A room adds its line here; nothing else is needed.
ROUTERS: dict[str, Router] = {
    "identity": identity,
}

api = build_api()
for prefix, router in ROUTERS.items():
    api.add_router(f"/{prefix}/", router)

"""Does every role open what it should and nothing else? Asked of the API, whose operations name their permission."""

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rollbook.core.identity.examples import a_member, a_second_factor, sign_in
from rollbook.core.permissions import register
from rollbook.core.readiness import Context, Outcome, SafeOn, Severity, none_found, register_item
from rollbook.core.web.visitor import Visitor
from rollbook.site.launch import crawls

_PARAMETER = re.compile(r"\{[^}]+\}")
NOBODYS_ID = "00000000-0000-7000-8000-000000000000"
REFUSED = frozenset({401, 403})


@dataclass(frozen=True, slots=True)
class Operation:
    """One reading operation of the API with the permission it declares."""

    module: str
    path: str
    permission: str


def operations() -> list[Operation]:
    """Every reading operation that asks for a permission, with nobody's id in the place of each parameter."""
    from rollbook.site.api import api

    found = []
    schema: dict[str, Any] = api.get_openapi_schema()
    for path, methods in schema["paths"].items():
        operation = methods.get("get")
        permission = (operation or {}).get("x-permission", "")
        if operation and permission in register.permissions():
            found.append(Operation(str(operation["tags"][0]), _PARAMETER.sub(NOBODYS_ID, path), permission))
    return found


@register_item(
    id="PLT-AUTH-02",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    run=SafeOn.STAGING,
    tries_writing=True,
    parallel_key="walk",
    timeout=timedelta(seconds=60),
    title="Roles and permissions work",
    how="For each role a made-up member asks, in every module of the API, one operation that the role may read and one "
    "that it may not.",
    remedy="Give the named operation its permission (`@router.get(…, permission=…)`), or the role its right in the "
    "module's `permissions.py`.",
    evidence=("roles", "operations", "cells"),
)
def roles_open_what_they_should(_context: Context) -> Outcome:
    organisation = crawls.a_marker()
    every = operations()
    found: list[str] = []
    cells = 0
    roles = sorted(register.roles("college"))
    for role in roles:
        visitor = Visitor()
        member = a_member(organisation, role)
        a_second_factor(member.user)
        sign_in(visitor, member)
        held = register.permissions_of(role)
        for operation, is_allowed in _one_of_each(every, held):
            cells += 1
            status = visitor.get(operation.path).status_code
            if status >= 500 or (status in REFUSED) is is_allowed:
                wanted = "may" if is_allowed else "may not"
                found.append(f"{role} {wanted} read {operation.path}, and was answered {status}")
    return none_found(
        found, examined=cells, what="answers that differ from the declared rights", roles=roles, operations=len(every),
        cells=cells,
    )  # fmt: skip


def _one_of_each(every: list[Operation], held: frozenset[str]) -> list[tuple[Operation, bool]]:
    """For every module the first operation that is allowed, and the first that is not."""
    chosen: dict[tuple[str, bool], Operation] = {}
    for operation in every:
        chosen.setdefault((operation.module, operation.permission in held), operation)
    return [(operation, is_allowed) for (_, is_allowed), operation in sorted(chosen.items())]

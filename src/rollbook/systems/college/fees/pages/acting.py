"""What the pages that act have in common: an act is done once, and a refusal stands where one works."""

from collections.abc import Callable
from typing import Any

from rollbook.core.idempotency.services import Key, once
from rollbook.core.web import PageRequest
from rollbook.core.web.forms import Form
from rollbook.core.web.forms.base import KEY_FIELD


def act_once(
    request: PageRequest,
    route: str,
    body: dict[str, Any],
    act: Callable[[], dict[str, Any]],
    *,
    form: Form | None = None,
) -> dict[str, Any]:
    """Do an act of money once for the key of its form; a second click gets the first answer."""
    key = form.idempotency_key if form is not None else request.POST.get(KEY_FIELD, "")
    answer = once(request.actor, Key.of(route, key, body), lambda: (200, act()))
    found: dict[str, Any] = answer.body
    return found

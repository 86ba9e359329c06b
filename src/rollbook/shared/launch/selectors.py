"""Who sees what of the checklist: staff of the installation all of it, others what is about their organisation."""

from dataclasses import replace
from uuid import UUID

from django.db.models import QuerySet

from rollbook.core.errors import NotFound
from rollbook.core.permissions.actor import Actor
from rollbook.core.readiness import find_item
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.jobs.selectors import is_staff
from rollbook.shared.launch import board as boards
from rollbook.shared.launch import registry
from rollbook.shared.launch.board import Board, Line
from rollbook.shared.launch.errors import UnknownItem
from rollbook.shared.launch.models import CheckResult, CheckRun
from rollbook.shared.launch.permissions import READ_LAUNCH


def board_for(actor: Actor, *, stage: str | None = None, profile: str = "") -> Board:
    """The board as this actor may see it."""
    actor.require(READ_LAUNCH)
    staff = is_staff(actor)
    profiles = {profile} if profile else registry.enabled_profiles()
    items = registry.select(stage=stage, profiles=profiles)
    if not staff:
        items = [item for item in items if item.per_organisation]
    found = boards.board(items, stage=stage, profiles=profiles, organisations=_scopes(actor, staff=staff))
    # Whether the record of all results is whole is the installation's matter.
    return found if staff else replace(found, chain=boards.UNSEEN, problems=())


def _scopes(actor: Actor, *, staff: bool) -> list[str]:
    if not staff:
        return [str(actor.organisation_id)]
    active = Organisation.objects.filter(is_active=True).order_by("slug")
    return [str(pk) for pk in active.values_list("pk", flat=True)]


def lines_of(actor: Actor, item_id: str) -> list[Line]:
    """One item as this actor may see it; what one may not see is not there."""
    registry.load()
    item = find_item(item_id)
    found = [] if item is None else [line for line in board_for(actor).lines if line.item.id == item.id]
    if not found:
        raise UnknownItem(item=item_id)
    return found


def results_of(actor: Actor, item_id: str) -> QuerySet[CheckResult]:
    """What an item found, newest first."""
    lines = lines_of(actor, item_id)
    return boards.history(lines[0].item.id).filter(scope__in=[line.scope for line in lines])


def runs(actor: Actor) -> QuerySet[CheckRun]:
    """Runs of the checklist; staff see them."""
    actor.require(READ_LAUNCH)
    return CheckRun.objects.all() if is_staff(actor) else CheckRun.objects.none()


def run(actor: Actor, run_id: UUID) -> CheckRun:
    """One run."""
    found = runs(actor).filter(pk=run_id).first()
    if found is None:
        raise NotFound
    return found


def latest_run(actor: Actor) -> CheckRun | None:
    """The run that was asked for or planned last."""
    return runs(actor).order_by("-created_at").first()

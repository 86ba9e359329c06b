"""Forgetting drafts: what somebody began and never sent is theirs, not ours."""

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.permissions.actor import Actor
from rollbook.shared.admissions import permissions
from rollbook.shared.admissions.models import Application, ApplicationDocument, Notice, OneTimeCode
from rollbook.shared.admissions.rules import DRAFTS_LAST
from rollbook.shared.files.services import remove_file

#: So many a night; what is left waits for the next one.
_BATCH = 500


def forget_old_drafts(actor: Actor) -> int:
    """Remove drafts that nobody touched for ninety days, with the files sent for them; return how many."""
    actor.require(permissions.REVIEW_APPLICATIONS)
    limit = clock.now() - DRAFTS_LAST
    old = list(
        Application.objects.select_for_update(skip_locked=True)
        .filter(state=Application.State.DRAFT, updated_at__lt=limit)
        .order_by("updated_at", "id")
        .values_list("id", flat=True)[:_BATCH]
    )
    if not old:
        return 0
    documents = ApplicationDocument.objects.filter(application_id__in=old)
    for file_id in documents.values_list("file_id", flat=True):
        remove_file(
            actor, file_id=file_id, reason="Sent for an application that nobody finished",
            permission=permissions.REVIEW_APPLICATIONS,
        )  # fmt: skip
    for rows in (documents, OneTimeCode.objects.filter(application_id__in=old),
                 Notice.objects.filter(application_id__in=old), Application.objects.filter(id__in=old)):  # fmt: skip
        rows.delete()
    record(actor, "admissions.drafts_forgotten", ("admissions.application", None), count=len(old))
    return len(old)

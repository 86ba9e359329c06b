"""Which papers applicants bring: an institution's own list in place of the one of its system."""

import re
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.shared.admissions import permissions, selectors
from rollbook.shared.admissions.models import ChecklistItem
from rollbook.shared.admissions.scheme import Wanted, scheme_in_scope

MOST = 20
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}\Z")


@transaction.atomic
def set_checklist(actor: Actor, *, kind: str, wanted: Sequence[Wanted]) -> list[Wanted]:
    """Say which papers applicants of a kind bring from now on. Papers that were sent already stay where they are."""
    actor.require(permissions.MANAGE_CHECKLIST)
    if scheme_in_scope().kind(kind) is None:
        raise Invalid.field("kind", _("Choose one of the kinds of applicants."))
    errors = [
        {"field": each.type or "type", "message": _("Name each document in at most 120 characters, with a short key.")}
        for each in wanted
        if not _KEY.match(each.type) or not str(each.label).strip() or len(str(each.label)) > 120
    ]
    if len({each.type for each in wanted}) != len(wanted) or not 1 <= len(wanted) <= MOST:
        errors.append({"field": "documents", "message": _("List 1 to %(most)s documents, each once.") % {"most": MOST}})
    if errors:
        raise Invalid(errors=errors)
    before = [f"{each.type}{'' if each.is_required else ' (optional)'}" for each in selectors.checklist(kind)]
    ChecklistItem.objects.filter(kind=kind).delete()
    ChecklistItem.objects.bulk_create(
        ChecklistItem(
            kind=kind, type=each.type, label=str(each.label).strip(), is_required=each.is_required, position=position
        )
        for position, each in enumerate(wanted, start=1)
    )
    after = [f"{each.type}{'' if each.is_required else ' (optional)'}" for each in wanted]
    record(
        actor, "admissions.checklist_set", ("admissions.checklistitem", None), before={"documents": before},
        after={"documents": after}, kind=kind,
    )  # fmt: skip
    return list(wanted)

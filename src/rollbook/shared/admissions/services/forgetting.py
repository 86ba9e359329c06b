"""Forgetting drafts: what somebody began and never sent is theirs, not ours."""

from typing import Any

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.identity.keys import digest_of, new_secret
from rollbook.core.permissions.actor import Actor
from rollbook.shared.admissions import checking, permissions
from rollbook.shared.admissions.models import Application, ApplicationDocument, Notice, OneTimeCode
from rollbook.shared.admissions.rules import DRAFTS_LAST
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.services import remove_file
from rollbook.shared.people.events import PersonErased

#: Where no address is wanted any more; no mail ever goes to this domain.
_NOWHERE = "erased.invalid"
#: So many a night; what is left waits for the next one.
_BATCH = 500
_EMPTY: dict[str, Any] = {
    **dict.fromkeys(checking.PERSON_FIELDS, ""), "birth_date": None, "facts": {}, "search_key": "",
    "government_key": "", "email_proved_at": None, "choice_id": None, "intake_id": None,
}  # fmt: skip


def forget_old_drafts(actor: Actor) -> int:
    """Empty drafts that nobody touched for ninety days and withdraw the files sent for them; return how many.

    The rows stay without a word in them: that somebody began is no secret, who it was is.
    """
    actor.require(permissions.REVIEW_APPLICATIONS)
    now = clock.now()
    old = list(
        Application.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(state=Application.State.DRAFT, forgotten_at__isnull=True, updated_at__lt=now - DRAFTS_LAST)
        .order_by("updated_at", "id")[:_BATCH]
    )
    if not old:
        return 0
    ids = [draft.id for draft in old]
    sent = ApplicationDocument.objects.filter(application_id__in=ids).values("file_id")
    for file_id in StoredFile.objects.filter(id__in=sent, removed_at__isnull=True).values_list("id", flat=True):
        remove_file(
            actor, file_id=file_id, reason="Sent for an application that nobody finished",
            permission=permissions.REVIEW_APPLICATIONS,
        )  # fmt: skip
    OneTimeCode.objects.filter(application_id__in=ids).delete()
    Notice.objects.filter(application_id__in=ids).update(address="")
    for draft in old:
        for name, value in _EMPTY.items():
            setattr(draft, name, value)
        # The link opens nothing from now on.
        draft.token_digest, draft.forgotten_at = digest_of(new_secret()), now
        draft.save()
    record(actor, "admissions.drafts_forgotten", ("admissions.application", None), count=len(old))
    return len(old)


def forget_contact(event: PersonErased) -> None:
    """Empty what an anonymised person's applications say besides name, choice and decision."""
    sent = Application.objects.filter(person_id=event.person_id, forgotten_at__isnull=True).exclude(
        state=Application.State.DRAFT
    )
    now, count = clock.now(), 0
    for application in sent.select_for_update(of=("self",)).order_by("id"):
        for name in (*checking.ADDRESS, "phone", "government_id", "government_key"):
            setattr(application, name, "")
        application.email, application.facts = f"{application.id}@{_NOWHERE}", {}
        application.token_digest, application.forgotten_at = digest_of(new_secret()), now
        application.save()
        Notice.objects.filter(application_id=application.id).update(address="")
        count += 1
    if count:
        record(event.actor, "admissions.contact_forgotten", ("people.person", event.person_id), applications=count)

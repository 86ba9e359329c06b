"""Mail to applicants. Called by jobs, outside any transaction; names, addresses and secrets are read only here."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from rollbook.core import clock
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tenancy.selectors import OrganisationFacts, organisation_facts
from rollbook.core.web.rendering import as_at_home
from rollbook.shared.admissions import tokens
from rollbook.shared.admissions.models import Application, Appointment, Notice
from rollbook.shared.admissions.scheme import scheme_in_scope
from rollbook.shared.admissions.services.proving import make_digits

_Kind = Notice.Kind


@dataclass(frozen=True, slots=True)
class _Letter:
    """What goes out, made inside one transaction and sent after it."""

    template: str
    address: str
    context: dict[str, Any]


def send(*, organisation_id: UUID, notice_id: UUID) -> None:
    """Mail one notice. Twice is harmless: what was sent is not sent again, and only the newest code works."""
    institution = organisation_facts(organisation_id)
    with tenant_scope(organisation_id):
        notice = (
            Notice.objects.select_for_update(of=("self",)).select_related("application").filter(id=notice_id).first()
        )
        if notice is None or notice.sent_at is not None:
            return
        letter = _letter(notice, institution)
    if letter is not None:
        _mail(letter, institution)
    with tenant_scope(organisation_id):
        Notice.objects.filter(id=notice_id).update(sent_at=clock.now())


def _letter(notice: Notice, institution: OrganisationFacts) -> _Letter | None:
    if notice.kind == _Kind.RESUME:
        return _resume(notice, institution)
    application: Application = notice.application
    context = _about(application, institution) | {"facts": notice.facts.get("facts", {}), **_plain(notice.facts)}
    if notice.kind == _Kind.CODE:
        digits = make_digits(application, clock.now())
        if digits is None:
            return None
        context["digits"] = digits
    if notice.kind == _Kind.APPOINTMENT:
        context["appointment"] = Appointment.objects.filter(id=notice.facts["appointment_id"]).first()
    return _Letter(notice.kind.lower(), notice.address, context)


def _resume(notice: Notice, institution: OrganisationFacts) -> _Letter:
    """The link of the newest application whose address was proved; else a word that there is none."""
    found: Application | None = (
        Application.objects.filter(email=notice.address, email_proved_at__isnull=False)
        .exclude(state=Application.State.WITHDRAWN)
        .order_by("-created_at")
        .first()
    )
    context = _about(found, institution) if found else {"name": "", "institution": institution.name}
    context |= {"is_found": found is not None, "begin": _address("apply:start", institution.slug)}
    return _Letter("resume", notice.address, context)


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: facts[name] for name in ("reason", "kept") if name in facts}


def _about(application: Application, institution: OrganisationFacts) -> dict[str, Any]:
    secret = tokens.secret_of(application.organisation_id, application.id)
    if tokens.digest_of(secret) != application.token_digest:
        # The installation's key was changed since: the link that goes out is the one that works from now on.
        Application.objects.filter(id=application.id).update(token_digest=tokens.digest_of(secret))
    labels = scheme_in_scope().labels([each for each in (application.choice_id, application.intake_id) if each])
    return {
        "name": application.full_name,
        "institution": institution.name,
        "reference": application.reference,
        "choice": labels.get(application.choice_id, "") if application.choice_id else "",
        "intake": labels.get(application.intake_id, "") if application.intake_id else "",
        "link": _address("apply:follow", institution.slug, secret),
    }


def _address(url_name: str, *args: str) -> str:
    return f"{settings.BASE_URL}{reverse(url_name, args=args)}"


def _mail(letter: _Letter, institution: OrganisationFacts) -> None:
    with translation.override(institution.locale), as_at_home(institution):
        subject = render_to_string(f"admissions/mail/{letter.template}_subject.txt", letter.context).strip()
        body = render_to_string(f"admissions/mail/{letter.template}.txt", letter.context)
    EmailMessage(subject=" ".join(subject.split()), body=body, to=[letter.address]).send()

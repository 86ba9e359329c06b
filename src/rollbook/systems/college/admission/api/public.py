"""Applying over JSON, without an account: a stamp against robots, then the application by its token."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Form, Status
from ninja.files import UploadedFile

from rollbook.core.api.problems import Problem
from rollbook.core.api.routing import PUBLIC, Router
from rollbook.core.tenancy.selectors import OrganisationFacts, organisation_by_slug, organisation_facts
from rollbook.shared.admissions import challenge, door, services, tokens
from rollbook.shared.admissions.door import BEGINNING, LOOKING, MAILS_FROM, WRITING
from rollbook.shared.admissions.errors import LinkNotGood, NoAddress
from rollbook.shared.admissions.pages.entrance import count_mail
from rollbook.systems.college.admission import schemas
from rollbook.systems.college.admission.api.shapes import own, values_of

router = Router(tags=["College: applying"])

THANKS = "Thank you. What happens next stands in the mail that we have just sent to your address."
_CLOSED = {403: Problem}


@router.get("/public/applications/challenge", permission=PUBLIC, rate=LOOKING, response=schemas.StampOut)
def stamp(request: HttpRequest) -> dict[str, str]:
    """A stamp for the POST that begins an application."""
    return {"stamp": challenge.new_stamp()}


@router.post("/public/applications", permission=PUBLIC, rate=BEGINNING, response={201: schemas.StartedOut, **_CLOSED})
def start(request: HttpRequest, body: schemas.StartIn) -> Status[dict[str, Any]]:
    """Begin an application. Whether the address is known here, the answer does not say."""
    challenge.check(body.stamp)
    institution = organisation_by_slug(body.institution)
    sent = body.dict(exclude_unset=True, exclude={"institution", "stamp"})
    with door.inside(institution):
        actor = door.applicant(request, institution)
        started = services.start(actor)
        application = started.application
        if sent:
            confirmed = sent.pop("is_age_confirmed", None)
            application = services.save(
                actor, application_id=application.id, values=values_of(sent), is_age_confirmed=confirmed
            )
        return Status(201, own(application) | {"token": started.secret})


def _institution_of(token: str) -> OrganisationFacts:
    organisation_id = tokens.organisation_of(token)
    if organisation_id is None:
        raise LinkNotGood
    return organisation_facts(organisation_id)


@router.get("/public/applications/{token}", permission=PUBLIC, rate=LOOKING, response=schemas.OwnApplicationOut)
def application(request: HttpRequest, token: str) -> dict[str, Any]:
    """One's own application: how it stands, and what it still lacks."""
    with door.at_application(request, _institution_of(token), token) as visit:
        return own(visit.application)


@router.patch("/public/applications/{token}", permission=PUBLIC, rate=WRITING, response=schemas.OwnApplicationOut)
def change(request: HttpRequest, token: str, body: schemas.DraftIn) -> dict[str, Any]:
    """Write on one's draft."""
    sent = body.dict(exclude_unset=True)
    confirmed = sent.pop("is_age_confirmed", None)
    with door.at_application(request, _institution_of(token), token) as visit:
        saved = services.save(
            visit.actor, application_id=visit.application.id, values=values_of(sent), is_age_confirmed=confirmed
        )
        return own(saved)


@router.post("/public/applications/{token}/documents", permission=PUBLIC, rate=WRITING,
             response={201: schemas.OwnApplicationOut})  # fmt: skip
def send_document(
    request: HttpRequest, token: str, type: Form[str], file: File[UploadedFile]  # noqa: A002
) -> Status[dict[str, Any]]:  # fmt: skip
    """Send one document, as multipart form data; sent again it is a new version."""
    with door.at_application(request, _institution_of(token), token) as visit:
        services.send_document(
            visit.actor, application_id=visit.application.id, type=type, content=file.file or b"", name=file.name or ""
        )
        return Status(201, own(visit.application))


@router.post("/public/applications/{token}/code", permission=PUBLIC, rate=MAILS_FROM, response={202: schemas.WordOut})
def send_code(request: HttpRequest, token: str) -> Status[dict[str, str]]:
    """Send six digits to the address of the application; good for ten minutes and five tries."""
    institution = _institution_of(token)
    with door.at_application(request, institution, token) as visit:
        address = visit.application.email
    if not address:
        raise NoAddress
    count_mail(address)
    with door.at_application(request, institution, token) as visit:
        services.send_code(visit.actor, application_id=visit.application.id)
    return Status(202, {"message": _("The code is on its way.")})


@router.post("/public/applications/{token}/prove", permission=PUBLIC, rate=WRITING, response=schemas.OwnApplicationOut)
def prove(request: HttpRequest, token: str, body: schemas.CodeIn) -> dict[str, Any]:
    """Prove the address by the six digits."""
    institution = _institution_of(token)
    with door.at_application(request, institution, token) as visit:
        proof = services.prove_address(visit.actor, application_id=visit.application.id, digits=body.code)
    # The try is counted and committed; only now is it refused.
    with door.at_application(request, institution, token) as visit:
        services.refuse_unless_right(proof, visit.application.id)
        return own(visit.application)


@router.post("/public/applications/{token}/submit", permission=PUBLIC, rate=WRITING,
             response={202: schemas.WordOut, **_CLOSED})  # fmt: skip
def submit(request: HttpRequest, token: str, body: schemas.ConsentIn) -> Status[dict[str, str]]:
    """Send the application. The word is the same whether the address has one already; its mail says which."""
    with door.at_application(request, _institution_of(token), token) as visit:
        services.submit(visit.actor, application_id=visit.application.id, has_consented=body.consent)
    return Status(202, {"message": THANKS})


@router.post("/public/applications/{token}/again", permission=PUBLIC, rate=WRITING, response=schemas.OwnApplicationOut)
def send_again(request: HttpRequest, token: str) -> dict[str, Any]:
    """Say that what was missing is here now."""
    with door.at_application(request, _institution_of(token), token) as visit:
        return own(services.send_again(visit.actor, application_id=visit.application.id))


@router.post(
    "/public/applications/{token}/withdraw", permission=PUBLIC, rate=WRITING, response=schemas.OwnApplicationOut
)
def withdraw(request: HttpRequest, token: str) -> dict[str, Any]:
    """Take one's application back."""
    with door.at_application(request, _institution_of(token), token) as visit:
        return own(services.withdraw(visit.actor, application_id=visit.application.id))

"""Requests that are refused, that collide, and that arrive twice."""

from typing import Any, ClassVar
from uuid import uuid4

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from ninja import NinjaAPI, Schema, Status

from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router, install_problem_answers
from rollbook.core.audit.models import AuditEntry
from rollbook.core.audit.services import record
from rollbook.core.errors import Collided, Invalid, Refusal
from rollbook.core.idempotency.models import StoredAnswer
from rollbook.core.idempotency.services import idempotent
from rollbook.core.identity.examples import a_member, sign_in
from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.web import page

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

router = Router()
attempts: list[str] = []


class PaidIn(Schema):
    """Something to pay."""

    amount_minor: int


class PaidOut(Schema):
    """What was paid."""

    campus: str


class NeverAgain(Refusal):
    """This is not done, and that it was tried is kept."""

    code = "NEVER_AGAIN"
    audited: ClassVar[bool] = True


def _write() -> None:
    Campus.objects.create(code=f"C{len(attempts)}", name="Written")


@router.post("/secret", permission="x.nobody.holds", response=PaidOut)
def secret(request: ApiRequest) -> Any:
    raise AssertionError("never reached")


@router.post("/never", permission=SIGNED_IN, response=PaidOut)
def never(request: ApiRequest) -> Any:
    _write()
    raise NeverAgain


@router.post("/typo", permission=SIGNED_IN, response=PaidOut)
def typo(request: ApiRequest) -> Any:
    raise Invalid.field("name", "Enter a name.")


@router.post("/collides/{times}", permission=SIGNED_IN, response=PaidOut)
def collides(request: ApiRequest, times: int) -> Any:
    attempts.append("tried")
    _write()
    if len(attempts) <= times:
        raise Collided
    return {"campus": f"C{len(attempts)}"}


@router.post("/pay", permission=SIGNED_IN, response={201: PaidOut})
def pay(request: ApiRequest, body: PaidIn) -> Any:
    def act() -> tuple[int, dict[str, Any]]:
        attempts.append("paid")
        _write()
        record(request.actor, "x.paid", ("x.campus", uuid4()), amount_minor=body.amount_minor)
        return 201, {"campus": f"C{len(attempts)}"}

    status, answer, _ = idempotent(request, "POST /pay", body, act)
    return Status(status, answer)


@page(permission="x.nobody.holds")
def secret_page(request: HttpRequest) -> HttpResponse:
    raise AssertionError("never reached")


@page(permission=SIGNED_IN)
def colliding_page(request: HttpRequest) -> HttpResponse:
    attempts.append("tried")
    if len(attempts) < 3:
        raise Collided
    return HttpResponse("done")


api = NinjaAPI(urls_namespace="attempts")
install_problem_answers(api)
api.add_router("", router)
urlpatterns = [
    path("api/", api.urls),
    path("secret/", secret_page),
    path("colliding/", colliding_page),
    # What a refusal's page links to.
    path("", include("rollbook.site.urls")),
]


@pytest.fixture(autouse=True)
def counted() -> None:
    """Start counting attempts afresh."""
    attempts.clear()


@pytest.fixture
def client(organisation: Organisation) -> Client:
    """A browser in which a member with no permissions is signed in."""
    client = Client()
    sign_in(client, a_member(organisation))
    return client


def entries(organisation: Organisation) -> list[AuditEntry]:
    with tenant_scope(organisation.id):
        return list(AuditEntry.objects.filter(action__startswith="refused").order_by("at"))


def campuses(organisation: Organisation) -> list[str]:
    with tenant_scope(organisation.id):
        return list(Campus.objects.order_by("code").values_list("code", flat=True))


def test_a_denied_request_is_on_the_record(client: Client, organisation: Organisation) -> None:
    response = client.post("/api/secret?name=Ana")

    assert response.status_code == 403
    (entry,) = entries(organisation)
    assert (entry.action, entry.facts["attempt"]) == ("refused.forbidden", "POST /api/secret")
    assert entry.user_id is not None


def test_a_refused_act_is_undone_and_on_the_record(client: Client, organisation: Organisation) -> None:
    response = client.post("/api/never")

    assert (response.status_code, response.json()["code"]) == (409, "NEVER_AGAIN")
    assert campuses(organisation) == []
    assert [entry.reason for entry in entries(organisation)] == ["This is not done, and that it was tried is kept."]


def test_a_mistyped_field_is_not_worth_an_entry(client: Client, organisation: Organisation) -> None:
    assert client.post("/api/typo").status_code == 422
    assert entries(organisation) == []


def test_a_denied_page_is_on_the_record(client: Client, organisation: Organisation) -> None:
    assert client.get("/secret/?name=Ana").status_code == 403
    assert [entry.facts["attempt"] for entry in entries(organisation)] == ["GET /secret/"]


@pytest.mark.rule("R2")
def test_acts_that_collide_are_tried_again_and_written_once(client: Client, organisation: Organisation) -> None:
    response = client.post("/api/collides/2")

    assert (response.status_code, response.json()) == (200, {"campus": "C3"})
    assert campuses(organisation) == ["C3"]
    assert len(attempts) == 3


@pytest.mark.rule("R2")
def test_after_three_collisions_somebody_has_to_try_again(client: Client, organisation: Organisation) -> None:
    response = client.post("/api/collides/3")

    assert (response.status_code, response.json()["code"]) == (503, "BUSY_RETRY")
    assert response.headers["Retry-After"] == "2"
    assert (len(attempts), campuses(organisation)) == (3, [])


def test_a_page_that_collides_is_tried_again(client: Client) -> None:
    assert client.get("/colliding/").content == b"done"
    assert len(attempts) == 3


def send(client: Client, key: str, amount_minor: int = 500) -> Any:
    return client.post(
        "/api/pay",
        {"amount_minor": amount_minor},
        content_type="application/json",
        headers={"Idempotency-Key": key} if key else {},
    )


@pytest.mark.rule("R3")
def test_a_request_that_arrives_twice_is_done_once_and_answered_alike(
    client: Client, organisation: Organisation
) -> None:
    key = str(uuid4())

    first, second = send(client, key), send(client, key.upper())

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert "Idempotent-Replay" not in first.headers
    assert second.headers["Idempotent-Replay"] == "true"
    assert campuses(organisation) == ["C1"]


@pytest.mark.rule("R3")
def test_a_key_is_required_well_formed_and_for_one_body_only(client: Client, organisation: Organisation) -> None:
    key = str(uuid4())
    assert send(client, key).status_code == 201

    codes = [
        (answer.status_code, answer.json()["code"])
        for answer in (send(client, ""), send(client, "my-key"), send(client, key, amount_minor=501))
    ]
    assert codes == [
        (422, "IDEMPOTENCY_KEY_REQUIRED"),
        (422, "IDEMPOTENCY_KEY_INVALID"),
        (422, "IDEMPOTENCY_KEY_REUSED"),
    ]
    assert campuses(organisation) == ["C1"]


def test_another_person_may_use_the_same_key(client: Client, organisation: Organisation) -> None:
    other = Client()
    sign_in(other, a_member(organisation))
    key = str(uuid4())

    assert [send(who, key).json() for who in (client, other)] == [{"campus": "C1"}, {"campus": "C2"}]
    with tenant_scope(organisation.id):
        assert StoredAnswer.objects.count() == 2

"""The queue on the screen and over JSON."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from rollbook.core.approvals import examples
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import propose
from rollbook.core.audit.examples import an_actor
from rollbook.core.audit.models import AuditEntry
from rollbook.core.identity.examples import a_member, a_role, sign_in
from rollbook.core.identity.models import Membership
from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db

State = ApprovalRequest.State


@pytest.fixture(autouse=True)
def kind() -> Iterator[str]:
    """A decision whose act opens a campus, so that it can be seen."""

    def execute(actor: Any, request: ApprovalRequest) -> None:
        Campus.objects.create(code=request.payload["code"], name="Opened by decision")

    with examples.a_kind(execute) as key:
        yield key


@pytest.fixture
def cashier(organisation: Organisation) -> Membership:
    """Somebody who may only ask."""
    return a_member(organisation, name="Cruz, Ben")


@pytest.fixture
def supervisor(organisation: Organisation) -> Membership:
    """Somebody who may decide."""
    a_role(organisation, "decider", [examples.MAY_DECIDE])
    return a_member(organisation, "decider", name="Reyes, Ana")


def a_browser(member: Membership) -> Client:
    client = Client()
    sign_in(client, member)
    return client


def a_request(organisation: Organisation, member: Membership, code: str = "NEW") -> ApprovalRequest:
    with tenant_scope(organisation.id):
        return propose(
            an_actor(organisation, user_id=member.user_id),
            kind=examples.KIND,
            target=("billing.payment", uuid4()),
            reason="Typed twice",
            payload={"code": code, "amount": "₱500.00"},
        )


def state_of(organisation: Organisation, request: ApprovalRequest) -> str:
    with tenant_scope(organisation.id):
        return str(ApprovalRequest.objects.values_list("state", flat=True).get(id=request.id))


def test_the_card_says_what_changes_who_asks_why_and_what_follows(
    organisation: Organisation, cashier: Membership, supervisor: Membership
) -> None:
    a_request(organisation, cashier)

    page = a_browser(supervisor).get("/approvals/").content.decode()

    for words in ("Void the payment of ₱500.00", "Cruz, Ben", "Typed twice", "Completed", "Voided", "keeps its number"):
        assert words in page


def test_a_supervisor_approves_from_the_queue(
    organisation: Organisation, cashier: Membership, supervisor: Membership
) -> None:
    request = a_request(organisation, cashier)

    response = a_browser(supervisor).post(f"/approvals/{request.id}/decide/", {"decision": "approve"})

    assert (response.status_code, response.headers["Location"]) == (303, "/approvals/")
    assert state_of(organisation, request) == State.APPROVED
    with tenant_scope(organisation.id):
        assert Campus.objects.get().code == "NEW"


def test_a_supervisor_returns_with_a_note_and_not_without(
    organisation: Organisation, cashier: Membership, supervisor: Membership
) -> None:
    request = a_request(organisation, cashier)
    browser = a_browser(supervisor)

    assert browser.post(f"/approvals/{request.id}/decide/", {"decision": "return"}).status_code == 422
    assert state_of(organisation, request) == State.PROPOSED
    browser.post(f"/approvals/{request.id}/decide/", {"decision": "return", "note": "Other payer"})
    assert state_of(organisation, request) == State.RETURNED


def test_ones_own_request_has_no_buttons_and_the_attempt_is_on_the_record(
    organisation: Organisation, supervisor: Membership
) -> None:
    request = a_request(organisation, supervisor)
    browser = a_browser(supervisor)

    page = browser.get("/approvals/").content.decode()
    response = browser.post(f"/approvals/{request.id}/decide/", {"decision": "approve"})

    assert "somebody else decides" in page
    assert 'value="approve"' not in page
    assert response.status_code == 409
    assert state_of(organisation, request) == State.PROPOSED
    with tenant_scope(organisation.id):
        entry = AuditEntry.objects.get(action="refused.self_approval")
    assert (entry.target_type, entry.facts["attempt"]) == ("billing.payment", f"POST /approvals/{request.id}/decide/")


def test_a_lower_role_sees_its_own_request_and_may_take_it_back(
    organisation: Organisation, cashier: Membership
) -> None:
    mine = a_request(organisation, cashier)
    theirs = a_request(organisation, a_member(organisation), "TWO")
    browser = a_browser(cashier)

    assert browser.get(f"/approvals/{mine.id}/").status_code == 200
    assert browser.get(f"/approvals/{theirs.id}/").status_code == 404
    assert browser.get("/approvals/all/").status_code == 403
    assert browser.post(f"/approvals/{mine.id}/decide/", {"decision": "approve"}).status_code == 403
    assert browser.post(f"/approvals/{theirs.id}/decide/", {"decision": "approve"}).status_code == 404
    assert browser.post(f"/approvals/{mine.id}/withdraw/", {"reason": "Found it"}).status_code == 303
    assert state_of(organisation, mine) == State.WITHDRAWN


def test_an_overseer_sees_every_request_and_decides_none(organisation: Organisation, cashier: Membership) -> None:
    request = a_request(organisation, cashier)
    browser = a_browser(a_member(organisation, "auditor"))

    rows = browser.get("/approvals/all/").context["table"].slice.rows
    assert [(row["proposer_name"], row["state"]) for row in rows] == [("Cruz, Ben", State.PROPOSED)]
    assert browser.get(f"/approvals/{request.id}/").status_code == 200
    assert browser.post(f"/approvals/{request.id}/decide/", {"decision": "approve"}).status_code == 403


def test_a_request_of_a_kind_that_is_gone_can_still_be_looked_up(
    organisation: Organisation, cashier: Membership
) -> None:
    with examples.a_kind(lambda actor, request: None, "test.gone"), tenant_scope(organisation.id):
        request = propose(
            an_actor(organisation, user_id=cashier.user_id),
            kind="test.gone", target=("x.y", uuid4()), reason="Once upon a time", payload={},
        )  # fmt: skip
    browser = a_browser(cashier)

    assert "Once upon a time" in browser.get("/approvals/").content.decode()
    assert browser.get(f"/approvals/{request.id}/").status_code == 200


@pytest.mark.isolation
def test_another_organisation_finds_no_request(
    organisation: Organisation, other_organisation: Organisation, cashier: Membership
) -> None:
    request = a_request(organisation, cashier)
    a_role(other_organisation, "decider", [examples.MAY_DECIDE])
    stranger = a_browser(a_member(other_organisation, "decider", "administrator"))

    assert "Void the payment" not in stranger.get("/approvals/").content.decode()
    assert stranger.get(f"/approvals/{request.id}/").status_code == 404
    assert stranger.get(f"/api/v1/approvals/{request.id}").status_code == 404
    for path in ("decision", "withdrawal"):
        answer = stranger.post(
            f"/api/v1/approvals/{request.id}/{path}", {"approve": True}, content_type="application/json"
        )
        assert answer.status_code == 404
    assert stranger.get("/api/v1/approvals/").json()["items"] == []
    assert state_of(organisation, request) == State.PROPOSED


def test_decisions_over_json(organisation: Organisation, cashier: Membership, supervisor: Membership) -> None:
    request = a_request(organisation, cashier)
    asking, deciding = a_browser(cashier), a_browser(supervisor)

    def decide(browser: Client, **body: Any) -> Any:
        return browser.post(f"/api/v1/approvals/{request.id}/decision", body, content_type="application/json")

    assert [item["id"] for item in deciding.get("/api/v1/approvals/waiting").json()["items"]] == [str(request.id)]
    assert asking.get("/api/v1/approvals/waiting").json()["items"] == []
    assert decide(asking, approve=True).status_code == 403
    answer = decide(deciding, approve=True, note="Seen")
    assert (answer.status_code, answer.json()["state"], answer.json()["note"]) == (200, "APPROVED", "Seen")
    again = decide(deciding, approve=False, note="No")
    assert (again.status_code, again.json()["code"]) == (409, "ALREADY_DECIDED")
    assert asking.get("/api/v1/approvals/?state=APPROVED").json()["items"][0]["decided_by_id"] == str(
        supervisor.user_id
    )
    assert Client().get("/api/v1/approvals/").status_code == 401

"""An auditor, a supervisor and an administrator in a real browser: the trail, the queue, the settings."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from rollbook.core.approvals import examples as decisions
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import propose
from rollbook.core.audit.examples import an_actor, seal_all
from rollbook.core.audit.services import record, record_access
from rollbook.core.identity.examples import a_member, a_role, sign_in
from rollbook.core.identity.models import Membership
from rollbook.core.policies.examples import a_setting
from rollbook.core.policies.services import get
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.site.testing.fixtures import make_organisation
from tests.journeys.support import PHONE, Site, looks_right

pytestmark = pytest.mark.journey

SETTING = "test.max_units"


@pytest.fixture
def college(site: Site) -> Iterator[Organisation]:
    """A college in which a cashier has asked for a void."""
    with a_setting(SETTING, label="Most units in a term"), decisions.a_kind(lambda actor, request: None):
        yield make_organisation("san-isidro-college")


@pytest.fixture
def people(college: Organisation) -> dict[str, Membership]:
    """A cashier, a supervisor and an administrator, and what happened among them."""
    a_role(college, "decider", [decisions.MAY_DECIDE])
    cashier = a_member(college, name="Cruz, Ben")
    found = {
        "cashier": cashier,
        "supervisor": a_member(college, "decider", name="Reyes, Ana"),
        "administrator": a_member(college, "administrator", name="Santos, Maria"),
    }
    payment = ("billing.payment", uuid4())
    with tenant_scope(college.id):
        actor = an_actor(college, user_id=cashier.user_id)
        record(actor, "billing.payment_taken", payment, amount_minor=500_00, currency="PHP", method="CASH")
        record(actor, "refused.self_approval", payment, reason="You asked for this yourself.")
        record_access(actor, ("records.certificate", uuid4()), "Permit without payment")
        propose(
            actor, kind=decisions.KIND, target=payment, reason="Typed the amount twice",
            payload={"amount": "₱500.00"},
        )  # fmt: skip
    seal_all(college)
    # The first page of a fresh process reads every template and address; that is not what is measured here.
    warm = Client()
    sign_in(warm, found["administrator"])
    assert warm.get("/audit/").status_code == 200
    return found


def test_an_auditor_finds_an_act_its_story_and_its_proof(
    site: Site, visit: Any, people: dict[str, Membership], complaints: Any
) -> None:
    page = visit(people["administrator"])
    page.goto(site.url("/audit/"), wait_until="networkidle")
    assert page.locator("tbody tr", has_text="Payment taken").first.is_visible()
    looks_right(page, "audit-trail")

    page.locator("tbody tr", has_text="Payment taken").first.get_by_role("link").first.click()
    page.wait_for_load_state("networkidle")
    assert page.get_by_text("₱500.00").is_visible()
    assert page.get_by_text("In seal 1").is_visible()
    looks_right(page, "audit-entry")

    page.get_by_role("link", name="All of this record").click()
    page.wait_for_load_state("networkidle")
    assert page.get_by_text("You asked for this yourself.").is_visible()
    looks_right(page, "audit-story")

    page.goto(site.url("/audit/reads/"), wait_until="networkidle")
    looks_right(page, "audit-reads")

    page.goto(site.url("/audit/seals/"), wait_until="networkidle")
    looks_right(page, "audit-seals")
    page.get_by_role("button", name="Prove the trail now").click()
    page.get_by_text("are as they were written").wait_for()
    looks_right(page, "audit-proof")


def test_a_supervisor_decides_from_the_queue_by_keyboard(
    site: Site, visit: Any, college: Organisation, people: dict[str, Membership], complaints: Any
) -> None:
    page = visit(people["supervisor"])
    page.goto(site.url("/approvals/"), wait_until="networkidle")
    assert page.get_by_text("Void the payment of ₱500.00").is_visible()
    looks_right(page, "approvals")

    page.get_by_role("button", name="Approve").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Approved and done.").first.wait_for()

    with tenant_scope(college.id):
        request = ApprovalRequest.objects.get()
    assert (request.state, request.decided_by_id) == ("APPROVED", people["supervisor"].user_id)
    page.goto(site.url(f"/approvals/{request.id}/"), wait_until="networkidle")
    looks_right(page, "approvals-request")


def test_who_asked_sees_their_request_without_buttons(
    site: Site, visit: Any, people: dict[str, Membership], complaints: Any
) -> None:
    page = visit(people["cashier"], width=PHONE)
    page.goto(site.url("/approvals/"), wait_until="networkidle")

    assert page.get_by_text("somebody else decides").is_visible()
    assert page.get_by_role("button", name="Approve").count() == 0
    looks_right(page, "approvals-own")


def test_an_administrator_looks_first_and_then_changes_a_setting(
    site: Site, visit: Any, college: Organisation, people: dict[str, Membership], complaints: Any
) -> None:
    page = visit(people["administrator"])
    page.goto(site.url("/settings/"), wait_until="networkidle")
    looks_right(page, "settings")

    page.goto(site.url(f"/settings/{SETTING}/"), wait_until="networkidle")
    page.get_by_label("Most units in a term").fill("24")
    page.get_by_label("Why").fill("Fewer rooms this term")
    page.get_by_role("button", name="Look first").click()
    page.get_by_text("What that would mean").wait_for()
    with tenant_scope(college.id):
        assert get(SETTING) == 30
    looks_right(page, "settings-look-first")

    page.get_by_role("button", name="Change the setting").click()
    page.get_by_text("The setting is changed.").first.wait_for()
    with tenant_scope(college.id):
        assert get(SETTING) == 24
    looks_right(page, "settings-changed")


@pytest.mark.parametrize("path", ["/audit/", "/approvals/", "/settings/", f"/settings/{SETTING}/"])
def test_everything_works_without_script(site: Site, visit: Any, people: dict[str, Membership], path: str) -> None:
    page = visit(people["administrator"], script=False, width=PHONE)
    response = page.goto(site.url(path))

    assert response.status == 200
    assert page.get_by_role("heading", level=1).is_visible()

"""The trail on the screen and over JSON: who may see what, and that it leaves no trace of names in addresses."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from rollbook.core import clock
from rollbook.core.audit.examples import a_payment, an_actor
from rollbook.core.audit.models import AuditEntry
from rollbook.core.audit.services import record, record_access
from rollbook.core.identity.examples import a_member, sign_in
from rollbook.core.identity.models import Membership
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db

SOME_ID = "01890a5d-ac96-774b-bcce-b302099a8057"


def a_browser(member: Membership) -> Client:
    client = Client()
    sign_in(client, member)
    return client


@pytest.fixture
def auditor(organisation: Organisation) -> Client:
    """A browser in which an auditor is signed in."""
    return a_browser(a_member(organisation, "auditor", name="Luna, Auditor"))


@pytest.fixture
def cashier(organisation: Organisation) -> Membership:
    """Somebody with no permission of this room."""
    return a_member(organisation, name="Cruz, Ben")


def act(organisation: Organisation, member: Membership, action: str = "billing.payment_taken", **entry: Any) -> UUID:
    target = a_payment()
    with tenant_scope(organisation.id):
        record(an_actor(organisation, user_id=member.user_id), action, target, **entry)
    return target[1]


def an_entry(organisation: Organisation, **wanted: Any) -> AuditEntry:
    with tenant_scope(organisation.id):
        entry: AuditEntry = AuditEntry.objects.get(**wanted)
        return entry


def test_the_trail_names_who_did_what_and_why(auditor: Client, organisation: Organisation, cashier: Membership) -> None:
    act(organisation, cashier, reason="Paid at the counter")

    page = auditor.get("/audit/").content.decode()

    assert "Cruz, Ben" in page
    assert "Payment taken" in page
    assert "Paid at the counter" in page


def test_a_page_of_the_trail_costs_three_statements(
    auditor: Client, organisation: Organisation, cashier: Membership
) -> None:
    for _ in range(60):
        act(organisation, cashier)
    first = auditor.get("/audit/")
    older = first.context["table"].older_url

    with CaptureQueriesContext(connection) as statements:
        page = auditor.get(older)

    assert len(page.context["table"].slice.rows) == 10
    trail = [statement["sql"] for statement in statements if "audit_auditentry" in statement["sql"]]
    assert len(trail) == 3


def test_pages_of_the_trail_join_without_gap_or_double(
    auditor: Client, organisation: Organisation, cashier: Membership
) -> None:
    with clock.frozen_at(clock.now()):
        for _ in range(120):
            act(organisation, cashier)
    seen: list[UUID] = []
    address = "/audit/"
    while address:
        table = auditor.get(address).context["table"]
        seen += [row["id"] for row in table.slice.rows]
        address = table.older_url
    back = auditor.get(auditor.get("/audit/").context["table"].older_url).context["table"].newer_url

    with tenant_scope(organisation.id):
        assert seen == list(AuditEntry.objects.order_by("-at", "-id").values_list("id", flat=True))
    assert [row["id"] for row in auditor.get(back).context["table"].slice.rows] == seen[:50]


def test_the_trail_is_narrowed_by_who_what_record_day_and_refusal(
    auditor: Client, organisation: Organisation, cashier: Membership
) -> None:
    other = a_member(organisation, name="Reyes, Ana")
    act(organisation, cashier)
    act(organisation, other, "billing.payment_voided")
    act(organisation, other, "refused.self_approval")
    with clock.frozen_at(clock.now() - timedelta(days=3)):
        act(organisation, cashier, "billing.refund_made")

    def shown(query: str) -> list[str]:
        return sorted(row["action"] for row in auditor.get(f"/audit/?{query}").context["table"].slice.rows)

    day = (clock.now() - timedelta(days=3)).date()
    assert shown("action=billing.payment_voided") == ["billing.payment_voided"]
    assert shown("refused=1") == ["refused.self_approval"]
    assert shown(f"day_to={day + timedelta(days=1)}") == ["billing.refund_made"]
    assert len(shown("record=billing.payment")) == 4
    assert shown("record=no.such") == []
    auditor.post("/audit/", {"table": "audit", "text": "reyes"})
    assert shown("find=1") == ["billing.payment_voided", "refused.self_approval"]


def test_one_act_is_shown_with_everything_that_is_known_of_it(
    auditor: Client, organisation: Organisation, cashier: Membership
) -> None:
    act(
        organisation, cashier, reason="Typed twice", before={"state": "COMPLETED"}, after={"state": "VOIDED"}, note="N1"
    )
    entry = an_entry(organisation)

    page = auditor.get(f"/audit/{entry.id}/").content.decode()

    for words in ("Typed twice", "COMPLETED", "VOIDED", "N1", "203.0.113.7", "req-1", "Cruz, Ben"):
        assert words in page


@pytest.mark.parametrize("made_up", [UUID(int=0), UUID("0192f0c1-0000-7000-8000-000000000001"), UUID(int=2**128 - 1)])
def test_an_act_that_never_was_is_not_there(auditor: Client, made_up: UUID) -> None:
    assert auditor.get(f"/audit/{made_up}/").status_code == 404


def test_an_act_dated_long_ago_is_found_too(auditor: Client, organisation: Organisation, cashier: Membership) -> None:
    with clock.frozen_at(clock.now() - timedelta(days=100)):
        act(organisation, cashier)

    assert auditor.get(f"/audit/{an_entry(organisation).id}/").status_code == 200


def test_the_story_of_a_record_tells_all_its_acts(
    auditor: Client, organisation: Organisation, cashier: Membership
) -> None:
    target_id = act(organisation, cashier)
    with tenant_scope(organisation.id):
        record(an_actor(organisation), "billing.payment_voided", ("billing.payment", target_id), reason="Typed twice")

    page = auditor.get(f"/audit/of/billing.payment/{target_id}/").content.decode()

    assert page.index("Payment voided") < page.index("Payment taken")
    assert "Typed twice" in page


def test_an_export_holds_what_is_filtered_and_is_itself_on_the_trail(
    auditor: Client, organisation: Organisation, cashier: Membership
) -> None:
    act(organisation, cashier, reason="=1+1")
    act(organisation, cashier, "billing.payment_voided")

    response = auditor.get("/audit/?action=billing.payment_taken&export=csv")

    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert "Cruz, Ben" in lines[1]
    assert an_entry(organisation, action="audit.exported").facts == {
        "list": "acts",
        "form": "csv",
        "filters": {"action": ["billing.payment_taken"]},
    }


def test_everybody_sees_their_own_acts_and_nobody_elses(organisation: Organisation, cashier: Membership) -> None:
    other = a_member(organisation)
    act(organisation, cashier, "x.mine")
    act(organisation, other, "x.theirs")
    browser = a_browser(cashier)

    assert [row["action"] for row in browser.get("/audit/mine/").context["table"].slice.rows] == ["x.mine"]
    assert browser.get("/audit/").status_code == 403
    assert browser.get(f"/audit/{an_entry(organisation, action='x.mine').id}/").status_code == 200
    assert browser.get(f"/audit/{an_entry(organisation, action='x.theirs').id}/").status_code == 404
    assert browser.get("/audit/mine/?export=csv").status_code == 403
    assert [row["action"] for row in browser.get("/api/v1/audit/entries?action=x.theirs").json()["items"]] == []
    assert [row["action"] for row in browser.get("/api/v1/audit/entries?action=x.mine").json()["items"]] == ["x.mine"]


@pytest.mark.isolation
def test_another_organisation_finds_none_of_it(
    organisation: Organisation, other_organisation: Organisation, cashier: Membership
) -> None:
    target_id = act(organisation, cashier)
    entry = an_entry(organisation)
    stranger = a_browser(a_member(other_organisation, "auditor", "administrator"))

    assert stranger.get("/audit/").context["table"].slice.rows == []
    assert stranger.get(f"/audit/{entry.id}/").status_code == 404
    assert "Payment taken" not in stranger.get(f"/audit/of/billing.payment/{target_id}/").content.decode()
    assert stranger.get("/api/v1/audit/entries").json()["items"] == []
    assert stranger.get(f"/api/v1/audit/entries/{entry.id}").status_code == 404


@pytest.mark.parametrize("address", ["/audit/", "/audit/mine/", "/audit/reads/", "/audit/seals/", f"/audit/{SOME_ID}/"])
def test_nobody_sees_anything_without_signing_in(organisation: Organisation, address: str) -> None:
    response = Client().get(address)

    assert response.status_code == 302
    assert "login" in response.headers["Location"]


def test_reads_of_restricted_records_are_listed_for_those_who_may(
    auditor: Client, organisation: Organisation, cashier: Membership
) -> None:
    person_id = uuid4()
    with tenant_scope(organisation.id):
        reader = an_actor(organisation, user_id=cashier.user_id)
        record_access(reader, a_payment(), "Permit without payment", person_id=person_id)

    page = auditor.get("/audit/reads/").content.decode()
    assert "Cruz, Ben" in page
    assert "Permit without payment" in page
    assert len(auditor.get(f"/api/v1/audit/reads?person_id={person_id}").json()["items"]) == 1
    assert auditor.get(f"/api/v1/audit/reads?person_id={uuid4()}").json()["items"] == []
    assert a_browser(cashier).get("/audit/reads/").status_code == 403
    assert a_browser(cashier).get("/api/v1/audit/reads").status_code == 403


def test_the_trail_over_json_is_narrowed_by_day_and_paged(
    auditor: Client, organisation: Organisation, cashier: Membership
) -> None:
    for days in (0, 1, 2, 3):
        with clock.frozen_at(clock.now() - timedelta(days=days)):
            act(organisation, cashier, "x.done")
    since = clock.local_date(clock.now() - timedelta(days=1), organisation.timezone)

    first = auditor.get("/api/v1/audit/entries?action=x.done&limit=3").json()
    second = auditor.get(f"/api/v1/audit/entries?action=x.done&limit=3&cursor={first['next_cursor']}").json()

    assert (len(first["items"]), len(second["items"]), second["next_cursor"]) == (3, 1, None)
    assert len(auditor.get(f"/api/v1/audit/entries?action=x.done&since={since}").json()["items"]) == 2
    assert auditor.get("/api/v1/audit/entries?since=soon").status_code == 422


def test_a_proof_is_made_by_those_who_may_and_is_on_the_trail(
    auditor: Client, organisation: Organisation, cashier: Membership, settings: Any, tmp_path: Any
) -> None:
    settings.HOME = tmp_path
    act(organisation, cashier)

    answer = auditor.post("/api/v1/audit/proofs")
    page = auditor.post("/audit/seals/").content.decode()

    assert (answer.status_code, answer.json()["is_sound"], answer.json()["findings"]) == (201, True, [])
    assert "sealed entries in" in page
    with tenant_scope(organisation.id):
        assert AuditEntry.objects.filter(action="audit.verified").count() == 2
    assert a_browser(cashier).post("/audit/seals/").status_code == 403
    assert a_browser(cashier).post("/api/v1/audit/proofs").status_code == 403

"""People, stored files and papers in a real browser; and whoever holds a paper, without script."""

from typing import Any

import pytest

from rollbook.core.identity.examples import a_member, a_role
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.documents import rules, services
from rollbook.shared.documents.tests.test_acts import CERTIFICATE, SNAPSHOT, a_registrar
from rollbook.shared.files.services import replace_photo
from rollbook.shared.files.tests.samples import a_jpeg
from rollbook.shared.people.examples import ALL_RIGHTS, a_clerk, a_person
from rollbook.site.testing.fixtures import make_organisation
from tests.journeys.support import first_load, looks_right

pytestmark = pytest.mark.journey

RIGHTS = ALL_RIGHTS | {
    "files.view", "files.view_photos", "files.remove", "documents.view", "tests.issue", "tests.read_papers",
    "tests.revoke",
}  # fmt: skip


@pytest.fixture
def world(site: Any) -> dict[str, Any]:
    """A college with a clerk, some people, and papers good and withdrawn."""
    organisation = make_organisation("sampaguita-college")
    organisation.accent = "#0f6b4f"
    organisation.save(update_fields=["accent"])
    a_role(organisation, "registry", RIGHTS)
    with tenant_scope(organisation.pk):
        clerk = a_clerk(organisation.pk)
        maria = a_person(
            clerk, phones=("0917 123 4567",), emails=("maria@example.org",), identifiers=(("barcode", "C0FFEE-7"),)
        )
        a_person(clerk, given_name="Elena", middle_name="", family_name="Cruz")
        replace_photo(clerk, person_id=maria.pk, content=a_jpeg(1200, 1500), name="maria.jpg")
        registrar = a_registrar(organisation)
        good, bad = (services.issue(registrar, kind=CERTIFICATE, snapshot=SNAPSHOT) for _ in range(2))
        services.revoke(registrar, document_id=bad.pk, reason="Issued to the wrong student")
    clerk_member = a_member(organisation, "registry", name="Santos, Rosa")
    return {"organisation": organisation, "maria": maria, "good": good, "bad": bad, "clerk": clerk_member}


def test_whoever_holds_a_paper_verifies_it_without_script(site: Any, visit: Any, browser: Any, world: Any) -> None:
    page = visit(script=False)
    page.goto(site.url("/verify/"))
    page.get_by_label("Code").fill(rules.shown_code(world["good"].code).lower())
    page.get_by_role("button", name="Check").click()

    assert page.get_by_role("heading", level=1).inner_text() == "Valid"
    for said in ("Certificate of standing", "J*** D.", world["good"].number, "Sampaguita College"):
        assert page.get_by_text(said).first.is_visible()
    path = f"/verify/{world['organisation'].slug}/{world['good'].code}/"
    assert first_load(browser, site, path).text_and_script < 50_000

    looked = visit()
    looked.goto(site.url(path))
    looks_right(looked, "verification-valid")
    looked.goto(site.url(f"/verify/{world['bad'].code}/"))
    assert looked.get_by_role("heading", level=1).inner_text() == "Revoked"
    looks_right(looked, "verification-revoked")
    looked.goto(site.url("/verify/00000000/"))
    assert looked.get_by_role("heading", level=1).inner_text() == "Not valid"
    looks_right(looked)


def test_a_clerk_finds_a_person_and_writes_down_a_guardian(site: Any, visit: Any, complaints: Any, world: Any) -> None:
    page = visit(world["clerk"])
    page.goto(site.url("/people/"), wait_until="networkidle")
    looks_right(page)
    page.get_by_role("link", name="Dela Peña, Maria Clara Santos").click()
    page.get_by_role("heading", name="Maria Clara Santos Dela Peña").wait_for()
    looks_right(page, "person")
    page.locator(f"a[href='/people/{world['maria'].pk}/relations/new/']").click()
    page.get_by_label("Name, number, telephone or e-mail").fill("elena")
    page.get_by_label("Relation", exact=True).select_option("GUARDIAN")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("link", name="Elena Cruz").wait_for()
    assert complaints.said == []


def test_a_registrar_revokes_a_paper(site: Any, visit: Any, complaints: Any, world: Any) -> None:
    page = visit(world["clerk"])
    page.goto(site.url("/documents/"), wait_until="networkidle")
    looks_right(page)
    page.goto(site.url(f"/documents/{world['good'].pk}/"), wait_until="networkidle")
    looks_right(page, "issued-paper")
    page.get_by_label("Why is it revoked?").fill("Issued to the wrong student")
    page.get_by_role("button", name="Revoke paper").click()
    page.get_by_role("button", name="Revoke paper").wait_for(state="detached")
    page.wait_for_load_state("networkidle")
    page.get_by_text("Revoked", exact=True).first.wait_for()
    page.goto(site.url("/files/"), wait_until="networkidle")
    looks_right(page)
    assert complaints.said == []
